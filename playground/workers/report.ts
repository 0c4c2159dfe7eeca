// The report of a training in the page: what `dinc train` writes as report.html of what the page knows. It is loaded when somebody asks.

import { measuredBy } from "../../compiler/frontend/labels/registry.ts";
import { graphHash } from "../../compiler/middle/build/graph-hash.ts";
import { auc } from "../../compiler/middle/metrics/auc.metric.ts";
import { groupsOf } from "../../compiler/middle/metrics/registry.ts";
import { Scored } from "../../compiler/middle/metrics/scored.ts";
import type { EncodedRows, Training } from "../../compiler/train/index.ts";
import { type Breakdown, breakdownOf, type ScoredRows } from "../../runtime/report/breakdown.ts";
import { calibrationOf } from "../../runtime/report/calibration.ts";
import type { Findings, PredictionFindings } from "../../runtime/report/findings.ts";
import { reportHtml } from "../../runtime/report/report.ts";

/** Set when the page is built. */
declare const VERSION: string;

export interface Reported {
  readonly training: Training;
  readonly test: EncodedRows;
  readonly spec: string;
  /** Of all steps, measuring left out. */
  readonly seconds: number;
  readonly samples: number;
  /** One sentence each. */
  readonly notes: readonly string[];
}

export async function reportOf({ training, test, spec, seconds, samples, notes }: Reported): Promise<string> {
  const { model, epochs } = training;
  const evaluations = await training.evaluate(test, { intervals: true });
  const last = epochs.at(-1);
  const trained = training.trained();
  return reportHtml({
    manifest: {
      compiler: VERSION,
      model: model.name,
      parent: model.parent,
      params: Object.fromEntries(model.params),
      graphHash: graphHash(trained.predict),
      backend: "wasm, in a page",
      settings: model.train,
      data: { trainRows: training.rows, validRows: 0, testRows: test.rows, validate: null, files: [] },
      tables: Object.fromEntries(
        [...trained.tables].map(([name, { width, values }]) => [
          name,
          { rows: values.length / width, width, trained: true, given: 0 },
        ]),
      ),
      timings: { seconds, samplesPerSecond: samples / Math.max(seconds, 1e-3) },
      epoch: epochs.length,
      stopped: null,
      metrics: {},
    },
    spec: { path: "model.din", text: spec },
    doc: model.doc,
    // The weights of this moment stand for those of the last epoch.
    epochs: last === undefined ? [] : [...epochs.slice(0, -1), { ...last, evaluations }],
    begun: evaluations,
    findings: await findingsOf(training, test),
    notes,
  });
}

/** Of embeddings and attention the other tabs say more than a report. */
async function findingsOf(training: Training, test: EncodedRows): Promise<Findings> {
  const { model } = training;
  const { logits } = await training.predict(test);
  const { labels, groups, stored } = test.encoded;
  const [by] = groupsOf(model.train.metrics);
  const users = by === undefined ? undefined : groups.get(by);
  const predictions: PredictionFindings[] = [];
  for (const { label } of model.predictions) {
    const [scores, outcomes] = [logits.get(label), labels.get(label)];
    if (scores === undefined || outcomes === undefined || measuredBy(model, label).outcome !== "binary")
      continue;
    const rows: ScoredRows = {
      ...{ logits: scores, labels: outcomes, weights: null, seed: model.train.seed },
      users: users === undefined ? null : { by: by!, of: users },
    };
    const breakdowns: Breakdown[] = [];
    for (const [history, { bounds }] of stored.histories)
      if (bounds.kind === "memory")
        breakdowns.push(await breakdownOf(lengthsOf(history, bounds.values, test.rows), rows));
    const { value } = auc.measure(new Scored(scores, outcomes, new Map(), "binary", null), {});
    predictions.push({
      label,
      auc: value,
      calibration: await calibrationOf(model.train.metrics, rows),
      breakdowns,
    });
  }
  const heldOut = { split: "test" as const, rows: test.rows, of: test.rows, predictions };
  return { heldOut: predictions.length === 0 ? null : heldOut, tables: [], otherTables: 0, attention: null };
}

function lengthsOf(history: string, bounds: Int32Array, rows: number): Parameters<typeof breakdownOf>[0] {
  return {
    title: `length of ${history}`,
    doc: `length: steps of ${history} that a row has`,
    numbers: Int32Array.from({ length: rows }, (_, row) => bounds[row + 1]! - bounds[row]!),
    apart: "",
    zero: "none",
  };
}
