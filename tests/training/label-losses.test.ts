// Losses of labels against their formulas over probabilities, in f64, on every back end: values, gradients, and digits where
// the model is sure.

import { describe, expect, test } from "vitest";
import { sourceFile } from "../../compiler/common/source-file.ts";
import { check } from "../../compiler/frontend/check/check.ts";
import { lower } from "../../compiler/frontend/check/lower.ts";
import { exampleLayout } from "../../compiler/middle/graph/layout.ts";
import { trainingProgram } from "../../compiler/middle/programs/step.ts";
import { everywhere, farthest, type Way } from "../support/everywhere.ts";

const sigmoid = (z: number) => 1 / (1 + Math.exp(-z));

/** Loss and gradient of logits that each example reads from a row of its own. */
async function lossOf(way: Way, loss: string, logits: readonly number[], clicks: readonly number[]) {
  const { value: model, diagnostics } = check(
    sourceFile(
      "model.din",
      `model tiny
features item { item_id : id  embed 1 }
label click : binary
net { predict click = sigmoid(item_id) }
train { loss ${loss} }`,
    ),
  );
  expect(diagnostics.filter(({ severity }) => severity === "error")).toEqual([]);
  const { step } = trainingProgram(lower(model!), model!);
  const { outputs } = await way.run(
    step,
    {
      inputs: { item_id: logits.map((_, i) => i), "label/click": [...clicks] },
      parameters: {},
      tables: { item_id: [...logits] },
    },
    exampleLayout({ examples: logits.length, lengths: {}, tables: { item_id: logits.length } }),
  );
  return { loss: outputs.get("loss")![0]!, gradient: outputs.get("gradient.item_id")! };
}

const logits = [0.3, -1.2, 2.5, -0.7, 4, -3];
const clicks = [1, 1, 0, 0, 1, 0];

/** The losses once more, from the probability. */
const formulas: readonly (readonly [string, (p: number, y: number) => number])[] = [
  ["binary_cross_entropy", (p, y) => -y * Math.log(p) - (1 - y) * Math.log(1 - p)],
  [
    "binary_cross_entropy(smoothing: 0.2)",
    (p, y) => {
      const smooth = y === 1 ? 0.9 : 0.1;
      return -smooth * Math.log(p) - (1 - smooth) * Math.log(1 - p);
    },
  ],
  ["binary_cross_entropy(positive: 3)", (p, y) => -3 * y * Math.log(p) - (1 - y) * Math.log(1 - p)],
  [
    "focal",
    (p, y) => {
      const given = y === 1 ? p : 1 - p;
      return -((1 - given) ** 2) * Math.log(given);
    },
  ],
  [
    "focal(gamma: 0.5, alpha: 0.25)",
    (p, y) => {
      const [given, weight] = y === 1 ? [p, 0.25] : [1 - p, 0.75];
      return -weight * (1 - given) ** 0.5 * Math.log(given);
    },
  ],
  ["focal(gamma: 0)", (p, y) => -Math.log(y === 1 ? p : 1 - p)],
];

describe.each(formulas)("%s", (loss, formula) => {
  test.each(everywhere)("has its formula's mean and slope on $name", async (way) => {
    const mean = (at: readonly number[]) =>
      at.reduce((sum, z, i) => sum + formula(sigmoid(z), clicks[i]!), 0) / at.length;
    const found = await lossOf(way, loss, logits, clicks);
    expect(farthest([found.loss], [mean(logits)])).toBeLessThan(way.tolerance);
    const h = 1e-5;
    const slopes = logits.map((_, i) => {
      const moved = (by: number) => logits.map((z, j) => (i === j ? z + by : z));
      return (mean(moved(h)) - mean(moved(-h))) / (2 * h);
    });
    expect(farthest(found.gradient, slopes)).toBeLessThan(Math.max(1e-8, way.tolerance));
  });
});

describe("where the model is sure", () => {
  test.each(everywhere)("what is left of the loss keeps its digits on $name", async (way) => {
    // Weighted, the two sides stand apart: nothing large is taken from something large.
    const { loss, gradient } = await lossOf(way, "binary_cross_entropy(positive: 2)", [30, -30], [1, 0]);
    const tail = Math.exp(-30);
    expect(loss / (1.5 * tail)).toBeCloseTo(1, 5);
    expect(gradient[0]! / -tail).toBeCloseTo(1, 5);
    expect(gradient[1]! / (tail / 2)).toBeCloseTo(1, 5);
  });

  test.each(everywhere)("focal loss is finite however far it is off on $name", async (way) => {
    const { loss, gradient } = await lossOf(way, "focal(gamma: 2)", [200, -200, 200, -200], [0, 1, 1, 0]);
    expect(loss).toBeCloseTo(100, 4);
    expect(farthest(gradient, [0.25, -0.25, 0, 0])).toBeLessThan(way.tolerance);
  });
});
