// A search in a history: the steps that matter most, as an axis of their own.

import { wrongType } from "../../diagnostics/catalog/expressions.ts";
import { allOfHistory, notAHistory } from "../../diagnostics/catalog/searches.ts";
import { isCandidateAxis } from "../../middle/graph/batch-axis.ts";
import { historiesOf, stepsAlong } from "../../middle/graph/derived-axes.ts";
import { LOWEST } from "../../middle/ops/support/references.ts";
import { defineFunction } from "../values/define-function.ts";
import { constantDim, constantOf } from "../values/dims.ts";
import { joinAxes } from "../values/leading-axes.ts";
import {
  ERROR,
  NO_AXES,
  plainValue,
  printType,
  sameAxes,
  tensorValue,
  unionSources,
} from "../values/types.ts";
import type { Axis, FunctionCall, TensorValue, Value } from "../values/values.ts";
import { VaryingList } from "../values/varying-list.ts";
import { hasOrder } from "./batch.function.ts";
import { orElse, readCountedSequence, whereParameter } from "./counted.ts";

/** The default of `by` in `top`. */
const latest: Value = plainValue({ kind: "string", value: "" });

export const top = defineFunction({
  name: "top",
  doc: [
    "`top(x: Seq[h, d], count: Int, by?: Seq[h, 1], where?: Seq[h, 1]) -> Seq[top h, d]` is the `count` steps of a history with the highest",
    "`by`, the later if equal; without `by`, the latest. With `where`, only steps for which the condition holds. They keep their",
    "order and are an axis of their own, with fewer steps if there are no more. A `let` of them has the fields of the history:",
    "`near.item_id`. The search of SIM (Qi et al., CIKM 2020). Nothing is learned through the choice.",
  ].join("\n"),
  parameters: [
    { name: "x", accepts: "sequence" },
    { name: "count", accepts: "width" },
    { name: "by", accepts: "any", default: () => latest, isNamed: true },
    whereParameter,
  ],
  apply(call) {
    const x = call.vector("x");
    const { axis, list } = x.type;
    if (axis === null || list !== null || !sameAxes(x.outerAxes, NO_AXES)) {
      call.elaboration.report(notAHistory, { got: printType(x.type) }, call.argument("x").span);
      return ERROR;
    }
    const isLatest = call.argument("by").value === latest;
    if (isLatest && isCandidateAxis(axis.name) && !hasOrder(call, x)) return ERROR;
    const scores = scoresOf(call, axis, x);
    if (scores === null) return ERROR;
    const count = call.width("count");
    const most = longest(call, axis);
    const wanted = constantOf(count);
    if (most !== null && wanted !== null && wanted > most)
      call.elaboration.report(
        allOfHistory,
        { count: wanted, axis: axis.name, most },
        call.argument("count").span,
      );
    const places = call.emit("select_steps", [scores.node], { count: wanted ?? 1 });
    const there = call.emit("step", [places], {});
    const chosen = new VaryingList(null, { kind: "search", axis: axis.name, places }, call.span, there);
    const node = call.emit("gather_steps", [x.node, places], {});
    const { widthOrigin } = x;
    const sources = unionSources([x, scores]);
    return tensorValue(
      { list: { ...count, varying: chosen }, width: x.type.width },
      { node, sources, widthOrigin },
    );
  },
});

/**
 * A score for each step along `axis`, the lowest for steps that may not be chosen; null if a mistake was
 * reported.
 */
function scoresOf(call: FunctionCall, axis: Axis, x: TensorValue): TensorValue | null {
  const { elaboration } = call;
  const by = call.argument("by");
  const isLatest = by.value === latest;
  const given = isLatest
    ? equal(call, axis, x)
    : elaboration.vector(by.value, "`top`", "`by` of `top`", by.span);
  if (given === null) return null;
  const of = readCountedSequence(call, given, "by");
  if (of === null) return null;
  const name = isLatest ? "where" : "by";
  const { span } = call.argument(name);
  const steps = { ...x, type: { ...x.type, width: constantDim(1) } };
  const both = [
    { value: steps, span: call.argument("x").span },
    { value: of.x, span },
  ];
  if (joinAxes(elaboration, "`top`", both, call.span) === null) return null;
  const { type } = of.x;
  if (type.axis !== null && type.list === null && constantOf(type.width) === 1)
    return { ...of.x, node: orElse(call, of, LOWEST) };
  const expected = `one number for each step of \`${axis.name}\``;
  elaboration.report(wrongType, { what: `\`${name}\` of \`top\``, expected, got: printType(type) }, span);
  return null;
}

/** One constant for all steps of a history. */
function equal(call: FunctionCall, axis: Axis, { sources }: TensorValue): TensorValue {
  const each = call.emit("count_steps", [], { history: axis.name, per: "example" });
  const node = call.emit("repeat", [each], { history: axis.name });
  return tensorValue({ axis, width: constantDim(1) }, { node, sources, widthOrigin: null });
}

/** The largest possible number of steps; null for any history. */
function longest(call: FunctionCall, { name }: Axis): number | null {
  const { histories } = call.elaboration.declarations;
  const isKnown = historiesOf(name).every((history) => histories.has(history));
  return isKnown ? stepsAlong(name, (history) => histories.get(history)!.max) : null;
}
