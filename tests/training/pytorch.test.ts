// Optimizers, clipping and losses against PyTorch's on the same numbers (pytorch/generate.py), by the references in f64 and
// on every back end.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { sourceFile } from "../../compiler/common/source-file.ts";
import { check } from "../../compiler/frontend/check/check.ts";
import { lower } from "../../compiler/frontend/check/lower.ts";
import { DEFAULT_SETTINGS } from "../../compiler/frontend/check/train.ts";
import { GraphBuilder } from "../../compiler/middle/builder/builder.ts";
import { validate } from "../../compiler/middle/builder/validate.ts";
import type { ValidGraph } from "../../compiler/middle/graph/graph.ts";
import { exampleLayout } from "../../compiler/middle/graph/layout.ts";
import { ONCE, sizeOf } from "../../compiler/middle/graph/types.ts";
import { packedGradient, updateDense } from "../../compiler/middle/programs/dense-update.ts";
import { trainingProgram } from "../../compiler/middle/programs/step.ts";
import type { OptimizerTable } from "../../compiler/middle/training/optimizers/define-optimizer.ts";
import { optimizerOf } from "../../compiler/middle/training/optimizers/registry.ts";
import { scalarsAt } from "../../compiler/middle/training/schedules.ts";
import type { Optimizer, TrainSettings } from "../../compiler/middle/training/settings.ts";
import { initialParameters } from "../../compiler/train/initial.ts";
import { everywhere, farthest } from "../support/everywhere.ts";
import { namedInput } from "../support/named-input.ts";

interface OptimizerCase {
  readonly name: string;
  readonly settings: Optimizer;
  readonly start: readonly number[];
  readonly steps: readonly {
    readonly rows: readonly number[];
    readonly gradients: readonly number[];
    /** Of the whole table, after the step. */
    readonly values: readonly number[];
  }[];
}

interface Fixture {
  readonly rows: number;
  readonly width: number;
  readonly optimizers: readonly OptimizerCase[];
  readonly l2: OptimizerCase;
  readonly lazy_adam: OptimizerCase;
  readonly clipping: {
    readonly prices: number[];
    readonly kinds: number[];
    readonly clicks: number[];
    readonly kernel: number[];
    readonly bias: number[];
    readonly table: number[];
    readonly cases: readonly {
      readonly most: number;
      readonly norm: number;
      readonly kernel: number[];
      readonly bias: number[];
      readonly table: number[];
    }[];
  };
  readonly losses: {
    readonly logits: number[];
    readonly clicks: number[];
    readonly cases: readonly {
      readonly smoothing: number;
      readonly positive: number;
      readonly loss: number;
      readonly gradient: number[];
    }[];
  };
}

const fixture: Fixture = JSON.parse(
  readFileSync(join(import.meta.dirname, "pytorch", "pytorch.json"), "utf8"),
);
const { rows: ROWS, width: WIDTH } = fixture;
const once = exampleLayout({ examples: 1, lengths: {}, tables: {} });

/** Updates a matrix by a gradient that is fed. */
function denseStep(settings: Pick<TrainSettings, "optimizer" | "l2">): ValidGraph {
  const graph = new GraphBuilder();
  const dims = [ROWS, WIDTH];
  const parameter = { name: "kernel", dims, init: { kind: "zeros" }, role: "weight" } as const;
  const value = graph.parameter(parameter);
  const gradient = graph.add(
    "input",
    [],
    namedInput({ name: "gradient", type: { rows: ONCE, dims, dtype: "f32" } }),
  );
  const weights = [{ ...parameter, value, gradient }];
  updateDense(graph, { ...DEFAULT_SETTINGS, ...settings }, 0, weights, packedGradient(graph, weights));
  return validate(graph.finish());
}

/** The gradient of a step with 0 in the rows that it does not name. */
function wholeGradient({ rows, gradients }: OptimizerCase["steps"][number]): number[] {
  const all = new Array<number>(ROWS * WIDTH).fill(0);
  rows.forEach((row, i) => {
    for (let j = 0; j < WIDTH; j++) all[row * WIDTH + j] = gradients[i * WIDTH + j]!;
  });
  return all;
}

function expectRowsFollow({ settings, start, steps }: OptimizerCase, decay: OptimizerTable["decay"]): void {
  const optimizer = optimizerOf(settings);
  const table: OptimizerTable = {
    width: WIDTH,
    values: Float32Array.from(start),
    slots: optimizer.slots(settings).map(({ initial }) => new Float32Array(start.length).fill(initial)),
    decay,
  };
  steps.forEach(({ rows, gradients, values }, i) => {
    optimizer.rows(settings, {
      table,
      rows: Int32Array.from(rows),
      gradients: Float32Array.from(gradients),
      scalars: optimizer.scalars(settings, i + 1),
    });
    expect(farthest(table.values, values), `after step ${i + 1}`).toBeLessThan(2e-6);
  });
}

