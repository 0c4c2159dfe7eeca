// The rows of a batch as an axis, for losses: all rows, or those of a group; and the share of training rows
// that have an id.

import {
  batchByIds,
  batchByTwo,
  batchOfSteps,
  batchWithoutOrder,
  frequencyOfIds,
  historyCalledBatch,
} from "../../diagnostics/catalog/batch-axis.ts";
import { notAlongValues } from "../../diagnostics/catalog/sets.ts";
import { shuffledOutsideLoss } from "../../diagnostics/catalog/training.ts";
import type { Details } from "../../diagnostics/diagnostic.ts";
import type { InputRole } from "../../middle/graph/attributes.ts";
import { BATCH_AXIS, batchAxis, isBatchAxis } from "../../middle/graph/batch-axis.ts";
import { inputOf } from "../../middle/programs/program.ts";
import { hasIds, tellsGroups, ungroupedPhrase } from "../kinds/registry.ts";
import { ownerOf, tableNames } from "../model/model.ts";
import { at } from "../syntax/reporter.ts";
import { defineFunction } from "../values/define-function.ts";
import { everyOfBatch } from "../values/every.ts";
import { nameOf } from "../values/leading-axes.ts";
import { isOnce, withRowsOf } from "../values/rows.ts";
import { defaultTable, lookUp } from "../values/tables.ts";
import { ERROR, featureValue } from "../values/types.ts";
import type { FeatureReference, FunctionCall, TensorValue } from "../values/values.ts";
import { isState } from "./scan-state.ts";

/** The numbers of other rows. */
type RowsRole = InputRole & { readonly kind: "batch" | "candidates" };

export const batch = defineFunction({
  name: "batch",
  doc: [
    "`batch(x: Vec[d], by?: Feature) -> Seq[batch, d]` has for each example the values of all examples of the batch, its own included, as an",
    "axis: a vector of the example is repeated along it, and `sum`, `mean`, `max` and `softmax` reduce it. So the softmax over the",
    "items of a batch (Yi et al., RecSys 2019) is `log_sum_exp(dot(u, batch(v))) - dot(u, v)`. `batch(x, by: user_id)` has the values of",
    "the examples with the same value of a feature, which batches then keep together. A feature stays one, so that ids are compared:",
    "`batch(item_id) == item_id`. Of a sequence it is all steps of the batch, for `log_partition` alone. Only within a `loss`.",
  ].join("\n"),
  parameters: [
    { name: "x", accepts: "values" },
    { name: "by", accepts: "feature", default: () => featureValue([]), isNamed: true },
  ],
  apply(call) {
    const { elaboration } = call;
    if (mixesInVain(call)) return ERROR;
    const { type } = call.argument("x").value;
    const listed =
      type.kind === "feature" && type.references.find(({ feature }) => feature.set?.pool === "none");
    if (listed) {
      elaboration.report(notAlongValues, { callee: "batch", set: nameOf(listed) }, call.argument("x").span);
      return ERROR;
    }
    const x = type.kind === "feature" ? null : call.vector("x");
    if (x !== null && isState(call, x)) return ERROR;
    const by = groupedBy(call);
    if (by === "reported") return ERROR;
    const history = by === null ? elaboration.declarations.histories.get(BATCH_AXIS) : undefined;
    if (history !== undefined) {
      elaboration.report(historyCalledBatch, {}, call.span, {
        related: [at(history.span, "declared here")],
      });
      return ERROR;
    }
    const varies = x?.outerAxes.axis ?? (by === null ? null : x?.type.axis);
    if (varies != null) {
      elaboration.report(batchOfSteps, { axis: varies.name }, call.argument("x").span);
      return ERROR;
    }
    const name = batchAxis(by);
    const of = (value: TensorValue) => alongRows(call, value, { kind: "batch", of: name, by });
    // A feature keeps its ids, so that those of other rows can be compared.
    if (type.kind === "feature")
      return featureValue(type.references.map((reference) => ({ ...reference, along: { axis: name, of } })));
    if (by !== null) return of(x!);
    return everyOfBatch(x!, x!.type.axis === null ? of(x!) : null);
  },
});

