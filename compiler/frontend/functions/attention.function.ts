// Scaled dot-product attention over the steps of a history or the elements of a list.

import { wrongType } from "../../diagnostics/catalog/expressions.ts";
import { notDivisible, sequencesMultiply } from "../../diagnostics/catalog/lists.ts";
import { isCandidateAxis } from "../../middle/graph/batch-axis.ts";
import type { NodeId } from "../../middle/graph/graph.ts";
import { defineFunction } from "../values/define-function.ts";
import { constantOf, type Dim, printDim } from "../values/dims.ts";
import { alongJoined, describe, joinAxes } from "../values/leading-axes.ts";
import { isOnce, withRowsOf } from "../values/rows.ts";
import {
  ERROR,
  floatValue,
  intValue,
  isTensor,
  numberOf,
  printType,
  tensorValue,
  unionSources,
} from "../values/types.ts";
import type {
  FunctionCall,
  FunctionParameter,
  LeadingAxes,
  TensorArgument,
  TensorValue,
  Value,
  VectorType,
} from "../values/values.ts";
import { haveOneWidth } from "../values/widths.ts";
import { isOfKeys, orNothing, withoutOthers } from "./attention-where.ts";
import { hasOrder } from "./batch.function.ts";
import { readCountedSequence, whereParameter } from "./counted.ts";

const parameters: (queries: "vector" | "sequence") => readonly FunctionParameter[] = (queries) => [
  { name: "queries", accepts: queries },
  { name: "keys", accepts: "sequence" },
  { name: "values", accepts: "sequence" },
  { name: "heads", accepts: "width", default: () => intValue(1) },
  { name: "scale", accepts: "any", default: () => floatValue(null) },
  whereParameter,
];

export const attention = defineFunction({
  name: "attention",
  knowsVarying: true,
  doc: [
    "`attention(queries: Seq[g, d], keys: Seq[h, d], values: Seq[h, e], heads: Int = 1, scale?: Float, where?: Seq[h, 1]) -> Seq[g, e]` is",
    "softmax(scale · Q Kᵀ) V: for each query the values, weighted by how well their keys match it (Vaswani et al., NeurIPS",
    "2017, section 3.2). Steps attend to the steps of their own history only. With `heads`, each head does so with its own",
    "part of the widths. `scale` is 1/√(d/heads) by default. A single query, a Vec, gives a Vec; an empty history",
    "gives 0. With `where`, only keys for which the condition holds; 0 if there are none.",
  ].join("\n"),
  parameters: parameters("vector"),
  apply: (call) => attended(call, { causal: false }),
});

export const causalAttention = defineFunction({
  name: "causal_attention",
  knowsVarying: true,
  doc: [
    "`causal_attention(queries: Seq[h, d], keys: Seq[h, d], values: Seq[h, e], heads: Int = 1, scale?: Float, where?: Seq[h, 1]) -> Seq[h, e]` is",
    "`attention` in which a step sees itself and earlier steps, but no later actions of the user (the mask of Vaswani et al.,",
    "NeurIPS 2017, section 3.2.3): for losses that predict the next step. All three vary along one history or list.",
  ].join("\n"),
  parameters: parameters("sequence"),
  apply: (call) => attended(call, { causal: true }),
});

interface Attending extends How {
  readonly heads: Dim;
  readonly scale: number;
}

interface How {
  readonly causal: boolean;
}

function attended(call: FunctionCall, how: How): Value {
  const given = (name: string): TensorArgument => ({
    value: call.vector(name),
    span: call.argument(name).span,
  });
  const [queries, allKeys, values] = [given("queries"), given("keys"), given("values")];
  const counting = isOfKeys(call) ? readCountedSequence(call, allKeys.value, "keys") : null;
  if (counting === null) return ERROR;
  const keys = { ...allKeys, value: counting.x };
  const { elaboration } = call;
  if (how.causal && isCandidateAxis(keys.value.type.axis?.name ?? "") && !hasOrder(call, keys.value))
    return ERROR;
  const operation = `\`${call.name}\``;
  const together = how.causal ? [queries, keys, values] : [keys, values];
  const joined = joinAxes(elaboration, operation, together, call.span);
  if (joined === null || !haveOneWidth(elaboration, operation, queries, keys, call.span)) return ERROR;
  const heads = call.width("heads");
  if (!divides(call, heads, queries) || !divides(call, heads, values)) return ERROR;
  const scale = call.argument("scale");
  if (scale.value.type.kind !== "float" && scale.value.type.kind !== "int") {
    const got = printType(scale.value.type);
    elaboration.report(
      wrongType,
      { what: `\`scale\` of ${operation}`, expected: "a number", got },
      scale.span,
    );
    return ERROR;
  }
  if (counting.isSome && numberOf(scale.value.type) === 0) {
    const what = `\`scale\` of ${operation}`;
    elaboration.report(wrongType, { what, expected: "a number other than 0", got: "0" }, scale.span);
    return ERROR;
  }
  const by = { ...how, heads, scale: numberOf(scale.value.type) ?? usualScale(queries.value, heads) };
  const [asked, met] = counting.isSome
    ? withoutOthers(call, queries.value, counting, by)
    : [queries.value, keys.value];
  const [k, v] = [met, values.value].map((value) => alongJoined(elaboration, value, joined, call.span));
  const result = along(call, asked, k!, v!, by, joined.visible);
  return counting.isSome && isTensor(result) ? (orNothing(call, result, counting) ?? ERROR) : result;
}

