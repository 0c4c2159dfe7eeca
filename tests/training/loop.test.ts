// The loop with a back end that only keeps records: what is fed, in which order, and what happens when it goes wrong.

import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import type { StepFeed, TrainingBackend } from "../../compiler/backends/contract/session.ts";
import { planBatches } from "../../compiler/data/batch-plan.ts";
import type { MemoryRows } from "../../compiler/data/memory-rows.ts";
import { type Diagnostic, DiagnosticError } from "../../compiler/diagnostics/diagnostic.ts";
import { DEFAULT_SETTINGS } from "../../compiler/frontend/check/train.ts";
import type { TableSpec } from "../../compiler/frontend/model/model.ts";
import { defaultTable, NORMAL } from "../../compiler/frontend/values/tables.ts";
import { GraphBuilder } from "../../compiler/middle/builder/builder.ts";
import type { ValidGraph } from "../../compiler/middle/graph/graph.ts";
import type { TrainingProgram } from "../../compiler/middle/programs/program.ts";
import type { ProgressEvent } from "../../compiler/train/epochs.ts";
import type { Measure } from "../../compiler/train/metrics/evaluate.ts";
import { notFiniteLoss } from "../../compiler/train/not-finite.ts";
import type { Checkpoints, TrainState } from "../../compiler/train/state.ts";
import { inlineBatches } from "../../runtime/data/batches/prefetch.ts";
import { BoundedOrders } from "../../runtime/data/storage/order-file.ts";
import { type RunTrainerOptions, runTrainer } from "../../runtime/train/run-trainer.ts";
import { clickPrediction } from "../support/click-prediction.ts";
import { namedInput } from "../support/named-input.ts";

const tables: TableSpec[] = [
  { name: "item_id", feature: "item_id", rows: 12, width: 1, options: defaultTable(NORMAL) },
];

function graph(): ValidGraph {
  const builder = new GraphBuilder();
  const table = builder.add("table", [], { name: "item_id", width: 1 });
  const ids = builder.add(
    "input",
    [],
    namedInput({
      name: "item_id",
      type: { rows: { kind: "each", per: "example" }, dims: [], dtype: "i32" },
    }),
  );
  builder.output({ kind: "logit", of: "click" }, builder.add("lookup", [table, ids], {}));
  return builder.finish() as ValidGraph;
}

const data: MemoryRows = {
  kind: "memory",
  rows: 10,
  ids: new Map([["item_id", Int32Array.from({ length: 10 }, (_, i) => i + 2)]]),
  numbers: new Map(),
  histories: new Map(),
  labels: new Map([["click", Float32Array.from({ length: 10 }, (_, i) => i % 2)]]),
  groups: new Map(),
  sets: new Map(),
};

interface Record {
  readonly steps: { ids: number[]; scalars: StepFeed["scalars"] }[];
  disposed: number;
}

/** Every gradient is 1 and the loss what `loss` says of the step (from 0). The logit is the row of the id. */
function recording(record: Record, loss: (step: number) => number): TrainingBackend {
  return {
    name: "wasm",
    reason: null,
    parts: 1,
    description: "records",
    open: async (_program, initial) => ({
      holds: null,
      room: null,
      step({ batch, rows, scalars }) {
        record.steps.push({
          ids: [...batch.inputs.get("item_id")!].map((i) => batch.tables.get("item_id")![i]!),
          scalars,
        });
        return {
          loss: loss(record.steps.length - 1),
          terms: {},
          gradients: { item_id: new Float32Array(rows["item_id"]!.length).fill(1) },
        };
      },
      predict: ({ batch, rows }) => ({
        click: Float32Array.from(batch.inputs.get("item_id")!, (i) => rows["item_id"]![i]!),
      }),
      read: () => initial,
      write: () => {},
      dispose: () => {
        record.disposed += 1;
      },
    }),
  };
}

function options(
  record: Record,
  loss: (step: number) => number,
  over: Partial<RunTrainerOptions> = {},
): RunTrainerOptions {
  const step = graph();
  const program: TrainingProgram = {
    step,
    predict: step,
    tables: ["item_id"],
    weights: [],
    settings: { ...DEFAULT_SETTINGS, batch: 4, epochs: 2, optimizer: { kind: "sgd", learningRate: 0.5 } },
  };
  return {
    program,
    backend: recording(record, loss),
    tables,
    train: data,
    predictions: [clickPrediction],
    evaluate: [{ split: "test", data }],
    batches: inlineBatches(planBatches(step, tables)).stream,
    ...over,
  };
}

