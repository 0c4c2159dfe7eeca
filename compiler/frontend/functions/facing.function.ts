// All steps of a history at each of its steps: scores of pairs become ordinary arithmetic.

import { facingNeedsSteps, facingTooLong } from "../../diagnostics/catalog/facing.ts";
import { listOfSteps } from "../../diagnostics/catalog/sets.ts";
import type { NodeId } from "../../middle/graph/graph.ts";
import { CERTAIN } from "../../middle/pairs/facing.ts";
import { defineFunction } from "../values/define-function.ts";
import { constantOf, facingDim } from "../values/dims.ts";
import { maskOf } from "../values/facing.ts";
import { nameOf } from "../values/leading-axes.ts";
import { limits } from "../values/limits.ts";
import { ERROR, featureValue, printType } from "../values/types.ts";
import type { FeatureReference, FunctionCall, TensorValue, Value } from "../values/values.ts";
import { hasOrder } from "./batch.function.ts";
import { positionsOf } from "./sequence.function.ts";

export const facing = defineFunction({
  name: "facing",
  doc: [
    "`facing(x: Seq[h, d]) -> Seq[facing h, d]` is x as what each step looks at: with a `Seq[h, d]` it meets as",
    "`Seq[h, Seq[facing h, d]]`, each step with each, so that `dot(q, facing(k))` are the scores of all pairs, for any bias, mask",
    "and normalisation: `sum(softmax(dot(q, facing(k))) * facing(v))` is attention. `sum`, `mean`, `max`, `min` and `softmax` go along",
    "the faced steps. A field of the history stays one: `clicks.session == facing(clicks.session)`.",
  ].join("\n"),
  parameters: [{ name: "x", accepts: "steps" }],
  apply(call) {
    const { type } = call.argument("x").value;
    if (type.kind === "feature") return ofField(call, type.references[0]!);
    const x = call.vector("x");
    if (!hasOrder(call, x)) return ERROR;
    const { axis, list } = x.type;
    const around = x.outerAxes;
    if (axis === null || list !== null || around.axis !== null || around.list !== null) {
      const { span } = call.argument("x");
      call.elaboration.report(facingNeedsSteps, { got: printType(x.type) }, span);
      return ERROR;
    }
    const places = placesOf(call, axis.name, constantOf(positionsOf(call, x)) ?? 1);
    return places === null ? ERROR : facedBy(call, x, axis.name, places);
  },
});

/** A field keeps its ids and times, so that the ids of two steps can be compared. */
function ofField(call: FunctionCall, field: FeatureReference): Value {
  const { name, max } = field.history!;
  if (field.feature.set?.pool === "none") {
    call.elaboration.report(
      listOfSteps,
      { field: nameOf(field), callee: call.name },
      call.argument("x").span,
    );
    return ERROR;
  }
  const places = placesOf(call, name, max);
  if (places === null) return ERROR;
  const along = { axis: `facing ${name}`, of: (steps: TensorValue) => facedBy(call, steps, name, places) };
  return featureValue([{ ...field, along }]);
}

/** The number of steps faced; null if it is too large, which is reported. */
function placesOf(call: FunctionCall, axis: string, steps: number): number | null {
  const { reads } = call.elaboration;
  reads.faced = Math.max(reads.faced, steps);
  if (steps <= limits.faced) return steps;
  call.elaboration.report(facingTooLong, { axis, steps, most: limits.faced }, call.span);
  return null;
}

function facedBy(call: FunctionCall, x: TensorValue, history: string, places: number): TensorValue {
  const type = { ...x.type, axis: null, list: facingDim(history, places) };
  return { ...x, type, node: faced(call, x, history, places) };
}

/** Each position attends, by the code of its number, to the step with that number. */
function faced(call: FunctionCall, x: TensorValue, history: string, places: number): NodeId | null {
  const codes = codesOf(call, places);
  const keys = call.emit("gather_positions", [codes], { history, per: "example" });
  // At a position without a step all keys are alike, so it gets the mean of all steps, which is finite if
  // they are.
  const queries = call.emit("multiply", [codes, maskOf(call, history, places)], {});
  return call.emit("attention", [queries, keys, x.node], { heads: 1, scale: CERTAIN, causal: false });
}

/**
 * The binary digits, −1 or 1, of each number from 0: once [places, digits]. The product of two is largest for
 * equal numbers.
 */
function codesOf(call: FunctionCall, places: number): NodeId | null {
  const column = (value: number, rows: number) => call.emit("constant", [], { value, dims: [rows, 1] });
  let [codes, rows] = [call.emit("concat", [column(-1, 1), column(1, 1)], { dim: 0 }), 2];
  while (rows < places) {
    const halves = [-1, 1].map((digit) => call.emit("concat", [codes, column(digit, rows)], { dim: 1 }));
    codes = call.emit("concat", halves, { dim: 0 });
    rows *= 2;
  }
  return rows === places ? codes : call.emit("slice", [codes], { dim: 0, from: 0, to: places });
}
