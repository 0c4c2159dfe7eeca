// `train` as settings: what is written, and the defaults for what is not.

import { describe, expect, test } from "vitest";
import type { Metric } from "../../compiler/middle/metrics/registry.ts";
import { labelLosses } from "../../compiler/middle/training/label-losses.ts";
import { optimizers } from "../../compiler/middle/training/optimizers/registry.ts";
import type { Optioned } from "../../compiler/middle/training/options.ts";
import { schedules } from "../../compiler/middle/training/schedules.ts";
import { modelOf, specOf } from "./support.ts";

function settings(train: string) {
  return modelOf(`${specOf("let x = item_id")}\ntrain {\n${train}\n}`).train;
}

test("without `train`: Adam as published, batches of 256, one epoch", () => {
  expect(modelOf(specOf("let x = item_id")).train).toEqual({
    loss: { kind: "binary_cross_entropy", smoothing: 0, positive: 1 },
    optimizer: { kind: "adam", learningRate: 1e-3, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 },
    partOptimizers: [],
    schedule: { kind: "constant", warmup: 0 },
    anew: null,
    average: null,
    clipNorm: null,
    miniBatchAware: null,
    l2: { dense: 0, tables: 0 },
    shrinkages: [],
    batch: 256,
    epochs: 1,
    earlyStop: null,
    metrics: [{ kind: "auc" }, { kind: "log_loss" }],
    seed: 2026,
  });
});

const GAUC = { kind: "gauc", by: "user_id", weight: "impressions" } as const;

/** A monitor of the first prediction. */
const watching = (...terms: readonly (readonly [metric: Metric, weight: number])[]) => ({
  terms: terms.map(([metric, weight]) => ({ metric, weight })),
  label: null,
});

