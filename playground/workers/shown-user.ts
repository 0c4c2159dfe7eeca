// Chooses the user whose editable history the page shows, and the candidates, from rows of any spec, by its
// features alone.

import { hasIds, hasRawValue } from "../../compiler/frontend/kinds/registry.ts";
import { type History, type HistoryField, rawFields } from "../../compiler/frontend/model/model.ts";
import type { Model, TableRows } from "../../compiler/train/index.ts";
import type { ItemTitles, ShownCell, ShownItem, ShownUser } from "./messages.ts";
import { columnOfSteps } from "./step-columns.ts";

export type ShownRow = Readonly<Record<string, ShownCell>>;

/**
 * The values of a field in a row. Those that no column of the data has are under the history's name: two histories that
 * are made from a log may have fields of one name.
 */
export function stepsIn(
  row: ShownRow | undefined,
  history: Pick<History, "name">,
  field: Pick<HistoryField, "name" | "column">,
): readonly ShownCell[] {
  const cell = row?.[columnOfSteps(history, field)] ?? row?.[field.column];
  return isList(cell) ? cell : [];
}

/** The data of a training: rows for training and for measuring, and facts about them. */
export interface TrainingInput {
  /** The name of the rows in the page. */
  readonly name: string;
  /** The spec's model, with the columns that these rows have. */
  readonly model: Model;
  readonly train: TableRows;
  /** The rows for early stopping; null if the spec has none. */
  readonly valid: TableRows | null;
  readonly test: TableRows;
  /** Some test rows to show. */
  readonly some: readonly ShownRow[];
  readonly titles?: ItemTitles | null;
  /** The best possible metrics; null if they are unknown. */
  readonly best: { readonly auc: number; readonly logLoss: number } | null;
}

export interface ShownUserTable {
  readonly user: ShownUser;
  /** A row for each candidate, as if the user had clicked these items. */
  readonly rowsOf: (history: readonly ShownItem[], candidates: readonly ShownItem[]) => readonly ShownRow[];
}

/** The numbers of candidates from the user's most clicked groups, and of others. */
const FAVOURITES = 2;
const OTHERS = 10;
/** Enough steps for weights to differ, and few enough to see at once. */
const WISHED_STEPS = 10;
const WISHED_GROUPS = 3;

/** The number of users to choose from. */
const NAMED = 300;

export interface ShownOptions {
  /** The user to show, as a value of the user feature; another one if it does not exist. */
  readonly who?: string;
  readonly titles?: ItemTitles | null;
}

export function shownIn(
  model: Model,
  rows: readonly ShownRow[],
  { who, titles = null }: ShownOptions = {},
): ShownUserTable {
  const items = [...model.features.values()].filter(
    (feature) => feature.scope === "item" && hasRawValue(feature),
  );
  const [history] = model.histories.values();
  const fields = history === undefined ? [] : rawFields(history);
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
    const columns = fields.map((field) => [field.name, stepsIn(row, history!, field)] as const);
    const length = Math.max(0, ...columns.map(([, steps]) => steps.length));
    return Array.from({ length }, (_, i) =>
      itemOf(Object.fromEntries(columns.map(([name, steps]) => [name, steps[i] ?? null]))),
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
        fields.map(({ name }) => [
          columnOfSteps(history!, { name }),
          // A new click gets the last step's values of features that only steps have, such as the viewing
          // time.
          past.map(({ values }) => values[name] ?? clicks.at(-1)?.values[name] ?? null),
        ]),
      );
      return wanted.map(({ values }) => ({ ...base, ...steps, ...values }));
    },
  };
}

type Named = { readonly name: string };

/** The feature with values that items share most: a category rather than the item itself. */
function groupOf(rows: readonly ShownRow[], bound: readonly Named[], items: readonly Named[]): string | null {
  const counted = (bound.length > 0 ? bound : items).map(({ name }) => ({
    name,
    distinct: new Set(rows.map((row) => textOf(row[name]))).size,
  }));
  const [fewest] = counted.filter(({ distinct }) => distinct > 1).toSorted((a, b) => a.distinct - b.distinct);
  return fewest?.name ?? null;
}

/** A row whose history has steps from several groups. */
function chosen(rows: readonly ShownRow[], clicksOf: (row: ShownRow) => readonly ShownItem[]): ShownRow {
  const worth = (row: ShownRow) => {
    const clicks = clicksOf(row);
    const groups = new Set(clicks.map(({ group }) => group)).size;
    return Math.min(clicks.length, WISHED_STEPS) + 10 * Math.min(groups, WISHED_GROUPS);
  };
  let [best, most] = [rows[0] ?? {}, -1];
  for (const row of rows) {
    const own = worth(row);
    if (own > most) [best, most] = [row, own];
    if (own === WISHED_STEPS + 10 * WISHED_GROUPS) break;
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
  // If there are few groups, several items of a group.
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
