// Recurrences: along a history as one op, along a list unrolled with the same layers in every step.

import { scanNeedsSequence, stateNotUsed } from "../../diagnostics/catalog/recurrence.ts";
import type { NodeId } from "../../middle/graph/graph.ts";
import { addScan } from "../../middle/ops/support/add-scan.ts";
import { addUnrolled } from "../../middle/ops/support/unrolled.ts";
import { inputOf } from "../../middle/programs/program.ts";
import { defineFunction } from "../values/define-function.ts";
import { constantDim, constantOf, type Dim } from "../values/dims.ts";
import { alongJoined, type Joined, joinAxes } from "../values/leading-axes.ts";
import { inside, liftAlong } from "../values/lift.ts";
import { isOnce } from "../values/rows.ts";
import {
  ERROR,
  intValue,
  isError,
  isTensor,
  listValue,
  NO_AXES,
  printType,
  tensorValue,
} from "../values/types.ts";
import type {
  FunctionCall,
  LanguageFunction,
  LeadingAxes,
  Source,
  TensorArgument,
  TensorValue,
  Value,
} from "../values/values.ts";
import { hasOrder } from "./batch.function.ts";
import { thereIn } from "./counted.ts";
import { cellName, cellSpan, type State, stateOf } from "./scan-state.ts";

function recurrence(name: "scan" | "scan_back", doc: readonly string[]): LanguageFunction {
  return defineFunction({
    name,
    doc: doc.join("\n"),
    parameters: [
      { name: "cell", accepts: "function" },
      { name: "inputs", accepts: "vector", rest: true },
      { name: "width", accepts: "any" },
      { name: "start", accepts: "any", default: () => intValue(0) },
    ],
    apply(call) {
      const inputs = call.rest().flatMap(({ value, span }) => (isTensor(value) ? [{ value, span }] : []));
      if (inputs.every(({ value: { type } }) => type.axis === null && type.list === null)) {
        const [first] = inputs;
        call.elaboration.report(scanNeedsSequence, { name }, first!.span, {
          label: printType(first!.value.type),
        });
        return ERROR;
      }
      const state = stateOf(call);
      if (state === null) return ERROR;
      const operands = [...inputs, ...state.start.flatMap(({ vector }) => (vector === null ? [] : [vector]))];
      const joined = joinAxes(call.elaboration, `\`${name}\``, operands, call.span);
      if (joined === null) return ERROR;
      const goes = { call, state, inputs, operands, reverse: name === "scan_back" };
      return joined.visible.list === null ? alongHistory(goes, joined) : alongList(goes, joined);
    },
  });
}

export const scan = recurrence("scan", [
  "`scan(cell: Block, x: Seq[h, d], …, width: Int, start = 0) -> Seq[h, width]` is a recurrence along a history or list: the state after",
  "each step, `cell(state, x, …)`, made from the state before it and the step's values. Further sequences along the same axis and",
  "vectors, the same in every step, are passed on to the cell. The first state is zeros, or the number or vector `start`:",
  "`scan(gru_cell, clicks, width: 32)`, `scan((h, x) => tanh(dense(concat(h, x), 8)), clicks, width: 8)`. The cell's layers",
  "are the same in every step. With `width: [16, 16]` the state has two parts: the cell takes both, `(h, c, x) => …`, and gives a",
  "list of both, and `scan` gives a list of two sequences: `scan(lstm_cell, clicks, width: [16, 16])[1]`.",
]);

export const scanBack = recurrence("scan_back", [
  "`scan_back(cell: Block, x: Seq[h, d], …, width: Int, start = 0) -> Seq[h, width]` is `scan` from the latest step to the first: the state",
  "at each step is made from the one after it. Beside the states of `scan` those of both directions are known at each step:",
  "`concat(gru(clicks, 16), scan_back(gru_cell, clicks, width: 16))`. The last state it makes is `first` of its result.",
]);

interface Goes {
  readonly call: FunctionCall;
  readonly state: State;
  readonly inputs: readonly TensorArgument[];
  /** The inputs, and the vectors that the state begins with. */
  readonly operands: readonly TensorArgument[];
  readonly reverse: boolean;
}

function alongHistory(goes: Goes, joined: Joined): Value {
  const { call, state, inputs, reverse } = goes;
  const { elaboration } = call;
  const axis = joined.visible.axis!;
  // Inside the cell, a step of a sequence is a vector.
  const lift = liftAlong({ axis, list: null });
  const { list } = joined.outerAxes;
  const outerAxes = { axis: lift.axis, list };
  const sequence = inputs.find(({ value }) => value.type.axis !== null)!.value;
  if (!hasOrder(call, sequence)) return ERROR;
  const source = stands(call, call.layer().name, "state", sequence.node, sizes(state.width, list));
  const steps = inputs.map(({ value }) => inside(value, lift));
  const made = step(goes, source, outerAxes, steps);
  if (made === null) return ERROR;
  const next = alongJoined(elaboration, made, { visible: NO_AXES, outerAxes }, call.span).node;
  const node = elaboration.build((builder) =>
    addScan(
      builder,
      { state: source!, next: next!, start: startNode(goes, list)!, like: sequence.node!, reverse },
      call.span,
    ),
  );
  return result(goes, made, { axis, list: null }, { axis: null, list }, node);
}

