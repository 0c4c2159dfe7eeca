// Attention to some of the keys. Each head gets one number more: 1 for queries, 0 for keys that count and a
// very low one for those that do not, so that their weights are exactly 0 and they learn nothing.

import { wrongType } from "../../diagnostics/catalog/expressions.ts";
import type { NodeId } from "../../middle/graph/graph.ts";
import { addDims, constantDim, constantOf, type Dim } from "../values/dims.ts";
import { alongJoined, joinAxes, withoutInner } from "../values/leading-axes.ts";
import { printType, tensorValue } from "../values/types.ts";
import type { FunctionCall, TensorValue, Value } from "../values/values.ts";
import { type CountedSequence, howMany, isGivenWhere } from "./counted.ts";

/** No score of 32 bits changes it, and its exponential is 0. */
const NEVER = -1e30;

/** Tells whether the condition has one number for each key, and reports it if not. */
export function isOfKeys(call: FunctionCall): boolean {
  if (!isGivenWhere(call)) return true;
  const { value, span } = call.argument("where");
  if (value.type.kind !== "tensor" || constantOf(value.type.width) === 1) return true;
  call.elaboration.report(
    wrongType,
    {
      what: `\`where\` of \`${call.name}\``,
      expected: "one number for each key",
      got: printType(value.type),
    },
    span,
  );
  return false;
}

/** Changes queries and keys so that keys which don't count get no weight. */
export function withoutOthers(
  call: FunctionCall,
  queries: TensorValue,
  keys: CountedSequence,
  { heads, scale }: { readonly heads: Dim; readonly scale: number },
): readonly [TensorValue, TensorValue] {
  const number = (x: TensorValue, value: number) => call.forEach(x, call.constant(value));
  const penalty = call.emit("choose", [keys.condition, number(keys.x, 0), number(keys.x, NEVER / scale)], {});
  return [widened(call, queries, heads, number(queries, 1)), widened(call, keys.x, heads, penalty)];
}

/** `x` with `number` appended to the part of each head. */
function widened(call: FunctionCall, x: TensorValue, heads: Dim, number: NodeId | null): TensorValue {
  const dim = (x.type.list ?? x.outerAxes.list) === null ? 0 : 1;
  const count = constantOf(heads) ?? 1;
  const each = (constantOf(x.type.width) ?? count) / count;
  const parts = Array.from({ length: count }, (_, head) => [
    count === 1 ? x.node : call.emit("slice", [x.node], { dim, from: head * each, to: (head + 1) * each }),
    number,
  ]);
  const node = call.emit("concat", parts.flat(), { dim });
  return { ...x, type: { ...x.type, width: addDims(x.type.width, heads) }, node };
}

/** `attended` if some key counts, else 0. */
export function orNothing(call: FunctionCall, attended: TensorValue, keys: CountedSequence): Value | null {
  const { x } = keys;
  const { sources, outerAxes } = x;
  const type = { ...withoutInner(x.type), width: constantDim(1) };
  const some = tensorValue(type, { node: howMany(call, keys), sources, outerAxes, widthOrigin: null });
  const { span } = call;
  const both = [attended, some].map((value) => ({ value, span }));
  const joined = joinAxes(call.elaboration, `\`${call.name}\``, both, span);
  if (joined === null) return null;
  const [values, counts] = both.map(({ value }) => alongJoined(call.elaboration, value, joined, span));
  const zero = call.forEach(values!, call.constant(0));
  return { ...values!, node: call.emit("choose", [counts!.node, values!.node, zero], {}) };
}
