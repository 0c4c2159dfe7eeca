// Opens the rows that a run scores (a file of example rows, or a split of dinc.yaml) and the back end for
// them. Evaluation reads all rows at once, prediction in pieces.

import type { EngineName } from "../../compiler/backends/choices.ts";
import { option, wording } from "../../compiler/common/option-text.ts";
import type { SourceFile } from "../../compiler/common/source-file.ts";
import { UsageError } from "../../compiler/common/usage-error.ts";
import { inputsOf } from "../../compiler/data/graph-inputs.ts";
import { splitMissing } from "../../compiler/diagnostics/catalog/run.ts";
import { fileTwice } from "../../compiler/diagnostics/catalog/sources.ts";
import { DiagnosticError, diagnose, inData, noLocation } from "../../compiler/diagnostics/diagnostic.ts";
import type { BadRowPolicy, StepOrder } from "../../compiler/frontend/config/choices.ts";
import {
  type DataConfig,
  DEFAULT_MEMORY,
  isTaken,
  type ListFormat,
  separatorsOf,
} from "../../compiler/frontend/config/config.ts";
import {
  type CsvFormat,
  csvFormatOf,
  DELIMITER,
  type DecimalSign,
  type Encoding,
  plainCsv,
} from "../../compiler/frontend/config/csv-format.ts";
import { nameOfAddress } from "../../compiler/frontend/config/elsewhere.ts";
import type { Model } from "../../compiler/frontend/model/model.ts";
import type { Split } from "../../compiler/train/score.ts";
import type { RowSource } from "../data/batches.ts";
import { type RowPieces, readRows, readSplit, rowPieces } from "../data/read-data.ts";
import type { CarriedColumns } from "../data/tables.ts";
import { BadRowReport } from "../data/tables.ts";
import { chooseBackend } from "../engines/choose.ts";
import type { ChosenBackend, EngineOptions } from "../engines/options.ts";
import { inputsAt, pathsOf } from "../files/data-paths.ts";
import { rowFilesAt } from "../files/row-files.ts";
import { Scratch } from "../files/scratch.ts";
import { PreparedFolder } from "../prepared/read-description.ts";
import { readPreparedSplit, requireFittedAs } from "../prepared/read-prepared.ts";
import type { OpenRun } from "../run/open-run.ts";
import type { Run } from "../run/run-folder.ts";
import { ROWS_A_PIECE } from "../run/score-run.ts";
import { currentName } from "./engine-names.ts";
import { tellDiagnostics, type Watch, withFindingEvents } from "./events.ts";
import { readConfig } from "./read-config.ts";
import { tellReadOtherwise } from "./read-otherwise.ts";

/** The rows: those of `data`, or a split of `config` or of `rows`; exactly one of the three. */
export interface RowsOptions extends Watch, EngineOptions {
  /**
   * Example rows: CSV, Parquet, Arrow, NumPy or JSON, by extension, in a file, a folder or the files of a pattern; a
   * table of a database, as `shop.duckdb/clicks`; the result of a query, as `sql:SELECT …` or
   * `sql@shop.duckdb:SELECT …`; `-` is standard input.
   */
  readonly data?: string;
  /** dinc.yaml: its path, or its text with the path that it is relative to. */
  readonly config?: string | SourceFile;
  /** A folder of prepared rows, as `prepareTo` writes it. */
  readonly rows?: string;
  /** The split of `config` or `rows`; `test` by default. */
  readonly split?: Split;
  /** Settings that override `config`, such as `data.dir=../data`. */
  readonly set?: readonly string[];
  /**
   * Separates the steps of a history, or the values of a set, in a CSV of `data`; by default as in training.
   */
  readonly separator?: string;
  /** Separates the values of a step's set; by default as in training. */
  readonly innerSeparator?: string;
  /** Whether the latest step of a history comes first or last; by default as in training. */
  readonly steps?: StepOrder;
  /** Separates the values of a line of `data`; by default as in training. */
  readonly delimiter?: string;
  /** The decimal sign of numbers in `data`; by default as in training. */
  readonly decimal?: DecimalSign;
  /** The character encoding of `data`; by default as in training. */
  readonly encoding?: Encoding;
  /** The policy for unreadable rows. */
  readonly onBadRow?: BadRowPolicy;
  /** Leaves out the run's calibration. */
  readonly uncalibrated?: boolean;
  /** The engine of the model; by default the one that trained it, if this machine has it. */
  readonly backend?: EngineName | "auto";
}

/** The name of the rows in messages, and their bad rows. */
interface Origin {
  readonly path: string;
  readonly badRows: BadRowReport;
  /** The files of columns that do not fit into memory; the caller removes them after scoring. */
  readonly columns: Scratch;
}

export interface RowsToMeasure extends Origin {
  readonly rows: RowSource;
}

/** A split of a config, with its name in messages. */
interface ConfigSplit {
  readonly config: string;
  readonly split: Split;
}