/** Makes the nodes of the cell once for each element. */
function alongList(goes: Goes, { visible, outerAxes: outside }: Joined): Value {
  const { call, state, inputs, reverse } = goes;
  const { elaboration } = call;
  const length = constantOf(visible.list!) ?? 1;
  const lift = liftAlong({ axis: visible.axis, list: null });
  const outerAxes = { axis: lift.axis ?? outside.axis, list: null };
  const along = { visible: { axis: visible.axis, list: null }, outerAxes: outside };
  const layer = call.layer().name;
  const lists: TensorValue[] = [];
  const elements: (NodeId | null)[] = [];
  const steps = inputs.map(({ value }) => {
    if (value.type.list === null) return inside(alongJoined(elaboration, value, along, call.span), lift);
    const aligned = alongJoined(
      elaboration,
      value,
      { visible: { ...visible, list: value.type.list }, outerAxes: outside },
      call.span,
    );
    const node = stands(call, layer, `element_${lists.length}`, aligned.node, sizes(value.type.width, null));
    lists.push(aligned);
    elements.push(node);
    return inside({ ...aligned, node, type: { ...aligned.type, list: null } }, lift);
  });
  const like = [...steps, ...lists].map(({ node }) => node).find((node) => hasRows(call, node)) ?? null;
  const source = stands(call, layer, "state", like ?? lists[0]!.node, sizes(state.width, null));
  const mask = maskOf(call, visible.list!, lists[0]!);
  const isThere = mask === null ? null : stands(call, layer, "there", like, [1]);
  const made = elaboration.repeated(length, call.span, () => step(goes, source, outerAxes, steps));
  if (made === null) return ERROR;
  const after = alongJoined(elaboration, made, { visible: NO_AXES, outerAxes }, call.span).node;
  // The state stays as it is where the list has no element.
  const next = mask === null ? after : call.emit("choose", [isThere, after, source], {});
  const read = mask === null ? lists : [...lists, mask];
  if (mask !== null) elements.push(isThere);
  const axes = { axis: visible.axis, list: visible.list };
  if (elaboration.isChecking) return result(goes, made, axes, { axis: outside.axis, list: null }, null);
  const places = Array.from({ length }, (_, i) => (reverse ? length - 1 - i : i));
  const states = elaboration.build((builder) =>
    addUnrolled(
      builder,
      { state: source!, elements: elements.map((id) => id!), next: next!, start: startNode(goes, null)! },
      places.map((at) => read.map((list) => element(call, list, at))),
    ),
  )!;
  const inOrder = (reverse ? states.toReversed() : states).map((each) =>
    call.emit("reshape", [each], { dims: [1, ...sizes(state.width, null)] }),
  );
  const node = length === 1 ? inOrder[0]! : call.emit("concat", inOrder, { dim: 0 });
  return result(goes, made, axes, { axis: outside.axis, list: null }, node);
}

/** 1 for each element of the list, 0 for its other places; null if it has the same number in every row. */
function maskOf(call: FunctionCall, { varying }: Dim, along: TensorValue): TensorValue | null {
  if (varying === undefined) return null;
  return { ...along, node: thereIn(call, along, varying), type: { ...along.type, width: constantDim(1) } };
}

function hasRows(call: FunctionCall, node: NodeId | null): boolean {
  return node !== null && !isOnce(call.elaboration, node);
}

function element(call: FunctionCall, list: TensorValue, at: number): NodeId {
  const one = call.emit("slice", [list.node], { dim: 0, from: at, to: at + 1 });
  return call.emit("reshape", [one], { dims: sizes(list.type.width, null) })!;
}

/** The new state, all parts side by side; null if a mistake was reported. */
function step(
  { call, state }: Goes,
  source: NodeId | null,
  outerAxes: LeadingAxes,
  inputs: readonly TensorValue[],
): TensorValue | null {
  const span = cellSpan(call);
  const before = state.before(source, outerAxes);
  const given = [...before, ...inputs].map((value) => ({ name: null, value, span }));
  const value = call.elaboration.call(call.callable("cell"), call.name, given, call.span);
  if (isError(value)) return null;
  const made = state.after(value, outerAxes);
  if (made !== null && !made.sources.has("state"))
    call.elaboration.report(stateNotUsed, { name: cellName(call) }, span);
  return made;
}

function result(
  { state, operands }: Goes,
  made: TensorValue,
  axes: LeadingAxes,
  outerAxes: LeadingAxes,
  node: NodeId | null,
): Value {
  const sources = new Set<Source>(operands.flatMap(({ value }) => [...value.sources]));
  for (const each of made.sources) if (each !== "state") sources.add(each);
  const dim = (axes.list ?? outerAxes.list) === null ? 0 : 1;
  const parts = state
    .partsOf(node, dim)
    .map((part) => tensorValue({ ...axes, width: part.width }, { ...part, sources, outerAxes }));
  return state.isSingle ? parts[0]! : listValue(parts, null, parts.length);
}

/** A value that the cell reads while it is walked, for each row of `like`. */
function stands(
  call: FunctionCall,
  layer: string,
  name: string,
  like: NodeId | null,
  dims: readonly number[],
): NodeId | null {
  if (like === null) return null;
  const { rows } = call.elaboration.typeOf(like);
  const of = `${layer}/${name}`;
  return call.emit("input", [], inputOf({ kind: "body", of }, { rows, dims, dtype: "f32" }));
}

function startNode({ call, state }: Goes, list: Dim | null): NodeId | null {
  const along = { visible: NO_AXES, outerAxes: { axis: null, list } };
  const nodes = state.start.map(({ number, vector, width }) =>
    vector === null
      ? call.emit("constant", [], { value: number, dims: sizes(width, list) })
      : alongJoined(call.elaboration, vector.value, along, call.span).node,
  );
  return nodes.length === 1 ? nodes[0]! : call.emit("concat", nodes, { dim: list === null ? 0 : 1 });
}

/** The dims of a value in one row; an unknown width counts as 1 in a check. */
function sizes(width: Dim, list: Dim | null): number[] {
  return [...(list === null ? [] : [list]), width].map((dim) => constantOf(dim) ?? 1);
}
