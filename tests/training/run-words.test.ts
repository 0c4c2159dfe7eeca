// What a run says to other programs: metrics in manifests, and files of predictions.

import { describe, expect, test } from "vitest";
import type { Evaluation } from "../../compiler/train/score.ts";
import { PredictionText, predictionFormat } from "../../runtime/run/predictions-file.ts";
import { ScoreColumns } from "../../runtime/run/score-columns.ts";
import {
  metricCells,
  metricDetails,
  metricNames,
  metricValues,
} from "../../runtime/train/metrics/metric-columns.ts";
import { evaluation } from "../report/sample.ts";

const metric = { kind: "auc" } as const;
const known: Evaluation["details"] = {
  auc: {
    metric,
    groups: null,
    interval: { low: 0.7, high: 0.8, by: "user_id", resamples: 1000 },
    table: null,
  },
  log_loss: {
    metric: { kind: "ece", bins: 10, equal: "width" },
    groups: { count: 9, skipped: 2 },
    interval: null,
    table: [{ rows: 1234, lowest: 0.25, highest: 0.5, predicted: 0.375, observed: 0.4 }],
  },
};

describe("what is known of metrics beside their values", () => {
  test("stands in manifests, without what a metric does not have", () => {
    const values = { auc: Number.NaN, log_loss: 0.5 };
    const both = [evaluation({ details: known, values }), evaluation({ split: "valid", details: known })];
    expect(metricDetails(both, "test")).toEqual({
      click: {
        auc: { value: null, better: "higher", metric, interval: known["auc"]!.interval },
        log_loss: {
          value: 0.5,
          better: "lower",
          metric: known["log_loss"]!.metric,
          groups: { count: 9, skipped: 2 },
          reliability: known["log_loss"]!.table,
        },
      },
    });
  });
});

test("columns name prediction and split only where there are several", () => {
  const one = [evaluation({})];
  const several = [evaluation({}), evaluation({ split: "valid", label: "buy", values: { auc: 0.25 } })];
  expect(metricNames(one)).toEqual(["auc", "log_loss"]);
  expect(metricNames(several)).toEqual(["test click auc", "test click log_loss", "valid buy auc"]);
  expect(metricCells(several, metricNames(several))).toEqual(["0.75000", "0.50000", "0.25000"]);
});

test("manifests give metrics under the prediction's name where there are several, null for what rows do not define", () => {
  expect(metricValues([evaluation({ values: { auc: Number.NaN } })], "test")).toEqual({ auc: null });
  expect(metricValues([evaluation({}), evaluation({ label: "buy", values: { auc: 1 } })], "test")).toEqual({
    click: { auc: 0.75, log_loss: 0.5 },
    buy: { auc: 1 },
  });
  expect(metricValues([], "test")).toEqual({});
});

describe("files of predictions", () => {
  const clicks = {
    labels: new Map([["click", { name: "click", type: { kind: "binary" } } as const]]),
    predictions: [{ label: "click" }],
    outputs: [],
  };
  const logits = new Map([["click", Float32Array.of(0, 0.1, -100)]]);
  const written = (format: "csv" | "jsonl") => {
    const text = new PredictionText(new ScoreColumns(clicks), format);
    return [text.head, ...text.rows(logits, 3)].join("");
  };

  test("give back every 32-bit logit exactly", () => {
    const text = written("csv");
    const read = text
      .trimEnd()
      .split("\n")
      .slice(1)
      .map((line) => Math.fround(Number(line.split(",")[1])));
    expect(read).toEqual([...logits.get("click")!]);
    expect(text.split("\n")[1]).toBe("1,0,0.5");
  });

  test("are JSON Lines where asked", () => {
    const [first] = written("jsonl").split("\n");
    expect(JSON.parse(first!)).toEqual({ row: 1, click_logit: 0, click_probability: 0.5 });
  });

  test("have a column for each output, with lists for vectors", () => {
    const outputs = [
      { name: "uplift", width: 1 },
      { name: "taste", width: 2 },
    ];
    const columns = new ScoreColumns({ ...clicks, outputs });
    const scores = new Map([
      ["click", Float32Array.of(0, 0)],
      ["uplift", Float32Array.of(0.25, -3)],
      ["taste", Float32Array.of(1, 2, 3, -0.5)],
    ]);
    const lines = (format: "csv" | "jsonl") => {
      const text = new PredictionText(columns, format);
      return [text.head, ...text.rows(scores, 2)].join("").trimEnd().split("\n");
    };
    expect(lines("csv")).toEqual([
      "row,click_logit,click_probability,uplift,taste",
      "1,0,0.5,0.25,1|2",
      "2,0,0.5,-3,3|-0.5",
    ]);
    expect(JSON.parse(lines("jsonl")[1]!)).toEqual({
      ...{ row: 2, click_logit: 0, click_probability: 0.5, uplift: -3, taste: [3, -0.5] },
    });
  });

  test("have their format by extension", () => {
    expect(["a.csv", "A.CSV", "a.jsonl", "a.ndjson", "a.parquet", "csv"].map(predictionFormat)).toEqual([
      "csv",
      "csv",
      "jsonl",
      "jsonl",
      "parquet",
      null,
    ]);
  });
});
