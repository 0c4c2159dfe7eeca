// The playground's examples: the zoo by family, on rows that the page makes up, and DIN's paper step by step
// with what each step reaches.

import { createHash } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { sourceFile } from "../../compiler/common/source-file.ts";
import { fitRows } from "../../compiler/data/encode.ts";
import { givenVocabularies } from "../../compiler/data/listed-values.ts";
import { renderPretty } from "../../compiler/diagnostics/render/pretty.ts";
import { check } from "../../compiler/frontend/check/check.ts";
import type { Model } from "../../compiler/frontend/model/model.ts";
import { formatStrictly } from "../../compiler/tools/fmt/format.ts";
import { lint } from "../../compiler/tools/lint/lint.ts";
import { openTraining } from "../../compiler/train/index.ts";
import { describeZooModel, families, sentenceOf, titleOf } from "../../playground/examples/zoo.ts";
import { ratedFilms } from "../../playground/workers/films.ts";
import { measureShown } from "../../playground/workers/measured.ts";
import { columnsOf, pageRows, rowsThatFit } from "../../playground/workers/page-rows.ts";
import { root } from "../cli/spawn.ts";

/** The seed that a page begins with. */
const SEED = 7;
const zoo = join(root, "examples/zoo");
const din = join(root, "playground/examples/din-paper");
const specsIn = (folder: string) =>
  readdirSync(folder)
    .filter((name) => name.endsWith(".din"))
    .sort()
    .map((file) => ({ name: file.slice(0, -4), text: readFileSync(join(folder, file), "utf8") }));
const modelOf = (text: string): Model => check(sourceFile("model.din", text)).value!;

const liked = ratedFilms.made(SEED, "like");

describe("the zoo", () => {
  test("each model stands in one family", () => {
    const listed = families.flatMap(({ models }) => models);
    expect([...listed].sort()).toEqual(specsIn(zoo).map(({ name }) => name));
  });

  test("each has a title, a sentence and its paper", () => {
    for (const { name, text } of specsIn(zoo)) {
      const said = describeZooModel(text);
      expect([name, titleOf(said)]).toEqual([name, expect.stringMatching(/^\p{L}.+/u)]);
      expect([name, sentenceOf(said)]).toEqual([name, expect.stringMatching(/^$|^\p{Lu}.+\.$/u)]);
      expect([name, said.paper]).toEqual([name, expect.stringMatching(/\d{4}/)]);
    }
  });

  test("films have every column that a model reads, with values that fit", () => {
    const some = liked.train.slice(0, 60);
    for (const { name, text } of specsIn(zoo)) {
      const model = modelOf(text);
      expect([name, rowsThatFit(model).name]).toEqual([name, ratedFilms.name]);
      expect([name, columnsOf(model).filter((column) => !ratedFilms.columns.includes(column))]).toEqual([
        name,
        [],
      ]);
      const given = givenVocabularies(model, () => null);
      expect([name, fitRows(model, given, some, "some", {}).rows.rows]).toEqual([name, some.length]);
    }
  });
});

describe("made-up films", () => {
  test("the same seed gives the same rows, and true chances for each label", () => {
    const loved = ratedFilms.made(SEED, "love");
    expect(loved.train.slice(0, 300)).toEqual(liked.train.slice(0, 300));
    expect(loved.test.at(-1)).toEqual(liked.test.at(-1));
    for (const [label, { test: rows, best }] of Object.entries({ like: liked, love: loved })) {
      // No other chances lose as little as true ones: the share of everyone, for example.
      const share = rows.filter((row) => row[label] === 1).length / rows.length;
      const everyone = -share * Math.log(share) - (1 - share) * Math.log(1 - share);
      expect(best!.logLoss).toBeLessThan(everyone * 0.95);
      expect(best!.auc).toBeGreaterThan(0.75);
      expect(best!.auc).toBeLessThan(0.9);
    }
  });

  test("another seed gives others; of a label whose chances nobody knows there is no best", () => {
    const { train, best } = ratedFilms.made(SEED + 1, "again");
    expect(train.slice(0, 300)).not.toEqual(liked.train.slice(0, 300));
    expect(best).toBeNull();
  });

  test("a history has what its user liked before its row, and nothing later", () => {
    const { train, test: rows } = liked;
    const own = [...train, ...rows].filter((row) => row["user_id"] === train[0]!["user_id"]);
    const past: unknown[] = [];
    for (const row of own) {
      expect(row["hist_item_id"]).toEqual(past.slice(-20));
      if (row["like"] === 1) past.push(row["item_id"]);
    }
    expect(past.length).toBeGreaterThan(5);
  });
});

describe("DIN, step by step", () => {
  const steps = specsIn(din);

  test.each(steps)("$name is clean, and cites its section", ({ name, text }) => {
    const file = sourceFile(`${name}.din`, text);
    expect(renderPretty([...check(file).diagnostics, ...lint(file)])).toBe("");
    expect(formatStrictly(file).value).toBe(text);
    expect(describeZooModel(text).paper).toMatch(/^Zhou et al., KDD 2018, section/);
  });

  // `npm run generate` trains them all, for a minute. A text that has changed since is found by its hash, and the first
  // step, which is quick, is trained here.
  test("each step has the AUC that this text reached, and the first one reaches it again", async () => {
    const path = join(din, "auc.json");
    const kept = JSON.parse(readFileSync(path, "utf8"));
    const isUpdate = process.env["UPDATE"] === "1";
    const { train, test: rows, best } = pageRows(modelOf(steps[0]!.text), SEED);
    const now: Record<string, unknown> = {};
    for (const { name, text } of steps) {
      const hash = createHash("sha256").update(text).digest("hex").slice(0, 16);
      now[name] = { ...kept.steps[name], text: hash };
      if (!isUpdate && name !== steps[0]!.name) continue;
      const training = await openTraining(modelOf(text), { train, seed: SEED, portable: true });
      await training.run();
      const { value } = await measureShown(training, training.encode(rows));
      await training.close();
      now[name] = { auc: Number(value.toFixed(4)), text: hash };
    }
    const all = { best: Number(best!.auc.toFixed(4)), steps: now };
    if (isUpdate) writeFileSync(path, `${JSON.stringify(all, null, 2)}\n`);
    expect(JSON.parse(readFileSync(path, "utf8"))).toEqual(all);
  });
});
