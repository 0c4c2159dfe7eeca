// Prepares rows of a table in memory for the trainer: reads, fits and encodes them.

import { InternalError } from "../common/internal-error.ts";
import { type ListFormat, separatorsOf } from "../frontend/config/config.ts";
import { type Encoders, FittedEncoders, FittingEncoders } from "../frontend/kinds/encoders.ts";
import type { Fitted, Model } from "../frontend/model/model.ts";
import { type Column, type ColumnMemory, ColumnReader, memoryStore, type NumberArray } from "./columns.ts";
import { type ExampleOptions, ExampleReader } from "./example-reader.ts";
import { Findings } from "./findings.ts";
import { fit, type Taught } from "./fit-rows.ts";
import { fitSourceOf, fittedRows } from "./fitted-rows.ts";
import { requireCountedRows } from "./label-columns.ts";
import { mapped, type ReadPiece, type ReadRows, type StoredRows } from "./row-stages.ts";
import { rowsOfPiece } from "./rows-of-piece.ts";
import { chunkOf, type TableRows, tableOf } from "./table-rows.ts";

/**
 * The format of lists: the separator between the steps of a history in a text, and which step is the latest.
 */
export type RowsFormat = Partial<ListFormat>;

export interface FitResult extends Taught {
  readonly rows: StoredRows;
}

/**
 * Fits vocabularies and transforms on rows, called `what` in messages, and encodes the rows. `given` has
 * values known in advance. Throws DiagnosticError for mistakes in the rows.
 */
export function fitRows(
  model: Model,
  given: Fitted,
  rows: TableRows,
  what: string,
  format: RowsFormat,
): FitResult {
  const encoders = new FittingEncoders(given);
  const read = readRows(model, encoders, rows, what, { ...exactly(format), ...KNOWN, areTrainedOn: true });
  const { fitted, counts } = fit(model, encoders, fitSourceOf(model, read, [], inMemory()));
  const seen = storedInMemory(model, fitted, read);
  requireCountedRows(model, seen.rows, (column) => [seen.labels.get(column)!]);
  return { fitted, counts, rows: seen };
}

/**
 * Encodes rows with fitted values. With `labels` required, rows are to be measured, and a value outside a
 * closed vocabulary is a mistake; otherwise they are to be scored, and it is unknown. Throws DiagnosticError
 * for mistakes in the rows.
 */
export function encodeRows(
  model: Model,
  fitted: Fitted,
  rows: TableRows,
  what: string,
  { labels, ...format }: RowsFormat & { readonly labels: "required" | "optional" },
): StoredRows {
  const options = labels === "required" ? KNOWN : ({ labels, outside: "unknown" } as const);
  const read = readRows(model, new FittedEncoders(fitted), rows, what, { ...exactly(format), ...options });
  return storedInMemory(model, fitted, read);
}

/** Rows in memory in the form for the trainer. */
export function storedPiece(model: Model, fitted: Fitted, raw: ReadPiece): StoredRows {
  return storedInMemory(model, fitted, rowsOfPiece(model, raw));
}

const KNOWN = { labels: "required", outside: "error" } as const;

function exactly({ separator, innerSeparator, latestFirst = false, padding }: RowsFormat): ListFormat {
  return {
    ...separatorsOf(separator, innerSeparator),
    latestFirst,
    ...(padding === undefined ? {} : { padding }),
  };
}

function readRows(
  model: Model,
  encoders: Encoders,
  given: TableRows,
  what: string,
  options: ExampleOptions,
): ReadRows {
  const findings = new Findings(what);
  const table = tableOf(given, findings);
  const reader = new ExampleReader(table, { model, encoders }, options, findings);
  findings.throwIfAny();
  reader.read(chunkOf(table, reader.columns));
  const taken = reader.taken(table.rows, "finish");
  reader.end();
  findings.throwIfAny();
  return rowsOfPiece(model, taken);
}

function inMemory(): ColumnMemory {
  return { reader: new ColumnReader(), store: memoryStore };
}

function storedInMemory(model: Model, fitted: Fitted, read: ReadRows): StoredRows {
  const stored = fittedRows(model, fitted, read, inMemory());
  const labels = mapped(stored.labels, arrayOf);
  return { kind: "columns", rows: stored.rows, stored, labels, groups: mapped(stored.groups, arrayOf) };
}

function arrayOf<T extends NumberArray>(column: Column<T>): T {
  if (column.kind === "memory") return column.values;
  throw new InternalError(`${column.path} is not in memory`);
}