async function expectDenseFollows(
  { settings, start, steps }: OptimizerCase,
  l2: TrainSettings["l2"],
  { run, tolerance }: (typeof everywhere)[number],
): Promise<void> {
  const graph = denseStep({ optimizer: settings, l2 });
  let parameters: Record<string, ArrayLike<number>> = {
    ...Object.fromEntries(initialParameters(graph, 1)),
    // What torch was given, not rounded to 32 bits.
    ...Object.fromEntries(
      [...graph.parameters.values()]
        .filter(({ role }) => role === "slot")
        .map(({ name, dims, init }) => [
          name,
          new Array<number>(sizeOf(dims)).fill(init.kind === "constant" ? init.value : 0),
        ]),
    ),
    kernel: start,
  };
  for (const [i, step] of steps.entries()) {
    const scalars = Object.entries(optimizerOf(settings).scalars(settings, i + 1));
    const inputs = {
      gradient: wholeGradient(step),
      ...Object.fromEntries(scalars.map(([name, value]) => [`scalar/${name}`, [value]])),
    };
    const { updates } = await run(graph, { inputs, parameters, tables: {} }, once);
    parameters = { ...parameters, ...Object.fromEntries(updates) };
    expect(farthest(parameters["kernel"]!, step.values), `after step ${i + 1}`).toBeLessThan(tolerance);
  }
}

const none = { dense: 0, tables: 0 };

describe.each(fixture.optimizers.map((each) => [each.name, each] as const))("torch.optim: %s", (_, each) => {
  test("moves the rows of a table alike", () => expectRowsFollow(each, null));

  test.each(everywhere)("moves dense weights alike on $name", (way) => expectDenseFollows(each, none, way));
});

describe("torch's weight_decay of Adam is `l2`", () => {
  test("for the rows of a table", () => expectRowsFollow(fixture.l2, 0.3));

  test.each(everywhere)("for matrices on $name", (way) =>
    expectDenseFollows(fixture.l2, { dense: 0.3, tables: 0 }, way),
  );
});

test("torch.optim.SparseAdam is Adam for the rows of a batch alone", () =>
  expectRowsFollow(fixture.lazy_adam, null));

function modelOf(spec: string) {
  const { value: model, diagnostics } = check(sourceFile("model.din", spec));
  expect(diagnostics.filter(({ severity }) => severity === "error")).toEqual([]);
  return model!;
}

describe("clip_grad_norm_ over layers and table", () => {
  const { prices, kinds, clicks, kernel, bias, table, cases } = fixture.clipping;

  test("has cases on both sides of the norm", () => {
    expect(cases.some(({ most, norm }) => most < norm)).toBe(true);
    expect(cases.some(({ most, norm }) => most > norm)).toBe(true);
  });

  describe.each(cases)("to $most", (expected) => {
    test.each(everywhere)("on $name", async ({ run, tolerance }) => {
      const model = modelOf(`model tiny
features item {
  price : number
  kind  : enum("a", "b") embed 1
}
label click : binary
net { predict click = concat(price, kind) |> dense(1) |> sigmoid }
train {
  optimizer sgd(1)
  clip norm(${expected.most})
}`);
      const { step } = trainingProgram(lower(model), model);
      const names = ["net.click.dense_1.kernel", "net.click.dense_1.bias"] as const;
      const feeds = {
        inputs: { price: prices, kind: kinds, "label/click": clicks, "scalar/learning_rate": [1] },
        parameters: { [names[0]]: kernel, [names[1]]: bias },
        tables: { kind: table },
      };
      const { outputs, updates } = await run(
        step,
        feeds,
        exampleLayout({ examples: prices.length, lengths: {}, tables: { kind: table.length } }),
      );
      // SGD with rate 1 subtracts the gradient itself.
      const gone = (before: readonly number[], after: ArrayLike<number>) =>
        before.map((value, i) => value - after[i]!);
      expect(farthest(outputs.get("gradient.kind")!, expected.table)).toBeLessThan(tolerance);
      expect(farthest(gone(kernel, updates.get(names[0])!), expected.kernel)).toBeLessThan(tolerance);
      expect(farthest(gone(bias, updates.get(names[1])!), expected.bias)).toBeLessThan(tolerance);
    });
  });
});

describe("binary_cross_entropy_with_logits", () => {
  const { logits, clicks, cases } = fixture.losses;

  describe.each(cases)("smoothing $smoothing, pos_weight $positive", (expected) => {
    test.each(everywhere)("on $name", async ({ run, tolerance }) => {
      const model = modelOf(`model tiny
features item { item_id : id  embed 1 }
label click : binary
net { predict click = sigmoid(item_id) }
train { loss binary_cross_entropy(smoothing: ${expected.smoothing}, positive: ${expected.positive}) }`);
      const { step } = trainingProgram(lower(model), model);
      // Each example reads a row of its own, so that the rows' gradients are those of the logits.
      const item_id = logits.map((_, i) => i);
      const { outputs } = await run(
        step,
        { inputs: { item_id, "label/click": clicks }, parameters: {}, tables: { item_id: logits } },
        exampleLayout({ examples: logits.length, lengths: {}, tables: { item_id: logits.length } }),
      );
      expect(farthest(outputs.get("loss")!, [expected.loss])).toBeLessThan(tolerance);
      expect(farthest(outputs.get("gradient.item_id")!, expected.gradient)).toBeLessThan(tolerance);
    });
  });
});

test("a schedule that is left out changes nothing", () => {
  for (const { settings: optimizer } of fixture.optimizers)
    expect(scalarsAt({ ...DEFAULT_SETTINGS, optimizer }, 3, 10)).toEqual({
      progress: expect.closeTo(2 / 10, 12),
      ...optimizerOf(optimizer).scalars(optimizer, 3),
    });
});
