// Decides which steps or elements of a sequence count: those for which the condition `where:` holds, and the
// indices of `facing` that have a step. The others contribute nothing, not even NaN, and learn nothing.

import { constantCondition, probabilityAsCondition } from "../../diagnostics/catalog/elementwise.ts";
import type { NodeId } from "../../middle/graph/graph.ts";
import { LOWEST } from "../../middle/ops/support/references.ts";
import { quoteExpression } from "../syntax/constants.ts";
import { constantOf } from "../values/dims.ts";
import { maskAt } from "../values/facing.ts";
import { isProbability } from "../values/probabilities.ts";
import { isNumber, together } from "../values/together.ts";
import { numberOf, plainValue } from "../values/types.ts";
import type { FunctionCall, FunctionParameter, TensorValue, Value } from "../values/values.ts";
import type { VaryingList } from "../values/varying-list.ts";

const all: Value = plainValue({ kind: "string", value: "" });

/** The option `where:` of functions that go along a sequence. */
export const whereParameter: FunctionParameter = {
  name: "where",
  accepts: "any",
  default: () => all,
  isNamed: true,
};

export function isGivenWhere(call: FunctionCall): boolean {
  return call.argument("where").value !== all;
}

export interface CountedSequence {
  /** The sequence, repeated along all axes of itself and the condition. */
  readonly x: TensorValue;
  /** Nonzero for an element that counts; null if all do. */
  readonly condition: NodeId | null;
  /** True if there is a condition, also in a check, where it has no node. */
  readonly isSome: boolean;
}

/** Null if the condition is invalid, which is reported. */
export function readCountedSequence(call: FunctionCall, x: TensorValue, at: string): CountedSequence | null {
  const of = asGiven(call, x, at);
  if (of === null || of.x.type.list?.facing === undefined) return of;
  const mask = maskAt(call, of.x);
  const nothing = number(call, of.x, 0);
  const condition = of.isSome ? call.emit("choose", [mask, of.condition, nothing], {}) : mask;
  return { ...of, condition, isSome: true };
}

function asGiven(call: FunctionCall, x: TensorValue, at: string): CountedSequence | null {
  const { value, span } = call.argument("where");
  const list = x.type.list?.varying;
  const there = (of: TensorValue) => (list === undefined ? null : thereIn(call, of, list));
  if (!isGivenWhere(call)) return { x, condition: there(x), isSome: list !== undefined };
  const { elaboration } = call;
  if (isNumber(value)) {
    const number = numberOf(value.type);
    if (number !== null) elaboration.report(constantCondition, { value: String(number) }, span);
    return null;
  }
  if (isProbability(value) && !elaboration.mode.settled) {
    const chance = quoteExpression({ span }).slice(1, -1);
    const help = probabilityAsCondition.helps.ofSteps(chance);
    elaboration.report(probabilityAsCondition, { written: chance }, span, { help });
    return null;
  }
  const condition = elaboration.vector(value, `\`${call.name}\``, `\`where\` of \`${call.name}\``, span);
  if (condition === null) return null;
  const operands = [
    { value: x, span: call.argument(at).span },
    { value: condition, span },
  ];
  const met = together(elaboration, `\`where\` of \`${call.name}\``, operands, call.span);
  if (met === null) return null;
  const [along, holds] = met.values as [TensorValue, TensorValue];
  const made = { ...met.result(along.node), widthOrigin: x.widthOrigin };
  const both =
    list === undefined
      ? holds.node
      : call.emit("choose", [there(made), holds.node, number(call, made, 0)], {});
  return { x: made, condition: both, isSome: true };
}

/** 1 for each element of the list of `x`, and 0 for the other places, in each step of its other axes. */
export function thereIn(call: FunctionCall, x: TensorValue, list: VaryingList): NodeId | null {
  const axis = x.type.axis ?? x.outerAxes.axis;
  const isOfStep = list.from.kind === "set" && list.from.history !== null;
  return axis === null || isOfStep ? list.there : call.emit("repeat", [list.there], { history: axis.name });
}

function number(call: FunctionCall, x: TensorValue, value: number): NodeId | null {
  return call.forEach(x, call.constant(value));
}

/** The numbers that count, with `other` in place of those that don't. */
export function orElse(
  call: FunctionCall,
  { x, condition, isSome }: CountedSequence,
  other: number,
): NodeId | null {
  return isSome ? call.emit("choose", [condition, x.node, number(call, x, other)], {}) : x.node;
}

/** The elementwise maximum along the sequence; 0 if nothing counts. */
export function largest(call: FunctionCall, of: CountedSequence): NodeId | null {
  const op = of.x.type.list === null ? "max_steps" : "max_list";
  const found = call.emit(op, [orElse(call, of, LOWEST)], {});
  return of.isSome ? onlyWhereSome(call, of, found) : found;
}

/** `node`, whose shape is that of one row of the sequence; 0 if nothing counts. */
export function onlyWhereSome(call: FunctionCall, of: CountedSequence, node: NodeId | null): NodeId | null {
  return call.emit("choose", [howMany(call, of), node, outside(call, of, 0)], {});
}

/** The number of elements that count, per row; `of` must have a condition. */
export function howMany(call: FunctionCall, of: CountedSequence): NodeId | null {
  const ones = call.emit("choose", [of.condition, number(call, of.x, 1), number(call, of.x, 0)], {});
  return call.emit(of.x.type.list === null ? "sum_steps" : "sum_list", [ones], {});
}

/** A constant next to a reduced sequence; an outer list has it for each element. */
export function outside(call: FunctionCall, { x }: CountedSequence, value: number): NodeId | null {
  const { list } = x.type.list === null ? x.outerAxes : { list: null };
  const node = call.constant(value);
  return list === null ? node : call.emit("broadcast_list", [node], { times: constantOf(list) ?? 1 });
}
