// What a block or function of a Vec gave that was applied along a Seq.

import type { Span } from "../../common/source-file.ts";
import { sequencesMultiply } from "../../diagnostics/catalog/lists.ts";
import { type Dim, printDim } from "./dims.ts";
import { alongJoined } from "./extents.ts";
import { ERROR } from "./types.ts";
import type { Elaboration, Extent, TensorValue, Value } from "./values.ts";

/** What a block that was applied along `lift` gave for one step or element, as the sequence that it is outside. */
export function lifted(elaboration: Elaboration, value: TensorValue, lift: Extent, span: Span): Value {
  const { hidden } = value;
  const outer: Extent = {
    axis: lift.axis === null ? hidden.axis : null,
    list: lift.list === null ? hidden.list : null,
  };
  const visible: Extent = { axis: value.type.axis ?? lift.axis, list: value.type.list ?? lift.list };
  const along = {
    visible: value.type,
    hidden: { axis: lift.axis ?? hidden.axis, list: lift.list ?? hidden.list },
  };
  if (value.type.list !== null && lift.list !== null) {
    const list = (dim: Dim) => `element of a list of ${printDim(dim)}`;
    const both = { outer: list(lift.list), inner: list(value.type.list) };
    elaboration.report(sequencesMultiply, { operation: "this", ...both }, span);
    return ERROR;
  }
  const { node, logit, sources } = alongJoined(elaboration, value, along, span);
  return { ...value, type: { ...value.type, ...visible }, hidden: outer, node, logit, sources };
}
