// Describes cells that are unlike the others of their column: the first of them, what training does with
// them, and the setting that changes this.

import { formatCount } from "../../common/format-count.ts";
import { mayBeOdd } from "../../common/odd-values.ts";
import { looksLikeTime } from "../../common/time-text.ts";
import type { RowLocation } from "../../data/findings.ts";
import { nameOfColumn } from "../../frontend/model/column-names.ts";
import { printNumber } from "./kinds.ts";
import { unlabelledRows } from "./label.ts";
import { listsOf, type Separator } from "./lists.ts";
import type { OddCells, Oddity } from "./odd-cells.ts";
import type { DraftKind, DraftPlan, Exception } from "./plan.ts";
import { namesIn } from "./ranges.ts";
import type { DraftCell, DraftColumn, DraftTable } from "./table.ts";
import { numberOfCell, valuesOf } from "./values.ts";

/** How cells, or rows, differ from the others, in singular and plural. */
const SAID: Readonly<Record<Oddity | "unequal" | "unjoined", readonly [one: string, several: string]>> = {
  no_number: ["isn't a number", "aren't numbers"],
  no_whole: ["isn't a whole number in its plain form", "aren't whole numbers in their plain form"],
  no_time: ["isn't a time", "aren't times"],
  no_boolean: ["is neither true nor false", "are neither true nor false"],
  no_value: ["is a word for nothing", "are words for nothing"],
  empty: ["is empty", "are empty"],
  blanks: ["has a blank at an end", "have a blank at an end"],
  far: ["is far from all others", "are far from all others"],
  brackets: ["is a list or a record in brackets", "are lists or records in brackets"],
  odd_list: ["has an element unlike the others", "have an element unlike the others"],
  unjoined: ["has no row in the table", "have no row in the table"],
  no_label: ["isn't a value of the label", "aren't values of the label"],
  unequal: [
    "has another number of steps than its history",
    "have another number of steps than their history",
  ],
};

/** Training decides from the first value whether a column has times or numbers. */
const MISLED = "training takes the kind of the column from its first value, and can read no other row";
const FILLED = "fill these cells in";
const LEFT_OUT = "training leaves such rows out, as `on_bad_row: skip` in dinc.yaml says";

/** `odd` are cells of the table; their rows were ignored by all guesses. */
export function exceptionsOf(table: DraftTable, odd: readonly OddCells[], plan: DraftPlan): Exception[] {
  const roles = new Map<string, DraftKind>();
  for (const { name, kind } of plan.features) for (const each of namesIn(name)) roles.set(each, kind);
  for (const { fields } of plan.histories) for (const { column, kind } of fields) roles.set(column, kind);
  const { rows } = plan;
  const latest = rows.kind === "rows" && rows.validation.kind === "latest" ? rows.validation.by : null;
  const order = rows.kind === "events" ? rows.order : latest;
  const keys = rows.kind === "events" ? [rows.user, rows.item] : [];
  const columns = new Map(table.columns.map((column) => [column.header, column]));
  // An empty cell is a history without steps, unless the history is made from other rows.
  const isOfCells = (history: string) => rows.kind === "rows" && rows.impressions?.history !== history;
  const lists = new Set(
    plan.histories.flatMap(({ name, fields }) => (isOfCells(name) ? fields.map(({ column }) => column) : [])),
  );
  const ofColumns = table.columns.flatMap((column): Exception[] => {
    const name = nameOfColumn(column.header) ?? column.header;
    if (name === plan.label.name) return ofLabel(table, column, plan);
    const kind = roles.get(name) ?? null;
    const isOrder = column.header === order;
    const isNeeded = isOrder || keys.includes(column.header);
    if (kind === null && !isNeeded) return [];
    const own = odd.filter((each) => each.column === column.header && each.oddity !== "empty");
    const found = own.flatMap(
      (each) => exceptionOf(table, column, each, kind, isOrder ? "order" : isNeeded ? "key" : null) ?? [],
    );
    const empty = lists.has(name) ? [] : emptyIn(table, column, kind, isNeeded);
    return [...found, ...empty, ...unequalIn(table, column, plan, columns)];
  });
  return [...ofColumns, ...(rows.kind === "events" ? unjoinedIn(table) : []), ...unreadableIn(table)];
}

