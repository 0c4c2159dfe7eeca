// The three rows of examples/seed-demo, which the lessons about mistakes use for training.

import type { ShownCell } from "./messages.ts";
import type { RowsOfPage } from "./rows-of-page.ts";

const columns = [
  ...(["user", "gender", "item_id", "cate_id", "pay_score"] as const),
  ...(["hist_item_id", "hist_cate_id", "click"] as const),
] as const;

const rows = [
  demonstrated([0, 0], [1, 1, 0.1], [1, 2, 3], [1, 2, 2], 1),
  demonstrated([1, 1], [2, 2, 0.2], [3, 2, 1], [2, 2, 1], 0),
  demonstrated([2, 0], [3, 2, 0.3], [1, 2], [1, 2], 1),
];

function demonstrated(
  [user, gender]: readonly [number, number],
  [item_id, cate_id, pay_score]: readonly [number, number, number],
  hist_item_id: readonly number[],
  hist_cate_id: readonly number[],
  click: number,
): Readonly<Record<(typeof columns)[number], ShownCell>> {
  return { user, gender, item_id, cate_id, pay_score, hist_item_id, hist_cate_id, click };
}

/** Three rows are too few for a test of their own, so they are the test rows too; the best AUC is unknown. */
export const demonstration: RowsOfPage = {
  name: "rows of the demonstration",
  columns,
  made: () => ({ train: rows, test: rows, best: null }),
};
