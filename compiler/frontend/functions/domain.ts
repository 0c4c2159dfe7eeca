// The row's value of a feature as a one-hot vector from a frozen table: `per: domain` of layers with weights
// or statistics for each value.

import { wrongType } from "../../diagnostics/catalog/expressions.ts";
import { domainNotCounted, domainTooLarge, domainVaries } from "../../diagnostics/catalog/parts.ts";
import type { NodeId } from "../../middle/graph/graph.ts";
import { hasIds, hasLearnedVocabulary, knownValues, uncountedPhrase } from "../kinds/registry.ts";
import { ownerOf, tableNames } from "../model/model.ts";
import { nameOf } from "../values/leading-axes.ts";
import { defaultTable, lookUp } from "../values/tables.ts";
import { plainValue, printType } from "../values/types.ts";
import type { FunctionCall, FunctionParameter, TensorValue } from "../values/values.ts";

const MOST_VALUES = 1000;

/** The argument that names the feature; optional. */
export const PER: FunctionParameter = {
  name: "per",
  accepts: "name",
  default: () => plainValue({ kind: "string", value: "" }),
};

export interface Domain {
  /** The number of values. */
  readonly count: number;
  /** [count]: 1 at the row's value; for an unknown value, equal parts. Null in a check. */
  readonly which: NodeId | null;
}

/**
 * The domain that `per` names, for x with one vector per row; null if it is absent, and "reported" if a
 * mistake was reported.
 */
export function domainOf(call: FunctionCall, x: TensorValue): Domain | null | "reported" {
  const { value, span } = call.argument("per");
  const { elaboration, name: callee } = call;
  if (value.type.kind === "string" && value.type.value === "") return null;
  if (value.type.kind !== "feature") {
    const what = `\`per\` of \`${callee}\``;
    elaboration.report(wrongType, { what, expected: "a feature", got: printType(value.type) }, span);
    return "reported";
  }
  const { references, lift } = value.type;
  const reference = references[0]!;
  const { feature } = reference;
  const isCounted = hasIds(feature.kind) && feature.set === null;
  const count = isCounted && !hasLearnedVocabulary(feature) ? knownValues(feature, null) : null;
  if (count === null) {
    const is = uncountedPhrase(feature);
    elaboration.report(domainNotCounted, { callee, name: nameOf(reference), is }, span);
    return "reported";
  }
  if (count > MOST_VALUES) {
    elaboration.report(domainTooLarge, { callee, name: nameOf(reference), count, most: MOST_VALUES }, span);
    return "reported";
  }
  const { type, outerAxes } = x;
  const list = type.list ?? outerAxes.list;
  const axis = type.axis ?? outerAxes.axis ?? reference.history;
  if (list !== null || axis !== null || lift !== null) {
    const what = axis !== null ? `this varies along \`${axis.name}\`` : "this is a list";
    elaboration.report(domainVaries, { callee, what }, call.argument(axis === null ? "x" : "per").span);
    return "reported";
  }
  const owner = ownerOf(feature);
  const options = { ...defaultTable({ kind: "identity" }), frozen: true };
  const table = { name: tableNames.values(owner), feature: owner, width: count, options };
  const origin = { span, what: `\`${owner}\` has ${count} values` };
  return { count, which: lookUp(elaboration, reference, table, span, origin).node };
}
