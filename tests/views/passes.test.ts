// What the passes do to a Graph, as the playground shows it: no node is lost between two views, and each says
// where it comes from.

import { expect, test } from "vitest";
import { lower } from "../../compiler/frontend/check/lower.ts";
import { check, sourceFile } from "../../compiler/index.ts";
import { printNode } from "../../compiler/middle/builder/print.ts";
import { rankingProgram } from "../../compiler/middle/programs/ranking.ts";
import { predictionProgram } from "../../compiler/middle/programs/step.ts";
import { type PassView, passViews } from "../../compiler/tools/views/passes.ts";
import { specs } from "./specs.ts";

const after = ({ lines }: PassView) => lines.filter(({ sign }) => sign !== "-").map(({ text }) => text);
const before = ({ lines }: PassView) => lines.filter(({ sign }) => sign !== "+").length;

const shown = specs.filter(([path]) => /(din-simulated\/model|zoo\/(din|bst|dien|deepfm))\.din$/.test(path));

test.each(shown)("%s", (_, text) => {
  const model = check(sourceFile("model.din", text)).value!;
  const forward = lower(model);
  const views = passViews(model);
  const passes = views.slice(0, -1);
  expect(after(passes[0]!)).toEqual(forward.nodes.map(printNode));
  for (const [i, view] of passes.entries()) {
    expect(after(view)).toHaveLength(view.after);
    if (i > 0) expect(before(view)).toBe(view.before);
  }
  const ranking = rankingProgram(model, predictionProgram(forward, model));
  expect(after(passes.at(-1)!)).toEqual(ranking.nodes.map(printNode));
});

test("DIN: what is split, what is computed once for the user, what is fused", () => {
  const model = check(sourceFile("model.din", shown.find(([path]) => path.includes("simulated"))![1])).value!;
  const views = new Map(passViews(model).map((view) => [view.name, view]));
  const split = views.get("split-linear")!;
  // The first layer of the activation unit over query, key, their difference and product: each has its part of the weights.
  const parts = split.lines.filter(({ sign, text }) => sign === "+" && text.includes("slice"));
  expect(parts.length).toBeGreaterThan(3);
  expect(split.after).toBeGreaterThan(split.before);
  const request = views.get("to-request")!;
  expect(new Set(request.lines.filter(({ sign }) => sign === "+").map(({ once }) => once))).toContain("user");
  const kernels = views.get("kernels")!;
  expect(kernels.lines.some(({ once, text }) => once === "user" && text.includes("matmul"))).toBe(true);
  const loops = kernels.lines.filter(({ text }) => text.startsWith("one loop: "));
  expect(loops.length).toBeGreaterThan(2);
  expect(kernels.after).toBeLessThan(kernels.before);
  // Most kernels say where in the text they come from, which is not one place for all.
  const placesOf = ({ origins }: (typeof kernels.lines)[number]) =>
    new Set(origins.map(({ start }) => start));
  const placed = kernels.lines.filter((line) => placesOf(line).size > 0);
  expect(placed.length).toBeGreaterThan(kernels.lines.length / 2);
  expect(new Set(placed.flatMap((line) => [...placesOf(line)])).size).toBeGreaterThan(5);
});
