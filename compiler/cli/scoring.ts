// What `dinc predict` and `dinc eval` have in common: which rows they score (a file of ready rows, or a split of
// dinc.yaml) and on which back end.

import { readConfig, type STEP_ORDERS } from "../../runtime/config/read-config.ts";
import type { Dataset } from "../../runtime/data/dataset.ts";
import { readRows, readSplit, type SplitName } from "../../runtime/data/read-data.ts";
import { separatorsOf } from "../../runtime/data/training-data.ts";
import type { OpenRun } from "../../runtime/run/open-run.ts";
import { chooseBackend } from "../../runtime/train/backends/choose.ts";
import type { BackendName, TrainingBackend } from "../../runtime/train/session.ts";
import { splitMissing } from "../diagnostics/catalog/run.ts";
import { DiagnosticError, diagnose, nowhere } from "../diagnostics/diagnostic.ts";
import { UsageError } from "./exit-codes.ts";
import type { Terminal } from "./terminal.ts";

export interface DataOptions {
  readonly data?: string;
  readonly config?: string;
  readonly split: SplitName;
  readonly set: readonly string[];
  readonly separator?: string;
  readonly steps?: (typeof STEP_ORDERS)[number];
  readonly innerSeparator?: string;
}

export async function rowsToScore(
  { model, run }: OpenRun,
  options: DataOptions,
  labels: "required" | "optional",
  terminal: Terminal,
): Promise<Dataset> {
  const report = (line: string) => terminal.progress(line);
  if ((options.data === undefined) === (options.config === undefined))
    throw new UsageError("say which rows: either --data FILE or -c dinc.yaml with --split");
  if (options.data !== undefined) {
    // Rows to score most likely look like those that were trained on; in the wrong order they would score silently wrong.
    const trained = run.manifest.data.lists;
    const separator = options.separator ?? trained?.separator;
    // What stood inside a step in training is out of the question where it now stands between steps.
    const inside = trained?.innerSeparator === separator ? undefined : trained?.innerSeparator;
    const separators = separatorsOf(separator, options.innerSeparator ?? inside);
    if (separators.separator === separators.innerSeparator)
      throw new UsageError("--separator and --inner-separator must differ");
    const latestFirst = options.steps === undefined ? trained?.latestFirst : options.steps === "latest_first";
    const format = { ...separators, latestFirst: latestFirst ?? false };
    return readRows(model, run.fitted, options.data, { labels, report, ...format });
  }
  const config = await readConfig(options.config!, options.set);
  const dataset =
    config.data === null ? null : await readSplit(model, run.fitted, config.data, options.split, { report });
  if (dataset === null)
    throw new DiagnosticError([
      diagnose(splitMissing, { path: options.config!, split: options.split }, nowhere),
    ]);
  return dataset;
}

/** `auto` is the back end that trained the run, where it is there, so that scores agree to the last digit. */
export function backendFor({ run }: OpenRun, choice: BackendName | "auto"): Promise<TrainingBackend> {
  const trainedBy = run.manifest.backend;
  return chooseBackend(
    choice === "auto" && (trainedBy === "wasm" || trainedBy === "cpu") ? trainedBy : choice,
  );
}
