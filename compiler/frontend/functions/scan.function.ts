// Recurrence over a history.

import { wrongType } from "../../diagnostics/catalog/expressions.ts";
import { scanNeedsHistory, stateDiffers, stateNotUsed } from "../../diagnostics/catalog/recurrence.ts";
import type { NodeId } from "../../middle/graph/graph.ts";
import { addScan } from "../../middle/ops/support/add-scan.ts";
import { inputOf } from "../../middle/programs/program.ts";
import { defineFunction } from "../values/define-function.ts";
import { constantOf, type Dim, equalDims } from "../values/dims.ts";
import { alongJoined, joinAxes } from "../values/leading-axes.ts";
import { inside, liftAlong } from "../values/lift.ts";
import {
  ERROR,
  intValue,
  isError,
  isTensor,
  NO_AXES,
  numberOf,
  printType,
  tensorValue,
} from "../values/types.ts";
import type { Axis, FunctionCall, Source, TensorArgument, TensorValue, Value } from "../values/values.ts";
import { hasOrder } from "./losses.function.ts";

export const scan = defineFunction({
  name: "scan",
  doc: [
    "`scan(cell, x: Seq[h, d], …, width: Int, start = 0) -> Seq[h, width]` is a recurrence along a history: the state after each step,",
    "`cell(state, x, …)`, made from the state before it and the step's values. Further sequences along the same history and",
    "vectors, the same in every step, are passed on to the cell. The first state is zeros, or the number or vector `start`:",
    "`scan(gru_cell, clicks, width: 32)`, `scan((h, x) => tanh(dense(concat(h, x), 8)), clicks, width: 8)`. The cell's layers",
    "are the same in every step.",
  ].join("\n"),
  parameters: [
    { name: "cell", accepts: "function" },
    { name: "inputs", accepts: "vector", rest: true },
    { name: "width", accepts: "width" },
    { name: "start", accepts: "any", default: () => intValue(0) },
  ],
  apply(call) {
    const inputs = call.rest().flatMap(({ value, span }) => (isTensor(value) ? [{ value, span }] : []));
    const axis = axisOf(call, inputs);
    if (axis === null) return ERROR;
    const start = startOf(call);
    if (start === null) return ERROR;
    const operands = start.vector === null ? inputs : [...inputs, start.vector];
    const joined = joinAxes(call.elaboration, "`scan`", operands, call.span);
    if (joined === null) return ERROR;
    // Inside the cell, a step of a sequence is a vector.
    const lift = liftAlong({ axis, list: null });
    const outerAxes = { axis: lift.axis, list: joined.outerAxes.list };
    const width = call.width("width");
    const { span } = call.argument("width");
    const widthOrigin = { span, what: "the state of this `scan`" };

    const sequence = inputs.find(({ value }) => value.type.axis !== null)!.value;
    if (!hasOrder(call, sequence)) return ERROR;
    const source = stateSource(call, sequence, width, outerAxes.list);
    const state = tensorValue(
      { width },
      { node: source, sources: new Set(["state"]), outerAxes, widthOrigin },
    );
    const steps = inputs.map(({ value }) => inside(value, lift));
    const result = step(call, state, steps);
    if (result === null) return ERROR;
    if (!result.sources.has("state"))
      call.elaboration.report(stateNotUsed, { name: cellName(call) }, cellSpan(call));

    const { builder } = call.elaboration;
    const next = alongJoined(call.elaboration, result, { visible: NO_AXES, outerAxes }, call.span).node;
    const node =
      builder === null
        ? null
        : addScan(
            builder,
            {
              state: source!,
              next: next!,
              start: startNode(call, start, width, outerAxes.list)!,
              like: sequence.node!,
              reverse: false,
            },
            call.span,
          );
    const sources = new Set<Source>(operands.flatMap(({ value }) => [...value.sources]));
    for (const each of result.sources) if (each !== "state") sources.add(each);
    return tensorValue(
      { axis, width },
      { node, sources, outerAxes: { axis: null, list: outerAxes.list }, widthOrigin },
    );
  },
});

function cellSpan(call: FunctionCall) {
  return call.argument("cell").span;
}

