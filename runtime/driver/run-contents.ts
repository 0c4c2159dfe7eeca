// Makes the contents of a run folder from a training that finished on this machine, with its report.

import type { TrainingBackend } from "../../compiler/backends/contract/session.ts";
import type { Model } from "../../compiler/frontend/model/model.ts";
import type { Titles } from "../data/tables.ts";
import type { ReportData, TrainingData } from "../data/training-data.ts";
import {
  contentsOf,
  type FinishedTraining,
  manifestOf,
  specOf,
  type TrainedManifest,
} from "../run/finished-training.ts";
import type { RunContents } from "../run/run-files.ts";

export interface FinishedHere extends FinishedTraining {
  readonly data: ReportData & Pick<TrainingData, "fingerprint">;
  readonly backend: TrainingBackend;
  /** The peak memory of the process so far, in bytes. */
  readonly peakMemory: () => number;
  /** The titles of items; null if only their ids are known. */
  readonly titles: Titles | null;
  /** Sentences for the report. */
  readonly notes: readonly string[];
  /** Receives a line of progress now and then. */
  readonly onProgress: (line: string) => void;
}

export async function runContents(training: FinishedHere): Promise<RunContents> {
  const manifest = manifestOf(training);
  const report = await reportOf(training, manifest);
  // The report takes memory too.
  return contentsOf(training, { ...manifest, peakMemory: training.peakMemory() }, report);
}

/** Sentences about a model whose scores depend on the other candidates of a request. */
function requestNotes({ requests }: Model): string[] {
  if (requests === null) return [];
  const { by, max } = requests;
  return [
    `Candidates see one another: a row is scored beside all rows with its ${by}, at most ${max}, so no section tells which past items mattered to one candidate.`,
  ];
}

/** The code that draws it is large, and only a training needs it. */
async function reportOf(
  { model, program, data, result, backend, titles, notes, onProgress }: FinishedHere,
  manifest: TrainedManifest,
): Promise<string> {
  const { findingsOf } = await import("../report/findings.ts");
  const { NOTHING_FOUND, reportHtml } = await import("../report/report.ts");
  const { tables, parameters, epochs, interrupted } = result;
  // Who stops a training doesn't want to wait.
  const findings =
    interrupted !== null
      ? NOTHING_FOUND
      : await findingsOf({ model, program, data, tables, parameters, backend, titles, onProgress });
  onProgress("report: drawing");
  const { begun } = result;
  return reportHtml({
    ...{ manifest, spec: specOf(model), doc: model.doc, epochs, begun, findings },
    notes: [...notes, ...requestNotes(model)],
  });
}
