// Pairs of steps that only sums read are not kept: not one value of a training step, or of a prediction, has them. The slopes of
// the sums are those of finite differences.

import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { Reads } from "../../compiler/backends/code/training/reads.ts";
import { bestForm } from "../../compiler/backends/wasm/training/form.ts";
import { openSession } from "../../compiler/backends/wasm/training/session.ts";
import { sourceFile } from "../../compiler/common/source-file.ts";
import { lower } from "../../compiler/frontend/check/lower.ts";
import { inputNames } from "../../compiler/middle/programs/program.ts";
import { trainingProgram } from "../../compiler/middle/programs/step.ts";
import { scalarsAt } from "../../compiler/middle/training/schedules.ts";
import { initialParameters } from "../../compiler/train/initial.ts";
import { initialTable } from "../../compiler/train/tables.ts";
import { compile } from "../../runtime/driver/compile.ts";
import { modelOf } from "../model/support.ts";
import { randomRows } from "../support/random-rows.ts";
import { batchesOf, evaluated, madeOf, rowsAt } from "../support/random-training.ts";

const related = (sum: string) => `model related
features item { item_id : id  embed 8 }
history clicks(max: 20) { item_id <-> clicked }
label click : binary
net {
  let back      = facing(place(clicks)) - place(clicks)
  let scores    = dot(clicks, facing(clicks)) + buckets(back, 1..19, 1)
  predict click = dot(sum(dense(concat(clicks, ${sum}), 8)), item_id) |> sigmoid
}
train { optimizer sgd(1)  batch 5 }`;

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

const SUMS = [
  "mean(scores)",
  "sum(softmax(scores) * facing(clicks))",
  "sum(softmax(scores, where: back >= 0) * facing(clicks))",
  "sum(where(back >= 0, silu(scores), 0) / 20 * facing(clicks))",
];

test.each(SUMS)("%s keeps no pairs", (sum) => {
  expect(heldOf(related(sum))).toEqual([0, 0]);
});

/** Queries go through the keys two or four at a time, and keys are read four at a time. */
const LENGTHS = [9, 0, 8, 1, 14];

test.each(SUMS)("the slopes of %s are those of finite differences", async (sum) => {
  const made = madeOf(modelOf(related(sum)), 12);
  const { step, predict, settings } = made.program;
  const rows = randomRows(made.program, made.tables, { rows: 5, steps: (row) => LENGTHS[row]! });
  const [batch] = await batchesOf(rows, 5, made);
  // Numbers that are not small, so that no softmax is flat.
  const larger = (values: Float32Array) => values.map((value) => 8 * value);
  const parameters = Object.fromEntries(initialParameters(step, settings.seed));
  const tables = Object.fromEntries(
    made.tables.map((table) => {
      const { values } = initialTable(table, settings, null);
      return [
        table.name,
        Float32Array.from(rowsAt(larger(values), batch!.tables.get(table.name)!, table.width)),
      ];
    }),
  );
  const session = openSession(
    { threads: null, form: bestForm() },
    made.program,
    new Map(Object.entries(parameters)),
    null,
  );
  const { gradients } = session.step({ batch: batch!, rows: tables, scalars: scalarsAt(settings, 1, 1) });
  // One step of the rate 1.
  const slopes = {
    parameters: Object.fromEntries(
      [...session.read()].map(([name, after]) => [
        name,
        after.map((value, i) => parameters[name]![i]! - value),
      ]),
    ),
    tables: gradients,
  };
  session.dispose();
  const truth = batch!.inputs.get(inputNames.label("click"))!;
  const lossWith = (group: "parameters" | "tables", name: string, index: number, change: number): number => {
    const all = { parameters: { ...parameters }, tables: { ...tables } };
    const values = Float64Array.from(all[group][name]!);
    values[index]! += change;
    const given = { ...all, [group]: { ...all[group], [name]: values } };
    const logits = evaluated(predict, batch!, {}, given).outputs.get("logit.click")!;
    return logits.reduce((loss, x, i) => loss + Math.log1p(Math.exp(x)) - truth[i]! * x, 0) / truth.length;
  };
  for (const group of ["parameters", "tables"] as const)
    for (const [name, found] of Object.entries(slopes[group])) {
      const most = Math.max(...found.map(Math.abs));
      expect(most, name).toBeGreaterThan(0);
      for (const [i, slope] of found.entries()) {
        const difference = (lossWith(group, name, i, 1e-5) - lossWith(group, name, i, -1e-5)) / 2e-5;
        expect(Math.abs(slope - difference), `${name}[${i}]`).toBeLessThan(1e-4 * most);
      }
    }
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
