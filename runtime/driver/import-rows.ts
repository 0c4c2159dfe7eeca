// The prepared rows of an imported training: the folder that it read, compared by hash, with its
// vocabularies, validation and test rows, and the training rows if a report can count ids in them.

import { access } from "node:fs/promises";
import { join } from "node:path";
import { formatCount } from "../../compiler/common/format-count.ts";
import { importRowsDiffer, importRowsMissing } from "../../compiler/diagnostics/catalog/import.ts";
import { DiagnosticError, diagnose, noLocation } from "../../compiler/diagnostics/diagnostic.ts";
import { DEFAULT_MEMORY } from "../../compiler/frontend/config/config.ts";
import type { Model } from "../../compiler/frontend/model/model.ts";
import type { Titles } from "../data/tables.ts";
import type { ReportData, TrainingData } from "../data/training-data.ts";
import { fileProblem, isOfSystem } from "../files/file-problem.ts";
import { fingerprint } from "../files/fingerprint.ts";
import type { Scratch } from "../files/scratch.ts";
import type { Truth } from "../files/truth.ts";
import { preparedFiles } from "../prepared/prepared-folder.ts";
import { PreparedFolder } from "../prepared/read-description.ts";
import { readPrepared, readPreparedSplit } from "../prepared/read-prepared.ts";
import type { Baseline } from "../run/baseline-text.ts";
import type { TrainedRecord } from "../run/trained-folder.ts";
import type { Watch } from "./events.ts";

export interface ImportedData extends ReportData, Pick<TrainingData, "fingerprint"> {
  readonly titles: Titles | null;
  readonly truth: Truth | null;
  /** The summary of the training rows; null if they were prepared without it. */
  readonly baseline: Baseline | null;
  /** The reason why training rows are not read, as a sentence; null if they are. */
  readonly without: string | null;
}

export interface ImportedDataOptions extends Watch {
  /** The current folder; by default where the training read them. */
  readonly rows?: string;
}

/** With this many rows or more, counting the ids would take longer than the rest of an import. */
const MOST_TRAINING_ROWS = 20_000_000;

/** Throws DiagnosticError if the rows are missing, damaged, or not those of the training. */
export async function importRows(
  model: Model,
  { prepared }: TrainedRecord,
  columns: Scratch,
  { rows: path = prepared.path, onEvent }: ImportedDataOptions,
): Promise<ImportedData> {
  await requireSame(path, prepared.sha256);
  const folder = await PreparedFolder.open(path);
  const { description } = folder;
  const report = (text: string) => onEvent?.({ kind: "activity", text });
  const options = { memory: DEFAULT_MEMORY, columns, report };
  const without = await withoutTraining(folder);
  const rows =
    without === null
      ? await readPrepared(folder, model, null, options)
      : {
          train: null,
          valid: await readPreparedSplit(folder, model, "valid", options),
          test: await readPreparedSplit(folder, model, "test", options),
          fitted: await folder.fitted(),
        };
  return {
    ...{ train: rows.train, valid: rows.valid, test: rows.test, fitted: rows.fitted },
    fingerprint: description.data,
    titles: await folder.titles(),
    truth: description.truth,
    baseline: await folder.baseline(),
    without,
  };
}

async function requireSame(path: string, sha256: string): Promise<void> {
  const file = join(path, preparedFiles.description);
  const found = await fingerprint(file).catch((error: unknown) => {
    if (!isOfSystem(error)) throw error;
    throw new DiagnosticError([
      diagnose(importRowsMissing, { path, reason: fileProblem(error) }, noLocation),
    ]);
  });
  if (found.hash !== sha256) {
    const parameters = { path, trained: shortened(sha256), found: shortened(found.hash) };
    throw new DiagnosticError([diagnose(importRowsDiffer, parameters, noLocation)]);
  }
}

const shortened = (hash: string) => hash.slice(0, 12);

async function withoutTraining({ path, description }: PreparedFolder): Promise<string | null> {
  const { rows, shards } = description.splits.train;
  const count = formatCount(rows);
  if (rows > MOST_TRAINING_ROWS)
    return `the report does not count ids in the ${count} training rows: there are more than ${formatCount(MOST_TRAINING_ROWS)}`;
  for (const { file } of shards) {
    const isThere = await access(join(path, file)).then(
      () => true,
      () => false,
    );
    if (!isThere) return `the report does not count ids in the ${count} training rows: ${file} is not here`;
  }
  return null;
}