/** All rows at once, with their labels. */
export async function rowsToMeasure(opened: OpenRun, options: RowsOptions): Promise<RowsToMeasure> {
  const { model, run, predict } = opened;
  const report = reporter(options);
  const { data } = options;
  const inputs = inputsOf(predict);
  const trainedOn = run.manifest.data;
  const columns = new Scratch();
  requireOneSource(options);
  if (options.rows !== undefined) {
    const { rows, path } = await preparedSplit(opened, options, columns);
    return { rows, path, badRows: new BadRowReport(), columns };
  }
  if (data !== undefined) {
    tellTwice(data, options);
    const badRows = new BadRowReport(options.onBadRow ?? trainedOn.onBadRow);
    const format = formatFor(run, options);
    const { label } = trainedOn;
    const isMade = fromLogsIn(run);
    const reading = {
      labels: "required",
      label,
      report,
      badRows,
      inputs,
      columns,
      isMade,
      ...format,
    } as const;
    const rows = await readRows(model, run.fitted, data, reading);
    return { rows, path: nameOf(data), badRows, columns };
  }
  const config = await readConfig(options.config!, options.set);
  const asked = askedSplit(options);
  const badRows = new BadRowReport(options.onBadRow ?? config.data?.onBadRow ?? trainedOn.onBadRow);
  if (config.data !== null)
    tellReadOtherwise(opened, config.data, { path: asked.config, measures: true }, options);
  const dataset =
    config.data === null
      ? null
      : await readSplit(model, run.fitted, config.data, asked.split, { report, badRows, inputs, columns });
  if (config.data === null || dataset === null) throw withoutSplit(asked);
  return { rows: dataset, path: fileOf(config.data, asked.split) ?? splitText(asked), badRows, columns };
}

export interface RowsToPredict extends RowPieces, Origin {
  /** Every file that is read. */
  readonly files: readonly string[];
}

/**
 * Rows in pieces, read on demand. Rows from an event log, and rows taken from the training rows for
 * validation, form one piece, because they are known only after everything is read.
 */
export async function rowsToPredict(
  opened: OpenRun,
  options: RowsOptions,
  carried: CarriedColumns | null = null,
): Promise<RowsToPredict> {
  const { model, run, predict } = opened;
  requireOneSource(options);
  const columns = new Scratch();
  if (options.rows !== undefined) {
    if (carried !== null)
      throw new UsageError(
        wording`prepared rows have only the model's columns, encoded: leave out ${option("keep")}, or score the rows of ${option("config", "dinc.yaml")}`,
      );
    const { rows, path, files } = await preparedSplit(opened, options, columns);
    const pieces = { pieces: inOnePiece(rows), rows: rows.rows, share: () => null };
    return { ...pieces, path, badRows: new BadRowReport(), columns, files };
  }
  const inputs = inputsOf(predict);
  if (options.data !== undefined) {
    tellTwice(options.data, options);
    const badRows = new BadRowReport(options.onBadRow);
    const told = { report: reporter(options), isMade: fromLogsIn(run) };
    const reading = { ...formatFor(run, options), ...told, badRows, inputs, carried };
    const pieces = rowPieces(model, run.fitted, options.data, reading, rowsAPiece(model));
    return { ...pieces, path: nameOf(options.data), badRows, columns, files: inputsAt(options.data) };
  }
  const asked = askedSplit(options);
  const { config, split } = asked;
  const { data } = await readConfig(options.config!, options.set);
  if (data === null) throw withoutSplit(asked);
  tellReadOtherwise(opened, data, { path: config, measures: false }, options);
  const badRows = new BadRowReport(options.onBadRow ?? data.onBadRow ?? undefined);
  const files = [config, ...pathsOf(data)];
  const path = fileOf(data, split);
  // Which rows are in a window is known only after they are read.
  if (path !== null && data.kind === "rows" && (split !== "train" || data.window === null)) {
    const pieces = rowPieces(
      model,
      run.fitted,
      path,
      { ...data, report: reporter(options), badRows, inputs, columns, carried },
      rowsAPiece(model),
    );
    return { ...pieces, path, badRows, columns, files };
  }
  const report = reporter(options);
  const reading = { report, badRows, inputs, columns, carried };
  const dataset = await readSplit(model, run.fitted, data, split, reading);
  if (dataset === null) throw withoutSplit(asked);
  const pieces = { pieces: inOnePiece(dataset), rows: dataset.rows, share: () => null };
  return { ...pieces, path: splitText(asked), badRows, columns, files };
}

/** Rows of a request may be anywhere, so those whose scores depend on one another are one piece. */
function rowsAPiece({ requests }: Pick<Model, "requests">): number {
  return requests === null ? ROWS_A_PIECE : Number.POSITIVE_INFINITY;
}

/** A split of a folder of prepared rows; its ids and numbers must be the run's. */
async function preparedSplit(
  { folder: path, run, model, predict }: OpenRun,
  options: RowsOptions,
  columns: Scratch,
): Promise<{ readonly rows: RowSource; readonly path: string; readonly files: readonly string[] }> {
  const folder = await PreparedFolder.open(options.rows!);
  const { split = "test" } = options;
  requireFittedAs(folder, path, run.fitted);
  const reading = { report: reporter(options), inputs: inputsOf(predict), columns, memory: DEFAULT_MEMORY };
  const rows = await readPreparedSplit(folder, model, split, reading);
  if (rows === null) throw withoutSplit({ config: folder.path, split });
  return { rows, path: splitText({ config: folder.path, split }), files: folder.files };
}

