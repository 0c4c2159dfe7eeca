// One sequence after the other: lists as one list, and the steps of histories, with or without lists, as one axis.

import { listWidths, sequencesMultiply } from "../../diagnostics/catalog/lists.ts";
import { joinedAxis } from "../../middle/graph/derived-axes.ts";
import type { NodeId } from "../../middle/graph/graph.ts";
import { defineFunction } from "../values/define-function.ts";
import { addDims, constantOf, equalDims, printDim } from "../values/dims.ts";
import { numbersFrom } from "../values/facing.ts";
import { alongJoined, describe, type Joined, joinAxes, listLength } from "../values/leading-axes.ts";
import { withRowsOf } from "../values/rows.ts";
import { ERROR, NO_AXES, tensorValue, unionSources } from "../values/types.ts";
import type {
  Axis,
  FunctionCall,
  LeadingAxes,
  TensorArgument,
  TensorValue,
  Value,
} from "../values/values.ts";
import { widthOrigins } from "../values/widths.ts";
import { hasOrder } from "./batch.function.ts";

export const join = defineFunction({
  name: "join",
  doc: [
    "`join(a: Seq[n, d], b: Seq[m, d], …) -> Seq[n + m + …, d]` is one sequence after the other: lists as one list, the steps of",
    "histories as one axis, `clicks + carts`, with the elements of lists before, between or after them.",
  ].join("\n"),
  parameters: [{ name: "sequences", accepts: "any", rest: true }],
  apply(call) {
    const parts = call.rest();
    const written = parts.flatMap(({ value }) =>
      value.type.kind === "list" && value.type.elements !== null ? [value.type] : [],
    );
    const [first] = written;
    if (first !== undefined && written.length === parts.length && written.every(({ of }) => of === first.of))
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
function joinedSteps(call: FunctionCall, sequences: readonly TensorArgument[]): Value {
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
  const name = joinedAxis(parts.map(({ along }) => along));
  const isKnown = ofSteps.some(({ kind }) => kind === "history");
  const axis: Axis = { kind: isKnown ? "history" : "variable", name, span: call.span };
  const nodes = parts.map((part, i) => placed(call, part, parts.slice(0, i), ofSteps[0]!.name, name));
  const node = nodes.reduce((sum, each) => call.emit("add", [sum, each], {}));
  return made(values, { axis, list: null }, node, axes.outerAxes);
}

/** In a block that is checked for all numbers, the length of a list is the name of one. */
function lengthOfPart({ type: { axis, list } }: TensorValue): string | number {
  if (list === null) return axis!.name;
  return constantOf(list) ?? printDim(list).replace(/\W/g, "_");
}

/** The steps of a part on the axis `to`, after those of the parts `before`, and 0 at all other steps. */
function placed(
  call: FunctionCall,
  { value, along }: Part,
  before: readonly Part[],
  /** An axis with the rows of all parts. */
  some: string,
  to: string,
): NodeId | null {
  const prefix = before.length === 0 ? null : joinedAxis(before.map((part) => part.along));
  if (value.type.list === null) {
    const [first, through] = [prefix === null, joinedAxis([...before.map((part) => part.along), along])];
    const behind = first
      ? value.node
      : call.emit("resize_steps", [value.node], { history: through, keep: "last" });
    return through === to && !first
      ? behind
      : call.emit("resize_steps", [behind], { history: to, keep: "first" });
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
