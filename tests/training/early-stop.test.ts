// Early stopping: after which epoch training ends, and that the weights are those of the best one.

import { describe, expect, test } from "vitest";
import type { ParameterValues } from "../../compiler/backends/contract/session.ts";
import { planBatches } from "../../compiler/data/batch-plan.ts";
import type { MemoryRows } from "../../compiler/data/memory-rows.ts";
import { DiagnosticError } from "../../compiler/diagnostics/diagnostic.ts";
import { DEFAULT_SETTINGS } from "../../compiler/frontend/check/train.ts";
import type { TableSpec } from "../../compiler/frontend/model/model.ts";
import { defaultTable, NORMAL } from "../../compiler/frontend/values/tables.ts";
import { GraphBuilder } from "../../compiler/middle/builder/builder.ts";
import type { ValidGraph } from "../../compiler/middle/graph/graph.ts";
import type { Metric } from "../../compiler/middle/metrics/registry.ts";
import type { EarlyStop, TrainSettings } from "../../compiler/middle/training/settings.ts";
import { describeStop } from "../../compiler/train/early-stop.ts";
import type { TrainResult } from "../../compiler/train/epochs.ts";
import { inlineBatches } from "../../runtime/data/batches/prefetch.ts";
import { type RunTrainerOptions, runTrainer } from "../../runtime/train/run-trainer.ts";
import { clickPrediction } from "../support/click-prediction.ts";
import { namedInput } from "../support/named-input.ts";

