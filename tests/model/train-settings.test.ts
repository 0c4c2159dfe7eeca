// `train` as settings: what is written, and the defaults for what is not.

import { describe, expect, test } from "vitest";
import { modelOf, specOf } from "./support.ts";

function settings(train: string) {
  return modelOf(`${specOf("let x = item_id")}\ntrain {\n${train}\n}`).train;
}

test("without `train`: Adam as published, batches of 256, one epoch", () => {
  expect(modelOf(specOf("let x = item_id")).train).toEqual({
    loss: "binary_cross_entropy",
    labelWeights: {},
    optimizer: { kind: "adam", learningRate: 1e-3, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 },
    miniBatchAware: null,
    batch: 256,
    epochs: 1,
    metrics: [{ kind: "auc" }, { kind: "log_loss" }],
    seed: 2026,
  });
});

describe("what is written", () => {
  test.each<[string, object]>([
    ["batch 32 epochs 3 seed 1", { batch: 32, epochs: 3, seed: 1 }],
    ["optimizer sgd", { optimizer: { kind: "sgd", learningRate: 0.01 } }],
    ["optimizer sgd(0.5)", { optimizer: { kind: "sgd", learningRate: 0.5 } }],
    [
      "optimizer adagrad",
      { optimizer: { kind: "adagrad", learningRate: 0.01, initialAccumulator: 0.1, epsilon: 1e-8 } },
    ],
    [
      "optimizer adam(beta2: 0.99)",
      { optimizer: { kind: "adam", learningRate: 1e-3, beta1: 0.9, beta2: 0.99, epsilon: 1e-8 } },
    ],
    ["regularize mini_batch_aware(1e-2)", { miniBatchAware: 0.01 }],
    ["metrics gauc(by: user_id)", { metrics: [{ kind: "gauc", by: "user_id", weight: "impressions" }] }],
    [
      "metrics gauc(by: user_id, weight: clicks), auc",
      { metrics: [{ kind: "gauc", by: "user_id", weight: "clicks" }, { kind: "auc" }] },
    ],
  ])("%s", (train, expected) => {
    expect(settings(train)).toMatchObject(expected);
  });
});
