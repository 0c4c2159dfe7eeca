// Simulates the clicks of the first screen, as columns.

import { bestOf, type SimulatedRow, simulate } from "../../examples/din-simulated/simulate.mjs";
import type { ShownCell } from "./messages.ts";
import type { RowsOfPage } from "./rows-of-page.ts";
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
    const { train, test } = simulate({ ...SIZE, seed });
    return { train: train.map(rowOf), test: test.map(rowOf), best: bestOf(test) };
  },
};

type Columns = Readonly<Record<(typeof columns)[number], ShownCell>>;

function rowOf({ user, gender, hour, item, past, click }: SimulatedRow): Columns {
  return {
    user_id: `u${user}`,
    gender,
    hour,
    item_id: String(item.id),
    cate_id: `c${item.category}`,
    price: Number(item.price.toFixed(2)),
    hist_item_id: past.map(({ id }) => String(id)),
    hist_cate_id: past.map(({ category }) => `c${category}`),
    click,
    // The time that the item's page was open: a lesson shows a model that wrongly reads it.
    seconds: click * (5 + ((user + 7 * item.id) % 90)),
  };
}
