// One sequence after the other: lists as one list, and the steps of histories, with or without lists, as one axis.

import { listWidths, sequencesMultiply } from "../../diagnostics/catalog/lists.ts";
import { joinBy } from "../../diagnostics/catalog/sequences.ts";
import { joinedAxis, orderedAxis } from "../../middle/graph/derived-axes.ts";
import type { NodeId } from "../../middle/graph/graph.ts";
import { hasIds, numbersIn } from "../kinds/registry.ts";
import { defineFunction } from "../values/define-function.ts";
import { addDims, constantOf, equalDims, printDim } from "../values/dims.ts";
import { numbersFrom } from "../values/facing.ts";
import { alongJoined, describe, type Joined, joinAxes, listLength, nameOf } from "../values/leading-axes.ts";
import { withRowsOf } from "../values/rows.ts";
import { numberOf } from "../values/tables.ts";
import {
  ERROR,
  featuresIn,
  isTensor,
  NO_AXES,
  plainValue,
  printType,
  tensorValue,
  unionSources,
} from "../values/types.ts";
import type {
  Axis,
  FeatureReference,
  FunctionCall,
  LeadingAxes,
  TensorArgument,
  TensorValue,
  Value,
} from "../values/values.ts";
import { widthOrigins } from "../values/widths.ts";
import { hasOrder } from "./batch.function.ts";

/** The default of `by`: one part after the other. */
const unordered = plainValue({ kind: "string", value: "" });

export const join = defineFunction({
  name: "join",
  doc: [
    "`join(a: Seq[n, d], b: Seq[m, d], …, by?: List[Feature]) -> Seq[n + m + …, d]` is one sequence after the other: lists as one list, the steps of",
    "histories as one axis, `clicks + carts`, with the elements of lists before, between or after them. With",
    "`by: [clicks.at, carts.at]` the steps are in the order of their times, or of numbers; equal ones in that of the parts.",
  ].join("\n"),
  parameters: [
    { name: "sequences", accepts: "any", rest: true },
    { name: "by", accepts: "any", default: () => unordered, isNamed: true },
  ],
  apply(call) {
    const parts = call.rest();
    const written = parts.flatMap(({ value }) =>
      value.type.kind === "list" && value.type.elements !== null ? [value.type] : [],
    );
    const [first] = written;
    const isInTurn = call.argument("by").value === unordered;
    if (
      isInTurn &&
      first !== undefined &&
      written.length === parts.length &&
      written.every(({ of }) => of === first.of)
    )
      return call.elaboration.listOf(
        "`join`",
        written.flatMap(({ elements }) => elements ?? []),
        first.of,
        call.span,
      );
    const sequences: TensorArgument[] = [];
    for (const { value, span } of parts) {
      const x = call.elaboration.vector(value, "`join`", "what `join` takes", span);
      if (x === null || !hasOrder(call, x)) return ERROR;
      sequences.push({ value: x, span });
    }
    if (!haveOneWidth(call, sequences)) return ERROR;
    const hasSteps = sequences.some(({ value: { type } }) => type.axis !== null && type.list === null);
    if (!isInTurn) return joinedInOrder(call, sequences);
    return hasSteps ? joinedSteps(call, sequences) : joinedLists(call, sequences);
  },
});

/** Reports sequences of two widths. */
function haveOneWidth(call: FunctionCall, sequences: readonly TensorArgument[]): boolean {
  const first = sequences[0]!;
  const odd = sequences.find(({ value }) => !equalDims(value.type.width, first.value.type.width));
  if (odd === undefined) return true;
  const [left, right] = [first, odd].map(({ value }) => printDim(value.type.width));
  call.elaboration.report(listWidths, { left: left!, right: right! }, odd.span, {
    related: widthOrigins([first, odd]),
  });
  return false;
}