/** Warns of files that the address of `data` names more than once, as for addresses in dinc.yaml. */
export function tellTwice(address: string, watch: Watch): void {
  const found = rowFilesAt(address);
  const twice = "problem" in found ? [] : (found.twice ?? []);
  tellDiagnostics(
    twice.map((path) =>
      diagnose(fileTwice, { path: nameOfAddress(path) }, inData({ path: nameOfAddress(path) })),
    ),
    watch,
  );
}

function reporter({ onEvent }: Watch): (text: string) => void {
  return (text) => onEvent?.({ kind: "activity", text });
}

function askedSplit({ config, split = "test" }: RowsOptions): ConfigSplit {
  return { config: typeof config === "string" ? config : config!.path, split };
}

/** The file whose rows, in order, are those of a split; null if the split is made in another way. */
function fileOf(data: DataConfig, split: Split): string | null {
  return data.kind === "rows" && !isTaken(data, split) ? data[split] : null;
}

/** The name in messages of rows that dinc.yaml names. */
function splitText({ config, split }: ConfigSplit): string {
  return `the ${split} rows of ${config}`;
}

/** The name of a `data` file in messages. */
function nameOf(data: string): string {
  return nameOfAddress(data);
}

async function* inOnePiece(rows: RowSource): AsyncGenerator<RowSource> {
  yield rows;
}

function requireOneSource({ data, config, rows, onBadRow }: RowsOptions): void {
  if ([data, config, rows].filter((source) => source !== undefined).length !== 1)
    throw new UsageError(
      wording`name the rows: ${option("data", "FILE")}, or with ${option("split")} those of ${option("config", "dinc.yaml")} or of ${option("rows", "FOLDER")}; one of the three`,
    );
  if (rows !== undefined && onBadRow !== undefined)
    throw new UsageError(wording`${option("onBadRow")} is about raw rows: prepared ones have no bad rows`);
}

/** How the lists of `data` are written. */
function formatFor({ manifest }: Run, options: RowsOptions): ListFormat & { readonly csv?: CsvFormat } {
  // Rows to score most likely have the form of the training rows; in the wrong order they would silently get
  // wrong scores.
  const trained = manifest.data.lists;
  const separator = options.separator ?? trained?.separator;
  // A separator used inside a step in training cannot be the inner one if it now separates steps.
  const inside = trained?.innerSeparator === separator ? undefined : trained?.innerSeparator;
  const separators = separatorsOf(separator, options.innerSeparator ?? inside);
  if (separators.separator === separators.innerSeparator)
    throw new UsageError(wording`${option("separator")} and ${option("innerSeparator")} must differ`);
  const latestFirst = options.steps === undefined ? trained?.latestFirst : options.steps === "latest_first";
  const csv = csvFormatGiven(options, manifest.data.csv);
  const padding = trained?.padding === undefined ? {} : { padding: trained.padding };
  return { ...separators, latestFirst: latestFirst ?? false, ...padding, ...(csv === null ? {} : { csv }) };
}

/** Tells which histories were made from a log in training. */
export function fromLogsIn({ manifest }: Run): (history: string) => boolean {
  const { impressions = {} } = manifest.data;
  return (history) => `histories.${history}` in impressions || "histories.*" in impressions;
}

/** The CSV format of the caller; unset options are as in `trained`. */
export function csvFormatGiven(
  { delimiter, decimal, encoding }: Pick<RowsOptions, "delimiter" | "decimal" | "encoding">,
  trained: CsvFormat = plainCsv,
): CsvFormat | null {
  if (delimiter !== undefined && !DELIMITER.test(delimiter))
    throw new UsageError(
      wording`${option("delimiter")} takes one to four signs, none of them a quote or a line end`,
    );
  return csvFormatOf(
    delimiter ?? trained.delimiter,
    decimal ?? trained.decimal,
    encoding ?? trained.encoding,
  );
}

function withoutSplit({ config, split }: ConfigSplit): DiagnosticError {
  return new DiagnosticError([diagnose(splitMissing, { path: config, split }, noLocation)]);
}

/** Reports the rows that were left out. */
export function tellLeftOut({ warnings, leftOut }: BadRowReport, watch: Watch): void {
  tellDiagnostics(warnings, watch);
  if (leftOut.length > 0) watch.onEvent?.({ kind: "left-out", files: leftOut });
}

/** `auto` is the back end that trained the run, if available, so that scores agree to the last digit. */
export function backendFor(
  { run, predict }: OpenRun,
  { backend = "auto", ...options }: EngineOptions & Pick<RowsOptions, "backend"> & Watch,
): Promise<ChosenBackend> {
  if (backend !== "auto")
    return chooseBackend(currentName(backend, "caller", options), withFindingEvents(options));
  const trainedBy = currentName(run.manifest.backend, "run", options);
  const isImported = run.manifest.trainer !== undefined;
  return chooseBackend({ trainedBy, isImported, graph: predict }, withFindingEvents(options));
}
