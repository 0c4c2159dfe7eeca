// Example rows of a file, in pieces or as a whole.

import { type ExampleOptions, ExampleReader } from "../../../compiler/data/example-reader.ts";
import type { Take } from "../../../compiler/data/history-reader.ts";
import { type RawCell, type RawChunk, rowsOfChunk } from "../../../compiler/data/raw-values.ts";
import { columnsOf, type ReadPiece, type ReadRows } from "../../../compiler/data/row-stages.ts";
import { noRows } from "../../../compiler/diagnostics/catalog/data.ts";
import { CHUNK_ROWS } from "../../duckdb/streamed.ts";
import { type FileOutside, type FilePart, isEmpty } from "../formats/data-file.ts";
import type { OpenImpressions } from "../impressions/impression-rows.ts";
import type { CarriedColumns } from "../tables/carried-columns.ts";
import type { Reading } from "../tables/reading.ts";
import type { RowSample } from "../tables/row-sample.ts";
import { type FilePass, readSkippingBad, soundSource } from "../tables/skipping-bad.ts";
import type { RowWindow } from "../times/row-window.ts";
import { RowsWriter } from "./rows-writer.ts";
import { hashOf, type RowHashes } from "./shared-rows.ts";
import type { SplitKeys } from "./split-keys.ts";

export interface ExampleRowsOptions extends ExampleOptions {
  readonly limit?: number | undefined;
  /** Receives a hash of each row's read columns. */
  readonly hashes?: RowHashes | null;
  /** Receive the values of the rows that they need. */
  readonly values?: readonly SplitKeys[];
  /** The rows to read; all if absent. */
  readonly window?: RowWindow | null;
  /** Makes histories, if rows are impressions. */
  readonly impressions?: OpenImpressions | null;
  /** Receives the cells of further columns. */
  readonly carried?: CarriedColumns | null;
  /** Draws some of the rows. */
  readonly sample?: RowSample | null;
}

/** Reads a whole file, or the rest of it, into `store`. Throws DiagnosticError with all of its mistakes. */
export async function readExampleRows(
  reading: Reading,
  path: string,
  options: ExampleRowsOptions,
): Promise<ReadRows> {
  // A pass that looks for bad rows discards its result.
  let last: ReadRows | null = null;
  const { model, memory } = reading;
  const { store } = memory;
  return readSkippingBad(reading, { path, ...limitIn(options) }, async (source) => {
    for (const column of last === null ? [] : columnsOf(last)) store.remove(column);
    const writer = new RowsWriter(model, store);
    for await (const piece of piecesOf(source, options, CHUNK_ROWS, "drain")) writer.add(piece);
    last = writer.finish();
    return last;
  });
}

/**
 * Reads a file `rowsAPiece` rows at a time; the last piece may have fewer, and none is empty. At the end,
 * throws DiagnosticError with all mistakes of the file; after the first mistake no more pieces come.
 */
export async function* readExamplePieces(
  reading: Omit<Reading, "memory">,
  path: string,
  options: ExampleRowsOptions,
  rowsAPiece: number,
): AsyncGenerator<ReadPiece> {
  const source = await soundSource(reading, { path, ...limitIn(options) }, async (each) => {
    let rows = 0;
    const looking = { ...options, carried: null };
    for await (const piece of piecesOf(each, looking, CHUNK_ROWS, "drain")) rows += piece.rows;
    return { rows };
  });
  yield* piecesOf(source, options, rowsAPiece, "finish");
}

function limitIn({ limit }: ExampleRowsOptions): { readonly limit?: number } {
  return limit === undefined ? {} : { limit };
}

async function* piecesOf(
  { reading, file, findings, limit }: FilePass<Omit<Reading, "memory">>,
  options: ExampleRowsOptions,
  rowsAPiece: number,
  take: Take,
): AsyncGenerator<ReadPiece> {
  const { files } = reading;
  if (isEmpty(file)) {
    findings.add(noRows, { what: "the file is empty" }, null, null);
    findings.throwIfAny();
  }
  const { hashes = null, values = [], window = null, impressions = null } = options;
  const { carried = null, sample = null } = options;
  const made = impressions?.over(file, findings) ?? null;
  const table = made?.table ?? file;
  const reader = new ExampleReader(table, reading, options, findings, made?.made);
  const besides = values.map((each) => each.begin(file, findings));
  const moment = window?.begin(file, findings) ?? null;
  const further = carried?.begin(file, findings, table) ?? [];
  findings.throwIfAny();
  hashes?.clear();
  const wanted = [...reader.columns, ...further];
  const own = made?.asked(wanted) ?? wanted;
  const beside = [...besides, moment, hashes === null ? null : hashOf(own)].filter(
    (column) => column !== null,
  );
  const ended = own.length + beside.length;
  const wantedAnyway = [...own, ...beside];
  const columns = [...wantedAnyway, ...(sample?.begin(file, wantedAnyway, { table, filled: wanted }) ?? [])];
  const place = moment === null ? -1 : columns.lastIndexOf(moment);
  const selection =
    window === null
      ? null
      : {
          place,
          rangesOf: (cells: readonly RawCell[], first: number) => window.rangesOf(cells, first),
          outside: (part: FilePart, at: number) => window.outsideOf(part, at),
          passOver: (rows: FileOutside) => window.passOver(rows),
        };
  let rows = 0;
  let read = 0;
  for await (const all of files.chunks(file, columns, window === null ? limit : undefined, selection)) {
    for (const part of partedAt(all, () => Math.min(rowsAPiece - rows, limit - read))) {
      const filled = made?.filled(part, wanted, own.length) ?? part;
      reader.read(filled);
      for (const [at, each] of values.entries())
        for (const [i, cell] of part.columns[own.length + at]!.cells.entries())
          each.read(cell, part.first + i);
      if (hashes !== null) for (const hash of part.columns[ended - 1]!.cells) hashes.add(hash as number);
      carried?.add(filled, reader.columns.length);
      sample?.add(part, null, filled);
      rows += part.rows;
      read += part.rows;
      if (rows < rowsAPiece) continue;
      const piece = reader.taken(rows, take);
      rows = 0;
      if (!findings.isCertain) yield piece;
    }
    if (window !== null && read >= limit) break;
  }
  window?.end(read);
  if (read === 0 && window?.hasRows !== true)
    findings.add(noRows, { what: "the file has column names only" }, null, null);
  else if (read > 0) for (const each of values) each.end();
  made?.end(read);
  reader.end();
  const last = rows > 0 ? reader.taken(rows, take) : null;
  findings.throwIfAny();
  if (last !== null) yield last;
}

/** Cuts the chunk into parts of at most as many rows as `room` returns. */
function* partedAt(chunk: RawChunk, room: () => number): Generator<RawChunk> {
  for (let from = 0; from < chunk.rows; ) {
    const rows = Math.min(chunk.rows - from, room());
    if (rows <= 0) return;
    yield rowsOfChunk(chunk, from, from + rows);
    from += rows;
  }
}