/** An event needs the rows of its item and user; a row of example rows has missing values without them. */
function unjoinedIn(table: DraftTable): Exception[] {
  return (table.unjoined ?? []).map(({ column: header, table: path, rows }) => {
    const column = table.columns.find((each) => each.header === header)!;
    const what = said(table, column, "unjoined", rows, table.rows);
    return {
      ...{ column: header, rows, is: `${what}; the table is ${path}` },
      ...{ isRefused: true, reason: LEFT_OUT, change: "add the rows to the table" },
    };
  });
}

/** Rows that do not parse. */
function unreadableIn({ unreadable = [], total }: DraftTable): Exception[] {
  const [first] = unreadable;
  if (first === undefined) return [];
  const [count, of] = [formatCount(unreadable.length), formatCount(total + unreadable.length)];
  const is = `${count} of ${of} ${unreadable.length === 1 ? "doesn't" : "don't"} parse: ${rowOfFile(first.place)}: ${first.reason}`;
  return [
    { column: "rows", rows: [], is, isRefused: true, reason: LEFT_OUT, change: "mend them in the file" },
  ];
}

function exceptionOf(
  table: DraftTable,
  column: DraftColumn,
  { oddity, rows, of }: OddCells,
  kind: DraftKind | null,
  needed: "order" | "key" | null,
): Exception | null {
  const is = said(table, column, oddity, rows, of);
  const isNumber = kind?.kind === "number" || kind?.kind === "vector";
  const exception = { column: column.header, rows, is };
  if (needed === "order") {
    const isRead = oddity === "blanks" || oddity === "far" || oddity === "no_whole";
    if (isRead) return null;
    if (mayOrder(column.cells, rows[0]!))
      return { ...exception, isRefused: false, reason: MISLED, change: "mend the first of them" };
    return { ...exception, isRefused: true, reason: LEFT_OUT, change: FILLED };
  }
  if (isNumber) {
    if (oddity === "blanks" || oddity === "no_whole") return null;
    // A feature known in training only is never missing.
    const change = kind!.text.includes("served:")
      ? FILLED
      : `leave such cells empty, and write \`${numberWith(column, rows, kind!)}\``;
    if (oddity === "far")
      return { ...exception, isRefused: false, reason: "training takes it for what it says", change };
    return { ...exception, isRefused: true, reason: LEFT_OUT, change };
  }
  return {
    ...exception,
    isRefused: false,
    reason: rows.length === 1 ? "it is a value of its own" : "they are values of their own",
    change:
      oddity === "blanks"
        ? "take the blanks out"
        : needed === "key"
          ? "leave such cells empty, with `on_bad_row: skip` in dinc.yaml"
          : "leave such cells empty, and write `missing: unknown` in the parentheses of `id`",
  };
}

/**
 * Tells whether a cell is the first of its column and could order rows, although in another form than the
 * others.
 */
function mayOrder(cells: readonly DraftCell[], row: number): boolean {
  const cell = cells[row]!;
  const isFirst = cells.findIndex((each) => each !== null) === row;
  return isFirst && typeof cell === "string" && (Number.isFinite(numberOfCell(cell)) || looksLikeTime(cell));
}

/** A declaration such as `number(missing: 45)`, with the median of the other numbers. */
function numberWith({ cells }: DraftColumn, odd: readonly number[], { text, kind }: DraftKind): string {
  if (kind === "vector") return "missing: 0";
  const rows = new Set(odd);
  const { numbers } = valuesOf({ cells: cells.filter((_, row) => !rows.has(row)) });
  const [own = "number"] = /^\w+\([^()]*missing[^()]*\)/.exec(text) ?? [];
  return own !== "number" || numbers === null ? own : `number(missing: ${printNumber(numbers.median)})`;
}

