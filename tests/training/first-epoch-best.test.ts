// What is said if the first of several epochs was the best one.

import { expect, test } from "vitest";
import { describeFirstBest } from "../../compiler/train/first-epoch-best.ts";
import type { EpochResult } from "../../compiler/train/state.ts";

const metrics = [{ kind: "auc" }, { kind: "log_loss" }] as const;
const predictions = [{ label: "click", metrics }];
const epochs = (split: "valid" | "test", ...aucs: readonly number[]): EpochResult[] =>
  aucs.map((auc, i) => ({
    ...{ epoch: i + 1, loss: 1, terms: new Map(), steps: 1, curve: [], seconds: 1, samplesPerSecond: 1 },
    evaluations: [{ split, label: "click", rows: 9, values: { auc, log_loss: 1 - auc }, details: {} }],
  }));
const none = { earlyStop: null, anew: null };
const said = (...aucs: readonly number[]) => describeFirstBest(epochs("valid", ...aucs), none, predictions);

test("names the values, and what to do", () => {
  expect(said(0.81, 0.79, 0.8)).toBe(
    "auc on the validation rows was best in epoch 1 of 3, 0.81000, and 0.79000 after epoch 2: " +
      "ids may be learned by heart; train one epoch, or write `tables anew`",
  );
});

test("goes by the metric of the early stop, and does not advise what is there", () => {
  const monitor = { terms: [{ metric: metrics[1], weight: 1 }], label: null };
  const anew = { names: ["tables"], tables: ["item_id"], weights: [] };
  const settings = { earlyStop: { monitor, patience: 1, minDelta: 0 }, anew };
  expect(describeFirstBest(epochs("valid", 0.8, 0.7), settings, predictions)).toMatch(
    /^log_loss on .* 0\.20000, and 0\.30000 after epoch 2: .*; train one epoch$/,
  );
});

test("nothing is said of one epoch, a later epoch that is as good, or test rows", () => {
  expect([said(0.8), said(0.8, 0.7, 0.8), said(0.8, 0.9)]).toEqual([null, null, null]);
  expect(describeFirstBest(epochs("test", 0.8, 0.7), none, predictions)).toBeNull();
});
