// Random tables as people have them, and as nobody should: names from the field and hostile ones, values of
// every kind, typed, so that the same rows can be written as CSV, Parquet and JSON Lines. Those of tomorrow
// have values that those of today have not.

import { writeFileSync } from "node:fs";
import { DuckDBInstance } from "@duckdb/node-api";
import fc from "fast-check";
import type { RawCell } from "../../compiler/data/raw-values.ts";
import type { DraftTable } from "../../compiler/tools/init/table.ts";
import { textsOf } from "../../runtime/driver/cells.ts";

/** DuckDB's, after which `[]` stands for lists. */
type TypeName = "BIGINT" | "DOUBLE" | "FLOAT" | "VARCHAR" | "BOOLEAN";

export interface MadeColumn {
  readonly header: string;
  readonly typeName: TypeName | `${TypeName}[]`;
  readonly cells: readonly RawCell[];
}

export interface MadeTable {
  readonly columns: readonly MadeColumn[];
  readonly rows: number;
}

type Draw = (n: number) => number;
interface Kind {
  readonly typeName: MadeColumn["typeName"];
  /** `later` is 0 today; tomorrow values lie further on. */
  value(row: number, draw: Draw, later: number): RawCell;
}

const listOf = (length: number, value: () => RawCell) => Array.from({ length }, value);
const pick = (values: readonly string[], draw: Draw, later: number) =>
  later > 0 && draw(3) === 0 ? `new ${draw(9)}` : values[draw(values.length)]!;
const item = (draw: Draw, later: number) => `i${draw(12) + later}`;
const HUGE = 9_007_199_254_740_993n;

/** What columns hold. Lists have as many values as their rows say, so that several may be one history. */
export const kinds = {
  item: { typeName: "VARCHAR", value: (_row, draw, later) => item(draw, later) },
  whole: { typeName: "BIGINT", value: (_row, draw, later) => BigInt(draw(30) + later) },
  sparse: { typeName: "BIGINT", value: (_row, draw, later) => BigInt(1000 + 7919 * (draw(60) + later)) },
  huge: { typeName: "BIGINT", value: (_row, draw, later) => HUGE + BigInt(draw(40) + later) },
  negative: { typeName: "BIGINT", value: (_row, draw, later) => BigInt(draw(200) - 100 - later) },
  flag: { typeName: "BIGINT", value: (_row, draw, later) => BigInt(draw(2 + Math.min(1, later))) },
  label: { typeName: "BIGINT", value: (_row, draw) => BigInt(draw(2)) },
  rownumber: { typeName: "BIGINT", value: (row, _draw, later) => BigInt(row + 1000 * later) },
  epoch: { typeName: "BIGINT", value: (_row, draw) => BigInt(1_700_000_000 + draw(100_000)) },
  ascending: { typeName: "BIGINT", value: (row) => BigInt(1_700_000_000 + 60 * row) },
  fraction: { typeName: "DOUBLE", value: (_row, draw, later) => (draw(1000) + 10 * later) / 7 },
  short: { typeName: "FLOAT", value: (_row, draw, later) => Math.fround((draw(1000) + later) / 10) },
  decimal: { typeName: "DOUBLE", value: (_row, draw, later) => draw(9) + later },
  tail: {
    typeName: "DOUBLE",
    value: (_row, draw, later) => 1.5 ** draw(30) * (later > 0 && draw(4) === 0 ? -1 : 1),
  },
  enormous: { typeName: "DOUBLE", value: (_row, draw) => [1e300, 1e-9, -5, 2.5e17][draw(4)]! },
  bool: { typeName: "BOOLEAN", value: (_row, draw) => draw(2) === 0 },
  colour: {
    typeName: "VARCHAR",
    value: (_row, draw, later) => pick(["red", "green", "blue", "a b", 'quo"te', "ä\\n"], draw, later),
  },
  words: {
    typeName: "VARCHAR",
    value: (_row, draw, later) =>
      listOf(3 + draw(5), () => pick(["new", "shoes", "for", "men", "x"], draw, later)).join(" "),
  },
  zeros: { typeName: "VARCHAR", value: (_row, draw, later) => `0${draw(30) + later}` },
  hash: { typeName: "VARCHAR", value: (_row, draw, later) => (7919 * (draw(20) + later)).toString(16) },
  day: { typeName: "VARCHAR", value: (_row, draw) => `2024-01-${10 + draw(19)}` },
  constant: { typeName: "VARCHAR", value: () => "same" },
  never: { typeName: "VARCHAR", value: () => null },
  items: {
    typeName: "VARCHAR[]",
    value: (row, draw, later) => listOf((row * 7) % 5, () => item(draw, later)),
  },
  others: {
    typeName: "VARCHAR[]",
    value: (row, draw, later) => listOf(1 + ((row * 5) % 4), () => `o${draw(9) + later}`),
  },
  wholes: {
    typeName: "BIGINT[]",
    value: (row, draw, later) => listOf((row * 7) % 5, () => BigInt(draw(30) + later)),
  },
  sparses: {
    typeName: "BIGINT[]",
    value: (row, draw, later) => listOf((row * 7) % 5, () => BigInt(1000 + 7919 * (draw(60) + later))),
  },
  decimals: {
    typeName: "DOUBLE[]",
    value: (row, draw, later) => listOf((row * 7) % 5, () => 1 + draw(5) + later),
  },
  vector: {
    typeName: "DOUBLE[]",
    value: (_row, draw, later) => listOf(3, () => (draw(1000) + later) / 7 - 40),
  },
} as const satisfies Record<string, Kind>;
export type KindName = keyof typeof kinds;