/** The empty cells of a column that has hardly any. */
function emptyIn(
  table: DraftTable,
  column: DraftColumn,
  kind: DraftKind | null,
  isNeeded: boolean,
): Exception[] {
  const { header, cells } = column;
  if (kind !== null && kind.kind !== "number" && kind.kind !== "id") return [];
  const rows = cells.flatMap((cell, row) => (cell === null ? [row] : []));
  const isTaken = kind?.text.includes("missing:") === true && !isNeeded;
  if (rows.length === 0 || (isTaken && rows.length > mayBeOdd(cells.length))) return [];
  const is = said(table, column, "empty", rows, cells.length);
  const setting = /missing: [^,)]+/.exec(kind?.text ?? "")?.[0];
  return [
    isTaken
      ? {
          ...{ column: header, rows, is, isRefused: false },
          reason: `counts as the spec's \`${setting}\` says`,
          change: "`on_bad_row: skip` in dinc.yaml without that option",
        }
      : { ...{ column: header, rows, is, isRefused: true }, reason: LEFT_OUT, change: FILLED },
  ];
}

function ofLabel(
  table: DraftTable,
  column: DraftColumn,
  { label: { type }, rows: kept }: DraftPlan,
): Exception[] {
  if (kept.kind === "events" && kept.draws) return [];
  const { header, cells } = column;
  const rows = unlabelledRows({ column, type });
  const [empty, other] = [true, false].map((is) => rows.filter((row) => (cells[row] === null) === is));
  const exception = (oddity: "empty" | "no_label", which: readonly number[], change: string): Exception[] =>
    which.length === 0
      ? []
      : [
          {
            ...{ column: header, rows: which, isRefused: true, reason: LEFT_OUT, change },
            is: said(table, column, oddity, which, cells.length),
          },
        ];
  const rule = `\`label: { from: ${header}, positive: … }\` under \`data\`, if such values mean a 1 or a 0`;
  return [
    ...exception("empty", empty!, FILLED),
    ...exception("no_label", other!, type.text === "binary" ? rule : FILLED),
  ];
}

/** Lists whose length differs from the first ones of their history. */
function unequalIn(
  table: DraftTable,
  column: DraftColumn,
  { histories, rows }: DraftPlan,
  columns: ReadonlyMap<string, DraftColumn>,
): Exception[] {
  if (rows.kind === "events") return [];
  const own = histories.find(({ fields }) => fields.slice(1).some(({ header }) => header === column.header));
  if (own === undefined) return [];
  const separator = rows.separator as Separator | null;
  const [lists, first] = [column, columns.get(own.fields[0]!.header)!].map((each) =>
    listsOf(each, separator),
  );
  const unequal = lists!.flatMap((list, row) => (list.length === first![row]!.length ? [] : [row]));
  if (unequal.length === 0) return [];
  return [
    {
      ...{ column: column.header, rows: unequal, isRefused: true, reason: LEFT_OUT },
      is: said(table, column, "unequal", unequal, lists!.length),
      change: "lists of one length in each row",
    },
  ];
}

/** Text such as `2 of 4,000 aren't numbers: `N/A`, `-`; the first in row 6 of clicks.csv`. */
function said(
  table: DraftTable,
  { cells }: DraftColumn,
  oddity: keyof typeof SAID,
  rows: readonly number[],
  of: number,
): string {
  const [one, several] = SAID[oddity];
  const place = rowOfFile(table.places?.at(rows[0]!) ?? { path: table.path, row: rows[0]! });
  const texts = [...new Set(rows.map((row) => shown(cells[row]!)))].slice(0, 3).join(", ");
  const values = oddity === "empty" ? "" : `: ${texts}`;
  const where = rows.length === 1 ? `, ${place}` : `; the first in ${place}`;
  return `${formatCount(rows.length)} of ${formatCount(of)} ${rows.length === 1 ? one : several}${values}${where}`;
}

/** Text such as `row 6 of clicks.csv`. */
export function rowOfFile({ path, row }: RowLocation): string {
  return `row ${row + 1} of ${path}`;
}

function shown(cell: DraftCell): string {
  const text = typeof cell === "string" ? cell : JSON.stringify(cell);
  const short = text.length > 30 ? `${text.slice(0, 30)}…` : text;
  return /^\s|\s$|[`\p{Cc}]/u.test(short) ? JSON.stringify(short) : `\`${short}\``;
}
