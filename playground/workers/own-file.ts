// Reads a file of the reader's as columns. The data never leave the page.

import { shellCommand } from "../../compiler/common/shell.ts";
import type { DraftColumn } from "../../compiler/tools/init/table.ts";
import { UsageError } from "../../compiler/train/index.ts";
import { parseCsv } from "./csv.ts";
import type { ShownCell } from "./messages.ts";

/** The most bytes that fit into a page's memory. */
const MOST_BYTES = 256 * 2 ** 20;

export interface OwnFile {
  readonly file: File;
  readonly name: string;
  readonly rows: number;
  readonly columns: readonly ReadColumn[];
  /** Whether its first line may contain values instead of names. */
  readonly isText: boolean;
}

/** Throws UsageError for files that cannot be read here. */
export async function readFile(file: File): Promise<OwnFile> {
  const { name } = file;
  if (file.size > MOST_BYTES)
    throw new UsageError(
      `${name} has ${Math.round(file.size / 2 ** 20)} MiB: a page takes 256. On your machine: ${shellCommand`npx dinc init mine --data ${name}`}`,
    );
  const isParquet = (await file.slice(0, 4).text()) === "PAR1";
  const columns = isParquet ? await parquetColumns(file) : csvColumns(await file.text());
  const rows = columns[0]?.cells.length ?? 0;
  if (rows === 0) throw new UsageError(`${name} has no rows`);
  return { file, name, rows, columns, isText: !isParquet };
}

export interface ReadColumn extends Pick<DraftColumn, "header" | "typeName" | "of"> {
  readonly cells: readonly ShownCell[];
}

function csvColumns(text: string): readonly ReadColumn[] {
  const { headers, columns } = parseCsv(text);
  return headers.map((header, i) => ({ header, typeName: "text", cells: columns[i]! }));
}

async function parquetColumns(file: File): Promise<readonly ReadColumn[]> {
  const { parquetReadObjects } = await import("hyparquet");
  const buffer = {
    byteLength: file.size,
    slice: (start: number, end?: number) => file.slice(start, end).arrayBuffer(),
  };
  const rows = await parquetReadObjects({ file: buffer }).catch((error: unknown) => {
    throw new UsageError(
      `${file.name} cannot be read here: ${error instanceof Error ? error.message : String(error)}. Parquet that is compressed by Snappy or not at all can, and CSV`,
    );
  });
  return Object.keys(rows[0] ?? {}).map((header) => {
    const cells = rows.map((row) => cellOf(row[header]));
    return { header, typeName: typeNameOf(cells), cells };
  });
}

function cellOf(value: unknown): ShownCell {
  if (value === null || value === undefined) return null;
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView)))
    return Array.from(value as ArrayLike<unknown>, cellOf);
  switch (typeof value) {
    case "string":
    case "number":
    case "bigint":
    case "boolean":
      return value;
    default:
      return JSON.stringify(value);
  }
}

/** The type, by DuckDB's name. */
function typeNameOf(cells: readonly ShownCell[]): string {
  const some = cells.find((cell) => cell !== null);
  if (Array.isArray(some))
    return `${typeNameOf(cells.flatMap((cell) => (Array.isArray(cell) ? cell : [])))}[]`;
  switch (typeof some) {
    case "bigint":
      return "BIGINT";
    case "boolean":
      return "BOOLEAN";
    case "number":
      return cells.every((cell) => cell === null || Number.isInteger(cell)) ? "INTEGER" : "DOUBLE";
    default:
      return "VARCHAR";
  }
}
