// Pairs of steps that only sums read are not kept: not one value of a training step, or of a prediction, has them.

import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { Reads } from "../../compiler/backends/code/training/reads.ts";
import { sourceFile } from "../../compiler/common/source-file.ts";
import { lower } from "../../compiler/frontend/check/lower.ts";
import { trainingProgram } from "../../compiler/middle/programs/step.ts";
import { compile } from "../../runtime/driver/compile.ts";
import { modelOf } from "../model/support.ts";

const related = (sum: string) => `model related
features item { item_id : id  embed 8 }
history clicks(max: 20) { item_id <-> clicked }
label click : binary
net {
  let back      = facing(place(clicks)) - place(clicks)
  let scores    = dot(clicks, facing(clicks)) + buckets(back, 1..19, 1)
  predict click = dot(sum(dense(concat(clicks, ${sum}), 8)), item_id) |> sigmoid
}`;

/** How many values of a step and of a prediction have a number for each pair. */
function heldOf(text: string): readonly number[] {
  const model = modelOf(text);
  const { step, predict } = trainingProgram(lower(model), model);
  return [step, predict].map((graph) => {
    const reads = new Reads(graph, new Set());
    const held = reads.needed.filter(
      (node) => reads.isComputed(node) && node.type.rows.kind === "steps" && node.type.dims[0] === 20,
    );
    return held.length;
  });
}

test.each([
  "mean(scores)",
  "sum(softmax(scores) * facing(clicks))",
  "sum(softmax(scores, where: back >= 0) * facing(clicks))",
  "sum(where(back >= 0, silu(scores), 0) / 20 * facing(clicks))",
])("%s keeps no pairs", (sum) => {
  expect(heldOf(related(sum))).toEqual([0, 0]);
});

test("the zoo's HSTU keeps no pairs", () => {
  const spec = readFileSync("examples/zoo/hstu.din", "utf8")
    .replace("max: 20", "max: 19")
    .replace("most: 21", "most: 20");
  expect(heldOf(spec)).toEqual([0, 0]);
});

test("pairs of which a layer makes vectors are kept", () => {
  const held = heldOf(related("mean(dense(concat(clicks, facing(clicks), scores), 8, relu))"));
  for (const count of held) expect(count).toBeGreaterThan(0);
});

test("ONNX keeps all pairs, so a model that pairs more than 512 steps compiles to TypeScript and C alone", async () => {
  const spec = related("sum(where(back >= 0, silu(scores), 0) / 600 * facing(clicks))");
  const untrained = sourceFile("long.din", spec.replace("max: 20", "max: 600"));
  await expect(compile({ untrained }, { target: "onnx" })).rejects.toMatchObject({
    diagnostics: [{ code: "DIN0668", help: expect.stringContaining("compile to TypeScript or C") }],
  });
  expect((await compile({ untrained })).files.has("model.ts")).toBe(true);
});
