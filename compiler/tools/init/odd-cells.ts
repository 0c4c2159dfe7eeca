// Finds the cells of a table that are unlike the others of their column: a word among numbers, a date that is none, 9999
// where all else is below 100. A draft goes by what 99 % of the cells are, so a few of these change nothing in it.

import { mayBeOdd } from "../../common/odd-values.ts";
import { looksLikeTime } from "../../common/time-text.ts";
import { nameOfColumn } from "../../frontend/model/column-names.ts";
import { isListInBrackets, isRecord } from "../../frontend/syntax/raw-texts.ts";
import { saysPosition } from "../lint/words.ts";
import { holdsLists, knownValues, listsOf, separatorOf } from "./lists.ts";
import type { DraftCell, DraftColumn, DraftTable } from "./table.ts";
import { isPlainWhole, numberOfCell } from "./values.ts";
import { isKeyOf, saysCode, saysId, saysOrder, saysTime, saysWeight } from "./words.ts";

/** In which way a cell is unlike the others. */
export type Oddity =
  | "no_number"
  /** Among whole numbers, one of another form: `4.5`, `007`. */
  | "no_whole"
  | "no_time"
  | "no_boolean"
  /** Among texts, a word for nothing: `N/A`. */
  | "no_value"
  /** There is nothing, in a column that has to say something of each row. */
  | "empty"
  /** A text with blanks around it. */
  | "blanks"
  /** A number far from all others, as -1 and 9999 are where they mean that nobody knows. */
  | "far"
  | "brackets"
  /** A list with such an element. */
  | "odd_list"
  /** A cell of the label's column that is not a value of the label. */
  | "no_label";

/** Cells of one column that are odd in the same way. */
export interface OddCells {
  /** As the file has it. */
  readonly column: string;
  readonly oddity: Oddity;
  /** Rows of the table, ascending. */
  readonly rows: readonly number[];
  /** Cells of the column that hold anything; all, where it is about empty ones. */
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
    // A blank around a list is one of its first or last element.
    const cells = single[i]!.filter(({ oddity }) => oddity !== "blanks");
    return [...cells, ...oddListsIn(column, listsOf(column, separator), cells)];
  });
}

/** Rows without a user or without an item, where these are few. */
export function keyless(keys: readonly (DraftColumn | null)[]): readonly OddCells[] {
  return keys.flatMap((key) => {
    const rows = key?.cells.flatMap((cell, row) => (cell === null ? [row] : [])) ?? [];
    const isFew = key !== null && rows.length > 0 && rows.length <= mayBeOdd(key.cells.length);
    return isFew ? [{ column: key.header, oddity: "empty", rows, of: key.cells.length }] : [];
  });
}

/** The columns without such rows; where these are most rows, with nothing in such cells. */
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
  /** Digits with zeros in front, and digits that are more than a number holds exactly. */
  | "zeros"
  | "long"
  | "number"
  | "time"
  | "boolean"
  | "brackets"
  | "text";

/** The facts of a column without odd cells. */
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
  /** The oddity of a cell that is of another form. */
  readonly odd: (of: CellClass) => Oddity;
}

const NUMBERS: readonly CellClass[] = ["whole", "zeros", "long", "number"];
const noNumber = (of: CellClass): Oddity => (NUMBERS.includes(of) ? "no_whole" : "no_number");

const WHOLE: Form = { classes: new Set(["whole"]), odd: noNumber };
/** The narrowest first. */
const FORMS: readonly Form[] = [
  WHOLE,
  { classes: new Set(["whole", "zeros", "long"]), odd: noNumber },
  { classes: new Set(NUMBERS), odd: noNumber },
  { classes: new Set(["time"]), odd: () => "no_time" },
  { classes: new Set(["boolean"]), odd: () => "no_boolean" },
  { classes: new Set(["time", ...NUMBERS]), odd: () => "no_time" },
];

/** A whole number as large is an id, and so is a longer one beside it. */
const LARGE = 2 ** 43;

/** How the values of a column are judged. */
interface Judgement {
  /** Null for what is like the others. */
  readonly oddityOf: (text: string, isUnlike: boolean) => Oddity | null;
  readonly areNumbers: boolean;
  readonly areTimes: boolean;
  /** How many values were judged by. */
  readonly of: number;
}

/** `counts` has how often each text is there, without blanks around it, and `unlike` how many are written unlike numbers. */
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

/** A column of single values. */
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
    const rows = found.get(oddity);
    if (rows === undefined) found.set(oddity, [row]);
    else rows.push(row);
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

/** Without blanks around it; null where there is nothing. */
function textOf(cell: DraftCell): string | null {
  return typeof cell === "string" ? cell.trim() || null : null;
}

/** Whether a column is of use only where each row has a value: a time, a position on the page, a weight. */
function needsValue(name: string): boolean {
  return saysOrder(name) || saysPosition(name) || saysWeight(name);
}

/** `-1`, `-99`, `999`, `9999` and what fills 32 bits. */
const SENTINEL = /^(?:-1|-?9{2,}|-?99+\.0|2147483647|4294967295|-2147483648)$/;
/** Whether a cell holds a number that is usually written to mean none. */
export function isSentinel(cell: DraftCell): boolean {
  return typeof cell === "string" && SENTINEL.test(cell.trim());
}

/** Beyond the largest of the others: for a number that is written to mean nothing, and for any other. */
const FAR_SENTINEL = 2;
const FAR = 100;

/** Rows of numbers that are far from all others: below 0 where these are not, or a multiple of the largest. */
function farIn(name: string, cells: readonly DraftCell[], odd: ReadonlySet<number>): number[] {
  const numbers: { readonly row: number; readonly x: number; readonly text: string }[] = [];
  for (const [row, cell] of cells.entries())
    if (typeof cell === "string" && cell.trim() !== "" && !odd.has(row))
      numbers.push({ row, x: numberOfCell(cell), text: cell.trim() });
  const most = mayBeOdd(numbers.length);
  // A few numbers don't show how far the others go.
  if (numbers.length < 100) return [];
  const sorted = numbers.sort((a, b) => a.x - b.x);
  const below = sorted.findIndex(({ x }) => x >= 0);
  const low = below > 0 && below <= most ? sorted.slice(0, below) : [];
  // Ids may be as far apart as they like.
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

/** Lists with an element unlike the others. */
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
