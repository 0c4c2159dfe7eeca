// Finds the list columns that are histories of other columns, by their names or else by shared values.

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
  /** By bound feature: its kind, which holds for its own values and those of its steps. */
  readonly bound: ReadonlyMap<string, DraftKind>;
  /** Lists that are no history. */
  readonly others: readonly ListedColumn[];
}

interface Pair {
  readonly list: ListedColumn;
  readonly target: NamedColumn;
  readonly reason: string;
}

/** Attention costs by the step: more are rarely worth it. */
const MOST_STEPS = 200;
/** A list whose name does not say of what it is the past must share so many of its values with a column to be its past. */
const MUCH = 0.5;
/** Or so many where the name says that it is a history, which is one of items where nothing else is said. */
const SOME = 0.1;
/** Fewer different whole numbers may be the same by chance. */
const LEAST_NUMBERS = 30;
/** Whole numbers that are so much of the range that they lie in are those of many columns. */
const DENSE = 0.1;

/** The columns that histories may be made of. */
export interface HistorySources {
  readonly usable: readonly NamedColumn[];
  readonly lists: readonly ListedColumn[];
  /** Those of the lists that may be features themselves. */
  readonly sets: readonly ListedColumn[];
  readonly item: NamedColumn | null;
}

export function guessHistories(asked: HistorySources & { readonly names: FreshNames }): Histories {
  const { usable, lists, item, names } = asked;
  const sets = asked.sets.filter(({ name, isNested }) => historyWords(name) === null && !isNested);
  const pairs: Pair[] = [];
  for (const list of lists) {
    // What has a past is not a past itself.
    const isTarget = pairs.some(({ target }) => target === list);
    // Each step of a set's past is a set.
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
  // A column without a value says nothing of any candidate.
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
  // A history that does not say of what is one of items.
  if (words?.length === 0 && item !== null && free.includes(item) && areAlike(list, item)) {
    const share = overlap(list, item);
    if (share >= SOME)
      return { list, target: item, reason: `by its name, as it says nothing else; ${shared(share, item)}` };
  }
  // Otherwise values must speak for themselves.
  const [best] = (words === null ? free.filter((target) => target === item) : free)
    .filter((target) => areTelling(list, target))
    .map((target) => ({ target, share: overlap(list, target) }))
    .sort((a, b) => b.share - a.share);
  if (best === undefined || best.share < MUCH) return null;
  return { list, target: best.target, reason: shared(best.share, best.target) };
}

/** Whether both are numbers, or neither. */
function areAlike({ elements }: ListedColumn, target: NamedColumn): boolean {
  return mayMeasure(elements) === mayMeasure(ownValues(target));
}

/**
 * Whether it says anything that values of the list stand in the target, too. Texts are told apart by what
 * they are of; numbers are the same for a price, a count and a rating, unless they are whole and lie so far
 * apart that chance does not make them.
 */
function areTelling({ elements }: ListedColumn, target: NamedColumn): boolean {
  const values = ownValues(target);
  if (!mayMeasure(elements) || !mayMeasure(values)) return mayMeasure(elements) === mayMeasure(values);
  if (!elements.areWhole || !values.areWhole || elements.counts.size < LEAST_NUMBERS) return false;
  const { least, largest } = values.numbers!;
  return values.counts.size < DENSE * (largest - least + 1);
}

/** Of a set the elements. */
function ownValues(column: NamedColumn | ListedColumn): ColumnValues {
  return "elements" in column ? column.elements : valuesOf(column);
}

/** The share of the list's different values that `target` has, too. */
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
  // Which ids whole numbers with a fraction are is a question for each column.
  const mayBeIds = both.mayBeIds && own.mayBeIds && lists.every(({ elements }) => elements.mayBeIds);
  const values = { ...both, mayBeIds };
  const { name, isField } = target;
  return kindFor({ name, values, isField, isBound: true, isKey, userFor: null });
}

/** Lists that have the same number of values in every row are one history, but of each column one past. */
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

/** But for a few rows of those that have a step. */
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

/** How many steps count. */
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

/** `clicks`, or what the column says was done, such as `viewed`. */
function whatWasDone(column: string): string {
  const [said] = wordsOf(column).filter((word) => /^(viewed|bought|liked|watched|rated|visited)$/.test(word));
  return said ?? "clicks";
}
