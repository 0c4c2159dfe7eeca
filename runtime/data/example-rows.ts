// Example rows of a file: one line an example, histories as lists or as texts with separators.

import { noRows } from "../../compiler/diagnostics/catalog/data.ts";
import { inText } from "../../compiler/diagnostics/diagnostic.ts";
import type { ListFormat } from "../../compiler/frontend/config/config.ts";
import type { Encoders } from "../../compiler/frontend/kinds/encoders.ts";
import type { Model } from "../../compiler/frontend/model/model.ts";
import { ColumnBuilder } from "./builders.ts";
import type { ColumnStore } from "./columns.ts";
import type { DataColumn, DataFile } from "./data-file.ts";
import { columnNamed, type DataFiles } from "./data-files.ts";
import { type ColumnUse, columnUses, FeatureReader, findColumn, holdsValues } from "./feature-columns.ts";
import type { Findings } from "./findings.ts";
import { fieldsRead } from "./graph-inputs.ts";
import { type HistoryOptions, HistoryReader, type Part, type Take } from "./history-reader.ts";
import type { RawChunk } from "./raw-values.ts";
import { RowsWriter } from "./rows-writer.ts";
import { hashOf, type RowHashes } from "./shared-rows.ts";
import { readSkippingBad, type Source, soundSource } from "./skipping-bad.ts";
import { CHUNK_ROWS } from "./sorted-table.ts";
import { columnsOf, type StoredRows } from "./stored-rows.ts";
import type { UnfittedRows } from "./unfitted-rows.ts";
import { type CellReader, labelCells } from "./values.ts";

export interface ExampleRowsOptions extends HistoryOptions {
  /** `none`: neither labels nor what only metrics need is read, whether the file has it or not. */
  readonly labels: "required" | "optional" | "none";
  readonly limit?: number | undefined;
  /** A feature that groups are needed of beside those of metrics. */
  readonly groupBy?: string | null;
  /** Gets a hash of each row, of what is read of it. */
  readonly hashes?: RowHashes | null;
}

/** Reads a whole file, or what is left of it, into `store`. Throws DiagnosticError with everything that is wrong with it. */
export async function readExampleRows(
  files: DataFiles,
  path: string,
  model: Model,
  encoders: Encoders,
  options: ExampleRowsOptions,
  store: ColumnStore,
): Promise<StoredRows<Float64Array>> {
  // Where bad rows are looked for, what the first pass reads is of no use.
  let last: StoredRows<Float64Array> | null = null;
  return readSkippingBad(files, path, encoders, options.limit ?? Number.POSITIVE_INFINITY, async (source) => {
    for (const column of last === null ? [] : columnsOf(last)) store.remove(column);
    const writer = new RowsWriter(model, store);
    for await (const piece of piecesOf(files, source, model, options, CHUNK_ROWS, "drain")) writer.add(piece);
    last = writer.finish();
    return last;
  });
}

/**
 * Reads a file `rowsAPiece` rows at a time; the last piece may have fewer, and none is empty. Throws DiagnosticError with
 * everything that is wrong with the file when all of it is read; after the first mistake no piece comes any more.
 */
export async function* readExamplePieces(
  files: DataFiles,
  path: string,
  model: Model,
  encoders: Encoders,
  options: ExampleRowsOptions,
  rowsAPiece: number,
): AsyncGenerator<UnfittedRows> {
  const { limit = Number.POSITIVE_INFINITY } = options;
  const source = await soundSource(files, path, encoders, limit, async (each) => {
    let rows = 0;
    for await (const piece of piecesOf(files, each, model, options, CHUNK_ROWS, "drain")) rows += piece.rows;
    return { rows };
  });
  yield* piecesOf(files, source, model, options, rowsAPiece, "finish");
}