/** 1/√d, with d the width of a head. */
function usualScale({ type }: TensorValue, heads: Dim): number {
  return 1 / Math.sqrt((constantOf(type.width) ?? 1) / (constantOf(heads) ?? 1));
}

function along(
  call: FunctionCall,
  queries: TensorValue,
  k: TensorValue,
  v: TensorValue,
  by: Attending,
  { axis, list }: LeadingAxes,
): Value {
  if (list === null) return overSteps(call, queries, k, v, by);
  // Steps have no order if each of them has a list.
  if (by.causal && axis !== null && queries.type.list === null)
    return crossed(call, { axis, list: null }, { axis: null, list });
  return overList(call, queries, k, v, by);
}

function divides(call: FunctionCall, heads: Dim, { value, span }: TensorArgument): boolean {
  const [width, parts] = [constantOf(value.type.width), constantOf(heads)];
  if (width === null || parts === null || width % parts === 0) return true;
  call.elaboration.report(notDivisible, { width: printDim(value.type.width), parts: printDim(heads) }, span);
  return false;
}

function overSteps(call: FunctionCall, q: TensorValue, k: TensorValue, v: TensorValue, by: Attending): Value {
  const { axis, list } = q.type;
  const keysAxis: LeadingAxes = { axis: k.type.axis, list: null };
  if (k.outerAxes.list !== null) return crossed(call, { axis: null, list: k.outerAxes.list }, keysAxis);
  if (q.outerAxes.axis !== null) return crossed(call, { axis: q.outerAxes.axis, list: null }, keysAxis);
  const ownList = list ?? q.outerAxes.list;
  if (axis !== null && ownList !== null) return crossed(call, { axis: null, list: ownList }, keysAxis);
  const isSingle = axis === null && ownList === null;
  const queries = inRowsOfExamples(call, q.node, k.node);
  const node = attend(call, q, [queries, k.node, v.node], isSingle, by);
  return result(call, [q, k, v], node, q.type, q.outerAxes);
}

function overList(call: FunctionCall, q: TensorValue, k: TensorValue, v: TensorValue, by: Attending): Value {
  // Queries may have a list of their own; all three share the other axes.
  const besides = (x: TensorValue): TensorValue => ({
    ...x,
    type: { ...x.type, list: null },
    outerAxes: { ...x.outerAxes, list: null },
  });
  const operands = [q, k, v].map((x, i) => ({
    value: besides(x),
    span: call.argument(["queries", "keys", "values"][i]!).span,
  }));
  const joined = joinAxes(call.elaboration, `\`${call.name}\``, operands, call.span);
  if (joined === null) return ERROR;
  const aligned = operands.map(({ value }) => alongJoined(call.elaboration, value, joined, call.span));
  const nodes = inRows(
    call,
    aligned.map(({ node }) => node),
  );
  const node = attend(call, q, nodes, q.type.list === null && q.outerAxes.list === null, by);
  const { visible, outerAxes } = joined;
  return result(
    call,
    aligned,
    node,
    { ...visible, list: q.type.list },
    { ...outerAxes, list: q.outerAxes.list },
  );
}

/** The op's node; it takes a single query as a list of one. */
function attend(
  call: FunctionCall,
  q: TensorValue,
  [queries, keys, values]: readonly (NodeId | null)[],
  isSingle: boolean,
  { heads, scale, causal }: Attending,
): NodeId | null {
  const sizeOf = (dim: Dim) => constantOf(dim) ?? 1;
  const list = isSingle ? call.emit("reshape", [queries!], { dims: [1, sizeOf(q.type.width)] }) : queries!;
  const attended = call.emit("attention", [list, keys!, values!], { heads: sizeOf(heads), scale, causal });
  const width = sizeOf(call.vector("values").type.width);
  return isSingle ? call.emit("reshape", [attended], { dims: [width] }) : attended;
}

/** Repeats learned values for the rows that they are combined with. */
function inRows(call: FunctionCall, nodes: readonly (NodeId | null)[]): readonly (NodeId | null)[] {
  const like = nodes.find((node) => !isOnce(call.elaboration, node)) ?? null;
  return nodes.map((node) => withRowsOf(call.elaboration, node, like, call.span));
}

/** Used for a learned query over the steps of each example. */
function inRowsOfExamples(call: FunctionCall, q: NodeId | null, k: NodeId | null): NodeId | null {
  if (!isOnce(call.elaboration, q)) return q;
  return withRowsOf(call.elaboration, q, call.emit("last_step", [k], {}), call.span);
}

function result(
  call: FunctionCall,
  operands: readonly TensorValue[],
  node: NodeId | null,
  { axis, list }: LeadingAxes | VectorType,
  outerAxes: LeadingAxes,
): Value {
  const { width } = call.vector("values").type;
  const widthOrigin = { span: call.argument("values").span, what: `the values of this \`${call.name}\`` };
  return tensorValue(
    { axis, list, width },
    { node, sources: unionSources(operands), outerAxes, widthOrigin },
  );
}

function crossed(call: FunctionCall, outer: LeadingAxes, inner: LeadingAxes): Value {
  const both = { outer: describe(outer), inner: describe(inner) };
  call.elaboration.report(sequencesMultiply, { operation: `\`${call.name}\``, ...both }, call.span);
  return ERROR;
}
