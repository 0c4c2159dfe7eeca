// Simulates the clicks of the first screen, as columns.

import { bestOf, type SimulatedRow, simulate } from "../../examples/din-simulated/simulate.mjs";
import type { ShownCell } from "./messages.ts";
import type { PageData, RowsOfPage } from "./rows-of-page.ts";
import { things } from "./things.ts";

/** Enough rows for DIN to come near the best possible AUC, and few enough to reach it while one watches. */
const SIZE = { users: 2000, impressions: 24, items: 600, categories: things.length };

/** The columns of examples/din-simulated, and one that only steps have. */
const columns = [
  ...(["user_id", "gender", "hour", "item_id", "cate_id", "price"] as const),
  ...(["hist_item_id", "hist_cate_id", "click", "seconds"] as const),
] as const;

export const simulatedClicks: RowsOfPage = {
  name: "simulated impressions",
  columns,
  titles: { feature: "cate_id", of: new Map(things.map((thing, i) => [`c${i}`, thing])) },
  made(seed) {
    const made = early?.seed === seed ? early.rows : madeWith(seed);
    early = null;
    return made;
  },
};

/** Rows that are made before a training needs them. */
let early: { readonly seed: number; readonly rows: PageData } | null = null;

/** Makes the rows that the next training with this seed takes. */
export function simulateEarly(seed: number): void {
  early = { seed, rows: madeWith(seed) };
}

function madeWith(seed: number): PageData {
  const { train, test } = simulate({ ...SIZE, seed });
  const rowOf = rowMaker();
  return { train: train.map(rowOf), test: test.map(rowOf), best: bestOf(test) };
}

type Columns = Readonly<Record<(typeof columns)[number], ShownCell>>;
type Item = SimulatedRow["item"];

/** Each text and list is made once, because the page waits for the rows: most of them are steps of histories. */
function rowMaker(): (row: SimulatedRow) => Columns {
  const itemOf = once(({ id, category, price }: Item) => ({
    item_id: String(id),
    cate_id: `c${category}`,
    price: Number(price.toFixed(2)),
  }));
  const stepsOf = once((past: readonly Item[]) => ({
    hist_item_id: past.map((item) => itemOf(item).item_id),
    hist_cate_id: past.map((item) => itemOf(item).cate_id),
  }));
  return ({ user, gender, hour, item, past, click }) => ({
    user_id: `u${user}`,
    gender,
    hour,
    ...itemOf(item),
    ...stepsOf(past),
    click,
    // The time that the item's page was open: a lesson shows a model that wrongly reads it.
    seconds: click * (5 + ((user + 7 * item.id) % 90)),
  });
}

function once<K extends object, V>(make: (key: K) => V): (key: K) => V {
  const made = new Map<K, V>();
  return (key) => {
    const value = made.get(key) ?? make(key);
    made.set(key, value);
    return value;
  };
}