async function* piecesOf(
  files: DataFiles,
  { file, findings, encoders, limit }: Source,
  model: Model,
  options: ExampleRowsOptions,
  rowsAPiece: number,
  take: Take,
): AsyncGenerator<UnfittedRows> {
  if (file.columns.size === 0) {
    findings.add(noRows, { what: "the file is empty" }, null, null);
    findings.throwIfAny();
  }
  const labelled =
    options.labels === "required" ||
    (options.labels === "optional" &&
      [...model.labels.keys()].every((label) => columnNamed(file, label) !== undefined));
  const { inputs = null } = options;
  const uses = columnUses(model, options.groupBy, inputs).filter(
    ({ feature, into }) =>
      into !== "groups" ||
      options.labels === "required" ||
      (labelled && columnNamed(file, feature.name) !== undefined),
  );
  const parts: Part[] = [
    new FeatureReader(
      uses.map((use) => ofRow(use, file, model, options)),
      file,
      encoders,
      options.outside,
      options.separator,
      findings,
    ),
    ...[...model.histories.values()]
      .filter((history) => fieldsRead(history, inputs).length > 0)
      .map((history) => new HistoryReader(history, file, encoders, options, findings)),
    new LabelReader(labelled ? model : null, file, findings),
  ];
  findings.throwIfAny();
  if (options.hashes) parts.splice(1, 0, new HashReader(options.hashes, parts));
  const columns = parts.flatMap((part) => part.columns);
  let rows = 0;
  let read = 0;
  for await (const chunk of files.chunks(file, columns, limit))
    for (const part of partedAt(chunk, () => rowsAPiece - rows)) {
      readChunk(parts, part);
      rows += part.rows;
      read += part.rows;
      if (rows < rowsAPiece) continue;
      const piece = taken(parts, rows, take);
      rows = 0;
      if (!findings.isCertain) yield piece;
    }
  if (read === 0) findings.add(noRows, { what: "the file has column names only" }, null, null);
  findings.throwIfAny();
  if (rows > 0) yield taken(parts, rows, take);
}

/** The chunk in parts, each of which has at most as many rows as `room` then says. */
function* partedAt(chunk: RawChunk, room: () => number): Generator<RawChunk> {
  for (let from = 0; from < chunk.rows; ) {
    const rows = Math.min(chunk.rows - from, room());
    const columns =
      rows === chunk.rows ? chunk.columns : chunk.columns.map((column) => column.slice(from, from + rows));
    yield { first: chunk.first + from, rows, columns };
    from += rows;
  }
}

function taken(parts: readonly Part[], rows: number, take: Take): UnfittedRows {
  const features = (parts[0] as FeatureReader)[take]();
  const histories = parts.filter((part) => part instanceof HistoryReader);
  return {
    rows,
    ...features,
    histories: new Map(histories.map((part) => [part.history.name, part.taken(take)])),
    labels: (parts.at(-1) as LabelReader).taken(take),
  };
}

/** In a CSV, ids that histories have too cannot hold the sign that stands between their steps there. */
function ofRow(use: ColumnUse, { textOnly }: DataFile, { histories }: Model, format: ListFormat): ColumnUse {
  const isBound = [...histories.values()].some(({ fields }) =>
    fields.some(({ feature }) => feature.name === use.feature.name),
  );
  return textOnly && isBound && use.into === "ids" ? { ...use, betweenSteps: format.separator } : use;
}

function readChunk(parts: readonly Part[], chunk: RawChunk): void {
  let from = 0;
  for (const part of parts) {
    part.read(chunk, from);
    from += part.columns.length;
  }
}

/** Reads a hash of what the other parts read. */
class HashReader implements Part {
  readonly columns: readonly DataColumn[];
  private readonly hashes: RowHashes;

  constructor(hashes: RowHashes, parts: readonly Part[]) {
    this.hashes = hashes;
    this.columns = [hashOf(parts.flatMap((part) => part.columns))];
    hashes.clear();
  }

  read({ columns }: RawChunk, from: number): void {
    for (const hash of columns[from]!) this.hashes.add(hash as number);
  }
}

class LabelReader implements Part {
  private readonly labels: readonly {
    name: string;
    column: DataColumn;
    cell: CellReader;
    values: ColumnBuilder<Int32Array>;
  }[];

  constructor(model: Model | null, file: DataFile, findings: Findings) {
    this.labels = [...(model?.labels.values() ?? [])].flatMap((label) => {
      const details = { related: [{ location: inText(label.span), label: "declared here" }] };
      const column = findColumn(
        file,
        label.name,
        `the label \`${label.name}\` is read from`,
        findings,
        details,
      );
      if (column === null || !holdsValues(column, findings)) return [];
      return [{ name: label.name, column, cell: labelCells(label, findings), values: ColumnBuilder.int32() }];
    });
  }

  get columns(): DataColumn[] {
    return this.labels.map(({ column }) => column);
  }

  read(chunk: RawChunk, from: number): void {
    for (const [i, { cell, values }] of this.labels.entries()) {
      const column = chunk.columns[from + i]!;
      for (let row = 0; row < chunk.rows; row++) values.push(cell(column[row]!, chunk.first + row));
    }
  }

  taken(take: Take): Map<string, Float32Array> {
    return new Map(this.labels.map(({ name, values }) => [name, Float32Array.from(values[take]())]));
  }
}
