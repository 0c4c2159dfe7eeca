// Values of training alone: drawn numbers, the share of the training that is done, and a gradient that is reversed.

import { invariant } from "../../common/internal-error.ts";
import { randomOfState, reverseFactor, stepsInPart } from "../../diagnostics/catalog/noise.ts";
import { isBatchAxis } from "../../middle/graph/batch-axis.ts";
import { croppedAxis } from "../../middle/graph/derived-axes.ts";
import { inputOf } from "../../middle/programs/program.ts";
import { PROGRESS } from "../../middle/training/schedules.ts";
import { quoteExpression } from "../syntax/constants.ts";
import { defineFunction } from "../values/define-function.ts";
import { constantDim, constantOf, type Dim, equalDims } from "../values/dims.ts";
import { DISTRIBUTIONS, distributionNamed } from "../values/distributions.ts";
import {
  ERROR,
  floatValue,
  intValue,
  isTensor,
  NO_AXES,
  numberOf,
  printType,
  tensorValue,
} from "../values/types.ts";
import type { FunctionCall, TensorValue, Value } from "../values/values.ts";
import { positionsFromEnd } from "./neighbours.function.ts";

/** The default of `width` in `random`. */
const sameWidth = intValue(1);

export const random = defineFunction({
  name: "random",
  knowsVarying: true,
  doc: [
    "`random(distribution, width: Int = d, like: Vec[d]) -> Vec[width]` is drawn for each row, step or element of `like`, again in each step of",
    "training: `uniform` between 0 and 1, or `normal` with mean 0 and deviation 1. `width` numbers each, by default as many as `like`",
    "has. The numbers follow from the seed, the position in the spec and the step, and are the same on every back end. In predictions",
    "and compiled code they are their mean, ½ or 0, so no score depends on chance.",
  ].join("\n"),
  parameters: [
    { name: "distribution", accepts: "distribution" },
    { name: "width", accepts: "width", default: () => sameWidth },
    { name: "like", accepts: "vector", isNamed: true },
  ],
  apply(call) {
    const like = call.vector("like");
    if (dependsOnState(call, like)) return ERROR;
    const distribution = distributionNamed(call.text("distribution"));
    invariant(distribution !== null, "the distribution was accepted");
    const isSame = call.argument("width").value === sameWidth;
    const width = isSame ? like.type.width : call.width("width");
    const origin = isSame ? like.widthOrigin : { span: call.span, what: "the width of this `random`" };
    const { name } = call.layer();
    if (like.node === null) return call.like(like, null, width, origin);
    const full = call.elaboration.typeOf(like.node);
    const type = { ...full, dims: [...full.dims.slice(0, -1), constantOf(width) ?? 1] };
    const drawn = call.emit("input", [], inputOf({ kind: "random", of: name, distribution }, type));
    const served = repeated(call, like, DISTRIBUTIONS[distribution].mean, width);
    return call.like(like, call.emit("while_training", [drawn, served], {}), width, origin);
  },
});

/** A number for each row, step or element of `like`, `width` times. */
function repeated(call: FunctionCall, like: TensorValue, value: number, width: Dim) {
  const { dims } = call.elaboration.typeOf(like.node!);
  const list = dims.slice(0, -1);
  const one = call.emit("constant", [], { value, dims: [...list, 1] });
  if (equalDims(width, like.type.width)) return call.emit("broadcast_like", [one, like.node], {});
  const dim = dims.length - 1;
  const first = call.emit("slice", [like.node], { dim, from: 0, to: 1 });
  const each = call.emit("broadcast_like", [one, first], {});
  if (constantOf(width) === 1) return each;
  const zeros = call.emit("constant", [], { value: 0, dims: [...list, constantOf(width) ?? 1] });
  return call.emit("add", [each, zeros], {});
}

/** Inside the cell of a recurrence there is one step, so nothing can be drawn for each. Reports it. */
function dependsOnState(call: FunctionCall, { sources }: TensorValue): boolean {
  if (!sources.has("state")) return false;
  call.elaboration.report(randomOfState, { callee: call.name }, call.span);
  return true;
}

export const progress = defineFunction({
  name: "progress",
  isValue: true,
  doc: [
    "`progress -> Vec[1]` is the share of the training's steps that are done: 0 in the first step, and t/T after t of the T steps of all",
    "`epochs`, even if an early stop ends the training before. In predictions and compiled code it is 1.",
  ].join("\n"),
  parameters: [],
  apply(call) {
    const type = { rows: { kind: "once" }, dims: [1], dtype: "f32" } as const;
    const share = call.emit("input", [], inputOf({ kind: "scalar", of: PROGRESS }, type));
    const node = call.emit("while_training", [share, call.constant(1)], {});
    const widthOrigin = { span: call.span, what: "the progress of the training" };
    return tensorValue({ width: constantDim(1) }, { node, sources: new Set(), widthOrigin });
  },
});

export const reverseGradient = defineFunction({
  name: "reverse_gradient",
  knowsVarying: true,
  doc: [
    "`reverse_gradient(x: Vec[d], factor: Vec[1] = 1) -> Vec[d]` is x, with its gradient multiplied by −`factor` on the way back: what x is computed",
    "from learns to make worse what is computed from x, such as the recognition of a domain (DANN; Ganin et al., JMLR 2016). `factor` is a",
    "number or a `Vec[1]`, such as one that grows with `progress`; it learns nothing. In predictions and compiled code it is x.",
  ].join("\n"),
  parameters: [
    { name: "x", accepts: "vector" },
    { name: "factor", accepts: "any", default: () => intValue(1) },
  ],
  apply(call) {
    const x = call.vector("x");
    if (dependsOnState(call, x)) return ERROR;
    const factor = factorOf(call);
    if (factor === null) return ERROR;
    if (x.node === null) return call.like(x, null);
    // x plus 0, whose gradient is −factor.
    const scaled = call.emit("multiply", [x.node, call.forEach(x, factor.node)], {});
    const nothing = call.emit("subtract", [call.emit("stop_gradient", [scaled], {}), scaled], {});
    const trained = call.emit("add", [call.emit("stop_gradient", [x.node], {}), nothing], {});
    return call.like(x, call.emit("while_training", [trained, x.node], {}));
  },
});