/** For a message: as it is written, or what it is. */
function cellName(call: FunctionCall): string {
  const callable = call.callable("cell");
  switch (callable.kind) {
    case "block":
      return `\`${callable.block.name.name}\``;
    case "builtin":
      return `\`${callable.definition.name}\``;
    case "lambda":
    case "any_activation":
      return "this cell";
  }
}

/** The axis that the inputs have together; null, reported, where none has one. */
function axisOf(call: FunctionCall, inputs: readonly TensorArgument[]): Axis | null {
  const axis = inputs.map(({ value }) => value.type.axis).find((each) => each !== null);
  if (axis !== undefined) return axis;
  const [first] = inputs;
  const got = first!.value.type.list === null ? "one vector" : "a list";
  call.elaboration.report(scanNeedsHistory, { got }, first!.span, {
    label: printType(first!.value.type),
  });
  return null;
}

/** What comes before the first step. */
interface Start {
  readonly number: number;
  /** In place of the number. */
  readonly vector: TensorArgument | null;
}

function startOf(call: FunctionCall): Start | null {
  const { value, span } = call.argument("start");
  const number = numberOf(value.type);
  if (value.type.kind === "int" || value.type.kind === "float") return { number: number ?? 0, vector: null };
  const vector = call.elaboration.vector(value, "`scan`", "`start` of `scan`", span);
  if (vector === null) return null;
  const { axis, list, width } = vector.type;
  if (axis !== null || list !== null) {
    const got = printType(vector.type);
    call.elaboration.report(
      wrongType,
      { what: "`start` of `scan`", expected: "a Vec or a number", got },
      span,
    );
    return null;
  }
  if (!equalDims(width, call.width("width"))) return differs(call, "`start`", vector, span);
  return { number: 0, vector: { value: vector, span } };
}

function differs(call: FunctionCall, what: string, value: Value, span: FunctionCall["span"]): null {
  const width = call.width("width");
  const state = printType(tensorValue({ width }, { node: null, sources: new Set(), widthOrigin: null }).type);
  const origin = value.widthOrigin;
  call.elaboration.report(stateDiffers, { what, got: printType(value.type), state }, span, {
    related: [
      { location: { kind: "text", span: call.argument("width").span }, label: `the state: ${state}` },
      ...(origin === null
        ? []
        : [{ location: { kind: "text", span: origin.span } as const, label: origin.what }]),
    ],
  });
  return null;
}

/** The new state, made from `state` by the cell; null where something was reported. */
function step(call: FunctionCall, state: TensorValue, inputs: readonly TensorValue[]): TensorValue | null {
  const span = cellSpan(call);
  const given = [state, ...inputs].map((value) => ({ name: null, value, span }));
  const value = call.elaboration.call(call.callable("cell"), "scan", given, call.span);
  if (isError(value)) return null;
  const what = `the result of ${cellName(call)}`;
  const result = call.elaboration.vector(value, "`scan`", what, span);
  if (result === null) return null;
  const { axis, list, width } = result.type;
  const fits = axis === null && list === null && equalDims(width, state.type.width);
  return fits ? result : differs(call, what, result, span);
}

/** Stands for the states before each step while the cell is walked. */
function stateSource(call: FunctionCall, sequence: TensorValue, width: Dim, list: Dim | null): NodeId | null {
  const { builder } = call.elaboration;
  if (builder === null) return null;
  const { rows } = builder.typeOf(sequence.node!);
  const name = `${call.layer().name}/state`;
  return call.emit(
    "input",
    [],
    inputOf({ kind: "body", of: name }, { rows, dims: sizes(width, list), dtype: "f32" }),
  );
}

function startNode(call: FunctionCall, start: Start, width: Dim, list: Dim | null): NodeId | null {
  if (start.vector === null)
    return call.emit("constant", [], { value: start.number, dims: sizes(width, list) });
  const along = { visible: NO_AXES, outerAxes: { axis: null, list } };
  return alongJoined(call.elaboration, start.vector.value, along, call.span).node;
}

function sizes(width: Dim, list: Dim | null): number[] {
  return [...(list === null ? [] : [list]), width].map((dim) => constantOf(dim)!);
}
