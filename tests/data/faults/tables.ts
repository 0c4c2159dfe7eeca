// Tables of many rows in every format, and faults at rows of them whose places are known.

import { gzipSync } from "node:zlib";
import type { Random } from "../../../compiler/common/random.ts";
import type { TestFolder } from "../files.ts";

export const FORMATS = ["csv", "tsv", "csv.gz", "jsonl", "jsonl.gz", "json", "parquet"] as const;
export type Format = (typeof FORMATS)[number];
export type TextFormat = Exclude<Format, "parquet">;

/** `n` is the number of the row, from 0, by which a row is known. */
const COLUMNS = ["user_id", "item_id", "t", "n", "hist", "click"] as const;

type Row = Readonly<Record<(typeof COLUMNS)[number], string>>;

/** Row `n`; each user has some of the items. */
export function rowOf(n: number): Row {
  return {
    user_id: `u${n % 97}`,
    item_id: `i${(n % 97) + ((n >> 3) % 17)}`,
    t: String(n),
    n: String(n),
    hist: `i${(n + 1) % 31}|i${(n * 7) % 31}`,
    click: String((n * 5 + (n >> 3)) & 1),
  };
}

/** A fault: how a row is written that has it, and what is said about it. */
export interface Fault {
  readonly name: string;
  readonly write: (row: Row, format: TextFormat) => string;
  /** Where it is known; null where the row as a whole is bad. */
  readonly column: string | null;
  /** Whether nobody can tell which rows are after it. */
  readonly endsReading: boolean;
}

const line = (row: Row, format: TextFormat): string =>
  format.startsWith("json")
    ? JSON.stringify({
        ...row,
        ...{ t: Number(row.t), n: Number(row.n), hist: row.hist.split("|"), click: Number(row.click) },
      })
    : COLUMNS.map((column) => row[column]).join(separatorOf(format));

const separatorOf = (format: TextFormat): string => (format.startsWith("tsv") ? "\t" : ",");

/** A row whose `column` is written as `value`, without what JSON would do to it. */
const having =
  (column: keyof Row, value: string) =>
  (row: Row, format: TextFormat): string => {
    const marked = line({ ...row, [column]: "7654321" }, format);
    return marked.replace(
      format.startsWith("json") && column === "item_id" ? '"7654321"' : "7654321",
      () => value,
    );
  };

const fault = (
  name: string,
  write: Fault["write"],
  column: string | null = null,
  endsReading = false,
): Fault => ({
  name,
  write,
  column,
  endsReading,
});

/** In Latin 1 the character ÿ is a byte that UTF-8 never has. */
const NOT_UTF8 = "\u00ff";

const IN_CSV: readonly Fault[] = [
  fault("a value too many", (row, format) => `${line(row, format)}${separatorOf(format)}1`),
  fault("values too few", (row) => row.user_id),
  fault("a stray quote", having("item_id", '"i"1'), "item_id"),
  fault("an open quote", having("item_id", '"i1'), "item_id", true),
  fault("no UTF-8", having("item_id", NOT_UTF8), "item_id"),
  fault("NUL bytes for a row", () => "\0\0\0\0"),
  fault("another line end", having("item_id", "i1\r"), null, true),
  fault("no number", having("n", "x"), "n"),
];

const IN_LINES: readonly Fault[] = [
  fault("half a record", (row, format) => line(row, format).slice(0, -9)),
  fault("a word", having("item_id", "i1")),
  fault("another value", () => "5"),
  fault("null", () => "null"),
  fault("a list", (row, format) => `[${line(row, format)}]`),
  fault("no UTF-8", having("item_id", `"${NOT_UTF8}"`)),
  fault("a NUL byte", having("item_id", '"\0"')),
  fault("a name twice", (row, format) => line(row, format).replace("{", '{"item_id":"i1",')),
  fault("too deep", having("item_id", `${"[".repeat(100_000)}${"]".repeat(100_000)}`), null, true),
  fault("no number", having("n", '"x"'), "n"),
];

const IN_LIST: readonly Fault[] = [
  fault("null", () => "null", null, true),
  fault("another value", () => "5", null, true),
  fault("half a record", (row, format) => line(row, format).slice(0, -9), null, true),
  fault("a word", having("item_id", "i1"), null, true),
  fault("no UTF-8", having("item_id", `"${NOT_UTF8}"`), null, true),
  fault("too deep", having("item_id", `${"[".repeat(100_000)}${"]".repeat(100_000)}`), null, true),
  fault("no number", having("n", '"x"'), "n"),
];

export function faultsIn(format: TextFormat): readonly Fault[] {
  if (format === "json") return IN_LIST;
  return format.startsWith("json") ? IN_LINES : IN_CSV;
}

/** Writes rows 0 … rows − 1, `faults` in their places and without `left`; gives the file's path. */
export function writeTable(
  folder: TestFolder,
  name: string,
  format: TextFormat,
  rows: number,
  faults: ReadonlyMap<number, Fault> = new Map(),
  left: ReadonlySet<number> = new Set(),
): string {
  const lines: string[] = [];
  for (let n = 0; n < rows; n++) {
    if (left.has(n)) continue;
    const found = faults.get(n);
    lines.push(found === undefined ? line(rowOf(n), format) : found.write(rowOf(n), format));
  }
  const text =
    format === "json"
      ? `[${lines.join(",\n")}]\n`
      : `${[...(format.startsWith("json") ? [] : [COLUMNS.join(separatorOf(format))]), ...lines].join("\n")}\n`;
  const bytes = Buffer.from(text, "latin1");
  return folder.write(`${name}.${format}`, format.endsWith(".gz") ? gzipSync(bytes, { level: 1 }) : bytes);
}

/** The same table as Parquet. */
export function parquetTable(folder: TestFolder, name: string, rows: number): Promise<string> {
  return folder.parquet(
    `${name}.parquet`,
    `SELECT 'u' || (n % 97) AS user_id, 'i' || ((n % 97) + ((n >> 3) % 17)) AS item_id, n AS t, CAST(n AS DOUBLE) AS n,
       ['i' || ((n + 1) % 31), 'i' || ((n * 7) % 31)] AS hist, (n * 5 + (n >> 3)) & 1 AS click
     FROM (SELECT range AS n FROM range(${rows}))`,
  );
}

/** `count` different rows of `rows`, ascending. */
export function randomRows(random: Random, rows: number, count: number): number[] {
  const chosen = new Set<number>();
  while (chosen.size < count) chosen.add(random.integer(rows));
  return [...chosen].sort((a, b) => a - b);
}
