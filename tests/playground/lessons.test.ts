// Every lesson of the playground, played to its end: where it starts its task is open, and its solution does
// it. A lesson whose task is about a training is trained here as the page trains it.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { sourceFile } from "../../compiler/common/source-file.ts";
import { renderPretty } from "../../compiler/diagnostics/render/pretty.ts";
import { check } from "../../compiler/frontend/check/check.ts";
import { formatStrictly } from "../../compiler/tools/fmt/format.ts";
import { lint } from "../../compiler/tools/lint/lint.ts";
import { DiagnosticError, openTraining } from "../../compiler/train/index.ts";
import { checks, type LessonVerdict } from "../../playground/lessons/checks.ts";
import { lessonOf } from "../../playground/lessons/lesson.ts";
import { measureShown } from "../../playground/workers/measured.ts";
import type { Views } from "../../playground/workers/messages.ts";
import { rowsThatFit } from "../../playground/workers/page-rows.ts";
import type { PageData, RowsOfPage } from "../../playground/workers/rows-of-page.ts";
import { viewsOf } from "../../playground/workers/views-of.ts";
import { root } from "../cli/spawn.ts";

const folder = join(root, "playground/lessons/texts");
const lessons = readdirSync(folder)
  .sort()
  .map((file) => lessonOf(file, readFileSync(join(folder, file), "utf8")));

/** The seed that a page begins with. */
const SEED = 7;
/** Steps between two measurements. */
const STEPS = 80;
/** What no training surpasses. */
const PERFECT = { value: 1, logLoss: 0, calibration: 0 };

const made = new Map<RowsOfPage, PageData>();

async function trainedVerdict(name: string, spec: string, views: Views): Promise<LessonVerdict> {
  const verdict = (trained: Parameters<(typeof checks)[string]>[0]["trained"]) =>
    checks[name]!({ views, trained });
  // No training helps a text whose network is not what the task asks for, and some need none.
  if (views.graph === null || verdict(null).isDone || !verdict(PERFECT).isDone) return verdict(null);
  const { value: model } = check(sourceFile("model.din", spec));
  const fitting = rowsThatFit(model!);
  const rows = made.get(fitting) ?? fitting.made(SEED, "click");
  made.set(fitting, rows);
  const training = await openTraining(model!, { train: rows.train, seed: SEED, portable: true });
  try {
    const test = training.encode(rows.test);
    while (!training.isOver) {
      await training.run({ steps: STEPS });
      const now = verdict(await measureShown(training, test));
      if (now.isDone || training.isOver) return now;
    }
    return verdict(null);
  } finally {
    await training.close();
  }
}

async function play(name: string, spec: string): Promise<LessonVerdict> {
  const views = await viewsOf({ number: 1, spec, also: null, withGraph: true });
  try {
    return await trainedVerdict(name, spec, views);
  } catch (error) {
    // Rows that do not fit are what the page shows in place of a training.
    if (!(error instanceof DiagnosticError)) throw error;
    return checks[name]!({ views, trained: null });
  }
}

test("each lesson has a check, and each check its lesson", () => {
  expect(Object.keys(checks)).toEqual(lessons.map(({ name }) => name));
});

describe.each(lessons)("$name", ({ name, title, text, task, start, solution }) => {
  test("has a title, something to read and a task, without a spec of its own in them", () => {
    for (const part of [title, text, task]) expect(part).toMatch(/^\S.{10}/s);
    expect(text + task).not.toContain("```");
  });

  test("its solution is as the formatter writes it, and nobody has advice about it", () => {
    const file = sourceFile("model.din", solution);
    expect(renderPretty([...check(file).diagnostics, ...lint(file)])).toBe("");
    expect(formatStrictly(file).value).toBe(solution);
    expect(formatStrictly(sourceFile("model.din", start)).value).toBe(start);
  });

  test("where it starts the task is open", async () => {
    const { isDone, says } = await play(name, start);
    expect({ isDone, says }).toEqual({ isDone: false, says: expect.stringMatching(/^[A-Z`0-9].+\.$/) });
  });

  test("its solution does the task", async () => {
    const { isDone, says } = await play(name, solution);
    expect({ isDone, says }).toEqual({ isDone: true, says: expect.stringMatching(/^[A-Z`0-9].+\.$/) });
  });
});

test("the five mistakes are found by their own codes, the last two at their rows", () => {
  const codesOf = (name: string) =>
    check(sourceFile("model.din", lessons.find((lesson) => lesson.name === name)!.start)).diagnostics.map(
      ({ code }) => code,
    );
  expect([codesOf("widths"), codesOf("vocabularies"), codesOf("values")]).toEqual([
    ["DIN0220"],
    ["DIN0221", "DIN0221"],
    [],
  ]);
});

test("what the lesson about values says of its rows", async () => {
  const { start } = lessons.find(({ name }) => name === "values")!;
  const { value: model } = check(sourceFile("model.din", start));
  const { train } = rowsThatFit(model!).made(SEED, "click");
  const failed = await openTraining(model!, { train }).catch((error) => error);
  expect(failed).toBeInstanceOf(DiagnosticError);
  const said = renderPretty((failed as DiagnosticError).diagnostics);
  expect(said).toContain("`item_id` is 3");
  expect(said).toContain("`cate_id` is 2");
});

test("the lesson about serving counts from what its start takes", async () => {
  const { start } = lessons.find(({ name }) => name === "serving")!;
  const { cost } = await viewsOf({ number: 1, spec: start, also: null, withGraph: false });
  expect((cost!.after / 1e6).toFixed(1)).toBe("19.5");
});

test("the lesson about the future begins above the best that can be", async () => {
  const { start } = lessons.find(({ name }) => name === "future")!;
  const { value: model } = check(sourceFile("model.din", start));
  const rows = made.get(rowsThatFit(model!)) ?? rowsThatFit(model!).made(SEED, "click");
  const training = await openTraining(model!, { train: rows.train, seed: SEED, portable: true });
  await training.run({ steps: STEPS });
  const { value } = await measureShown(training, training.encode(rows.test));
  await training.close();
  expect(value).toBeGreaterThan(rows.best!.auc + 0.1);
});
