// Functions along a Seq, its history or list (sum, mean, max, min, softmax), and along the width of a vector
// (total, softmax). An empty history gives 0 everywhere; its softmax has no steps, so a sum weighted by it is
// 0.

import { whereOfTwo } from "../../diagnostics/catalog/elementwise.ts";
import { noAxis } from "../../diagnostics/catalog/expressions.ts";
import type { NodeId } from "../../middle/graph/graph.ts";
import { LOWEST } from "../../middle/ops/support/references.ts";
import { defineFunction } from "../values/define-function.ts";
import { constantDim, constantOf } from "../values/dims.ts";
import { withoutInner } from "../values/leading-axes.ts";
import { ERROR, plainValue, printType, tensorValue } from "../values/types.ts";
import type { FunctionCall, LanguageFunction, TensorValue } from "../values/values.ts";
import {
  type CountedSequence,
  howMany,
  isGivenWhere,
  largest,
  orElse,
  outside,
  readCountedSequence,
  whereParameter,
} from "./counted.ts";
import { extreme, meeting } from "./elementwise.function.ts";

/** The Vec that results from reducing a Seq. */
function reduced(x: TensorValue, node: NodeId | null): TensorValue {
  const { sources, outerAxes, widthOrigin } = x;
  return tensorValue(
    { ...withoutInner(x.type), width: x.type.width },
    { node, sources, outerAxes, widthOrigin },
  );
}

const sequence = [{ name: "x", accepts: "sequence" } as const, whereParameter];

function sumOf(call: FunctionCall, of: CountedSequence): NodeId | null {
  return call.emit(of.x.type.list === null ? "sum_steps" : "sum_list", [orElse(call, of, 0)], {});
}

/** The number of steps or elements that count, at least 1. */
function countOf(call: FunctionCall, of: CountedSequence): NodeId | null {
  if (of.isSome) return call.emit("maximum", [howMany(call, of), outside(call, of, 1)], {});
  const { x } = of;
  if (x.type.list !== null) return call.constant(constantOf(x.type.list) ?? 1);
  const history = x.type.axis!.name;
  const count = call.emit("count_steps", [], { history, per: "example" });
  const atLeastOne = call.emit("maximum", [count, call.constant(1)], {});
  return call.forEach(x, atLeastOne);
}

export const sum = defineFunction({
  name: "sum",
  knowsVarying: true,
  doc: [
    "`sum(x: Seq[h, d], where?: Seq[h, 1]) -> Vec[d]` adds up the steps or elements; 0 for an empty history. With `where`, those for which the",
    "condition holds: `sum(clicks, where: clicks.dwell > 30)`. To add up the width, use `total`.",
  ].join("\n"),
  parameters: sequence,
  apply(call) {
    const of = readCountedSequence(call, call.vector("x"), "x");
    return of === null ? ERROR : reduced(of.x, sumOf(call, of));
  },
});

export const mean = defineFunction({
  name: "mean",
  knowsVarying: true,
  doc: [
    "`mean(x: Seq[h, d], where?: Seq[h, 1]) -> Vec[d]` is the mean over the steps or elements, with `where` over those for which the",
    "condition holds; 0 where there are none.",
  ].join("\n"),
  parameters: sequence,
  apply(call) {
    const of = readCountedSequence(call, call.vector("x"), "x");
    return of === null ? ERROR : reduced(of.x, call.emit("divide", [sumOf(call, of), countOf(call, of)], {}));
  },
});

/** For `max` and `min`: a single value is reduced, two values are compared elementwise. */
const alone = plainValue({ kind: "string", value: "" });

