// Rows of a table in memory as the trainer sees them: read, learned from, encoded.

import { type ListFormat, separatorsOf } from "../frontend/config/config.ts";
import { type Encoders, FittedEncoders, FittingEncoders } from "../frontend/kinds/encoders.ts";
import type { Fitted, Model } from "../frontend/model/model.ts";
import { ColumnReader, memoryStore } from "./columns.ts";
import { type ExampleOptions, ExampleReader } from "./example-reader.ts";
import { Findings } from "./findings.ts";
import { fit } from "./fit-rows.ts";
import { heldRows } from "./held-rows.ts";
import type { MemoryRows } from "./memory-rows.ts";
import { memoryRowsOver, type StoredRows } from "./stored-rows.ts";
import { chunkOf, type TableRows, tableOf } from "./table-rows.ts";
import { fittingRows, transformedRows, type UnfittedRows } from "./unfitted-rows.ts";

/** How lists are written: what stands between the steps of a history that is a text, and which of its steps is the latest. */
export type RowsFormat = Partial<ListFormat>;

export interface FittedRows {
  readonly fitted: Fitted;
  readonly rows: MemoryRows;
}

/**
 * Learns vocabularies and transforms from rows, called `what` in messages, and encodes them. `given` is known before. Throws
 * DiagnosticError for what is wrong with them.
 */
export function fitRows(
  model: Model,
  given: Fitted,
  rows: TableRows,
  what: string,
  format: RowsFormat,
): FittedRows {
  const encoders = new FittingEncoders(given);
  const read = readRows(model, encoders, rows, what, { ...exactly(format), ...KNOWN });
  const reader = new ColumnReader();
  const fitted = fit(model, encoders, fittingRows(model, read, [], reader, memoryStore));
  return { fitted, rows: seenRows(model, fitted, read) };
}

/**
 * Encodes rows by what was learned. `labels` required are rows to measure, where a value outside a closed vocabulary is a mistake;
 * others are rows to score, where it is unknown. Throws DiagnosticError for what is wrong with them.
 */
export function encodeRows(
  model: Model,
  fitted: Fitted,
  rows: TableRows,
  what: string,
  format: RowsFormat,
  labels: "required" | "optional",
): MemoryRows {
  const options = labels === "required" ? KNOWN : ({ labels, outside: "unknown" } as const);
  const read = readRows(model, new FittedEncoders(fitted), rows, what, { ...exactly(format), ...options });
  return seenRows(model, fitted, read);
}

/** Rows that were read into memory, as the trainer sees them. */
export function transformedPiece(model: Model, fitted: Fitted, raw: UnfittedRows): MemoryRows {
  return seenRows(model, fitted, heldRows(model, raw));
}

const KNOWN = { labels: "required", outside: "error" } as const;

function exactly({ separator, innerSeparator, latestFirst = false }: RowsFormat): ListFormat {
  return { ...separatorsOf(separator, innerSeparator), latestFirst };
}

function readRows(
  model: Model,
  encoders: Encoders,
  given: TableRows,
  what: string,
  options: ExampleOptions,
): StoredRows<Float64Array> {
  const findings = new Findings(what);
  const table = tableOf(given, findings);
  const reader = new ExampleReader(table, model, encoders, options, findings);
  findings.throwIfAny();
  reader.read(chunkOf(table, reader.columns));
  findings.throwIfAny();
  return heldRows(model, reader.taken(table.rows, "finish"));
}

function seenRows(model: Model, fitted: Fitted, read: StoredRows<Float64Array>): MemoryRows {
  return memoryRowsOver(transformedRows(model, fitted, read, new ColumnReader(), memoryStore))!;
}
