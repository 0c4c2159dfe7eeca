// Applies a block or function of a Vec to each step or element of a Seq: converts its arguments on the way
// in, and its result to a sequence on the way out.

import type { Span } from "../../common/source-file.ts";
import { sequencesMultiply } from "../../diagnostics/catalog/lists.ts";
import { type Dim, printDim } from "./dims.ts";
import { alongJoined } from "./leading-axes.ts";
import { ERROR } from "./types.ts";
import type { Elaboration, LeadingAxes, ProbabilityEvent, TensorValue, Value } from "./values.ts";

/**
 * The axes of a new application, step by step or element by element. Their identity distinguishes its values
 * from those of another application along the same axes.
 */
export function liftAlong({ axis, list }: LeadingAxes): LeadingAxes {
  return { axis: axis === null ? null : { ...axis }, list: list === null ? null : { ...list } };
}

/** Inside an application along `lift`: one step or element of `x`, if `x` varies along it. */
export function inside(x: TensorValue, lift: LeadingAxes): TensorValue {
  const { axis, list } = x.type;
  const [steps, elements] = [lift.axis !== null && axis !== null, lift.list !== null && list !== null];
  return {
    ...x,
    type: { ...x.type, axis: steps ? null : axis, list: elements ? null : list },
    event: withoutFactors(x.event),
    outerAxes: { axis: steps ? lift.axis : x.outerAxes.axis, list: elements ? lift.list : x.outerAxes.list },
  };
}

/** The result of a block applied along `lift`, as the sequence that it is outside. */
export function lifted(elaboration: Elaboration, value: TensorValue, lift: LeadingAxes, span: Span): Value {
  const { outerAxes } = value;
  const outer: LeadingAxes = {
    axis: lift.axis === null ? outerAxes.axis : null,
    list: lift.list === null ? outerAxes.list : null,
  };
  const visible: LeadingAxes = { axis: value.type.axis ?? lift.axis, list: value.type.list ?? lift.list };
  const along = {
    visible: value.type,
    outerAxes: { axis: lift.axis ?? outerAxes.axis, list: lift.list ?? outerAxes.list },
  };
  if (value.type.list !== null && lift.list !== null) {
    const list = (dim: Dim) => `element of a list of ${printDim(dim)}`;
    const both = { outer: list(lift.list), inner: list(value.type.list) };
    elaboration.report(sequencesMultiply, { operation: "this", ...both }, span);
    return ERROR;
  }
  const moved = alongJoined(elaboration, value, along, span);
  const event = withoutFactors(value.event);
  return { ...moved, type: { ...value.type, ...visible }, outerAxes: outer, event };
}

/** Outside the lift, the factors of a product vary along other axes. */
function withoutFactors(event: ProbabilityEvent | null): ProbabilityEvent | null {
  return event === null ? null : { ...event, factors: [], size: 1 };
}