export interface Recipe {
  readonly columns: readonly { readonly header: string; readonly kind: KindName; readonly gaps: number }[];
  readonly rows: number;
  readonly seed: number;
}

/** `later`: how far on values lie. */
export function madeTable({ columns, rows, seed }: Recipe, later = 0): MadeTable {
  let state = seed + later;
  const draw = (n: number) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return (state >> 8) % n;
  };
  return {
    rows,
    columns: columns.map(({ header, kind, gaps }): MadeColumn => {
      const { typeName, value }: Kind = kinds[kind];
      const isList = typeName.endsWith("]");
      return {
        header,
        typeName,
        cells: Array.from({ length: rows }, (_, row) => {
          const cell = value(row, draw, later);
          // The first is missing wherever some are, so that today's rows show that tomorrow's may be; lists
          // are in the same rows.
          const isGap = row === 0 || (isList ? row % 5 === 0 : draw(100) < 100 * gaps);
          return gaps > 0 && isGap ? (isList ? [] : null) : cell;
        }),
      };
    }),
  };
}

/** As `sampleTable` gives it of a typed file. */
export function tableOf({ columns, rows }: MadeTable): DraftTable {
  const named = new Set(columns.map(({ header }) => header));
  const again = columns.filter(({ header }, i) => columns.findIndex((one) => one.header === header) < i);
  const ambiguous = [...named].filter((name) => again.some(({ header }) => header === name));
  return {
    ...{ path: "rows.parquet", rows, total: rows, ambiguous },
    columns: columns
      .filter(({ header }) => !ambiguous.includes(header))
      .map(({ header, typeName, cells }) => ({ header, typeName, cells: cells.map(textsOf(typeName)) })),
  };
}

const csvText = (cell: RawCell, { typeName }: MadeColumn): string => {
  const text = textsOf(typeName)(cell);
  return text === null ? "" : typeof text === "string" ? text : text.join("|");
};