const newRecord = (): Record => ({ steps: [], disposed: 0 });

describe("an epoch", () => {
  test("has the same order where that lies in a file", async () => {
    const folder = mkdtempSync(join(tmpdir(), "dinc-orders-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const [inMemory, inFile] = [newRecord(), newRecord()];
    await runTrainer(options(inMemory, () => 1));
    const orders = new BoundedOrders({ bytes: 0, newPath: () => join(folder, "order") });
    await runTrainer(options(inFile, () => 1, { orders }));
    expect(existsSync(join(folder, "order"))).toBe(true);
    expect(inFile.steps).toEqual(inMemory.steps);
  });

  test("visits every row once, in an order of its own that the seed fixes", async () => {
    const record = newRecord();
    await runTrainer(options(record, () => 1));
    const epochs = [record.steps.slice(0, 3), record.steps.slice(3)].map((steps) =>
      steps.flatMap((step) => step.ids),
    );
    expect(record.steps.map((step) => step.ids.length)).toEqual([4, 4, 2, 4, 4, 2]);
    for (const ids of epochs) expect([...ids].sort((a, b) => a - b)).toEqual([...data.ids.get("item_id")!]);
    expect(epochs[0]).not.toEqual(epochs[1]);
    const again = newRecord();
    await runTrainer(options(again, () => 1));
    expect(again.steps).toEqual(record.steps);
  });

  test("goes on counting Adam's steps where the one before ended", async () => {
    const record = newRecord();
    const { program } = options(record, () => 1);
    const optimizer = { kind: "adam", learningRate: 1e-3, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 } as const;
    const adam = { ...program, settings: { ...program.settings, optimizer } };
    await runTrainer(options(record, () => 1, { program: adam }));
    expect(record.steps.map(({ scalars }) => scalars["bias1"])).toEqual(
      [1, 2, 3, 4, 5, 6].map((t) => expect.closeTo(1 - 0.9 ** t, 10)),
    );
  });

  test("moves the rows of the host table by the optimizer", async () => {
    const before = await runTrainer(options(newRecord(), () => 1, { train: { ...data, rows: 0 } }));
    const after = await runTrainer(options(newRecord(), () => 1));
    const moved = after.tables
      .get("item_id")!
      .values.map((value, i) => value - before.tables.get("item_id")!.values[i]!);
    // Each id once an epoch, two epochs, learning rate 0.5, gradient 1; PAD and unknown never.
    expect([...moved].map((value) => Math.round(value * 1e5) / 1e5)).toEqual([
      0,
      0,
      ...new Array(10).fill(-1),
    ]);
  });

  test("ends with its mean loss by example, its metrics and what the person sees", async () => {
    const seen: ProgressEvent[] = [];
    const result = await runTrainer(
      options(newRecord(), (step) => step, { onProgress: (event) => seen.push(event) }),
    );
    expect(result.epochs.map((epoch) => epoch.loss)).toEqual([
      (0 * 4 + 1 * 4 + 2 * 2) / 10,
      (3 * 4 + 4 * 4 + 5 * 2) / 10,
    ]);
    expect(result.epochs[0]!.evaluations).toMatchObject([{ split: "test", label: "click", rows: 10 }]);
    expect(Object.keys(result.epochs[0]!.evaluations[0]!.values)).toEqual(["auc", "log_loss"]);
    const epochKinds = ["step", "step", "step", "evaluation", "evaluation", "evaluation", "epoch"];
    expect(seen.map((event) => event.kind)).toEqual([...epochKinds, ...epochKinds]);
    expect(seen.slice(3, 6)).toEqual(
      [
        { kind: "scoring", rows: 10, of: 10 },
        { kind: "metric", label: "click", title: "auc" },
        { kind: "metric", label: "click", title: "log_loss" },
      ].map((progress) => ({ kind: "evaluation", epoch: 1, split: "test", progress })),
    );
    expect(seen[1]).toMatchObject({ epoch: 1, step: 2, steps: 3, epochs: 2, loss: 0.5 });
  });
});

test("a person who stops while metrics are computed does not wait for them", async () => {
  let isAsked = false;
  const saved: TrainState[] = [];
  const checkpoints: Checkpoints = {
    from: null,
    due: () => false,
    stopping: () => isAsked,
    save: async (state) => void saved.push(state),
  };
  const measure: Measure = () => {
    isAsked = true;
    return new Promise(() => {});
  };
  const training = runTrainer(options(newRecord(), () => 1, { checkpoints, measure }));
  expect(await training).toMatchObject({ interrupted: { epoch: 1, steps: 3 }, kept: 1 });
  expect(saved).toMatchObject([{ epochs: [], running: { steps: 3 } }]);
});

test.each([Number.NaN, Number.POSITIVE_INFINITY])(
  "a loss of %d stops training with the step that gave it",
  async (bad) => {
    const record = newRecord();
    const error: unknown = await runTrainer(options(record, (step) => (step === 4 ? bad : 1))).catch(
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(DiagnosticError);
    expect((error as DiagnosticError).diagnostics).toMatchObject([
      { name: "loss-not-finite", message: `the loss became ${bad} at step 5 (epoch 2); training stopped` },
    ]);
    expect(record).toMatchObject({ disposed: 1, steps: { length: 5 } });
  },
);

test.each([
  [{ price: [1, -2.5], "clicks.dwell": [0, 9999] }, null],
  [
    { price: [1, 3e38], "clicks.dwell": [12345, 2] },
    "in a row of this step, the network reads 3.00e+38 as `price`:",
  ],
  [
    { price: [1, 3e38], "clicks.dwell": [-Infinity] },
    "in a row of this step, the network reads -Infinity as `clicks.dwell`:",
  ],
  [
    { price: [Number.NaN, 3], "clicks.dwell": [-25000] },
    "in a row of this step, the network reads NaN as `price`:",
  ],
  [
    { price: [], "clicks.dwell": [-25000] },
    "in a row of this step, the network reads -25000 as `clicks.dwell`:",
  ],
])("a loss of NaN over %j names the number that may be the reason", (given, named) => {
  const numbers = new Map(Object.entries(given).map(([name, values]) => [name, Float32Array.from(values)]));
  const [{ help }] = notFiniteLoss(Number.NaN, 5, 1, DEFAULT_SETTINGS.optimizer, numbers, {}).diagnostics as [
    Diagnostic,
  ];
  expect(help).toContain("try a lower learning rate than ");
  if (named === null) expect(help).not.toContain("a row of this step");
  else expect(help).toContain(named);
});

test("a loss of NaN in the first step is the formula's, and names the part of the loss that has it", () => {
  const terms = { click: 0.7, watch: Number.NaN, spent: Number.POSITIVE_INFINITY };
  const of = (step: number, parts: Parameters<typeof notFiniteLoss>[5]) =>
    notFiniteLoss(Number.NaN, step, 1, DEFAULT_SETTINGS.optimizer, new Map(), parts).diagnostics[0]!;
  expect(of(1, terms).message).toMatch(/^the loss of `watch` and `spent` became NaN at step 1 /);
  expect(of(1, { watch: Number.NaN }).message).toMatch(/^the loss became NaN at step 1 /);
  expect(of(1, terms).help).toMatch(/^no weight has changed yet.* `poisson`/);
  expect(of(2, terms).help).toMatch(/^try a lower learning rate than /);
});

test("weights that are no numbers are neither kept nor measured", async () => {
  const record = newRecord();
  const saved: TrainState[] = [];
  const given = options(record, () => 1, {
    checkpoints: {
      from: null,
      due: () => true,
      stopping: () => false,
      save: async (state) => void saved.push(state),
    },
  });
  // The second step has a loss, and leaves a weight without a value.
  const open: TrainingBackend["open"] = async (...args) => {
    const session = await given.backend.open(...args);
    return {
      ...session,
      step: (input) => session.step(input),
      read: () =>
        record.steps.length < 2 ? session.read() : new Map([["net.weight", Float32Array.of(1, Infinity)]]),
    };
  };
  const error: unknown = await runTrainer({ ...given, backend: { ...given.backend, open } }).catch(
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(DiagnosticError);
  expect((error as DiagnosticError).diagnostics).toMatchObject([
    {
      name: "weights-not-finite",
      message: "`net.weight` has NaN or infinite numbers after step 2 of epoch 1; training stopped",
    },
  ]);
  expect(saved).toMatchObject([{ running: { steps: 1 } }]);
});
