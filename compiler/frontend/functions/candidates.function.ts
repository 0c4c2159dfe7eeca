// The candidates of a request as an axis, in predictions too: each row sees the values of all of them.

import {
  candidatesMax,
  candidatesOfSteps,
  candidatesOtherMax,
} from "../../diagnostics/catalog/candidates.ts";
import { notAlongValues } from "../../diagnostics/catalog/sets.ts";
import { candidateAxis } from "../../middle/graph/batch-axis.ts";
import { at } from "../syntax/reporter.ts";
import { defineFunction } from "../values/define-function.ts";
import { constantOf } from "../values/dims.ts";
import { nameOf } from "../values/leading-axes.ts";
import { limits } from "../values/limits.ts";
import { ERROR, featureValue, intValue } from "../values/types.ts";
import type { FunctionCall, TensorValue } from "../values/values.ts";
import { alongRows, groupedBy } from "./batch.function.ts";
import { isState } from "./scan-state.ts";

/** The most candidates of a request by default. */
const USUAL = 100;

export const candidates = defineFunction({
  name: "candidates",
  doc: [
    "`candidates(x: Vec[d], by: Feature, max: Int = 100) -> Seq[candidates, d]` has for each row the values of all candidates of its",
    "request, its own included, as an axis: a vector of the row is repeated along it, and `sum`, `mean`, `max`, `softmax` and `attention`",
    "reduce it. So a list is ranked again by a model that sees all of it (PRM, Pei et al., RecSys 2019). In rows, a request is what",
    "shares the value of a feature, at most `max` rows; when serving, a call. A feature stays one: `candidates(item_id) == item_id`.",
  ].join("\n"),
  parameters: [
    { name: "x", accepts: "values" },
    { name: "by", accepts: "feature", isNamed: true },
    { name: "max", accepts: "width", default: () => intValue(USUAL), isNamed: true },
  ],
  apply(call) {
    const { elaboration } = call;
    const { type } = call.argument("x").value;
    const { span } = call.argument("x");
    const listed =
      type.kind === "feature" && type.references.find(({ feature }) => feature.set?.pool === "none");
    if (listed) {
      elaboration.report(notAlongValues, { callee: call.name, set: nameOf(listed) }, span);
      return ERROR;
    }
    const x = type.kind === "feature" ? null : call.vector("x");
    if (x !== null && isState(call, x)) return ERROR;
    const by = groupedBy(call);
    if (by === "reported") return ERROR;
    const max = largestRequest(call, by);
    if (max === null) return ERROR;
    const varies = x === null ? null : (x.type.axis ?? x.outerAxes.axis);
    if (varies !== null) {
      elaboration.report(candidatesOfSteps, { axis: varies.name }, span);
      return ERROR;
    }
    // In a block that is checked alone, the feature is not known.
    const role = { kind: "candidates", of: candidateAxis(by), by: by ?? "", max } as const;
    const of = (value: TensorValue) => {
      // The number of candidates makes even a value of the user one of the list.
      const sources = new Set([...value.sources, "item"] as const);
      return { ...alongRows(call, value, role), sources };
    };
    if (type.kind === "feature")
      return featureValue(
        type.references.map((reference) => ({ ...reference, along: { axis: role.of, of } })),
      );
    return of(x!);
  },
});

/** The most candidates of a request; null if a mistake was reported. */
function largestRequest(call: FunctionCall, by: string | null): number | null {
  const { elaboration } = call;
  const { span } = call.argument("max");
  // In a block that is checked for all widths it may be unknown.
  const max = constantOf(call.width("max")) ?? USUAL;
  if (max < 1 || max > limits.candidates) {
    elaboration.report(candidatesMax, { max, most: limits.candidates }, span);
    return null;
  }
  if (by === null) return max;
  const other = elaboration.reads.readRequests({ by, max, span: call.span }, !elaboration.mode.inLoss);
  if (other === null) return max;
  const related = [at(other.span, "the other call")];
  elaboration.report(candidatesOtherMax, { max, other: other.max }, call.span, { related });
  return null;
}
