// The worked example of ARCHITECTURE.md is what the compiler makes of its spec, level by level: `UPDATE=1` writes it.

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { lower } from "../../compiler/frontend/check/lower.ts";
import type { Model } from "../../compiler/frontend/model/model.ts";
import { check, sourceFile } from "../../compiler/index.ts";
import { printGraph } from "../../compiler/middle/builder/print.ts";
import { rankingProgram } from "../../compiler/middle/programs/ranking.ts";
import { predictionProgram, trainingProgram } from "../../compiler/middle/programs/step.ts";
import { passViews } from "../../compiler/tools/views/passes.ts";
import { emitGraph } from "../support/emit-graph.ts";

const path = join(import.meta.dirname, "../../compiler/ARCHITECTURE.md");
const fences = /(<!-- worked example: (\w+) -->\n```\w+\n)(.*?)(```\n)/gs;

test("each level of the worked example is what the compiler makes of its spec", () => {
  const text = readFileSync(path, "utf8");
  const [, , , spec] = [...text.matchAll(fences)].find(([, , level]) => level === "spec")!;
  const { value: model, diagnostics } = check(sourceFile("tiny.din", spec!));
  expect(diagnostics).toEqual([]);
  const levels = levelsOf(spec!, model!);
  const expected = text.replace(
    fences,
    (_, start: string, level: string, _before, end: string) => `${start}${levels.get(level)}${end}`,
  );
  expect([...text.matchAll(fences)].map(([, , level]) => level)).toEqual([...levels.keys()]);
  if (process.env["UPDATE"]) writeFileSync(path, expected);
  else expect(text).toBe(expected);
});

function levelsOf(spec: string, model: Model): ReadonlyMap<string, string> {
  const forward = lower(model);
  const step = printGraph(trainingProgram(forward, model).step).split("\n");
  const views = passViews(model);
  const ranking = rankingProgram(model, predictionProgram(forward, model));
  const module = emitGraph(ranking);
  return new Map([
    ["spec", spec],
    ["graph", lines(printGraph(forward).split("\n"))],
    [
      "step",
      lines(
        step.filter((line) => /label\/|loss|gradient|contract_rows|repeat|add .*: table|^update/.test(line)),
      ),
    ],
    [
      "ranking",
      lines(
        views
          .at(-2)!
          .lines.filter(({ sign }) => sign !== "-")
          .map(({ once, text }) => `${once.padEnd(9)}  ${text}`),
      ),
    ],
    ["module", lines(["computeRequest", "computeCandidates"].map((name) => functionIn(module, name)))],
  ]);
}

function lines(all: readonly string[]): string {
  return `${all.filter((line) => line !== "").join("\n")}\n`;
}

function functionIn(module: string, name: string): string {
  return new RegExp(`^function ${name}\\(.*?^\\}`, "ms").exec(module)![0];
}
