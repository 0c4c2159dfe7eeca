// Which list columns are the past of which columns: by their names, and where these do not say it by the values they share.

import type { ListedColumn, NamedColumn } from "./columns.ts";
import { kindFor } from "./kinds.ts";
import { setOf } from "./list-kinds.ts";
import type { DraftField, DraftHistory, DraftKind, Guess } from "./plan.ts";
import type { Cell, Table } from "./table.ts";
import { describeValues, quantile } from "./values.ts";
import { historyWords, isKeyOf, nameMatch, wordsOf } from "./words.ts";

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
/** A list without a name that says history must share so many of its values with the column it is the past of. */
const MUCH = 0.5;

export function guessHistories(asked: {
  readonly table: Table;
  readonly usable: readonly NamedColumn[];
  readonly lists: readonly ListedColumn[];
  readonly item: NamedColumn | null;
  readonly leftOut: Guess[];
}): Histories {
  const { table, usable, lists, item } = asked;
  const sets = lists.filter(({ name, isNested }) => historyWords(name) === null && !isNested);
  const pairs: Pair[] = [];
  for (const list of lists) {
    const pair = pairOf(list, usable, sets, item, pairs);
    if (pair !== null) pairs.push(pair);
  }
  const bound = new Map<string, DraftKind>();
  const fitting = pairs.filter(({ target }) => {
    const known = bound.get(target.name);
    if (known !== undefined) return true;
    const of = pairs.filter((pair) => pair.target === target).map(({ list }) => list);
    const kind = kindOfBoth(target, of, table.rows === table.total);
    if (typeof kind === "string") return false;
    bound.set(target.name, kind);
    return true;
  });
  const groups = grouped(fitting);
  const taken = new Set([...usable, ...lists].map(({ name }) => name));
  const histories: DraftHistory[] = [];
  const fieldsOf = new Set<ListedColumn>(fitting.map(({ list }) => list));
  for (const group of groups) {
    const { lengths } = group[0]!.list;
    const own = lists.filter(
      (list) =>
        !fieldsOf.has(list) && !list.isNested && isMoving(lengths) && sameLengths(list.lengths, lengths),
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
        all: table.rows === table.total,
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
    histories.push({ name: nameFor(group[0]!.list.name, taken), max, reason, fields });
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
  const targets = [...usable, ...sets].filter((column) => column !== list && !isKeyOf(column.name, "user"));
  if (words !== null) {
    const [best] = targets
      .map((target) => ({ target, match: nameMatch(words, target.name), overlap: overlap(list, target) }))
      .filter(({ match }) => match > 0)
      .sort((a, b) => b.match - a.match || b.overlap - a.overlap);
    if (best !== undefined)
      return { list, target: best.target, reason: `by its name; ${shared(best.overlap, best.target)}` };
  }
  // What says history without saying of what is the item's; otherwise values must speak for themselves.
  const isUnnamed = words !== null && words.length === 0;
  const candidates = isUnnamed || words !== null ? targets : targets.filter((target) => target === item);
  const free = candidates.filter((target) => !pairs.some((pair) => pair.target === target));
  const [best] = free
    .map((target) => ({ target, share: overlap(list, target) + (isUnnamed && target === item ? 0.2 : 0) }))
    .sort((a, b) => b.share - a.share);
  if (best === undefined || best.share < (isUnnamed ? 0.1 : MUCH)) return null;
  // Small whole numbers are the same in many columns.
  if (list.elements.areWhole && list.elements.counts.size < 30 && !isUnnamed) return null;
  return { list, target: best.target, reason: shared(overlap(list, best.target), best.target) };
}

/** The share of the list's different values that `target` has, too. */
function overlap(list: ListedColumn, target: NamedColumn): number {
  const values = new Set<string>();
  for (const cell of target.cells)
    if (Array.isArray(cell)) for (const value of cell) values.add(String(value));
    else values.add(String(cell));
  const own = [...list.elements.counts.keys()];
  return own.length === 0 ? 0 : own.filter((value) => values.has(value)).length / own.length;
}

function shared(share: number, target: NamedColumn): string {
  return `${(100 * share).toFixed(0)} % of its values stand in ${target.header} too`;
}

function kindOfBoth(target: NamedColumn, lists: readonly ListedColumn[], all: boolean): DraftKind | string {
  const steps = lists.flatMap((list) => list.lists.flat() as Cell[]);
  const isSet = "lists" in target;
  if (lists.some(({ isNested }) => isNested) && !isSet)
    return "a step has several values, and the candidate one";
  if (isSet) return setOf(target as ListedColumn);
  const isKey = isKeyOf(target.name, "item") || wordsOf(target.name).at(-1) === "id";
  const own = describeValues(target.cells);
  const both = describeValues([...target.cells, ...steps]);
  // Which ids whole numbers with a fraction are is a question for each column.
  const mayBeIds = both.mayBeIds && own.mayBeIds && lists.every(({ elements }) => elements.mayBeIds);
  const values = { ...both, mayBeIds };
  return kindFor({ name: target.name, values, all, isBound: true, isKey, userFor: null });
}

/** Lists that have the same number of values in every row are one history. */
function grouped(pairs: readonly Pair[]): Pair[][] {
  const groups: Pair[][] = [];
  for (const pair of pairs) {
    const group = groups.find(([first]) => sameLengths(first!.list.lengths, pair.list.lengths));
    if (group === undefined) groups.push([pair]);
    else group.push(pair);
  }
  return groups;
}

function sameLengths(a: readonly number[], b: readonly number[]): boolean {
  return a.every((length, row) => length === b[row]);
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
export function nameFor(column: string, taken: Set<string>): string {
  const [said] = wordsOf(column).filter((word) => /^(viewed|bought|liked|watched|rated|visited)$/.test(word));
  const base = said ?? "clicks";
  let name = base;
  for (let n = 2; taken.has(name); n++) name = `${base}_${n}`;
  taken.add(name);
  return name;
}
