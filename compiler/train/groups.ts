// Checks the groups that batches keep whole, before a training begins.

import type { RowOrders } from "../data/row-order.ts";
import { groupsCut, groupsOfOne } from "../diagnostics/catalog/groups.ts";
import { requestLargerThanBatch, requestTooLarge } from "../diagnostics/catalog/requests.ts";
import { type Diagnostic, DiagnosticError, diagnose, inText } from "../diagnostics/diagnostic.ts";
import type { Model } from "../frontend/model/model.ts";

/** If more than this share of the rows is alone in its group, most of the loss is wasted. */
const MANY_ALONE = 0.5;

/**
 * Warnings about the groups of `rows` training rows, located at the grouping feature. Throws DiagnosticError if
 * predictions see a request that is too large.
 */
export function groupWarnings(
  {
    batchBy,
    requests,
    features,
    train: { batch },
  }: Pick<Model, "batchBy" | "requests" | "features" | "train">,
  rows: number,
  orders: Pick<RowOrders, "groups">,
): Diagnostic[] {
  const facts = orders.groups(rows, batch);
  if (facts === null || batchBy === null) return [];
  const place = inText(features.get(batchBy)!.span);
  const { alone, large, largest } = facts;
  if (requests !== null && largest > requests.max)
    throw new DiagnosticError([diagnose(requestTooLarge, { ...requests, largest }, place)]);
  if (requests !== null && largest > batch)
    throw new DiagnosticError([diagnose(requestLargerThanBatch, { by: batchBy, largest, batch }, place)]);
  return [
    ...(large > 0 ? [diagnose(groupsCut, { by: batchBy, large, largest, batch }, place)] : []),
    ...(alone > MANY_ALONE * rows ? [diagnose(groupsOfOne, { by: batchBy, alone, rows }, place)] : []),
  ];
}
