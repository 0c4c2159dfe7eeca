// Softmax over all rows of a table or of the batch, for losses.

import { partitionKeys, rowsOfIds } from "../../diagnostics/catalog/draws.ts";
import { BATCH_AXIS } from "../../middle/graph/batch-axis.ts";
import { hasIds, ungroupedPhrase } from "../kinds/registry.ts";
import { quoteExpression } from "../syntax/constants.ts";
import { defineFunction } from "../values/define-function.ts";
import { constantDim } from "../values/dims.ts";
import { everyRowOf, isEvery } from "../values/every.ts";
import { nameOf } from "../values/leading-axes.ts";
import { ownTable } from "../values/tables.ts";
import { ERROR, featureValue, isTensor } from "../values/types.ts";
import type { FunctionCall, TensorValue } from "../values/values.ts";
import { haveOneWidth } from "../values/widths.ts";
import { mixesInVain } from "./batch.function.ts";

export const rows = defineFunction({
  name: "rows",
  doc: [
    "`rows(feature) -> Seq[rows(feature), d]` is all rows of a feature's table, for a softmax over all of its values:",
    "`log_partition(user, rows(item_id)) - dot(user, item_id)`. The row of unknown values is one of them. `embed(rows(item_id), 64)` and",
    "`weight(rows(item_id))` are those of other tables. Only `log_partition` reads them, within a `loss`.",
  ].join("\n"),
  parameters: [{ name: "feature", accepts: "feature" }],
  apply(call) {
    if (mixesInVain(call)) return ERROR;
    const { references, lift } = call.feature("feature");
    const reference = references[0]!;
    const { feature } = reference;
    const is =
      lift !== null ? "an element of a list" : hasIds(feature.kind) ? null : ungroupedPhrase(feature);
    if (is !== null) {
      call.elaboration.report(rowsOfIds, { name: nameOf(reference), is }, call.argument("feature").span);
      return ERROR;
    }
    const role = { kind: "feature", feature: feature.name, history: null } as const;
    return featureValue([{ feature, history: null, role, every: true }]);
  },
});

export const logPartition = defineFunction({
  name: "log_partition",
  doc: [
    "`log_partition(x: Vec[d], keys) -> Vec[1]` is log Σ exp(x · k) over all `keys`, the logarithm of a softmax's denominator: all rows of a",
    "table, `rows(item_id)`, or of the batch, `batch(item)`, or all steps of its histories, `batch(states)`. x may be a sequence. The products",
    "are computed in tiles, three times in a step, and never kept. Divide x by a temperature. Only within a `loss`.",
  ].join("\n"),
  parameters: [
    { name: "x", accepts: "vector" },
    { name: "keys", accepts: "every" },
  ],
  apply(call) {
    if (mixesInVain(call)) return ERROR;
    const keys = keysOf(call);
    if (keys === null) return ERROR;
    const x = call.vector("x");
    const { span } = call.argument("x");
    // A value that reads nothing is the same for all rows.
    if (x.type.list !== null || x.outerAxes.list !== null || x.sources.size === 0) {
      call.elaboration.report(partitionKeys, { what: "x", got: quoteExpression(call.argument("x")) }, span);
      return ERROR;
    }
    const operands = [
      { value: x, span },
      { value: keys, span: call.argument("keys").span },
    ] as const;
    if (!haveOneWidth(call.elaboration, "`log_partition`", ...operands, call.span)) return ERROR;
    const node = call.emit("log_partition", [x.node, keys.node], {});
    return { ...call.like(x, node, constantDim(1), null), sources: x.sources };
  },
});

/** One vector for each key; null if these are no keys, which is reported. */
function keysOf(call: FunctionCall): TensorValue | null {
  const { elaboration } = call;
  const { value, span } = call.argument("keys");
  const { type } = value;
  if (type.kind === "every" && type.of.type.list === null) return type.of;
  if (type.kind === "feature" && type.lift === null) {
    const [reference] = type.references;
    const { feature, every, along, ...own } = reference!;
    if (every && feature.embed !== null) {
      const all = everyRowOf(elaboration, ownTable(feature, feature.embed), span);
      return isEvery(all) ? all.type.of : null;
    }
    if (along?.axis === BATCH_AXIS && feature.set?.pool !== "none") {
      const of = elaboration.vectorOf(featureValue([{ feature, ...own }]), span);
      return isTensor(of) ? of : null;
    }
  }
  elaboration.report(partitionKeys, { what: "keys", got: quoteExpression(call.argument("keys")) }, span);
  return null;
}
