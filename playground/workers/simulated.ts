// The clicks that the first screen trains on, as columns, and the user whose history is shown.

import type { Cell } from "../../compiler/data/table-rows.ts";
import {
  bestOf,
  type SimulatedItem,
  type SimulatedRow,
  simulate,
} from "../../examples/din-simulated/simulate.mjs";
import type { ShownItem, ShownUser } from "./messages.ts";

/** Enough that DIN comes near the best reachable AUC, and few enough that it does so while one watches. */
const SIZE = { users: 2000, impressions: 24, items: 600, categories: 30 };

export type Row = Readonly<Record<string, Cell>>;

export interface Simulated {
  readonly train: readonly Row[];
  readonly test: readonly Row[];
  readonly best: { readonly auc: number; readonly logLoss: number };
  readonly shown: Shown;
}

export interface Shown {
  readonly user: ShownUser;
  /** A row for each candidate, had the user clicked these. */
  readonly rowsOf: (history: readonly ShownItem[], candidates: readonly ShownItem[]) => readonly Row[];
}

export function simulatedClicks(seed: number): Simulated {
  const { train, test } = simulate({ ...SIZE, seed });
  return { train: train.map(rowOf), test: test.map(rowOf), best: bestOf(test), shown: shownOf(train, test) };
}

/** As the columns of examples/din-simulated are. */
function rowOf({ user, gender, hour, item, past, click }: SimulatedRow): Row {
  return {
    ...{ user_id: `u${user}`, gender, hour, item_id: String(item.id), cate_id: `c${item.category}` },
    price: Number(item.price.toFixed(2)),
    hist_item_id: past.map(({ id }) => String(id)),
    hist_cate_id: past.map(({ category }) => `c${category}`),
    click,
  };
}

/** Candidates beside the three first. */
const OTHERS = 9;

/** A user who clicked in at least three categories, a candidate of each of the three that they clicked most, and others. */
function shownOf(train: readonly SimulatedRow[], rows: readonly SimulatedRow[]): Shown {
  const categoriesOf = ({ past }: SimulatedRow) => {
    const counts = new Map<number, number>();
    for (const { category } of past) counts.set(category, (counts.get(category) ?? 0) + 1);
    return [...counts].toSorted(([, a], [, b]) => b - a).map(([category]) => category);
  };
  const row = rows.find((each) => each.past.length >= 10 && categoriesOf(each).length >= 3) ?? rows[0]!;
  const candidates = categoriesOf(row)
    .slice(0, 3)
    .map((category) => row.past.find((item) => item.category === category)!);
  const others = new Map(train.map(({ item }) => [item.category, item]));
  for (const { category } of candidates) others.delete(category);
  const all = [...candidates, ...[...others.values()].slice(0, OTHERS)];
  return {
    user: { name: `u${row.user}`, history: row.past.map(shownItem), candidates: all.map(shownItem) },
    rowsOf: (history, wanted) => {
      const past = history.map(simulatedItem);
      return wanted.map((item) => rowOf({ ...row, past, item: simulatedItem(item) }));
    },
  };
}

/** The quality of an item is in no row. */
function simulatedItem(item: ShownItem): SimulatedItem {
  return { ...item, quality: 0 };
}

function shownItem({ id, category, price }: SimulatedItem): ShownItem {
  return { id, category, price };
}