describe("what is written", () => {
  test.each<[string, object]>([
    ["batch 32 epochs 3 seed 1", { batch: 32, epochs: 3, seed: 1 }],
    ["optimizer sgd", { optimizer: { kind: "sgd", learningRate: 0.01 } }],
    ["optimizer sgd(0.5)", { optimizer: { kind: "sgd", learningRate: 0.5 } }],
    [
      "optimizer adagrad",
      {
        optimizer: {
          kind: "adagrad",
          learningRate: 0.01,
          initialAccumulator: 0.1,
          epsilon: 1e-8,
          rowWise: false,
        },
      },
    ],
    [
      "optimizer adam(beta2: 0.99)",
      { optimizer: { kind: "adam", learningRate: 1e-3, beta1: 0.9, beta2: 0.99, epsilon: 1e-8 } },
    ],
    ["optimizer adagrad(row_wise: true)", { optimizer: { rowWise: true } }],
    [
      "optimizer momentum(0.1, nesterov: true)",
      { optimizer: { kind: "momentum", learningRate: 0.1, momentum: 0.9, nesterov: true } },
    ],
    [
      "optimizer adamw(weight_decay: 0.1)",
      { optimizer: { kind: "adamw", learningRate: 1e-3, weightDecay: 0.1 } },
    ],
    [
      "optimizer ftrl(l1: 1e-3)",
      { optimizer: { kind: "ftrl", learningRate: 0.1, beta: 1, l1: 1e-3, l2: 0 } },
    ],
    ["schedule cosine(warmup: 500)", { schedule: { kind: "cosine", warmup: 500, final: 0 } }],
    ["schedule linear(final: 0.1)", { schedule: { kind: "linear", warmup: 0, final: 0.1 } }],
    ["schedule constant(100)", { schedule: { kind: "constant", warmup: 100 } }],
    ["schedule step(every: 10)", { schedule: { kind: "step", every: 10, factor: 0.5, warmup: 0 } }],
    [
      "schedule exponential(10, 0.9, warmup: 5)",
      { schedule: { kind: "exponential", every: 10, factor: 0.9, warmup: 5 } },
    ],
    ["clip norm(1.0)", { clipNorm: 1 }],
    ["regularize mini_batch_aware(1e-2)", { miniBatchAware: 0.01 }],
    ["regularize l2(dense: 1e-5, tables: 1e-6)", { l2: { dense: 1e-5, tables: 1e-6 } }],
    [
      "regularize mini_batch_aware(1e-2), l2(dense: 1e-5)",
      { miniBatchAware: 0.01, l2: { dense: 1e-5, tables: 0 } },
    ],
    [
      "loss binary_cross_entropy(smoothing: 0.1, positive: 2)",
      { loss: { kind: "binary_cross_entropy", smoothing: 0.1, positive: 2 } },
    ],
    ["loss focal", { loss: { kind: "focal", gamma: 2, alpha: null } }],
    ["loss focal(alpha: 0.25, gamma: 1)", { loss: { kind: "focal", gamma: 1, alpha: 0.25 } }],
    ["stop early", { earlyStop: { monitor: watching([{ kind: "auc" }, 1]), patience: 1, minDelta: 0 } }],
    [
      // Whichever of the two is written first.
      "stop early(metric: log_loss, patience: 3, label: click)  metrics auc, log_loss",
      { earlyStop: { monitor: { ...watching([{ kind: "log_loss" }, 1]), label: "click" }, patience: 3 } },
    ],
    ["stop early  metrics gauc(by: user_id), auc", { earlyStop: { monitor: watching([GAUC, 1]) } }],
    [
      "stop early(auc + 2 * gauc, min_delta: 1e-6)  metrics auc, gauc(by: user_id)",
      { earlyStop: { monitor: watching([{ kind: "auc" }, 1], [GAUC, 2]), minDelta: 1e-6 } },
    ],
    [
      "stop early(metric: auc - log_loss)",
      { earlyStop: { monitor: watching([{ kind: "auc" }, 1], [{ kind: "log_loss" }, -1]) } },
    ],
    [
      "stop early(metric: -(log_loss - auc) * 0.5)",
      { earlyStop: { monitor: watching([{ kind: "log_loss" }, -0.5], [{ kind: "auc" }, 0.5]) } },
    ],
    [
      "schedule plateau",
      {
        schedule: {
          kind: "plateau",
          monitor: watching([{ kind: "auc" }, 1]),
          ...{ factor: 0.1, patience: 1, minDelta: 1e-6, final: 1e-3, warmup: 0 },
        },
      },
    ],
    [
      // Whichever of the two is written first.
      "schedule plateau(factor: 0.5)  stop early(metric: log_loss, label: click)",
      {
        schedule: {
          monitor: { ...watching([{ kind: "log_loss" }, 1]), label: "click" },
          factor: 0.5,
        },
      },
    ],
    [
      "schedule plateau(log_loss)  stop early(metric: auc)",
      { schedule: { monitor: watching([{ kind: "log_loss" }, 1]) } },
    ],
    ["tables anew", { anew: { names: ["tables"], tables: ["user_id", "item_id", "cate_id"], weights: [] } }],
    ["tables anew(for: item_id)", { anew: { names: ["item_id"], tables: ["item_id"], weights: [] } }],
    ["metrics gauc(by: user_id)", { metrics: [{ kind: "gauc", by: "user_id", weight: "impressions" }] }],
    [
      "metrics gauc(by: user_id, weight: clicks), auc",
      { metrics: [{ kind: "gauc", by: "user_id", weight: "clicks" }, { kind: "auc" }] },
    ],
    [
      "metrics pr_auc, ece, ece(bins: 20, equal: rows), accuracy, accuracy(0.25)",
      {
        metrics: [
          { kind: "pr_auc" },
          { kind: "ece", bins: 10, equal: "width" },
          { kind: "ece", bins: 20, equal: "rows" },
          { kind: "accuracy", threshold: 0.5 },
          { kind: "accuracy", threshold: 0.25 },
        ],
      },
    ],
    [
      "metrics ndcg(by: user_id, at: 10), hit_rate(user_id, 5), mrr(by: user_id)",
      {
        metrics: [
          { kind: "ndcg", by: "user_id", at: 10 },
          { kind: "hit_rate", by: "user_id", at: 5 },
          { kind: "mrr", by: "user_id" },
        ],
      },
    ],
  ])("%s", (train, expected) => {
    expect(settings(train)).toMatchObject(expected);
  });
});

test.each(Object.entries<Optioned<object>>({ ...optimizers, ...schedules, ...labelLosses }))(
  "%s asks for each of its options",
  (_, { options, read }) => {
    const asked: string[] = [];
    const ask =
      <T>(value: T) =>
      (option: string) => {
        asked.push(option);
        return value;
      };
    const monitor = () => {
      asked.push("metric", "label");
      return { terms: [], label: null };
    };
    read({
      number: ask(1),
      optional: ask(null),
      required: ask(1),
      flag: ask(false),
      word: (option, _, fallback) => ask(fallback)(option),
      monitor,
    });
    expect(asked.sort()).toEqual([...options].sort());
  },
);