export const reorder = defineFunction({
  name: "reorder",
  doc: [
    "`reorder(x: Seq[h, d], share: Float = 0.5) -> Seq[h, d]` is x with a run of its steps in another order: of n steps ⌊share·n⌋ neighbours, drawn",
    "for each history in each step of training (CL4SRec; Xie et al., ICDE 2022, section III). All fields of x move together. In predictions",
    "and compiled code it is x.",
  ].join("\n"),
  parameters: [
    { name: "x", accepts: "sequence" },
    { name: "share", accepts: "any", default: () => floatValue(0.5) },
  ],
  apply(call) {
    const x = call.vector("x");
    const share = partOf(call, x);
    if (share === null) return ERROR;
    const { name } = call.layer();
    if (x.node === null) return call.like(x, null);
    const { rows } = call.elaboration.typeOf(x.node);
    const role = { kind: "permutation", of: name, share } as const;
    const order = call.emit("input", [], inputOf(role, { rows, dims: [], dtype: "i32" }));
    const moved = call.emit("lookup", [x.node, order], {});
    return call.like(x, call.emit("while_training", [moved, x.node], {}));
  },
});

export const crop = defineFunction({
  name: "crop",
  doc: [
    "`crop(x: Seq[h, d], share: Float = 0.5) -> Seq[crop h, d]` is a run of the steps of x: of n steps ⌊share·n⌋ neighbours, one at least, drawn for",
    "each history in each step of training (CL4SRec; Xie et al., ICDE 2022, section III). The steps are an axis of their own. In",
    "predictions and compiled code it is x.",
  ].join("\n"),
  parameters: [
    { name: "x", accepts: "sequence" },
    { name: "share", accepts: "any", default: () => floatValue(0.5) },
  ],
  apply(call) {
    const x = call.vector("x");
    const share = partOf(call, x);
    if (share === null) return ERROR;
    const { name } = call.layer();
    const axis = x.type.axis!;
    const along = croppedAxis(axis.name, share, name);
    const type = { ...x.type, axis: { ...axis, name: along } };
    if (x.node === null) return { ...x, type };
    const [all, kept] = [axis.name, along].map((history) =>
      call.emit("count_steps", [], { history, per: "example" }),
    );
    const rows = { kind: "each", per: "example" } as const;
    const role = { kind: "random", of: name, distribution: "uniform" } as const;
    const input = call.emit("input", [], inputOf(role, { rows, dims: [1], dtype: "f32" }));
    const half = call.emit("broadcast_like", [call.constant(DISTRIBUTIONS.uniform.mean), all!], {});
    const drawn = call.emit("while_training", [input, half], {});
    // Behind the run are 0 to `all - kept` steps. The factor keeps a rounded product below the next number.
    const room = call.emit("add", [call.emit("subtract", [all!, kept!], {}), call.constant(1)], {});
    const scaled = call.emit("multiply", [room, call.constant(1 - 1e-6)], {});
    const behind = call.emit("multiply", [drawn, scaled], {});
    const places = positionsFromEnd(call, { ...x, outerAxes: NO_AXES });
    const [above, beyond] = [behind, call.emit("add", [behind, kept!], {})].map((end) =>
      call.emit("greater", [places, call.emit("repeat", [end], { history: axis.name })], {}),
    );
    // The steps of the run come last in this order.
    const inside = call.emit("subtract", [above!, beyond!], {});
    const sorted = call.emit("sort_steps", [x.node, inside], { inverse: false });
    const node = call.emit("while_training", [sorted, x.node], {});
    return { ...x, type, node: call.emit("resize_steps", [node], { history: along, keep: "last" }) };
  },
});

/** The `share` of the steps of `x`; null if either is none, which is reported. */
function partOf(call: FunctionCall, x: TensorValue): number | null {
  if (dependsOnState(call, x)) return null;
  const { value, span } = call.argument("share");
  const isNumber = value.type.kind === "int" || value.type.kind === "float";
  const share = numberOf(value.type);
  const { axis, list } = x.type;
  const callee = call.name;
  if (axis === null || list !== null || isBatchAxis(axis.name)) {
    const what = printType(x.type);
    call.elaboration.report(stepsInPart, { callee, what, share: false }, call.argument("x").span);
    return null;
  }
  if (isNumber && (share === null || (share > 0 && share <= 1))) return share ?? 1;
  const what = isNumber ? quoteExpression({ span }) : printType(value.type);
  call.elaboration.report(stepsInPart, { callee, what, share: true }, span);
  return null;
}

/** The factor of the gradient, once [1]; null if it is no such number, which is reported. */
function factorOf(call: FunctionCall): Pick<Value, "node"> | null {
  const { value, span } = call.argument("factor");
  const { elaboration } = call;
  const number = numberOf(value.type);
  if (value.type.kind === "int" || value.type.kind === "float") {
    if (number === null || number > 0) return { node: call.constant(number ?? 1) };
  } else if (isTensor(value) && !value.type.probability) {
    const { axis, list, width } = value.type;
    if (axis === null && list === null && constantOf(width) === 1 && value.sources.size === 0)
      return { node: call.emit("stop_gradient", [value.node], {}) };
  }
  elaboration.report(reverseFactor, { got: number === null ? printType(value.type) : String(number) }, span);
  return null;
}
