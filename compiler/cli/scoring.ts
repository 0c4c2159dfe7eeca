// What `dinc predict` and `dinc eval` have in common: which rows they score (a file of ready rows, or a split of
// dinc.yaml) and on which back end. Measuring takes all rows at once, predicting takes them in pieces.

import { readConfig } from "../../runtime/config/read-config.ts";
import { BadRows } from "../../runtime/data/bad-rows.ts";
import {
  type RowPieces,
  readRows,
  readSplit,
  rowPieces,
  type SplitName,
} from "../../runtime/data/read-data.ts";
import type { Rows } from "../../runtime/data/rows.ts";
import type { OpenRun } from "../../runtime/run/open-run.ts";
import type { Run } from "../../runtime/run/run-folder.ts";
import { ROWS_A_PIECE } from "../../runtime/run/score-run.ts";
import { chooseBackend } from "../../runtime/train/backends/choose.ts";
import type { BackendName, TrainingBackend } from "../../runtime/train/session.ts";
import type { BadRowPolicy, StepOrder } from "../config/choices.ts";
import { type ListFormat, separatorsOf } from "../config/config.ts";
import { splitMissing } from "../diagnostics/catalog/run.ts";
import { DiagnosticError, diagnose, nowhere } from "../diagnostics/diagnostic.ts";
import { UsageError } from "./exit-codes.ts";
import { leftOutNotes } from "./left-out.ts";
import { sayDiagnostics } from "./say-diagnostics.ts";
import type { Terminal } from "./terminal.ts";

export interface DataOptions {
  readonly data?: string;
  readonly config?: string;
  readonly split: SplitName;
  readonly set: readonly string[];
  readonly separator?: string;
  readonly steps?: StepOrder;
  readonly innerSeparator?: string;
  /** Of `dinc eval`; predictions are for every row of --data. */
  readonly onBadRow?: BadRowPolicy;
}

/** All rows at once, with their labels. */
export async function rowsToMeasure(
  { model, run }: OpenRun,
  options: DataOptions,
  terminal: Terminal,
): Promise<Rows> {
  const report = (line: string) => terminal.progress(line);
  const { data } = options;
  const trainedOn = run.manifest.data;
  requireOneSource(options);
  if (data !== undefined) {
    const badRows = new BadRows(options.onBadRow ?? trainedOn.onBadRow);
    const format = formatFor(run, options);
    const rows = await readRows(model, run.fitted, data, { labels: "required", report, badRows, ...format });
    say(badRows, terminal);
    return rows;
  }
  const config = await readConfig(options.config!, options.set);
  const badRows = new BadRows(options.onBadRow ?? config.data?.onBadRow ?? trainedOn.onBadRow);
  const dataset =
    config.data === null
      ? null
      : await readSplit(model, run.fitted, config.data, options.split, { report, badRows });
  say(badRows, terminal);
  if (dataset === null) throw withoutSplit(options);
  return dataset;
}

/**
 * Rows in pieces, read as they are taken. Those that are made from an event log, or that are taken from the training rows for
 * validation, are one piece, since they are known only when all is read.
 */
export async function rowsToPredict(
  { model, run }: OpenRun,
  options: DataOptions,
  terminal: Terminal,
): Promise<RowPieces> {
  requireOneSource(options);
  if (options.data !== undefined)
    return rowPieces(model, run.fitted, options.data, formatFor(run, options), ROWS_A_PIECE);
  const { data } = await readConfig(options.config!, options.set);
  if (data === null) throw withoutSplit(options);
  const { split } = options;
  const isFile = data.kind === "rows" && (data.validate === null || split === "test");
  if (isFile && data[split] !== null) return rowPieces(model, run.fitted, data[split], data, ROWS_A_PIECE);
  const report = (line: string) => terminal.progress(line);
  const dataset = await readSplit(model, run.fitted, data, split, { report });
  if (dataset === null) throw withoutSplit(options);
  return { pieces: inOnePiece(dataset), rows: dataset.rows, share: () => null };
}

async function* inOnePiece(rows: Rows): AsyncGenerator<Rows> {
  yield rows;
}

function requireOneSource({ data, config }: DataOptions): void {
  if ((data === undefined) === (config === undefined))
    throw new UsageError("say which rows: either --data FILE or -c dinc.yaml with --split");
}

/** How the lists of --data stand. */
function formatFor({ manifest }: Run, options: DataOptions): ListFormat {
  // Rows to score most likely look like those that were trained on; in the wrong order they would score silently wrong.
  const trained = manifest.data.lists;
  const separator = options.separator ?? trained?.separator;
  // What stood inside a step in training is out of the question where it now stands between steps.
  const inside = trained?.innerSeparator === separator ? undefined : trained?.innerSeparator;
  const separators = separatorsOf(separator, options.innerSeparator ?? inside);
  if (separators.separator === separators.innerSeparator)
    throw new UsageError("--separator and --inner-separator must differ");
  const latestFirst = options.steps === undefined ? trained?.latestFirst : options.steps === "latest_first";
  return { ...separators, latestFirst: latestFirst ?? false };
}

function withoutSplit({ config, split }: DataOptions): DiagnosticError {
  const help = "name another one with --split, or a file of rows with --data instead of -c";
  return new DiagnosticError([diagnose(splitMissing, { path: config!, split }, nowhere, { help })]);
}

function say({ warnings, leftOut }: BadRows, terminal: Terminal): void {
  sayDiagnostics(warnings, terminal);
  for (const note of leftOutNotes(leftOut)) terminal.say(note);
}

/** `auto` is the back end that trained the run, where it is there, so that scores agree to the last digit. */
export function backendFor({ run }: OpenRun, choice: BackendName | "auto"): Promise<TrainingBackend> {
  const trainedBy = run.manifest.backend;
  return chooseBackend(
    choice === "auto" && (trainedBy === "wasm" || trainedBy === "cpu") ? trainedBy : choice,
  );
}