export function csvOf({ columns, rows }: MadeTable): string {
  const quoted = (text: string) => (/[",\n\r]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  const lines = [columns.map(({ header }) => quoted(header)).join(",")];
  for (let row = 0; row < rows; row++)
    lines.push(columns.map((column) => quoted(csvText(column.cells[row]!, column))).join(","));
  return `${lines.join("\n")}\n`;
}

function jsonText(cell: RawCell, typeName: string): string {
  if (cell === null || typeof cell === "boolean") return String(cell);
  if (typeof cell === "object")
    return `[${cell.map((each) => jsonText(each, typeName.slice(0, -2))).join()}]`;
  return typeName === "VARCHAR" ? JSON.stringify(cell) : String(textsOf(typeName)(cell));
}

export function jsonLinesOf({ columns, rows }: MadeTable): string {
  return Array.from({ length: rows }, (_, row) => {
    const fields = columns.map(
      ({ header, typeName, cells }) => `${JSON.stringify(header)}:${jsonText(cells[row]!, typeName)}`,
    );
    return `{${fields.join()}}\n`;
  }).join("");
}

/** Writes the table as `base.csv`, `base.jsonl` and `base.parquet`. Headers must differ, up to case. */
export async function writeFormats(base: string, table: MadeTable): Promise<readonly string[]> {
  const paths = ["csv", "jsonl", "parquet"].map((ending) => `${base}.${ending}`);
  writeFileSync(paths[0]!, csvOf(table));
  writeFileSync(paths[1]!, jsonLinesOf(table));
  const sql = (text: string) => `'${text.replaceAll("'", "''")}'`;
  const types = table.columns.map(({ header, typeName }) => `${sql(header)}: ${sql(typeName)}`);
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  await connection.run(
    `COPY (FROM read_json(${sql(paths[1]!)}, format='newline_delimited', columns={${types.join()}})) TO ${sql(paths[2]!)} (FORMAT parquet)`,
  );
  connection.closeSync();
  instance.closeSync();
  return paths;
}

const fieldNames = (
  "user_id item_id cate_id price label click hist_item_id hist_price hist_cate_id clicked_items timestamp gender age hour " +
  "genres hist_genres title position is_buy clicks interest candidate history dwell image shop hist_shop step rating hist_rating " +
  "userid customer adgroup_id last_item last_item_id prev_shop is_new device_id video_id feed_date bid paid city viewed_items " +
  "clicks_items clicks_2 viewed events interest_2 candidate_2 purchase clk hist_timestamp 101 205 853"
).split(" ");
const hostileNames = [
  ..."model features let net train sum concat mlp sigmoid attend_softmax mean from draft auc d embed share".split(
    " ",
  ),
  ...[
    "Item ID",
    "itemId",
    "ITEM_ID",
    "price (USD)",
    "Größe",
    "价格",
    "a.b",
    "2nd",
    "_id",
    "x y",
    'say "hi"',
    "a,b",
  ],
  ..."toString __proto__ constructor user item context binary id validate rows label_2 history_2 0 1 -1 3.5".split(
    " ",
  ),
  "",
];

export const header = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...fieldNames) },
  { weight: 2, arbitrary: fc.constantFrom(...hostileNames) },
  {
    weight: 1,
    arbitrary: fc.string({ minLength: 1, maxLength: 6 }).filter((text) => !/[\n\r\0]/.test(text)),
  },
);

const kindNames = Object.keys(kinds) as KindName[];
/** What a name makes likely. */
function likely(name: string): readonly KindName[] {
  if (/hist|clicked|viewed|genres|history/.test(name))
    return ["items", "others", "wholes", "sparses", "decimals"];
  if (/user|device|customer/.test(name)) return ["whole", "item", "sparse", "huge", "hash", "decimal"];
  if (/item|ad|shop|video|^\d+$/.test(name)) return ["item", "sparse", "whole", "huge"];
  if (/time|date/.test(name)) return ["epoch", "ascending", "day"];
  if (/price|age|rating|bid|paid/.test(name)) return ["fraction", "short", "decimal", "tail", "whole"];
  return kindNames;
}

const column = header.chain((name) =>
  fc.record({
    header: fc.constant(name),
    kind: fc.oneof(
      { weight: 3, arbitrary: fc.constantFrom(...likely(name)) },
      { weight: 1, arbitrary: fc.constantFrom(...kindNames) },
    ),
    gaps: fc.constantFrom(0, 0, 0, 0.2),
  }),
);

/** With a label in most. */
export const recipe = fc
  .record({
    columns: fc.array(column, { minLength: 1, maxLength: 8 }),
    rows: fc.oneof(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 20, max: 200 })),
    seed: fc.integer({ min: 1, max: 1 << 30 }),
    label: fc.constantFrom("label", "click", "clicks", "is_click", null),
  })
  .map(({ columns, rows, seed, label }): Recipe & { readonly label: string | null } => ({
    columns: label === null ? columns : [...columns, { header: label, kind: "label", gaps: 0 }],
    ...{ rows, seed, label },
  }));

/** The recipe without columns that a file of every format cannot have beside one another. */
export function withDistinctHeaders<R extends Recipe>(made: R): R {
  const seen = new Set([""]);
  const columns = made.columns.filter(({ header: name }) => {
    const key = name.toLowerCase();
    return seen.has(key) ? false : seen.add(key);
  });
  return { ...made, columns };
}
