// Functions that lengthen or shorten a sequence, or depend on the position of its steps. The result varies
// along an axis of its own, `clicks + 1` or `clicks - 1`, whose lengths follow from the history's.

import { wrongType } from "../../diagnostics/catalog/expressions.ts";
import { appendToShorter, nothingLeft } from "../../diagnostics/catalog/sequences.ts";
import { historiesOf, isShortened, stepsAlong, wholeAxis } from "../../middle/graph/derived-axes.ts";
import type { NodeId } from "../../middle/graph/graph.ts";
import { defineFunction } from "../values/define-function.ts";
import { addDims, constantDim, constantOf, type Dim } from "../values/dims.ts";
import { alongJoined, joinAxes, withoutInner } from "../values/leading-axes.ts";
import { isOnce, withRowsOf } from "../values/rows.ts";
import { axisOf, NORMAL } from "../values/tables.ts";
import { isNumber } from "../values/together.ts";
import {
  ERROR,
  featureValue,
  numberOf,
  plainValue,
  printType,
  shiftAxis,
  tensorValue,
  unionSources,
} from "../values/types.ts";
import type { Axis, FunctionCall, TensorValue, Value } from "../values/values.ts";
import { haveOneWidth } from "../values/widths.ts";
import { hasOrder } from "./batch.function.ts";
import { thereIn } from "./counted.ts";
import { initOf } from "./initial.ts";

const sequence = [{ name: "x", accepts: "sequence" }] as const;

export const append = defineFunction({
  name: "append",
  doc: "`append(x: Seq[h, d], v: Vec[d]) -> Seq[h + 1, d]` is x with v after its last step, as BST puts the candidate after the clicks. A number is a vector of it.",
  parameters: [
    { name: "x", accepts: "sequence" },
    { name: "v", accepts: "any" },
  ],
  apply(call) {
    const x = call.vector("x");
    const v = appended(call, x);
    if (v === null || !hasOrder(call, x)) return ERROR;
    const operands = [x, v].map((value, i) => ({ value, span: call.argument(i === 0 ? "x" : "v").span }));
    if (!haveOneWidth(call.elaboration, "`append`", operands[0]!, operands[1]!, call.span)) return ERROR;
    const outer = withoutInner(x.type);
    if ((v.type.axis !== null && outer.axis === null) || v.type.list !== null) {
      const got = printType(v.type);
      call.elaboration.report(
        wrongType,
        { what: "`v` of `append`", expected: "a Vec", got },
        operands[1]!.span,
      );
      return ERROR;
    }
    const without = { ...x, type: { ...x.type, ...outer } };
    const joined = joinAxes(
      call.elaboration,
      "`append`",
      [{ ...operands[0]!, value: without }, operands[1]!],
      call.span,
    );
    if (joined === null) return ERROR;
    const [all, added] = [without, v].map((value) => alongJoined(call.elaboration, value, joined, call.span));
    const { list } = x.type;
    const made = { ...all!, sources: unionSources([all!, added!]) };
    if (list !== null) {
      const single = call.emit("reshape", [added!.node], { dims: [1, constantOf(x.type.width) ?? 1] });
      const node = call.emit("concat", [all!.node, single], { dim: 0 });
      return { ...made, type: { ...made.type, list: addDims(list, constantDim(1)) }, node };
    }
    const axis = x.type.axis!;
    if (isShortened(axis.name)) {
      const [history] = historiesOf(axis.name);
      call.elaboration.report(appendToShorter, { axis: axis.name, history: history! }, call.span);
      return ERROR;
    }
    const longer = shiftAxis(axis, 1);
    const before = resized(call, all!.node, longer, "first");
    const last = withRowsOf(call.elaboration, added!.node, lastOf(call, added!.node, all!.node), call.span);
    const behind = call.emit("scatter_last_step", [last], { history: longer.name });
    return { ...made, type: { ...made.type, axis: longer }, node: call.emit("add", [before, behind], {}) };
  },
});

/** The value appended to `x`; null if a mistake was reported. */
function appended(call: FunctionCall, x: TensorValue): TensorValue | null {
  const { value, span } = call.argument("v");
  if (!isNumber(value)) return call.elaboration.vector(value, "`append`", "`v` of `append`", span);
  const { width } = x.type;
  // In a block that is checked for all numbers it is unknown, and no node is made.
  const node = call.emit("constant", [], {
    value: numberOf(value.type) ?? 0,
    dims: [constantOf(width) ?? 1],
  });
  return tensorValue({ axis: null, width }, { node, sources: new Set(), widthOrigin: null });
}

/** Gives a learned value, which has no rows, a row for each history. */
function lastOf(call: FunctionCall, added: NodeId | null, steps: NodeId | null): NodeId | null {
  return isOnce(call.elaboration, added) ? call.emit("last_step", [steps], {}) : null;
}

export const beforeLast = defineFunction({
  name: "before_last",
  doc: "`before_last(x: Seq[h, d]) -> Seq[h - 1, d]` is x without its last step; nothing where a history is empty.",
  parameters: [{ name: "x", accepts: "steps" }],
  apply: (call) => shorter(call, "first"),
});

