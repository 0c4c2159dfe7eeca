// Each model of examples/zoo: its network against a plain transcription of the paper's formula.

import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { sourceFile } from "../../compiler/common/source-file.ts";
import { renderPretty } from "../../compiler/diagnostics/render/pretty.ts";
import { check } from "../../compiler/frontend/check/check.ts";
import { lower } from "../../compiler/frontend/check/lower.ts";
import { outputNames } from "../../compiler/middle/graph/outputs.ts";
import { passes, runPasses } from "../../compiler/middle/passes/pipeline.ts";
import { formatStrictly } from "../../compiler/tools/fmt/format.ts";
import { lint } from "../../compiler/tools/lint/lint.ts";
import { describeZooModel, titleOf } from "../../playground/examples/zoo.ts";
import { root } from "../cli/spawn.ts";
import { networkOf } from "../support/network.ts";
import { libraries, type Migrated } from "./libraries.ts";
import { losses, references } from "./references/index.ts";

const folder = join(root, "examples/zoo");
const names = readdirSync(folder)
  .filter((file) => file.endsWith(".din"))
  .map((file) => file.replace(/\.din$/, ""));
test("every model has a reference, and every reference its model", () => {
  expect(Object.keys(references).sort()).toEqual(names);
});

/** A row of the README's table. */
function rowOf(name: string): string {
  const said = describeZooModel(readFileSync(join(folder, `${name}.din`), "utf8"));
  const { paper, shows = "" } = said;
  return `| [${name}](${name}.din) | ${titleOf(said)} | ${paper} | ${shows.match(/^.*?(?=\.( |$))/)![0]} |`;
}

test("the README lists every model, its paper, and what it shows", () => {
  const path = join(folder, "README.md");
  const text = readFileSync(path, "utf8");
  const table = /(?<=\| --- \| --- \| --- \| --- \|\n)(\|.*\n)*/;
  const expected = text.replace(table, names.map((name) => `${rowOf(name)}\n`).join(""));
  if (process.env["UPDATE"] === "1") writeFileSync(path, expected);
  expect(readFileSync(path, "utf8")).toBe(expected);
});

test.each(["README.md", "docs/tour.md"])("%s says how many there are", (page) => {
  expect(readFileSync(join(root, page), "utf8")).toContain(`${names.length} published models`);
});

/** A row of docs/migration.md. */
function migrated({ name, file, note: plain }: Migrated): string {
  const note = plain?.replaceAll("|", "\\|");
  if (file === undefined || !names.includes(file)) return `| ${name} | ${note} |`;
  const beside = note === undefined || note.startsWith("waits") ? "" : `; ${note}`;
  return `| ${name} | [${file}](../examples/zoo/${file}.din)${beside} |`;
}

test("of the README: the page of other libraries has each of their models, with its file here or the reason", () => {
  const path = join(root, "docs/migration.md");
  const text = readFileSync(path, "utf8");
  const tables = libraries.map(({ name, repository, list, models }) => {
    for (const model of models)
      expect([model.name, model.file ?? model.note]).toEqual([model.name, expect.any(String)]);
    const rows = models.map(migrated);
    const written = rows.filter((row) => row.includes(".din)")).length;
    return `## ${name}\n${written} of the ${rows.length} models of [${name}](${repository}), by ${list}.\n\n| there | here |\n| --- | --- |\n${rows.join("\n")}\n`;
  });
  const marks = /(?<=<!-- libraries -->\n)[\s\S]*(?=<!-- end of libraries -->)/;
  const expected = text.replace(marks, `${tables.join("\n")}`);
  if (process.env["UPDATE"] === "1") writeFileSync(path, expected);
  expect(readFileSync(path, "utf8")).toBe(expected);
});

/** To nine digits, before the point too where a number is above 1. */
function expectClose(found: number, expected: number): void {
  const size = Math.max(1, Math.abs(expected));
  expect(found / size).toBeCloseTo(expected / size, 9);
}

describe.each(names)("%s", (name) => {
  const path = join(folder, `${name}.din`);
  const text = readFileSync(path, "utf8");
  const { value: model, diagnostics } = check(sourceFile(path, text));

  test("is clean, cites its paper, and says what it shows", () => {
    const file = sourceFile(path, text);
    expect(renderPretty([...diagnostics, ...lint(file)])).toBe("");
    expect(formatStrictly(file).value).toBe(text);
    const { paper, shows } = describeZooModel(text);
    expect(paper).toBeDefined();
    expect(shows).toBeDefined();
  });

  test("states its network in at most 30 lines", () => {
    const network = text.slice(text.indexOf("\nnet {")).split("\n}")[0]!;
    const blocks = text.match(/^block [\s\S]*?^}/gm) ?? [];
    const lines = [network, ...blocks].join("\n").split("\n");
    expect(lines.filter((line) => line.trim() !== "").length).toBeLessThanOrEqual(30);
  });

  test("computes what the paper says", () => {
    // Noise as in training, and statistics as in predictions.
    const graph = runPasses(lower(model!), [
      ...[passes.trainingValues, passes.freezeStatistics, passes.dropDeadNodes],
    ]);
    const network = networkOf(graph);
    const labels = model!.predictions.map(({ label }) => label);
    const auxiliary = model!.losses.map((loss) => loss.name);
    for (let example = 0; example < network.examples; example++) {
      const logits = references[name]!(network, example);
      const added = losses[name]?.(network, example) ?? {};
      expect([Object.keys(logits), Object.keys(added)]).toEqual([labels, auxiliary]);
      for (const [label, logit] of Object.entries(logits))
        expectClose(network.output(outputNames.logit(label))[example]![0]!, logit);
      for (const [loss, value] of Object.entries(added))
        expectClose(network.output(outputNames.auxiliary(loss))[example]![0]!, value);
    }
  });
});
