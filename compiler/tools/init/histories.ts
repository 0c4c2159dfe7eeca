// Finds the list columns that are histories of other columns, by their names or by shared values.

import { mayBeOdd } from "../../common/odd-values.ts";
import type { ListedColumn, NamedColumn } from "./columns.ts";
import { kindFor } from "./kinds.ts";
import { setOf } from "./list-kinds.ts";
import type { FreshNames } from "./names.ts";
import type { DraftField, DraftHistory, DraftKind } from "./plan.ts";
import type { DraftCell } from "./table.ts";
import {
  type ColumnValues,
  describeValues,
  mayMeasure,
  percent,
  quantile,
  shareAmong,
  valuesOf,
} from "./values.ts";
import { historyWords, isKeyOf, nameMatch, sayItems, wordsOf } from "./words.ts";

export interface Histories {
  readonly histories: readonly DraftHistory[];
  /** By bound feature: the kind, which fits both its own values and those of its steps. */
  readonly bound: ReadonlyMap<string, DraftKind>;
  /** Lists that are not histories. */
  readonly others: readonly ListedColumn[];
}

interface Pair {
  readonly list: ListedColumn;
  readonly target: NamedColumn;
  readonly reason: string;
}

/** Attention costs by the step; more steps are rarely worth it. */
const MOST_STEPS = 200;
/**
 * The least share of a list's values that a column must share, if the list's name does not show what it
 * contains.
 */
const MUCH = 0.5;
/**
 * The least share if the name says that it is a history. Such a list is a history of items, unless the name
 * shows otherwise.
 */
const SOME = 0.1;
/** Fewer distinct whole numbers may coincide by chance. */
const LEAST_NUMBERS = 30;
/** Whole numbers that fill more of their range occur in many columns. */
const DENSE = 0.1;

/** The columns that histories may be made from. */
export interface HistorySources {
  readonly usable: readonly NamedColumn[];
  readonly lists: readonly ListedColumn[];
  /** The lists that may be features themselves. */
  readonly sets: readonly ListedColumn[];
  readonly item: NamedColumn | null;
}

export function guessHistories(asked: HistorySources & { readonly names: FreshNames }): Histories {
  const { usable, lists, item, names } = asked;
  const sets = asked.sets.filter(({ name, isNested }) => historyWords(name) === null && !isNested);
  const pairs: Pair[] = [];
  for (const list of lists) {
    // A column that has a history is not a history itself.
    const isTarget = pairs.some(({ target }) => target === list);
    // Each step of a set's history is a set.
    const free = list.isNested ? sets.filter((set) => !pairs.some((known) => known.list === set)) : [];
    const pair = isTarget ? null : pairOf(list, usable, free, item, pairs);
    if (pair !== null) pairs.push(pair);
  }
  const bound = new Map<string, DraftKind>();
  const fitting = pairs.filter(({ target }) => {
    const known = bound.get(target.name);
    if (known !== undefined) return true;
    const of = pairs.filter((pair) => pair.target === target).map(({ list }) => list);
    const kind = kindOfBoth(target, of);
    if (typeof kind === "string") return false;
    bound.set(target.name, kind);
    return true;
  });
  const groups = grouped(fitting);
  const histories: DraftHistory[] = [];
  const fieldsOf = new Set<ListedColumn>(fitting.map(({ list }) => list));
  for (const group of groups) {
    const { lengths } = group[0]!.list;
    const own = lists.filter(
      (list) =>
        !fieldsOf.has(list) &&
        !bound.has(list.name) &&
        !list.isNested &&
        isMoving(lengths) &&
        sameLengths(list.lengths, lengths),
    );
    const fields = group.map(
      ({ list, target, reason }): DraftField => ({
        column: list.name,
        header: list.header,
        target: target.name,
        kind: bound.get(target.name)!,
        reason,
      }),
    );
    for (const list of own) {
      const { name, header, elements: values } = list;
      const kind = kindFor({
        name,
        values,
        isField: list.isField,
        isBound: false,
        isKey: false,
        isCrossed: false,
        userFor: null,
      });
      if (typeof kind === "string") continue;
      fieldsOf.add(list);
      const reason = `as many values a row as ${group[0]!.list.header}; ${kind.reason}`;
      fields.push({ column: name, header, target: null, kind, reason });
    }
    const { max, reason } = stepsOf(lengths);
    histories.push({ name: names.free(whatWasDone(group[0]!.list.name)), max, reason, fields });
  }
  return { histories, bound, others: lists.filter((list) => !fieldsOf.has(list)) };
}

