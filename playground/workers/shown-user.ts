// The user whose history the page shows and lets the reader change, with candidates: chosen from rows of any
// spec, by its features alone.

import { hasIds } from "../../compiler/frontend/kinds/registry.ts";
import type { Model, TableRows } from "../../compiler/train/index.ts";
import type { ShownCell, ShownItem, ShownUser } from "./messages.ts";

export type ShownRow = Readonly<Record<string, ShownCell>>;

/** What a training is about: rows to train on, rows to measure on, and what they hold. */
export interface TrainingInput {
  /** As the page calls them. */
  readonly name: string;
  readonly train: TableRows;
  /** By which an early stop goes; null where the spec has none. */
  readonly valid: TableRows | null;
  readonly test: TableRows;
  /** Of the test rows, to show. */
  readonly some: readonly ShownRow[];
  /** What nothing can be better than; null where nobody knows. */
  readonly best: { readonly auc: number; readonly logLoss: number } | null;
}

export interface ShownUserTable {
  readonly user: ShownUser;
  /** A row for each candidate, had the user clicked these. */
  readonly rowsOf: (history: readonly ShownItem[], candidates: readonly ShownItem[]) => readonly ShownRow[];
}

/** Candidates of the groups that the user clicked most, and others. */
const FAVOURITES = 3;
const OTHERS = 9;
/** Enough that weights differ, and few enough to be seen at once. */
const WISHED_STEPS = 10;

/** Users who are named to choose from. */
const NAMED = 300;

export interface ShownOptions {
  /** The user to show, as the user feature of a row has it; where there is none of that name, another one. */
  readonly who?: string;
  /** What items are called, by the ids of a feature. */
  readonly titles?: { readonly feature: string; readonly of: ReadonlyMap<string, string> } | null;
}

export function shownIn(
  model: Model,
  rows: readonly ShownRow[],
  { who, titles = null }: ShownOptions = {},
): ShownUserTable {
  const items = [...model.features.values()].filter(
    ({ scope, kind }) => scope === "item" && kind.kind !== "cross",
  );
  const [history] = model.histories.values();
  const fields = history?.fields ?? [];
  const group = groupOf(
    rows,
    fields.filter(({ name }) => items.some((item) => item.name === name)),
    items,
  );
  const titled = items.filter(({ kind }) => hasIds(kind)).map(({ name }) => name);
  const called = (name: string, value: ShownCell | undefined) => {
    const text = textOf(value);
    return (name === titles?.feature ? titles.of.get(text) : undefined) ?? text;
  };
  const itemOf = (values: Readonly<Record<string, ShownCell>>): ShownItem => ({
    title: (titled.length === 0 ? Object.keys(values) : titled)
      .map((name) => called(name, values[name]))
      .join(", "),
    group: group === null ? "" : called(group, values[group]),
    values,
  });
  const candidateOf = (row: ShownRow) =>
    itemOf(Object.fromEntries(items.map(({ name }) => [name, row[name] ?? null])));
  const clicksOf = (row: ShownRow) => {
    const columns = fields.map(({ name, column }) => [name, row[column]] as const);
    const length = Math.max(0, ...columns.map(([, steps]) => (isList(steps) ? steps.length : 0)));
    return Array.from({ length }, (_, i) =>
      itemOf(
        Object.fromEntries(columns.map(([name, steps]) => [name, isList(steps) ? (steps[i] ?? null) : null])),
      ),
    ).slice(-(history?.max ?? 0));
  };
  const [user] = [...model.features.values()].filter(({ scope, kind }) => scope === "user" && hasIds(kind));
  const userOf = (row: ShownRow) => (user === undefined ? "" : textOf(row[user.name]));
  const base = rows.find((row) => userOf(row) === who) ?? chosen(rows, clicksOf);
  const clicks = clicksOf(base);
  return {
    user: {
      name: user === undefined ? "one user" : `${user.name} ${userOf(base)}`,
      others: user === undefined ? [] : [...new Set(rows.map(userOf))].slice(0, NAMED),
      history: clicks,
      candidates: candidatesFor(clicks, candidateOf(base), rows.map(candidateOf)),
      historyName: history?.name ?? null,
    },
    rowsOf: (past, wanted) => {
      const steps = Object.fromEntries(
        fields.map(({ name, column }) => [
          column,
          // What only steps have, such as how long they were looked at, is that of the last one.
          past.map(({ values }) => values[name] ?? clicks.at(-1)?.values[name] ?? null),
        ]),
      );
      return wanted.map(({ values }) => ({ ...base, ...steps, ...values }));
    },
  };
}

type Named = { readonly name: string };

/** The feature whose values items share most: that of a category rather than that of the item itself. */
function groupOf(rows: readonly ShownRow[], bound: readonly Named[], items: readonly Named[]): string | null {
  const counted = (bound.length > 0 ? bound : items).map(({ name }) => ({
    name,
    distinct: new Set(rows.map((row) => textOf(row[name]))).size,
  }));
  const [fewest] = counted.filter(({ distinct }) => distinct > 1).toSorted((a, b) => a.distinct - b.distinct);
  return fewest?.name ?? null;
}

/** A row whose history has steps of several groups. */
function chosen(rows: readonly ShownRow[], clicksOf: (row: ShownRow) => readonly ShownItem[]): ShownRow {
  const worth = (row: ShownRow) => {
    const clicks = clicksOf(row);
    const groups = new Set(clicks.map(({ group }) => group)).size;
    return Math.min(clicks.length, WISHED_STEPS) + 10 * Math.min(groups, FAVOURITES);
  };
  let [best, most] = [rows[0] ?? {}, -1];
  for (const row of rows) {
    const own = worth(row);
    if (own > most) [best, most] = [row, own];
    if (own === WISHED_STEPS + 10 * FAVOURITES) break;
  }
  return best;
}

function candidatesFor(
  clicks: readonly ShownItem[],
  own: ShownItem,
  all: readonly ShownItem[],
): readonly ShownItem[] {
  const counts = new Map<string, number>();
  for (const { group } of clicks) counts.set(group, (counts.get(group) ?? 0) + 1);
  const favourites = [...counts].toSorted(([, a], [, b]) => b - a).map(([group]) => group);
  const distinct = [...new Map([own, ...all].map((item) => [item.title, item])).values()];
  const ofGroup = new Map(distinct.map((item) => [item.group, item]));
  const first = favourites.flatMap((group) => ofGroup.get(group) ?? []).slice(0, FAVOURITES);
  const others = [...ofGroup.values()].filter((item) => !first.includes(item)).slice(0, OTHERS);
  const enough = [...first, ...others];
  // Where few groups are, some of an item.
  const more = distinct
    .filter((item) => !enough.includes(item))
    .slice(0, FAVOURITES + OTHERS - enough.length);
  return [...enough, ...more];
}

function isList(cell: ShownCell | undefined): cell is readonly ShownCell[] {
  return Array.isArray(cell);
}

function textOf(cell: ShownCell | undefined): string {
  if (cell === null || cell === undefined) return "none";
  return isList(cell) ? cell.map(textOf).join(" ") : String(cell);
}
