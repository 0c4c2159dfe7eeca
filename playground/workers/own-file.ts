// A file that the reader gives: its rows as columns, the draft of a spec for them, and the rows that a training of the draft, or of what
// became of it, learns from. Nothing of it leaves the page.

import { isList } from "../../compiler/data/raw-values.ts";
import { nameOfColumn } from "../../compiler/frontend/model/column-names.ts";
import { type Drafted, draft, requireHeader } from "../../compiler/tools/init/draft.ts";
import type { Table, TableColumn } from "../../compiler/tools/init/table.ts";
import { type Model, UsageError } from "../../compiler/train/index.ts";
import { compared, hashOf } from "./chance.ts";
import { parseCsv } from "./csv.ts";
import type { Cell } from "./messages.ts";
import { rowsOfEvents } from "./own-events.ts";
import type { Row, TrainingRows } from "./shown-user.ts";

/** What a page has memory for. */
const MOST_BYTES = 256 * 2 ** 20;
/** As many rows show what a column holds; of more, those that chance draws. */
const LOOKED_AT = 200_000;
/** One of so many rows, or users, is measured on; as many tell an early stop when to end. */
const MEASURED_PART = 10;
/** Rows that the user to show is chosen from. */
const SOME = 3000;

export interface OwnFile {
  readonly name: string;
  readonly rows: number;
  readonly files: readonly File[];
  /** By the name that a spec has for it. */
  readonly columns: ReadonlyMap<string, readonly Cell[]>;
  readonly drafted: Drafted;
}

/** Throws DiagnosticError where there is nothing to learn, and UsageError for what cannot be read here. */
export async function openFile(file: File): Promise<OwnFile> {
  if (file.size > MOST_BYTES)
    throw new UsageError(
      `${file.name} has ${Math.round(file.size / 2 ** 20)} MiB: a page takes 256. On your machine: npx dinc init mine --data ${file.name}`,
    );
  const isParquet = (await file.slice(0, 4).text()) === "PAR1";
  const read = isParquet ? await parquetColumns(file) : csvColumns(await file.text());
  const total = read[0]?.cells.length ?? 0;
  if (total === 0) throw new UsageError(`${file.name} has no rows`);
  const drawn = Array.from({ length: total }, (_, row) => row).filter(
    (row) => total <= LOOKED_AT || hashOf(`row ${row}`) / 2 ** 32 < LOOKED_AT / total,
  );
  const looked = read.map(({ cells, ...column }) => ({ ...column, cells: drawn.map((row) => cells[row]!) }));
  const table: Table = {
    path: file.name,
    columns: looked.map(asTexts),
    ambiguous: [],
    rows: drawn.length,
    total,
  };
  if (!isParquet) requireHeader(table);
  const drafted = draft(table, null, { spec: "model.din", data: file.name });
  const lists = listsIn(drafted);
  const { separator } = drafted.plan.rows.kind === "rows" ? drafted.plan.rows : { separator: null };
  const columns = new Map(
    read.flatMap(({ header, cells }): [string, readonly Cell[]][] => {
      const name = nameOfColumn(header);
      if (name === null) return [];
      return [[name, lists.has(header) ? cells.map((cell) => listOf(cell, separator)) : cells]];
    }),
  );
  return { name: file.name, files: [file], rows: total, columns, drafted };
}

/** Rows to train on and to measure on; of a log of what users did they are made for the model. */
export function ownRows(model: Model, seed: number, { name, columns, rows, drafted }: OwnFile): TrainingRows {
  const { plan } = drafted;
  if (plan.rows.kind === "events") return rowsOfEvents(model, seed, name, columns, plan.rows);
  const { validation } = plan.rows;
  const by = "by" in validation ? columns.get(nameOfColumn(validation.by) ?? "") : undefined;
  const partOf = partedBy(by, validation.kind === "latest", rows, seed);
  const stops = model.train.earlyStop !== null;
  const among = (...parts: readonly Part[]) => {
    const kept = Array.from({ length: rows }, (_, row) => row).filter((row) => parts.includes(partOf(row)));
    return Object.fromEntries(
      [...columns].map(([column, cells]) => [column, kept.map((row) => cells[row] ?? null)]),
    );
  };
  const test = among("test");
  const some = Array.from(
    { length: Math.min(SOME, Object.values(test)[0]?.length ?? 0) },
    (_, i): Row =>
      Object.fromEntries(Object.entries(test).map(([column, cells]) => [column, cells[i] ?? null])),
  );
  return {
    ...{ name: `rows of ${name}`, test, some, best: null },
    train: stops ? among("train") : among("train", "valid"),
    valid: stops ? among("valid") : null,
  };
}

type Part = "train" | "valid" | "test";

/** All rows of a user are in one part; of times, the latest are measured on; otherwise chance draws. */
function partedBy(
  by: readonly Cell[] | undefined,
  isLatest: boolean,
  rows: number,
  seed: number,
): (row: number) => Part {
  const parts: readonly Part[] = ["test", "valid"];
  if (by === undefined || !isLatest)
    return (row) => parts[hashOf(`${seed} ${by === undefined ? row : by[row]}`) % MEASURED_PART] ?? "train";
  const latestFirst = Array.from({ length: rows }, (_, row) => row).sort((a, b) => compared(by[b]!, by[a]!));
  const of = new Map(
    latestFirst.map((row, place) => [row, parts[Math.floor((place * MEASURED_PART) / rows)] ?? "train"]),
  );
  return (row) => of.get(row)!;
}

interface ReadColumn {
  readonly header: string;
  readonly typeName: string;
  readonly cells: readonly Cell[];
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

function cellOf(value: unknown): Cell {
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

/** As DuckDB calls it. */
function typeNameOf(cells: readonly Cell[]): string {
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

/** A draft looks at the texts that a CSV has for values. */
function asTexts({ header, typeName, cells }: ReadColumn): TableColumn {
  const text = (cell: Cell): TableColumn["cells"][number] => {
    if (cell === null || typeof cell === "string") return cell;
    return isList(cell) ? cell.map(text) : String(cell);
  };
  return { header, typeName, cells: cells.map(text) };
}

/** Columns whose values are lists. */
function listsIn({ plan: { features, histories } }: Drafted): ReadonlySet<string> {
  return new Set([
    ...histories.flatMap(({ fields }) => fields.map(({ header }) => header)),
    ...features
      .filter(({ kind }) => kind.kind === "set" || kind.kind === "vector")
      .map(({ header }) => header),
  ]);
}

function listOf(cell: Cell, separator: string | null): Cell {
  if (cell === null) return [];
  return typeof cell === "string" && separator !== null ? cell.split(separator) : cell;
}