/** Joins lists of any lengths, each for the steps of the same history or of none. */
function joinedLists(call: FunctionCall, lists: readonly TensorArgument[]): Value {
  const lengths = lists.map((each) => listLength(call.elaboration, "`join`", each));
  if (lengths.includes(null)) return ERROR;
  const list = lengths.map((length) => length!).reduce(addDims);
  if (!call.elaboration.mayHaveVectors("`join`", constantOf(list) ?? 0, call.span)) return ERROR;
  const aligned = together(
    call,
    lists,
    lists.map(({ value: { type } }) => ({ axis: type.list === null ? null : type.axis, list: null })),
  );
  if (aligned === null) return ERROR;
  const { values, axes } = aligned;
  const nodes = values.map(({ node }) => node);
  const node = nodes.length === 1 ? nodes[0]! : call.emit("concat", nodes, { dim: 0 });
  return made(values, { axis: axes.visible.axis, list }, node, axes.outerAxes);
}

/** A sequence to be joined: steps, or the elements of a list. */
interface Part {
  readonly value: TensorValue;
  /** The name of the axis, or the number of elements. */
  readonly along: string | number;
}

/** Joins the steps of histories, and the elements of lists as further steps. */
function joinedSteps(
  call: FunctionCall,
  sequences: readonly TensorArgument[],
  /** The name of the order that they are put into; null for that of the parts. */
  by: string | null = null,
): Value {
  for (const each of sequences) {
    const { axis, list } = each.value.type;
    const isSteps = axis !== null && list === null;
    if (!isSteps && listLength(call.elaboration, "`join`", each) === null) return ERROR;
  }
  const aligned = together(
    call,
    sequences,
    sequences.map(() => NO_AXES),
  );
  if (aligned === null) return ERROR;
  const { values, axes } = aligned;
  const ofSteps = values.flatMap(({ type: { axis, list } }) =>
    axis === null || list !== null ? [] : [axis],
  );
  const odd = sequences.find(({ value: { type } }) => type.axis !== null && type.list !== null);
  const inner = describe({ axis: ofSteps[0]!, list: null });
  const outer = odd === undefined ? axes.outerAxes : { ...odd.value.type, list: null };
  if (outer.axis !== null || (outer.list !== null && ofSteps.length < values.length)) {
    call.elaboration.report(
      sequencesMultiply,
      { operation: "`join`", outer: describe(outer), inner },
      call.span,
    );
    return ERROR;
  }
  const parts = values.map((value): Part => ({ value, along: lengthOfPart(value) }));
  const inTurn = joinedAxis(parts.map(({ along }) => along));
  const name = by === null ? inTurn : orderedAxis(inTurn, by);
  const isKnown = ofSteps.some(({ kind }) => kind === "history");
  const axis: Axis = { kind: isKnown ? "history" : "variable", name, span: call.span };
  const nodes = parts.map((_, i) => placed(call, parts, i, ofSteps[0]!.name, name));
  const node = nodes.reduce((sum, each) => call.emit("add", [sum, each], {}));
  return made(values, { axis, list: null }, node, axes.outerAxes);
}

/** Joins steps, and puts them in the order of a field of their histories. */
function joinedInOrder(call: FunctionCall, sequences: readonly TensorArgument[]): Value {
  const fields = fieldsOf(call, sequences);
  if (fields === null) return ERROR;
  const names = fields.map(({ role }) => role.feature);
  const by = names.every((name) => name === names[0]) ? names[0]! : names.join(", ");
  const { span } = call.argument("by");
  const keys = fields.map((field): TensorArgument => {
    const value = numberOf(call.elaboration, field, span, { span, what: "what orders the steps" });
    return { value, span };
  });
  const [x, key] = [sequences, keys].map((each) => joinedSteps(call, each, by));
  if (!isTensor(x!) || !isTensor(key!)) return ERROR;
  const node = call.emit("sort_steps", [x.node, key.node], { inverse: false });
  return { ...x, node, sources: unionSources([x, key]) };
}

