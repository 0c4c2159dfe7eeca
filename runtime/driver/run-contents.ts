// Makes the contents of a run folder from a training that was finished on this machine, with its report.

import type { TrainingBackend } from "../../compiler/backends/contract/session.ts";
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
  /** Bytes that the process had at most so far. */
  readonly peakMemory: () => number;
  /** What items are called; null where only their ids are known. */
  readonly titles: Titles | null;
  /** Sentences for the report. */
  readonly notes: readonly string[];
  /** Gets a line now and then while the report is made. */
  readonly onProgress: (line: string) => void;
}

export async function runContents(training: FinishedHere): Promise<RunContents> {
  const manifest = manifestOf(training);
  const report = await reportOf(training, manifest);
  // The report takes memory, too.
  return contentsOf(training, { ...manifest, peakMemory: training.peakMemory() }, report);
}

/** What draws it takes a while to load, and only a training needs it. */
async function reportOf(
  { model, program, data, result, backend, titles, notes, onProgress }: FinishedHere,
  manifest: TrainedManifest,
): Promise<string> {
  const { findingsOf } = await import("../report/findings.ts");
  const { reportHtml } = await import("../report/report.ts");
  const { tables, parameters, epochs } = result;
  const findings = await findingsOf({
    model,
    program,
    data,
    tables,
    parameters,
    backend,
    titles,
    onProgress,
  });
  onProgress("report: drawing");
  const { begun } = result;
  return reportHtml({ manifest, spec: specOf(model), doc: model.doc, epochs, begun, findings, notes });
}
