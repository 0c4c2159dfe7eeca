// The clicks that the first screen trains on, as columns.

import { bestOf, type SimulatedRow, simulate } from "../../examples/din-simulated/simulate.mjs";
import type { Row } from "./shown-user.ts";

/** Enough that DIN comes near the best reachable AUC, and few enough that it does so while one watches. */
const SIZE = { users: 2000, impressions: 24, items: 600, categories: 30 };

export interface Simulated {
  readonly train: readonly Row[];
  readonly test: readonly Row[];
  readonly best: { readonly auc: number; readonly logLoss: number };
}

export function simulatedClicks(seed: number): Simulated {
  const { train, test } = simulate({ ...SIZE, seed });
  return { train: train.map(rowOf), test: test.map(rowOf), best: bestOf(test) };
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