export const afterFirst = defineFunction({
  name: "after_first",
  doc: "`after_first(x: Seq[h, d]) -> Seq[h - 1, d]` is x without its first step: next to `before_last(x)`, each step is paired with the one that follows it.",
  parameters: [{ name: "x", accepts: "steps" }],
  apply: (call) => shorter(call, "last"),
});

function shorter(call: FunctionCall, keep: "first" | "last"): Value {
  const { type } = call.argument("x").value;
  if (type.kind !== "feature") return shortened(call, call.vector("x"), keep);
  // A field keeps its ids, so that those of the steps can be compared.
  const [field] = type.references;
  const axis = axisOf(field!.history!);
  const of = (steps: TensorValue) => shortenedSteps(call, steps, axis, keep);
  return featureValue([{ ...field!, along: { axis: shiftAxis(axis, -1).name, of } }]);
}

function shortened(call: FunctionCall, x: TensorValue, keep: "first" | "last"): Value {
  if (!hasOrder(call, x)) return ERROR;
  const { axis, list } = x.type;
  if (list === null) return shortenedSteps(call, x, axis!, keep);
  const length = constantOf(list);
  if (length === 1) {
    call.elaboration.report(nothingLeft, { callee: call.name }, call.span);
    return ERROR;
  }
  const from = keep === "first" ? 0 : 1;
  const node = call.emit("slice", [x.node], { dim: 0, from, to: from + (length ?? 2) - 1 });
  return { ...x, type: { ...x.type, list: addDims(list, constantDim(-1)) }, node };
}

function shortenedSteps(call: FunctionCall, x: TensorValue, axis: Axis, keep: "first" | "last"): TensorValue {
  const shorter = shiftAxis(axis, -1);
  return { ...x, type: { ...x.type, axis: shorter }, node: resized(call, x.node, shorter, keep) };
}

function resized(call: FunctionCall, node: NodeId | null, axis: Axis, keep: "first" | "last"): NodeId | null {
  return call.emit("resize_steps", [node], { history: axis.name, keep });
}

export const last = defineFunction({
  name: "last",
  knowsVarying: true,
  doc: "`last(x: Seq[h, d]) -> Vec[d]` is the last step or element: of a history the latest; 0 for an empty one.",
  parameters: sequence,
  apply(call) {
    const x = call.vector("x");
    if (!hasOrder(call, x)) return ERROR;
    const type = { ...x.type, ...withoutInner(x.type) };
    if (x.type.list === null) return { ...x, type, node: call.emit("last_step", [x.node], {}) };
    const length = constantOf(x.type.list) ?? 1;
    const item = call.emit("slice", [x.node], { dim: 0, from: length - 1, to: length });
    const node = call.emit("reshape", [item], { dims: [constantOf(x.type.width) ?? 1] });
    const { varying } = x.type.list;
    if (varying === undefined) return { ...x, type, node };
    const all = thereIn(call, x, varying);
    const isThere = call.emit("slice", [all], { dim: 0, from: length - 1, to: length });
    const there = call.emit("reshape", [isThere], { dims: [1] });
    return { ...x, type, node: call.emit("choose", [there, node, call.constant(0)], {}) };
  },
});

export const position = defineFunction({
  name: "position",
  knowsVarying: true,
  doc: [
    "`position(x: Seq[h, d], width: Int, init = normal(0.01)) -> Seq[h, width]` is a learned vector for each position, to be added to x or put beside",
    "it (Vaswani et al., NeurIPS 2017, section 3.5, the learned form). Positions of a history count from its end, so that the",
    "latest step always has the same. The vectors begin as `init` says: `normal(0.01)`, a number.",
  ].join("\n"),
  parameters: [
    { name: "x", accepts: "sequence" },
    { name: "width", accepts: "width" },
    { name: "init", accepts: "initial", default: () => plainValue({ kind: "initial", init: NORMAL }) },
  ],
  apply(call) {
    const x = call.vector("x");
    if (!hasOrder(call, x)) return ERROR;
    const width = call.width("width");
    const init = initOf(call) ?? NORMAL;
    const vectors = call.layer().parameter("vectors", [positionsOf(call, x), width], () => init);
    const origin = { span: call.argument("width").span, what: "the width of these positions" };
    return call.like(x, positioned(call, x, vectors, width), width, origin);
  },
});

/** The largest possible number of positions. */
export function positionsOf(call: FunctionCall, { type: { axis, list } }: TensorValue): Dim {
  if (list !== null) return list;
  const { histories } = call.elaboration.declarations;
  return constantDim(
    Math.max(
      1,
      stepsAlong(wholeAxis(axis!.name), (history) => histories.get(history)?.max ?? 1),
    ),
  );
}

function positioned(call: FunctionCall, x: TensorValue, vectors: NodeId | null, width: Dim): NodeId | null {
  const { axis, list } = x.type;
  if (list === null)
    return call.forEach(x, call.emit("gather_positions", [vectors], { history: axis!.name, per: "example" }));
  // Concatenated with x, so that every row has them.
  const beside = call.emit("concat", [x.node, vectors], { dim: 1 });
  const from = constantOf(x.type.width) ?? 1;
  return call.emit("slice", [beside], { dim: 1, from, to: from + (constantOf(width) ?? 1) });
}
