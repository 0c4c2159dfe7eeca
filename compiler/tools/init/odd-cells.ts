// Finds the cells of a table that are unlike the others of their column: a word among numbers, an invalid
// date, 9999 where all other values are below 100. A draft follows 99 % of the cells, so a few of these do
// not change it.

import { appendTo } from "../../common/maps.ts";
import { mayBeOdd } from "../../common/odd-values.ts";
import { looksLikeTime } from "../../common/time-text.ts";
import { nameOfColumn } from "../../frontend/model/column-names.ts";
import { isListInBrackets, isRecord } from "../../frontend/syntax/raw-texts.ts";
import { saysPosition } from "../lint/words.ts";
import { holdsLists, knownValues, listsOf, separatorOf } from "./lists.ts";
import type { DraftCell, DraftColumn, DraftTable } from "./table.ts";
import { isPlainWhole, numberOfCell } from "./values.ts";
import { isKeyOf, saysCode, saysId, saysOrder, saysTime, saysWeight } from "./words.ts";

/** The way in which a cell is unlike the others. */
export type Oddity =
  | "no_number"
  /** A number in another form, among plain whole numbers: `4.5`, `007`. */
  | "no_whole"
  | "no_time"
  | "no_boolean"
  /** A word for a missing value among texts: `N/A`. */
  | "no_value"
  /** A missing value in a column that needs one in each row. */
  | "empty"
  /** A text with surrounding blanks. */
  | "blanks"
  /** A number far from all others, such as -1 or 9999 for an unknown value. */
  | "far"
  | "brackets"
  /** A list with such an element. */
  | "odd_list"
  /** A cell of the label's column that is not a value of the label. */
  | "no_label";

/** Cells of one column that are odd in the same way. */
export interface OddCells {
  /** The name in the file. */
  readonly column: string;
  readonly oddity: Oddity;
  /** Rows of the table, ascending. */
  readonly rows: readonly number[];
  /** The number of cells that hold anything; of all cells if the oddity is that they are empty. */
  readonly of: number;
}

/** Compares the elements of columns of lists, and the cells of all others. */
export function oddCellsIn(table: DraftTable): readonly OddCells[] {
  const single = table.columns.map((column) => (holdsLists(column) ? [] : oddIn(column)));
  const sound = table.columns.map((column, i) => ({
    ...column,
    cells: without(column.cells, new Set(single[i]!.flatMap(({ rows }) => rows))),
  }));
  const known = knownValues({ ...table, columns: sound });
  return table.columns.flatMap((column, i) => {
    const isText = column.typeName === "text" || column.typeName === "VARCHAR";
    const separator =
      isText && !isKeyOf(nameOfColumn(column.header) ?? "", "user") ? separatorOf(sound[i]!, known) : null;
    if (separator === null && !holdsLists(column)) return single[i]!;
    // Blanks around a list belong to its first or last element.
    const cells = single[i]!.filter(({ oddity }) => oddity !== "blanks");
    return [...cells, ...oddListsIn(column, listsOf(column, separator), cells)];
  });
}

/** Rows without a user or an item, if they are few. */
export function keyless(keys: readonly (DraftColumn | null)[]): readonly OddCells[] {
  return keys.flatMap((key) => {
    const rows = key?.cells.flatMap((cell, row) => (cell === null ? [row] : [])) ?? [];
    const isFew = key !== null && rows.length > 0 && rows.length <= mayBeOdd(key.cells.length);
    return isFew ? [{ column: key.header, oddity: "empty", rows, of: key.cells.length }] : [];
  });
}

/** The columns without the odd rows. If most rows are odd, the odd cells are emptied instead. */
export function withoutRows<C extends DraftColumn>(
  columns: readonly C[],
  odd: readonly OddCells[],
): readonly C[] {
  if (odd.length === 0) return columns;
  const all = new Set(odd.flatMap(({ rows }) => rows));
  const byRow = all.size * 2 < (columns[0]?.cells.length ?? 0);
  return columns.map((column) => {
    if (byRow) return { ...column, cells: column.cells.filter((_, row) => !all.has(row)) };
    const own = new Set(odd.flatMap(({ column: of, rows }) => (of === column.header ? rows : [])));
    return { ...column, cells: without(column.cells, own) };
  });
}

function without(cells: readonly DraftCell[], rows: ReadonlySet<number>): readonly DraftCell[] {
  return rows.size === 0 ? cells : cells.map((cell, row) => (rows.has(row) ? null : cell));
}

type CellClass =
  | "nothing"
  | "whole"
  /** Digits with leading zeros, and numbers too long to be held exactly. */
  | "zeros"
  | "long"
  | "number"
  | "time"
  | "boolean"
  | "brackets"
  | "text";

