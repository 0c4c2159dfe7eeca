// Softmax over all rows of a table or of the batch, for losses.

import { partitionBias, partitionKeys, rowsOfIds } from "../../diagnostics/catalog/draws.ts";
import { BATCH_AXIS } from "../../middle/graph/batch-axis.ts";
import { hasIds, ungroupedPhrase } from "../kinds/registry.ts";
import { quoteExpression } from "../syntax/constants.ts";
import { defineFunction } from "../values/define-function.ts";
import { constantDim, constantOf, printDim } from "../values/dims.ts";
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
    "`log_partition(x: Vec[d], keys, bias?) -> Vec[1]` is log Σ exp(x · k) over all `keys`, the logarithm of a softmax's denominator: all rows of a",
    "table, `rows(item_id)`, or of the batch, `batch(item)`, or all steps of its histories, `batch(states)`. x may be a sequence. The products",
    "are computed in tiles, three times in a step, and never kept. `bias:` has a number for each key, `weight(rows(item_id))`. Divide x by a",
    "temperature. Only within a `loss`.",
  ].join("\n"),
  parameters: [
    { name: "x", accepts: "vector" },
    { name: "keys", accepts: "every" },
    { name: "bias", accepts: "every", default: () => featureValue([]), isNamed: true },
  ],
  apply(call) {
    if (mixesInVain(call)) return ERROR;
    const keys = keysOf(call, "keys");
    const bias = keys === null ? null : biasOf(call, keys);
    if (keys === null || bias === null) return ERROR;
    const x = call.vector("x");
    const { span } = call.argument("x");
    // A value that reads nothing is the same for all rows.
    if (x.type.list !== null || x.outerAxes.list !== null || x.sources.size === 0) {
      call.elaboration.report(partitionKeys, { what: "x", got: quoteExpression(call.argument("x")) }, span);
      return ERROR;
    }
    const operands = [
      { value: x, span },
      { value: keys.of, span: call.argument("keys").span },
    ] as const;
    if (!haveOneWidth(call.elaboration, "`log_partition`", ...operands, call.span)) return ERROR;
    const node = call.emit("log_partition", [x.node, keys.of.node, ...bias.map((each) => each.node)], {});
    return { ...call.like(x, node, constantDim(1), null), sources: x.sources };
  },
});

/** A number for each key, or none; null if it is something else, which is reported. */
function biasOf(call: FunctionCall, keys: Keys): readonly TensorValue[] | null {
  const { value, span } = call.argument("bias");
  if (value.type.kind === "feature" && value.type.references.length === 0) return [];
  const bias = keysOf(call, "bias");
  if (bias === null) return null;
  const { width } = bias.of.type;
  if (bias.axis === keys.axis && constantOf(width) === 1) return [bias.of];
  const got = quoteExpression(call.argument("bias"));
  call.elaboration.report(partitionBias, { axis: keys.axis, got, width: printDim(width) }, span);
  return null;
}

interface Keys {
  /** One vector for each. */
  readonly of: TensorValue;
  readonly axis: string;
}

/** Null if these aren't keys, which is reported. */
function keysOf(call: FunctionCall, parameter: "keys" | "bias"): Keys | null {
  const { elaboration } = call;
  const { value, span } = call.argument(parameter);
  const { type } = value;
  if (type.kind === "every" && type.of.type.list === null) return type;
  if (type.kind === "feature" && type.lift === null) {
    const [reference] = type.references;
    const { feature, every, along, ...own } = reference!;
    if (every && feature.embed !== null) {
      const all = everyRowOf(elaboration, ownTable(feature, feature.embed), span);
      return isEvery(all) ? all.type : null;
    }
    if (along?.axis === BATCH_AXIS && feature.set?.pool !== "none") {
      const of = elaboration.vectorOf(featureValue([{ feature, ...own }]), span);
      return isTensor(of) ? { of, axis: along.axis } : null;
    }
  }
  const got = quoteExpression(call.argument(parameter));
  elaboration.report(partitionKeys, { what: parameter, got }, span);
  return null;
}