function pairOf(
  list: ListedColumn,
  usable: readonly NamedColumn[],
  sets: readonly ListedColumn[],
  item: NamedColumn | null,
  pairs: readonly Pair[],
): Pair | null {
  const words = historyWords(list.name);
  // An empty column cannot be the target of a history.
  const targets = [...usable, ...sets].filter(
    (column) => column !== list && !isKeyOf(column.name, "user") && ownValues(column).count > 0,
  );
  const matchOf = (target: NamedColumn) =>
    nameMatch(words ?? [], target.name) || Number(target === item && sayItems(words ?? []));
  const [named] = targets
    .map((target) => ({ target, match: matchOf(target), overlap: overlap(list, target) }))
    .filter(({ match }) => match > 0)
    .sort((a, b) => b.match - a.match || b.overlap - a.overlap);
  if (named !== undefined)
    return { list, target: named.target, reason: `by its name; ${shared(named.overlap, named.target)}` };
  const free = targets.filter((target) => !pairs.some((pair) => pair.target === target));
  // If the name of a history does not show what it contains, it contains items.
  if (words?.length === 0 && item !== null && free.includes(item) && areAlike(list, item)) {
    const share = overlap(list, item);
    if (share >= SOME)
      return { list, target: item, reason: `by its name, as it says nothing else; ${shared(share, item)}` };
  }
  // Otherwise the values decide.
  const [best] = (words === null ? free.filter((target) => target === item) : free)
    .filter((target) => areTelling(list, target))
    .map((target) => ({ target, share: overlap(list, target) }))
    .sort((a, b) => b.share - a.share);
  if (best === undefined || best.share < MUCH) return null;
  return { list, target: best.target, reason: shared(best.share, best.target) };
}

/** Tells whether both hold numbers, or neither. */
function areAlike({ elements }: ListedColumn, target: NamedColumn): boolean {
  return mayMeasure(elements) === mayMeasure(ownValues(target));
}

/**
 * Tells whether shared values are evidence that a list is the history of the target. Shared texts are. Shared
 * numbers are not, since prices, counts and ratings have the same ones, unless they are whole and spread too
 * far to coincide by chance.
 */
function areTelling({ elements }: ListedColumn, target: NamedColumn): boolean {
  const values = ownValues(target);
  if (!mayMeasure(elements) || !mayMeasure(values)) return mayMeasure(elements) === mayMeasure(values);
  if (!elements.areWhole || !values.areWhole || elements.counts.size < LEAST_NUMBERS) return false;
  const { least, largest } = values.numbers!;
  return values.counts.size < DENSE * (largest - least + 1);
}

/** The values of a column; the elements of a set. */
function ownValues(column: NamedColumn | ListedColumn): ColumnValues {
  return "elements" in column ? column.elements : valuesOf(column);
}

/** The share of the list's distinct values that also occur in `target`. */
function overlap({ elements }: ListedColumn, target: NamedColumn): number {
  return shareAmong(elements, ownValues(target));
}

function shared(share: number, target: NamedColumn): string {
  return `${percent(share)} of its values also occur in ${target.header}`;
}

function kindOfBoth(target: NamedColumn, lists: readonly ListedColumn[]): DraftKind | string {
  const steps = lists.flatMap((list) => list.lists.flat() as DraftCell[]);
  const isSet = "lists" in target;
  if (lists.some(({ isNested }) => isNested) && !isSet)
    return "a step has several values, and the candidate one";
  if (isSet) return setOf(target as ListedColumn);
  const isKey = isKeyOf(target.name, "item") || wordsOf(target.name).at(-1) === "id";
  const own = valuesOf(target);
  const both = describeValues([...target.cells, ...steps]);
  // Each column decides separately whether whole numbers among fractions may be ids.
  const mayBeIds = both.mayBeIds && own.mayBeIds && lists.every(({ elements }) => elements.mayBeIds);
  const values = { ...both, mayBeIds };
  const { name, isField } = target;
  return kindFor({ name, values, isField, isBound: true, isKey, isCrossed: false, userFor: null });
}

/**
 * Groups lists with equal lengths in every row into one history, which has at most one list for each column.
 */
function grouped(pairs: readonly Pair[]): Pair[][] {
  const groups: Pair[][] = [];
  for (const pair of pairs) {
    const group = groups.find(
      (others) =>
        sameLengths(others[0]!.list.lengths, pair.list.lengths) &&
        others.every(({ target }) => target !== pair.target),
    );
    if (group === undefined) groups.push([pair]);
    else group.push(pair);
  }
  return groups;
}

/** Tells whether the lengths are equal, except in a few of the rows that have steps. */
function sameLengths(a: readonly number[], b: readonly number[]): boolean {
  const [held, unequal] = [
    a.filter((length, row) => length + b[row]! > 0),
    a.filter((length, row) => length !== b[row]),
  ];
  return unequal.length <= mayBeOdd(held.length);
}

function isMoving(lengths: readonly number[]): boolean {
  return new Set(lengths).size > 1;
}

/** The number of steps to use. */
export function stepsOf(
  lengths: readonly number[],
  of = "rows",
): { readonly max: number; readonly reason: string } {
  const most = quantile(lengths, 0.95);
  const rounded = most > 10 ? Math.ceil(most / 10) * 10 : Math.max(1, most);
  const max = Math.min(MOST_STEPS, rounded);
  const longest = lengths.reduce((longer, length) => Math.max(longer, length), 0);
  return { max, reason: `95 % of the ${of} have at most ${most} steps, the longest ${longest}` };
}

/** The name of a history: `clicks`, or the action in the column's name, such as `viewed`. */
function whatWasDone(column: string): string {
  const [said] = wordsOf(column).filter((word) => /^(viewed|bought|liked|watched|rated|visited)$/.test(word));
  return said ?? "clicks";
}
