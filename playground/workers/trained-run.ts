// Turns a training in the page into the run that `dinc train` would write: its report for viewing, and all
// files for download. Loaded on demand.

import { formatCount } from "../../compiler/common/format-count.ts";
import { separatorsOf } from "../../compiler/frontend/config/config.ts";
import { countsAfter, NO_COUNTS } from "../../compiler/train/counts.ts";
import { describeStop } from "../../compiler/train/early-stop.ts";
import { dayAt, occurrencesAfter } from "../../compiler/train/from/occurrences.ts";
import type { EncodedRows, Training } from "../../compiler/train/index.ts";
import type { RowNumbers } from "../../runtime/report/breakdown.ts";
import type { ReportFindings } from "../../runtime/report/findings.ts";
import { labelFindings } from "../../runtime/report/label-findings.ts";
import { NOTHING_FOUND, reportHtml } from "../../runtime/report/report.ts";
import {
  contentsOf,
  type FinishedTraining,
  manifestOf,
  specOf,
} from "../../runtime/run/finished-training.ts";
import { filesOfRun, type RunContents, runName } from "../../runtime/run/run-files.ts";
import { type Manifest, runFiles } from "../../runtime/run/run-folder.ts";
import { stateTensors } from "../../runtime/run/state-tensors.ts";
import { fingerprintOf } from "./fingerprints.ts";
import { joined } from "./joined.ts";
import { isThreaded } from "./threaded.ts";

/** Set when the page is built. */
declare const VERSION: string;

/** The run of a training that is paused meanwhile, with the files of its rows. */
export async function runOf(training: Training, files: Manifest["data"]["files"]): Promise<RunContents> {
  const finished = await finishedOf(training, files);
  const { model, result } = finished;
  const { epochs, stopped, begun } = result;
  const steps = epochs.reduce((sum, epoch) => sum + epoch.steps, 0);
  const labels = model.predictions.map(({ label }) => label);
  const notes = [
    `Trained in a page, ${formatCount(steps)} steps until this report.`,
    ...(stopped === null
      ? []
      : [describeStop(stopped, { trained: epochs.length, wanted: model.train.epochs }, labels)]),
  ];
  const manifest = manifestOf(finished);
  const report = reportHtml({
    ...{ manifest, spec: specOf(model), doc: model.doc, epochs, begun, notes },
    findings: training.test === null ? NOTHING_FOUND : await findingsOf(training, training.test),
  });
  return contentsOf(finished, manifest, report);
}

/** The name that the run would have in a compiled module. */
export async function runNameOf(training: Training): Promise<string> {
  const finished = await finishedOf(training, []);
  const files = [...filesOfRun(contentsOf(finished, manifestOf(finished), ""))];
  const { pieces } = files.find(({ name }) => name === runFiles.weights)!;
  return runName({ files: { [runFiles.weights]: await fingerprintOf(joined([...pieces])) } });
}

async function finishedOf(training: Training, files: Manifest["data"]["files"]): Promise<FinishedTraining> {
  const { model, fitted, program, counts, test } = training;
  const result = await training.soFar();
  const made = countsAfter(NO_COUNTS, result.epochs, program.settings);
  return {
    ...{ model, program, result, compiler: VERSION },
    data: {
      ...{ fitted, test },
      fingerprint: {
        ...{ trainRows: training.rows, validRows: training.valid?.rows ?? 0, testRows: test?.rows ?? 0 },
        ...{ validate: null, files },
        lists: { ...separatorsOf(), latestFirst: false },
      },
    },
    given: new Map(),
    backend: { name: "wasm" },
    from: null,
    state: stateTensors(
      program,
      result,
      made,
      occurrencesAfter(model, fitted, counts, dayAt(Date.now()), null),
    ),
    environment: {
      node: /(Firefox|Chrome|Safari)\/[\d.]+/.exec(navigator.userAgent)?.[0] ?? navigator.userAgent,
      platform: /\(([^)]*)\)/.exec(navigator.userAgent)?.[1] ?? "unknown",
      cpu: "unknown",
      cores: navigator.hardwareConcurrency,
      backend: `WebAssembly in a page, ${isThreaded ? "threads" : "one thread"}`,
      variables: {},
    },
    baseline: null,
  };
}

/** Other tabs show more about embeddings and attention than a report. */
async function findingsOf(training: Training, test: EncodedRows): Promise<ReportFindings> {
  const { logits } = await training.predict(test);
  const { labels, groups, stored } = test.encoded;
  const lengths = [...stored.histories].flatMap(([history, { bounds }]) =>
    bounds.kind === "memory" ? [lengthsOf(history, bounds.values, test.rows)] : [],
  );
  const measured = await labelFindings(training.model, { labels, groups }, logits, lengths);
  const heldOut = { split: "test" as const, rows: test.rows, of: test.rows, ...measured };
  return { ...NOTHING_FOUND, heldOut };
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
