// The report of a training in the page: what `dinc train` writes as report.html of what the page knows. It is loaded when somebody asks.

import { graphHash } from "../../compiler/middle/build/graph-hash.ts";
import type { EncodedRows, Training } from "../../compiler/train/index.ts";
import type { RowNumbers } from "../../runtime/report/breakdown.ts";
import type { Findings } from "../../runtime/report/findings.ts";
import { labelFindings } from "../../runtime/report/label-findings.ts";
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
  const { logits } = await training.predict(test);
  const { labels, groups, stored } = test.encoded;
  const lengths = [...stored.histories].flatMap(([history, { bounds }]) =>
    bounds.kind === "memory" ? [lengthsOf(history, bounds.values, test.rows)] : [],
  );
  const measured = await labelFindings(training.model, { labels, groups }, logits, lengths);
  const heldOut = { split: "test" as const, rows: test.rows, of: test.rows, ...measured };
  return { heldOut, tables: [], otherTables: 0, attention: null };
}

function lengthsOf(history: string, bounds: Int32Array, rows: number): RowNumbers {
  return {
    title: `length of ${history}`,
    doc: `length: steps of ${history} that a row has`,
    numbers: Int32Array.from({ length: rows }, (_, row) => bounds[row + 1]! - bounds[row]!),
    apart: "",
    zero: "none",
  };
}
