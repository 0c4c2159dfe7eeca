// A report with everything in it, and one text wherever a spec or data may have put it.

import { DEFAULT_SETTINGS } from "../../compiler/frontend/check/train.ts";
import type { Interval } from "../../compiler/train/metrics/bootstrap.ts";
import type { Evaluation } from "../../compiler/train/score.ts";
import type { EpochResult } from "../../compiler/train/state.ts";
import type { AttentionFigure } from "../../runtime/report/attended.ts";
import type { ReportFindings } from "../../runtime/report/findings.ts";
import type { PredictionFindings } from "../../runtime/report/label-findings.ts";
import type { ReportInput } from "../../runtime/report/report.ts";

/** Of a report that has something to say of everything, in their order. */
export const SECTIONS = [
  "results",
  "training",
  "calibration",
  "amounts",
  "classes",
  "strengths",
  "attention",
  "embeddings",
  "network",
  "settings",
];
/** Of a model whose labels are all clicks. */
export const SECTIONS_OF_CLICKS = SECTIONS.filter((each) => !["amounts", "classes"].includes(each));

export const interval = (low: number, high: number, by = "user_id"): Interval => ({
  ...{ low, high, by },
  resamples: 1000,
});

export const evaluation = (over: Partial<Evaluation>): Evaluation => ({
  split: "test",
  label: "click",
  rows: 4,
  values: { auc: 0.75, log_loss: 0.5 },
  details: {},
  ...over,
});

export const epoch = (number: number, loss: number, evaluations: readonly Evaluation[]): EpochResult => ({
  ...{ epoch: number, loss, terms: new Map(), seconds: 1, samplesPerSecond: 1000, evaluations },
  ...{ steps: 4, curve: [loss + 0.1, loss] },
});

const prediction = (text: string): PredictionFindings => ({
  label: text,
  auc: 0.7,
  calibration: {
    error: 0.02,
    equal: "rows",
    bins: [0.1, 0.4, 0.8].map((predicted, i) => ({
      ...{ rows: 100 + i, lowest: predicted - 0.05, highest: predicted + 0.05, predicted },
      observed: predicted + 0.03,
      interval: interval(predicted, predicted + 0.06, text),
    })),
  },
  breakdowns: [
    {
      title: `length of ${text}`,
      doc: `length: steps of ${text}`,
      buckets: [
        { name: "none", rows: 9, clicks: 9, auc: Number.NaN, interval: null },
        { name: "1–3", rows: 1234, clicks: 300, auc: 0.62, interval: interval(0.6, 0.64, text) },
        { name: "4–12,345", rows: 99_999, clicks: 12_345, auc: 0.75, interval: null },
      ],
    },
  ],
});

const attention = (text: string): AttentionFigure => ({
  ...{ history: text, code: text, head: 2, areShares: true, dependsOnCandidate: true, fields: [text, text] },
  users: [1, 2].map(() => ({
    name: text,
    steps: [text, `${text} 2`, text],
    candidates: [0.2, 0.7].map((weight, i) => ({
      name: text,
      predictions: [{ label: text, probability: 0.25, happened: i === 0 }],
      weights: Float64Array.of(weight, 0.1, -0.1),
    })),
  })),
});

const findings = (text: string): ReportFindings => ({
  heldOut: {
    ...{ split: "test", rows: 4, of: 40 },
    predictions: [prediction(text), prediction(`${text} 2`)],
    amounts: [
      {
        ...{ label: text, rmse: 3.2 },
        bins: [
          {
            ...{ rows: 2, highest: 3, predicted: 2.5, observed: 2, interval: interval(1.5, 2.5, text) },
            errors: { low: -1, middle: -0.5, high: 0.25 },
          },
        ],
      },
    ],
    classes: [
      {
        ...{ label: text, classes: [text, `${text} 2`], others: 3, accuracy: 0.5, macroAuc: 0.7 },
        counts: [
          [1, 2, 0],
          [0, 3, 1],
          [0, 0, 0],
        ],
        byClass: prediction(text).breakdowns[0]!,
      },
    ],
  },
  tables: [
    {
      ...{ table: text, width: 4, trained: true, seen: 3, unseen: 2 },
      norms: Float64Array.of(0.1, 0.4, 0.3),
      counts: Float64Array.of(1, 20, 3),
    },
  ],
  otherTables: 1,
  attention: { found: 5, shown: [attention(text)] },
});

const SPEC = `model m
features item { mood : id  embed 4 }
label click : binary
net { predict click = dense(mood, 1) |> sigmoid }
`;

/** The report of a run with `text` wherever one may stand. */
export function reportInput(text: string): ReportInput {
  const known: Evaluation = {
    ...{ split: "test", label: text, rows: 4, values: { [text]: 0.75 } },
    details: {
      [text]: { metric: { kind: "auc" }, groups: null, interval: interval(0.7, 0.8, text), table: null },
    },
  };
  const both = [known, { ...known, label: `${text} 2` }, { ...known, split: "valid" as const }];
  const epochs = [1, 2].map((number) => ({ ...epoch(number, 0.7, both), terms: new Map([[text, 0.7]]) }));
  return {
    manifest: {
      ...{
        compiler: text,
        model: text,
        parent: text,
        params: { [text]: [1, 2] },
        graphHash: "",
        backend: text,
      },
      data: {
        ...{ trainRows: 12_345, validRows: 7, testRows: 4, validate: null },
        files: [{ path: `/data/${text}`, bytes: 12, hash: text }],
        leftOut: [
          {
            ...{ path: `/data/${text}`, rows: 12_345, bad: 3 },
            kinds: [{ code: "DIN0000", name: text, column: text, rows: 3, first: 7, message: text }],
          },
        ],
      },
      settings: DEFAULT_SETTINGS,
      tables: { [text]: { rows: 5, width: 4, trained: true, given: 0 } },
      ...{ metrics: {}, epoch: 2, stopped: null },
      timings: { seconds: 2, samplesPerSecond: 1000 },
    },
    spec: { path: "model.din", text: SPEC },
    ...{ doc: text, epochs, begun: [], findings: findings(text), notes: [text] },
  };
}