/** Words for missing values. */
const NOTHING =
  /^(?:n\/?a|#n\/a|<na>|nan|nat|null|none|nil|missing|undefined|unknown|[-+]?inf(?:inity)?|\\n|-+|\?+|\.+)$/i;
const EPOCH = /^\d{9,19}(?:\.\d+)?$/;

function classOf(text: string): CellClass {
  if (NOTHING.test(text)) return "nothing";
  if (/^-?\d+$/.test(text)) {
    if (!isPlainWhole(text)) return "zeros";
    return Number.isSafeInteger(Number(text)) ? "whole" : "long";
  }
  if (Number.isFinite(Math.fround(numberOfCell(text)))) return "number";
  if (/^(?:true|false)$/i.test(text)) return "boolean";
  if (isListInBrackets(text) || isRecord(text)) return "brackets";
  return looksLikeTime(text) ? "time" : "text";
}

interface Form {
  readonly classes: ReadonlySet<CellClass>;
  /** The oddity of a cell that has another form. */
  readonly odd: (of: CellClass) => Oddity;
}

const NUMBERS: readonly CellClass[] = ["whole", "zeros", "long", "number"];
const noNumber = (of: CellClass): Oddity => (NUMBERS.includes(of) ? "no_whole" : "no_number");

const WHOLE: Form = { classes: new Set(["whole"]), odd: noNumber };
/** From the narrowest to the widest. */
const FORMS: readonly Form[] = [
  WHOLE,
  { classes: new Set(["whole", "zeros", "long"]), odd: noNumber },
  { classes: new Set(NUMBERS), odd: noNumber },
  { classes: new Set(["time"]), odd: () => "no_time" },
  { classes: new Set(["boolean"]), odd: () => "no_boolean" },
  { classes: new Set(["time", ...NUMBERS]), odd: () => "no_time" },
];

/** Such a large whole number is an id, and so are longer ones in the same column. */
const LARGE = 2 ** 43;

/** The rule for the values of a column. */
interface Judgement {
  /** Null for a value like the others. */
  readonly oddityOf: (text: string, isUnlike: boolean) => Oddity | null;
  readonly areNumbers: boolean;
  readonly areTimes: boolean;
  /** The number of values that the rule is based on. */
  readonly of: number;
}

/**
 * `counts` has the number of times of each text, without surrounding blanks; `unlike` is the number of values
 * that are written unlike numbers.
 */
function judge(counts: ReadonlyMap<string, number>, unlike: number, name: string): Judgement {
  const classes = new Map<string, CellClass>();
  const byClass = new Map<CellClass, number>([["text", unlike]]);
  let [of, epochs, largest] = [unlike, 0, 0];
  for (const [text, count] of counts) {
    const is = classOf(text);
    classes.set(text, is);
    byClass.set(is, (byClass.get(is) ?? 0) + count);
    of += count;
    if (is === "whole") largest = Math.max(largest, Math.abs(Number(text)));
    if (EPOCH.test(text)) epochs += count;
  }
  const odd = mayBeOdd(of);
  const sum = (of: Iterable<CellClass>) => [...of].reduce((all, each) => all + (byClass.get(each) ?? 0), 0);
  const areIds = largest >= LARGE && byClass.has("long");
  const form =
    FORMS.find((each) => {
      const inside = sum(each.classes);
      return inside > 0 && of - inside <= odd && !(each === WHOLE && areIds);
    }) ?? null;
  const isEpoch = saysTime(name) && epochs > 0 && of - epochs <= odd;
  const classAt = (text: string, isUnlike: boolean) => (isUnlike ? "text" : classes.get(text)!);
  const few = (is: CellClass) => sum([is]) <= odd;
  const [hasFewNothings, hasFewBrackets] = [few("nothing"), few("brackets")];
  return {
    of,
    areNumbers: form !== null && form.odd === noNumber && !isEpoch,
    areTimes: isEpoch || form?.classes.has("time") === true,
    oddityOf: (text, isUnlike) => {
      if (isEpoch) return EPOCH.test(text) ? null : "no_time";
      const is = classAt(text, isUnlike);
      if (form !== null) return form.classes.has(is) ? null : form.odd(is);
      if (is === "nothing" && hasFewNothings) return "no_value";
      return is === "brackets" && hasFewBrackets ? "brackets" : null;
    },
  };
}

/** Finds the odd cells in a column of single values. */
export function oddIn({ header, cells, unlike }: DraftColumn): OddCells[] {
  const name = nameOfColumn(header) ?? header;
  const counts = new Map<string, number>();
  const [empty, blanks]: [number[], number[]] = [[], []];
  for (const [row, cell] of cells.entries()) {
    const text = textOf(cell);
    if (text === null) empty.push(row);
    else if (unlike?.has(row) !== true) counts.set(text, (counts.get(text) ?? 0) + 1);
    if (text !== null && text !== cell) blanks.push(row);
  }
  const { oddityOf, areNumbers, areTimes, of } = judge(counts, unlike?.size ?? 0, name);
  const found = new Map<Oddity, number[]>();
  const add = (oddity: Oddity, row: number) => {
    appendTo(found, oddity, row);
  };
  for (const [row, cell] of cells.entries()) {
    const text = textOf(cell);
    const oddity = text === null ? null : oddityOf(text, unlike?.has(row) === true);
    if (oddity !== null) add(oddity, row);
  }
  const already = new Set([...found.values()].flat());
  if (blanks.length <= mayBeOdd(of)) for (const row of blanks) if (!already.has(row)) add("blanks", row);
  if (areNumbers) for (const row of farIn(name, cells, new Set([...found.values()].flat()))) add("far", row);
  const isNeeded = areTimes || needsValue(name);
  if (isNeeded && empty.length <= mayBeOdd(cells.length)) for (const row of empty) add("empty", row);
  return [...found].map(([oddity, rows]) => ({
    ...{ column: header, oddity, rows },
    of: oddity === "empty" ? cells.length : of,
  }));
}

/** The text without surrounding blanks; null for an empty cell. */
function textOf(cell: DraftCell): string | null {
  return typeof cell === "string" ? cell.trim() || null : null;
}

/**
 * Tells whether a column is useful only if each row has a value: a time, a position on the page, a weight.
 */
function needsValue(name: string): boolean {
  return saysOrder(name) || saysPosition(name) || saysWeight(name);
}

/** `-1`, `-99`, `999`, `9999` and the bounds of 32-bit integers. */
const SENTINEL = /^(?:-1|-?9{2,}|-?99+\.0|2147483647|4294967295|-2147483648)$/;
/** Tells whether a cell holds a number that usually means a missing value. */
export function isSentinel(cell: DraftCell): boolean {
  return typeof cell === "string" && SENTINEL.test(cell.trim());
}

/**
 * The factors by which a number exceeds the largest of the others: for a number that usually means a missing
 * value, and for any other.
 */
const FAR_SENTINEL = 2;
const FAR = 100;

/**
 * Rows with numbers far from all others: below 0 although the others are not, or a multiple of the largest.
 */
function farIn(name: string, cells: readonly DraftCell[], odd: ReadonlySet<number>): number[] {
  const numbers: { readonly row: number; readonly x: number; readonly text: string }[] = [];
  for (const [row, cell] of cells.entries())
    if (typeof cell === "string" && cell.trim() !== "" && !odd.has(row))
      numbers.push({ row, x: numberOfCell(cell), text: cell.trim() });
  const most = mayBeOdd(numbers.length);
  // A few numbers do not show the usual range.
  if (numbers.length < 100) return [];
  const sorted = numbers.sort((a, b) => a.x - b.x);
  const below = sorted.findIndex(({ x }) => x >= 0);
  const low = below > 0 && below <= most ? sorted.slice(0, below) : [];
  // Ids may be far apart.
  const isCode = saysId(name) || saysCode(name) || saysTime(name);
  if (isCode) return low.filter(({ text }) => SENTINEL.test(text)).map(({ row }) => row);
  let from = sorted.length;
  for (let at = sorted.length - 1; at >= sorted.length - most; at--) {
    const [before, here] = [sorted[at - 1]!.x, sorted[at]!];
    if (before <= 0 || here.x <= before) continue;
    if (here.x > FAR * before || (SENTINEL.test(here.text) && here.x >= FAR_SENTINEL * before)) from = at;
  }
  return [...low, ...sorted.slice(from)].map(({ row }) => row).sort((a, b) => a - b);
}

/** Lists with an odd element. */
function oddListsIn(
  { header }: DraftColumn,
  lists: readonly (readonly DraftCell[])[],
  known: readonly OddCells[],
): OddCells[] {
  const done = new Set(known.flatMap(({ rows }) => rows));
  const counts = new Map<string, number>();
  let of = 0;
  for (const [row, list] of lists.entries()) {
    if (list.length > 0) of++;
    for (const element of done.has(row) ? [] : list) {
      const text = textOf(element);
      if (text !== null) counts.set(text, (counts.get(text) ?? 0) + 1);
    }
  }
  const { oddityOf } = judge(counts, 0, "");
  const isOdd = (element: DraftCell) => {
    const text = textOf(element);
    return text !== null && oddityOf(text, false) !== null;
  };
  const rows = lists.flatMap((list, row) => (!done.has(row) && list.some(isOdd) ? [row] : []));
  return rows.length === 0 || rows.length > mayBeOdd(of)
    ? []
    : [{ column: header, oddity: "odd_list", rows, of }];
}