/** The values of `x` of other rows, along the axis of `role`. */
export function alongRows(call: FunctionCall, x: TensorValue, role: RowsRole): TensorValue {
  const axis = { kind: "history", name: role.of, span: call.span } as const;
  const rows = { kind: "steps", per: "example", history: role.of } as const;
  const places = call.emit("input", [], inputOf(role, { rows, dims: [], dtype: "i32" }));
  const { elaboration, span } = call;
  // A learned value has one row for the whole Graph.
  const counts = isOnce(elaboration, x.node)
    ? call.emit("count_steps", [], { history: role.of, per: "example" })
    : null;
  const node = withRowsOf(elaboration, x.node, counts, span);
  const value = call.like(x, call.emit("lookup", [node, places], {}));
  return { ...value, type: { ...value.type, axis } };
}

/** The feature that `by` names; null if none is named, and "reported" if a mistake was reported. */
export function groupedBy(call: FunctionCall): string | null {
  const { elaboration, name: callee } = call;
  const { references, lift } = call.feature("by");
  const { span } = call.argument("by");
  const [reference] = references;
  if (reference === undefined) return null;
  const { feature } = reference;
  if (!tellsGroups(feature) || reference.history !== null || lift !== null) {
    elaboration.report(
      batchByIds,
      { callee, name: nameOf(reference), is: unfit(reference, lift !== null) },
      span,
    );
    return "reported";
  }
  const { name } = feature;
  const other = elaboration.reads.groupBatches({ feature: name, span });
  if (other !== null) {
    elaboration.report(batchByTwo, { name, other: other.feature }, span, {
      related: [at(other.span, "the other feature")],
    });
    return "reported";
  }
  return name;
}

/** Describes a feature that isn't one id per row. */
function unfit({ feature, history }: FeatureReference, isElement: boolean): string {
  if (isElement) return "an element of a list";
  if (history !== null) return "a field of a history";
  return ungroupedPhrase(feature);
}

export const frequency = defineFunction({
  name: "frequency",
  doc: [
    "`frequency(feature: Feature) -> Vec[1]` is the share of the training rows that have the row's id of a feature, as training counts it when",
    "it begins. A popular item is in more batches, so a softmax over the items of a batch subtracts the logarithm of its share from its",
    "score (Yi et al., RecSys 2019, section 3). Only within a `loss`.",
  ].join("\n"),
  parameters: [{ name: "feature", accepts: "feature" }],
  apply(call) {
    const { elaboration } = call;
    const { references, lift } = call.feature("feature");
    const reference = references[0]!;
    const { feature } = reference;
    const help = shuffledOutsideLoss.helps.popularity(`${feature.name.replace(/_id$/, "")}_count`);
    if (mixesInVain(call, { help })) return ERROR;
    const { span } = call.argument("feature");
    if (!hasIds(feature.kind) || feature.set !== null || reference.history !== null || lift !== null) {
      elaboration.report(
        frequencyOfIds,
        { name: nameOf(reference), is: unfit(reference, lift !== null) },
        span,
      );
      return ERROR;
    }
    const owner = ownerOf(feature);
    const options = { ...defaultTable({ kind: "frequency" }), frozen: true };
    const name = tableNames.frequency(feature.name);
    const origin = { span, what: "this `frequency` gives 1" };
    return lookUp(elaboration, reference, { name, feature: owner, width: 1, options }, span, origin);
  },
});

/**
 * Tells whether a function that mixes the rows of a batch is used where this is forbidden, and reports it.
 */
export function mixesInVain({ elaboration, name, span }: FunctionCall, details: Details = {}): boolean {
  if (!elaboration.isChecking || elaboration.mode.mayMixRows) return false;
  elaboration.report(shuffledOutsideLoss, { callee: name }, span, details);
  return true;
}

/** Tells whether the steps of `x` have an order, and reports it if not. */
export function hasOrder(call: FunctionCall, { type }: TensorValue): boolean {
  const axis = type.list === null ? type.axis?.name : undefined;
  if (axis === undefined || !isBatchAxis(axis) || call.elaboration.declarations.histories.has(axis))
    return true;
  call.elaboration.report(batchWithoutOrder, { callee: call.name }, call.span);
  return false;
}
