// Warnings about the groups that batches keep whole, before a training begins.

import type { RowOrders } from "../data/row-order.ts";
import { groupsCut, groupsOfOne } from "../diagnostics/catalog/groups.ts";
import { type Diagnostic, diagnose, inText } from "../diagnostics/diagnostic.ts";
import type { Model } from "../frontend/model/model.ts";

/** If more than this share of the rows is alone in its group, most of the loss is wasted. */
const MANY_ALONE = 0.5;

/** Warnings about the groups of `rows` training rows, located at the grouping feature. */
export function groupWarnings(
  { batchBy, features, train: { batch } }: Pick<Model, "batchBy" | "features" | "train">,
  rows: number,
  orders: Pick<RowOrders, "groups">,
): Diagnostic[] {
  const facts = orders.groups(rows, batch);
  if (facts === null || batchBy === null) return [];
  const place = inText(features.get(batchBy)!.span);
  const { alone, large, largest } = facts;
  return [
    ...(large > 0 ? [diagnose(groupsCut, { by: batchBy, large, largest, batch }, place)] : []),
    ...(alone > MANY_ALONE * rows ? [diagnose(groupsOfOne, { by: batchBy, alone, rows }, place)] : []),
  ];
}