function extremeFunction(name: "max" | "min", adjective: string, comparative: string): LanguageFunction {
  return defineFunction({
    name,
    doc: [
      `\`${name}(x: Seq[h, d], y?: Vec[d], where?: Seq[h, 1]) -> Vec[d]\` is the ${adjective} value over the steps or elements, for each`,
      "of the d numbers, with `where` over those for which the condition holds; 0 where there are none.",
      `Given y, it is the ${comparative} of the two, vectors or a vector and a number, number by number: \`${name}(x, 0)\`.`,
      "If two are equal, each learns half.",
    ].join("\n"),
    parameters: [
      { name: "x", accepts: "any" },
      { name: "y", accepts: "any", default: () => alone },
      whereParameter,
    ],
    ofNumbers: { of: (x, y) => (name === "max" ? Math.max(x, y) : Math.min(x, y)), isWhole: true },
    apply(call) {
      if (call.argument("y").value !== alone) {
        if (isGivenWhere(call)) {
          call.elaboration.report(whereOfTwo, { name }, call.argument("where").span);
          return ERROR;
        }
        const met = meeting(call, ["x", "y"]);
        const [x, y] = met?.values.map(({ node }) => node) ?? [];
        return met === null ? ERROR : met.result(extreme(call, name, x ?? null, y ?? null));
      }
      const { value, span } = call.argument("x");
      const x = call.elaboration.vector(value, `\`${name}\``, `\`x\` of \`${name}\``, span);
      if (x === null) return ERROR;
      if (x.type.axis === null && x.type.list === null) {
        call.elaboration.report(noAxis, { operation: name, type: printType(x.type) }, span);
        return ERROR;
      }
      const of = readCountedSequence(call, x, "x");
      if (of === null) return ERROR;
      const signed = (node: NodeId | null) => (name === "max" ? node : call.emit("negate", [node], {}));
      return reduced(of.x, signed(largest(call, { ...of, x: { ...of.x, node: signed(of.x.node) } })));
    },
  });
}

export const max = extremeFunction("max", "largest", "larger");
export const min = extremeFunction("min", "smallest", "smaller");

export const softmax = defineFunction({
  name: "softmax",
  knowsVarying: true,
  doc: [
    "`softmax(x: Seq[h, d], where?: Seq[h, 1]) -> Seq[h, d]` makes the steps of each history, or the elements of a list, positive with",
    "sum 1: exp(x) / Σ exp(x), for each of the d numbers. With `where`, those for which the condition holds; the others are 0. Of a",
    "`Vec[d]` it goes along the d numbers, which makes `Classes[d]`: a label with classes is predicted by it, and its `log` is exact.",
  ].join("\n"),
  parameters: [{ name: "x", accepts: "vector" }, whereParameter],
  apply(call) {
    const of = readCountedSequence(call, call.vector("x"), "x");
    if (of === null) return ERROR;
    const { x } = of;
    const without = orElse(call, of, LOWEST);
    /** Elements that don't count are 0, even if none counts. */
    const shares = (node: NodeId | null) => orElse(call, { ...of, x: { ...x, node } }, 0);
    if (x.type.axis !== null || x.type.list !== null)
      return call.like(
        x,
        shares(call.emit(x.type.list === null ? "softmax_steps" : "softmax_list", [without], {})),
      );
    if (constantOf(x.type.width) === 1 && !call.elaboration.mode.settled) {
      call.elaboration.report(
        noAxis,
        { operation: "softmax", type: printType(x.type) },
        call.argument("x").span,
      );
      return ERROR;
    }
    const node = shares(alongWidth(call, { ...x, node: without }));
    if (of.isSome) return call.like(x, node);
    const { sources, outerAxes, widthOrigin } = x;
    return tensorValue(
      { width: x.type.width, distribution: true },
      { node, logit: x.node, sources, outerAxes, widthOrigin },
    );
  },
});

/** The numbers of a vector as a list, for each element of an outer list. */
function alongWidth(call: FunctionCall, { node, type, outerAxes }: TensorValue): NodeId | null {
  const width = constantOf(type.width) ?? 1;
  const isInList = outerAxes.list !== null;
  const turned = isInList
    ? call.emit("transpose", [node], {})
    : call.emit("reshape", [node], { dims: [width, 1] });
  const shares = call.emit("softmax_list", [turned], {});
  return isInList ? call.emit("transpose", [shares], {}) : call.emit("reshape", [shares], { dims: [width] });
}

export const total = defineFunction({
  name: "total",
  doc: "`total(x: Vec[d]) -> Vec[1]` adds up the d numbers of a vector. To add up the steps of a history, use `sum`.",
  parameters: [{ name: "x", accepts: "vector" }],
  apply(call: FunctionCall) {
    const x = call.vector("x");
    const node = call.emit("sum_width", [x.node], {});
    return call.like(x, node, constantDim(1), { span: call.span, what: "a total" });
  },
});
