// Finds lists that are padded to one length, removes the padding, and finds the columns with the true
// lengths.

import { formatCount } from "../../common/format-count.ts";
import { type FoundPadding, paddingIn, valueText } from "../../data/padded-lists.ts";
import { valuesText } from "../../frontend/config/padding.ts";
import type { ListedColumn, NamedColumn } from "./columns.ts";
import { guessHistories, type Histories, type HistorySources } from "./histories.ts";
import { withLists } from "./lists.ts";
import { FreshNames } from "./names.ts";
import { type DraftHistory, type Guess, out } from "./plan.ts";
import type { DraftCell } from "./table.ts";
import { valuesOf } from "./values.ts";

export interface Padded {
  readonly list: ListedColumn;
  readonly value: string;
  readonly end: FoundPadding["end"];
  readonly width: number;
  /** By row, the number of real steps. */
  readonly own: readonly number[];
}

/** A few odd cells in a hundred rows change nothing. */
const NEARLY_ALL = 0.99;
/** The least share of rows in which a column has padding wherever the item has it. */
const ALIKE = 0.95;

/** By padded list, its padding. */
function paddedLists(lists: readonly ListedColumn[]): ReadonlyMap<ListedColumn, Padded> {
  const found = lists.flatMap((list) => {
    const padding = paddingIn(list.lists.map((cells) => [cells]));
    if (padding === null) return [];
    const { end, width } = padding;
    const [value] = padding.values as readonly [string];
    return [{ list, value, end, width, own: list.lists.map((cells) => ownLength(cells, value, end)) }];
  });
  const padded = new Map<ListedColumn, Padded>(found.map((each) => [each.list, each]));
  for (const list of lists) {
    const own = padded.get(list);
    // The item shows best where the steps end, because a price of 0 may be a real price.
    const leader = found.find(
      (each) =>
        each.list !== list &&
        (own === undefined ||
          (each.own.length > 0 && shareOf(each.own, (n, row) => n === own.own[row]) >= ALIKE)),
    );
    const value = leader === undefined ? null : filledAs(list, leader);
    if (leader === undefined || value === null) continue;
    if (own === undefined || sumOf(leader.own) > sumOf(own.own)) padded.set(list, { ...leader, list, value });
  }
  return padded;
}

/** The single value of a column at the positions where another list is padded; null if there are several. */
function filledAs({ lists }: ListedColumn, leader: Padded): string | null {
  const counts = new Map<string, number>();
  let all = 0;
  for (const [row, cells] of lists.entries()) {
    if (cells.length !== leader.list.lists[row]!.length) return null;
    const own = leader.own[row]!;
    const fill = leader.end === "back" ? cells.slice(own) : cells.slice(0, cells.length - own);
    for (const cell of fill) {
      const text = valueText(cell);
      counts.set(text, (counts.get(text) ?? 0) + 1);
      all++;
    }
  }
  const [most] = [...counts].sort(([, a], [, b]) => b - a);
  return most !== undefined && most[1] >= NEARLY_ALL * all ? most[0] : null;
}

function ownLength(cells: readonly DraftCell[], value: string, end: FoundPadding["end"]): number {
  const isOwn = (cell: DraftCell) => valueText(cell) !== value;
  const at = end === "back" ? cells.findLastIndex(isOwn) + 1 : cells.findIndex(isOwn);
  return end === "back" ? at : at < 0 ? 0 : cells.length - at;
}

/** The list without its padding. */
function unpadded({ list, end, own }: Padded): ListedColumn {
  const lists = list.lists.map((cells, row) =>
    end === "back" ? cells.slice(0, own[row]) : cells.slice(cells.length - own[row]!),
  );
  return { ...list, ...withLists(list, lists) };
}

/**
 * The lists whose padding is not an item: if padding has an item's id, it cannot be distinguished from a
 * step.
 */
export function paddedAmong(asked: HistorySources): readonly Padded[] {
  const padded = [...paddedLists(asked.lists).values()];
  if (padded.length === 0) return [];
  const { histories } = guessHistories({ ...withoutPadding(padded, asked), names: new FreshNames([]) });
  return histories.flatMap(({ fields }) => {
    const of = fields.flatMap(({ column, target }) => {
      const own = padded.find(({ list }) => list.name === column);
      return own === undefined ? [] : [{ own, target: asked.usable.find(({ name }) => name === target) }];
    });
    // Only the item decides: a price of 0 does not make an item 0.
    const bound = of.flatMap(({ own, target }) =>
      target === undefined ? [] : [{ own, cells: target.cells }],
    );
    const rows = bound[0]?.cells ?? [];
    const isItem = (_: DraftCell, row: number) =>
      bound.every(({ own, cells }) => cells[row] !== null && valueText(cells[row]!) === own.value);
    return shareOf(rows, isItem) > 1 - NEARLY_ALL ? [] : of.map(({ own }) => own);
  });
}

/** The histories of a file without their padding. */
export function historiesWithout(
  padded: readonly Padded[],
  asked: HistorySources & { readonly names: FreshNames },
): Histories {
  const { histories, bound, others } = guessHistories({ ...asked, ...withoutPadding(padded, asked) });
  const asWritten = new Map(asked.lists.map((list) => [list.name, list]));
  return {
    histories: histories.map((history) => withPadding(history, padded)),
    bound,
    others: others.map(({ name }) => asWritten.get(name)!),
  };
}

function withoutPadding(padded: readonly Padded[], asked: HistorySources): HistorySources {
  const own = new Map(padded.map((each) => [each.list, unpadded(each)]));
  const of = (lists: readonly ListedColumn[]) => lists.map((list) => own.get(list) ?? list);
  return { ...asked, lists: of(asked.lists), sets: of(asked.sets) };
}

/**
 * Columns that only hold the length of a list without its padding, each with the reason for leaving it out.
 */
export function lengthColumns(
  columns: readonly NamedColumn[],
  padded: readonly Padded[],
): ReadonlyMap<NamedColumn, Guess> {
  return new Map(
    columns.flatMap((column): [NamedColumn, Guess][] => {
      const of = padded.find(({ own }) => {
        const numbers = column.cells.map((cell) => Number(typeof cell === "string" ? cell : Number.NaN));
        return shareOf(own, (steps, row) => steps === numbers[row]) >= NEARLY_ALL;
      });
      if (of === undefined || valuesOf(column).counts.size < 2) return [];
      const reason = `it says how many steps of ${of.list.header} are not padding, and the history says that itself`;
      return [[column, out(column, reason, "add it by hand if it is useful")]];
    }),
  );
}

/** A history with the padding that its columns have in the file. */
function withPadding(history: DraftHistory, padded: readonly Padded[]): DraftHistory {
  const of = padded.filter(({ list }) => history.fields.some(({ column }) => column === list.name));
  const [first] = of;
  if (first === undefined) return history;
  const { list, width, end, own, value } = first;
  const rows = own.filter((steps, row) => steps < list.lists[row]!.length).length;
  const reason = `${list.header} has ${width} values a row, and ${formatCount(rows)} of ${formatCount(own.length)} rows ${end === "back" ? "end" : "begin"} with ${valuesText([value])}, which is nowhere else`;
  return { ...history, padding: { values: [...new Set(of.map((each) => each.value))], reason } };
}

function shareOf<T>(values: readonly T[], holds: (value: T, at: number) => boolean): number {
  return values.length === 0 ? 0 : values.filter(holds).length / values.length;
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