/** The time or number of each part's steps; null if some are missing, which is reported. */
function fieldsOf(call: FunctionCall, sequences: readonly TensorArgument[]): FeatureReference[] | null {
  const { value, span } = call.argument("by");
  const fields = featuresIn(value);
  const report = (got: string): null => {
    call.elaboration.report(joinBy, { got }, span);
    return null;
  };
  if (fields === null) return report(printType(value.type));
  if (fields.length !== sequences.length) return report(`${fields.length} of ${sequences.length}`);
  for (const [i, field] of fields.entries()) {
    const { kind } = field.feature;
    const { axis, list } = sequences[i]!.value.type;
    const isOne = kind.kind === "time" || (!hasIds(kind) && numbersIn(kind) === 1);
    if (
      !isOne ||
      field.feature.set !== null ||
      (kind.kind === "time") !== (fields[0]!.feature.kind.kind === "time")
    )
      return report(`\`${nameOf(field)}\``);
    const isAlong = axis !== null && list === null && field.history?.name === axis.name;
    if (!isAlong || field.along !== undefined || field.chosen !== undefined)
      return report(`\`${nameOf(field)}\` for ${describe({ axis, list })}`);
  }
  return [...fields];
}

/** In a block that is checked for all numbers, the length of a list is the name of one. */
function lengthOfPart({ type: { axis, list } }: TensorValue): string | number {
  if (list === null) return axis!.name;
  return constantOf(list) ?? printDim(list).replace(/\W/g, "_");
}

/** The steps of a part on the axis `to`, after those of the parts `before`, and 0 at all other steps. */
function placed(
  call: FunctionCall,
  parts: readonly Part[],
  index: number,
  /** An axis with the rows of all parts. */
  some: string,
  to: string,
): NodeId | null {
  const { value, along } = parts[index]!;
  const before = parts.slice(0, index).map((part) => part.along);
  const prefix = before.length === 0 ? null : joinedAxis(before);
  if (value.type.list === null) {
    const resized = (node: NodeId | null, history: string, keep: "first" | "last") =>
      call.emit("resize_steps", [node], { history, keep });
    if (prefix === null) return resized(value.node, to, "first");
    if (index === parts.length - 1) return resized(value.node, to, "last");
    return resized(resized(value.node, joinedAxis([...before, along]), "last"), to, "first");
  }
  const length = constantOf(value.type.list) ?? 1;
  const row = call.emit("count_steps", [], { history: prefix ?? some, per: "example" });
  const numbers = withRowsOf(call.elaboration, numbersFrom(call, 1, length), row, call.span);
  const offset = call.emit("broadcast_list", [row], { times: length });
  const places = prefix === null ? numbers : call.emit("add", [numbers, offset], {});
  const elements = withRowsOf(call.elaboration, value.node, row, call.span);
  return call.emit("scatter_steps", [elements, places], { history: to });
}

/** The parts along all axes around them; null if a mistake was reported. */
function together(
  call: FunctionCall,
  parts: readonly TensorArgument[],
  around: readonly LeadingAxes[],
): { readonly values: readonly TensorValue[]; readonly axes: Joined } | null {
  const without = parts.map(({ value, span }, i) => {
    const type = { ...value.type, ...around[i]! };
    return { span, value: { ...value, type } };
  });
  const axes = joinAxes(call.elaboration, "`join`", without, call.span);
  if (axes === null) return null;
  const values = parts.map(({ value }) => {
    const { list } = value.type;
    const axis = axes.visible.axis ?? (list === null ? value.type.axis : null);
    return alongJoined(
      call.elaboration,
      value,
      { visible: { axis, list }, outerAxes: axes.outerAxes },
      call.span,
    );
  });
  return { values, axes };
}

function made(
  values: readonly TensorValue[],
  axes: LeadingAxes,
  node: NodeId | null,
  outerAxes: LeadingAxes,
): Value {
  const { type, widthOrigin } = values[0]!;
  const parts = { node, sources: unionSources(values), outerAxes, widthOrigin };
  return tensorValue({ ...axes, width: type.width }, parts);
}