const tables: TableSpec[] = [
  { name: "item_id", feature: "item_id", rows: 4, width: 1, options: defaultTable(NORMAL) },
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

const rowsOf = (clicks: readonly number[]): MemoryRows => ({
  kind: "memory",
  rows: clicks.length,
  ids: new Map([["item_id", Int32Array.from(clicks, (_, i) => 2 + (i % 2))]]),
  numbers: new Map(),
  histories: new Map(),
  labels: new Map([["click", Float32Array.from(clicks)]]),
  groups: new Map(),
  sets: new Map(),
});
const data = rowsOf([1, 0, 1, 0]);

const by = (metric: Metric) => ({ terms: [{ metric, weight: 1 }], label: null });

interface Trained {
  readonly result: TrainResult;
  /** What the session holds at the end: the number of the step that made it. */
  readonly weight: number;
}

/**
 * One step an epoch, after which the model gives the first item the logit `sureness` of the epoch, the other
 * its negative. The table loses 1 in each step; the one parameter counts steps.
 */
async function trained(
  sureness: readonly number[],
  stop: Partial<EarlyStop>,
  evaluate: RunTrainerOptions["evaluate"] = [
    { split: "valid", data },
    { split: "test", data },
  ],
  over: Partial<TrainSettings> = {},
  /** The step after which the user stops. */
  lastStep = Number.POSITIVE_INFINITY,
): Promise<Trained> {
  const step = graph();
  let parameters: ParameterValues = new Map([["steps", Float32Array.of(0)]]);
  const steps = () => parameters.get("steps")![0]!;
  const settings: TrainSettings = {
    ...DEFAULT_SETTINGS,
    optimizer: { kind: "sgd", learningRate: 1 },
    batch: 4,
    epochs: sureness.length,
    earlyStop: { monitor: by(DEFAULT_SETTINGS.metrics[1]!), patience: 2, minDelta: 0, ...stop },
    ...over,
  };
  const result = await runTrainer({
    program: { step, predict: step, tables: ["item_id"], weights: [], settings },
    backend: {
      name: "wasm",
      reason: null,
      parts: 1,
      description: "scripted",
      open: async () => ({
        holds: null,
        room: null,
        step({ rows }) {
          parameters = new Map([["steps", Float32Array.of(steps() + 1)]]);
          return {
            loss: 1,
            terms: {},
            gradients: { item_id: new Float32Array(rows["item_id"]!.length).fill(1) },
          };
        },
        predict: ({ batch }) => ({
          click: Float32Array.from(batch.inputs.get("item_id")!, (at) =>
            batch.tables.get("item_id")![at] === 2 ? sureness[steps() - 1]! : -sureness[steps() - 1]!,
          ),
        }),
        read: () => parameters,
        write: (values) => {
          parameters = values;
        },
        dispose: () => {},
      }),
    },
    tables,
    train: data,
    predictions: [{ ...clickPrediction, metrics: settings.metrics }],
    evaluate,
    batches: inlineBatches(planBatches(step, tables)).stream,
    checkpoints: {
      ...{ from: null, due: () => false, save: async () => {} },
      stopping: () => steps() >= lastStep,
    },
  });
  return { result, weight: steps() };
}

/** How often the rows of the table were moved. */
function moves({ result }: Trained, untrained: Trained): number[] {
  const values = (of: Trained) => [...of.result.tables.get("item_id")!.values.subarray(2)];
  return values(untrained).map((value, i) => Math.round(value - values({ result, weight: 0 })[i]!));
}

describe("training", () => {
  test("ends when the metric was not better for `patience` epochs, with the weights of the best", async () => {
    const stopped = await trained([0.1, 0.9, 0.5, 0.8, 2, 3], { patience: 2 });
    const once = await trained([0.1], {});
    expect(stopped.result.epochs).toHaveLength(4);
    expect(stopped.result).toMatchObject({
      kept: 2,
      stopped: { metric: "log_loss", label: "click", epoch: 2, early: true },
    });
    expect(stopped.result.stopped!.value).toBeCloseTo(Math.log1p(Math.exp(-0.9)), 6);
    expect(stopped.weight).toBe(2);
    expect(stopped.result.parameters.get("steps")).toEqual(Float32Array.of(2));
    // One step more than `once`.
    expect(moves(stopped, once)).toEqual([1, 1]);
  });

  test("goes on while it gets better now and then", async () => {
    const { result, weight } = await trained([0.1, 0.05, 0.2, 0.1, 0.3, 0.2], { patience: 2 });
    expect(result).toMatchObject({ kept: 5, stopped: { epoch: 5, early: false } });
    expect(result.epochs).toHaveLength(6);
    expect(weight).toBe(5);
  });

  test("keeps the first of epochs that are equally good", async () => {
    // AUC is 1 in every epoch.
    const metric = DEFAULT_SETTINGS.metrics[0]!;
    const { result } = await trained([0.1, 0.2, 0.3, 0.4], { monitor: by(metric), patience: 2 });
    expect(result).toMatchObject({ kept: 1, stopped: { metric: "auc", value: 1, early: true } });
    expect(result.epochs).toHaveLength(3);
  });

  test("looks for more where more is better", async () => {
    const metric = DEFAULT_SETTINGS.metrics[0]!;
    const { result } = await trained([-0.1, 0.2, -0.3], { monitor: by(metric), patience: 1 });
    expect(result).toMatchObject({ kept: 2, stopped: { value: 1 } });
  });

  test("goes by one of several metrics of one name", async () => {
    const metrics = [0.5, 0.6].map((threshold) => ({ kind: "accuracy", threshold }) as const);
    const of = { monitor: by(metrics[1]!), patience: 2 };
    const { result } = await trained([0.1, 0.9, 0.5], of, undefined, { metrics });
    expect(result).toMatchObject({
      kept: 2,
      stopped: { metric: "accuracy(threshold: 0.6)", value: 1, early: false },
    });
  });

  test("goes by a sum of metrics, of which the second decides", async () => {
    const [auc, loss] = DEFAULT_SETTINGS.metrics;
    const terms = [
      { metric: auc!, weight: 1 },
      { metric: loss!, weight: -1 },
    ];
    const { result } = await trained([0.1, 0.9, 0.5], { monitor: { terms, label: null } });
    const value = 1 - Math.log1p(Math.exp(-0.9));
    expect(result.stopped).toMatchObject({ metric: "auc - log_loss", epoch: 2 });
    expect(result.stopped!.value).toBeCloseTo(value, 6);
  });

  test("counts only gains of `min_delta`", async () => {
    const { result } = await trained([0.9, 0.90001, 0.90002, 2], { patience: 2, minDelta: 1e-3 });
    expect(result).toMatchObject({ kept: 1, stopped: { epoch: 1, early: true } });
  });

  test("is the whole training without it", async () => {
    const { result, weight } = await trained([3, 2, 1], {}, [{ split: "valid", data }], { earlyStop: null });
    expect(result).toMatchObject({ kept: 3, stopped: null });
    expect(weight).toBe(3);
  });

  test("has the best weights so far when the user stops it, otherwise the last ones", async () => {
    const interrupted = { epoch: 3, steps: 1 };
    const best = await trained([0.1, 0.9, 0.5, 0.8], {}, undefined, {}, 3);
    expect(best).toMatchObject({ result: { kept: 2, interrupted, stopped: { epoch: 2 } }, weight: 2 });
    expect(moves(best, await trained([0.1], {}))).toEqual([1, 1]);
    const last = await trained([0.1, 0.9, 0.5, 0.8], {}, undefined, { earlyStop: null }, 3);
    expect(last).toMatchObject({ result: { kept: 3, interrupted, stopped: null }, weight: 3 });
    expect(last.result.epochs.map(({ evaluations }) => evaluations.length)).toEqual([2, 2, 0]);
  });

  test("a plateau lowers the rate of the epochs after it, and says so", async () => {
    const [first] = (await trained([0.1], {})).result.epochs;
    const monitor = by(DEFAULT_SETTINGS.metrics[1]!);
    const numbers = { factor: 0.5, patience: 1, minDelta: 0, final: 0.3, warmup: 0 };
    const schedule = { kind: "plateau", monitor, ...numbers } as const;
    const over = { schedule, earlyStop: null };
    const lowered = await trained([0.1, 0.9, 0.5, 0.8, 2], {}, undefined, over);
    expect(lowered.result.epochs.map(({ learningRate }) => learningRate)).toEqual([1, 1, 1, 0.5, 0.3]);
    expect(first!.learningRate).toBeUndefined();
    // The table loses the rate in each step: 3.8 in all.
    const untrained = (await trained([0.1], {})).result.tables.get("item_id")!.values[2]!;
    expect(untrained - lowered.result.tables.get("item_id")!.values[2]!).toBeCloseTo(2.8, 5);
  });

  test("goes by the validation rows alone: a better test changes nothing", async () => {
    // The other way round on the test rows.
    const opposite = rowsOf([0, 1, 0, 1]);
    const { result } = await trained([0.1, 0.9, 0.5, 0.4], { patience: 2 }, [
      { split: "test", data: opposite },
      { split: "valid", data },
    ]);
    expect(result.kept).toBe(2);
  });
});

/** What is said instead of training. */
async function refused(work: () => Promise<unknown>): Promise<string[]> {
  const error: unknown = await work().catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(DiagnosticError);
  return (error as DiagnosticError).diagnostics.map(({ code, message }) => `${code}: ${message}`);
}

describe("before the first step it is said", () => {
  test("that there are no validation rows", async () => {
    expect(await refused(() => trained([1], {}, [{ split: "test", data }]))).toEqual([
      "DIN0434: `stop early` needs validation rows, and the data has none",
    ]);
  });

  test("that the validation rows do not define the metric", async () => {
    const metric = DEFAULT_SETTINGS.metrics[0]!;
    const evaluate = [{ split: "valid" as const, data: rowsOf([1, 1]) }];
    expect(await refused(() => trained([1], { monitor: by(metric) }, evaluate))).toEqual([
      "DIN0435: `stop early` compares epochs by `auc` of `click`, which is undefined on these 2 validation rows",
    ]);
    expect((await trained([1], {}, evaluate)).result.kept).toBe(1);
  });

  test("that the warm-up is as long as the training", async () => {
    const warmup = (steps: number) => () =>
      trained([1, 1, 1], {}, undefined, { schedule: { kind: "constant", warmup: steps } });
    expect(await refused(warmup(3))).toEqual([
      "DIN0436: the warm-up takes 3 steps, but the whole training has 3",
    ]);
    expect((await warmup(2)()).result.kept).toBe(1);
  });
});

test("what is said at the end names the epochs, and the label where there are several", () => {
  const stopped = { metric: "auc", label: "click", epoch: 3, value: 0.8125, early: true };
  expect(describeStop(stopped, { trained: 5, wanted: 20 }, ["click"])).toBe(
    "stopped early, after epoch 5 of 20: auc on the validation rows was best in epoch 3, 0.81250; the run has the weights of epoch 3",
  );
  expect(describeStop({ ...stopped, early: false }, { trained: 4, wanted: 4 }, ["click", "buy"])).toBe(
    "trained all 4 epochs: click auc on the validation rows was best in epoch 3, 0.81250; the run has the weights of epoch 3",
  );
});
