// The state of a recurrence: a vector, or several parts side by side, each with a width and a value before the first step.

import { notPositive, wrongType } from "../../diagnostics/catalog/expressions.ts";
import { batchOfStates, stateDiffers, stateParts } from "../../diagnostics/catalog/recurrence.ts";
import type { NodeId } from "../../middle/graph/graph.ts";
import { addDims, constantOf, type Dim, equalDims, printDim } from "../values/dims.ts";
import { alongJoined, reportVarying } from "../values/leading-axes.ts";
import { isTensor, NO_AXES, numberOf, printType, tensorValue, unionSources } from "../values/types.ts";
import type {
  ArgumentValue,
  FunctionCall,
  LeadingAxes,
  TensorArgument,
  TensorValue,
  Value,
  WidthOrigin,
} from "../values/values.ts";

/**
 * For a function that needs all rows of a batch: reports it if `x` depends on a state or varies along a
 * list whose number of elements differs by row.
 */
export function isState(call: FunctionCall, x: TensorValue): boolean {
  const varying = (x.type.list ?? x.outerAxes.list)?.varying;
  if (varying !== undefined) {
    reportVarying(call.elaboration, call.name, varying, call.span);
    return true;
  }
  if (!x.sources.has("state")) return false;
  call.elaboration.report(batchOfStates, { name: call.name }, call.span);
  return true;
}

export function cellSpan(call: FunctionCall) {
  return call.argument("cell").span;
}

/** The name of a cell in messages: as written, or a description. */
export function cellName(call: FunctionCall): string {
  const callable = call.callable("cell");
  switch (callable.kind) {
    case "block":
      return `\`${callable.block.name.name}\``;
    case "builtin":
      return `\`${callable.definition.name}\``;
    case "layer":
      return `\`${callable.layer.name.name}\``;
    case "lambda":
    case "any_activation":
      return "this cell";
  }
}

/** The initial value of a part. */
export interface Start {
  readonly width: Dim;
  readonly number: number;
  /** Replaces the number. */
  readonly vector: TensorArgument | null;
}

interface Part {
  readonly node: NodeId | null;
  readonly width: Dim;
  readonly widthOrigin: WidthOrigin;
}

export interface State {
  /** A state of one vector is passed to the cell and back as a vector; one of several parts as a list. */
  readonly isSingle: boolean;
  /** The width of all parts together. */
  readonly width: Dim;
  readonly start: readonly Start[];
  /** Splits `node` into the parts along `dim`. */
  partsOf(node: NodeId | null, dim: number): readonly Part[];
  /** The arguments of the cell, with `node` as the state of one step. */
  before(node: NodeId | null, outerAxes: LeadingAxes): readonly TensorValue[];
  /** The result of the cell, side by side; null if it isn't a valid state, which is reported. */
  after(value: Value, outerAxes: LeadingAxes): TensorValue | null;
}

/** Null if `width` or `start` do not fit, which is reported. */
export function stateOf(call: FunctionCall): State | null {
  const widths = widthsOf(call);
  const start = widths === null ? null : startOf(call, widths);
  return start === null ? null : new ScanState(call, start);
}

class ScanState implements State {
  readonly isSingle: boolean;
  readonly width: Dim;
  readonly start: readonly Start[];
  private readonly call: FunctionCall;

  constructor(call: FunctionCall, start: readonly Start[]) {
    this.call = call;
    this.start = start;
    this.isSingle = call.argument("width").value.type.kind === "int";
    this.width = start.map(({ width }) => width).reduce(addDims);
  }

  partsOf(node: NodeId | null, dim: number): readonly Part[] {
    const { span } = this.call.argument("width");
    const widthOrigin = { span, what: `the state of this \`${this.call.name}\`` };
    if (this.isSingle) return [{ node, width: this.width, widthOrigin }];
    let from = 0;
    return this.start.map(({ width }) => {
      const to = from + (constantOf(width) ?? 1);
      const part = this.call.emit("slice", [node], { dim, from, to });
      from = to;
      return { node: part, width, widthOrigin };
    });
  }

  before(node: NodeId | null, outerAxes: LeadingAxes): readonly TensorValue[] {
    return this.partsOf(node, outerAxes.list === null ? 0 : 1).map((part) =>
      tensorValue({ width: part.width }, { ...part, sources: new Set(["state"]), outerAxes }),
    );
  }

  after(value: Value, outerAxes: LeadingAxes): TensorValue | null {
    const { elaboration, span } = this.call;
    const made = cellSpan(this.call);
    const what = `the result of ${cellName(this.call)}`;
    if (this.isSingle) return this.fitting(value, this.width, what, value);
    const given = this.given(value);
    if (given === null) return this.differs(what, value);
    const vectors: TensorValue[] = [];
    for (const [i, part] of given.entries()) {
      const vector = this.fitting(elaboration.vectorOf(part, made), this.start[i]!.width, what, value);
      if (vector === null) return null;
      vectors.push(alongJoined(elaboration, vector, { visible: NO_AXES, outerAxes }, span));
    }
    const nodes = vectors.map(({ node }) => node);
    const node =
      nodes.length === 1
        ? nodes[0]!
        : this.call.emit("concat", nodes, { dim: outerAxes.list === null ? 0 : 1 });
    const sources = unionSources(vectors);
    return tensorValue({ width: this.width }, { node, sources, outerAxes, widthOrigin: null });
  }

  /** The parts of a written list; null if they differ from the state's. */
  private given({ type }: Value): readonly Value[] | null {
    if (type.kind !== "list" || type.elements?.length !== this.start.length) return null;
    return type.elements;
  }

  private fitting(value: Value, wanted: Dim, what: string, all: Value): TensorValue | null {
    const { elaboration, name } = this.call;
    const result = elaboration.vector(value, `\`${name}\``, what, cellSpan(this.call));
    if (result === null) return null;
    const { axis, list, width } = result.type;
    const fits = axis === null && list === null && equalDims(width, wanted);
    return fits ? result : this.differs(what, all);
  }

  private differs(what: string, value: Value): null {
    return stateIsOther(this.call, this.start, what, { value, span: cellSpan(this.call) });
  }
}

/** The width of each part; null if they aren't widths, which is reported. */
function widthsOf(call: FunctionCall): readonly Dim[] | null {
  const { value, span } = call.argument("width");
  const { elaboration, name } = call;
  const what = `\`width\` of \`${name}\``;
  if (value.type.kind === "list" && value.type.elements === null) {
    elaboration.report(stateParts, { name }, span);
    return null;
  }
  const widths: Dim[] = [];
  for (const { type } of value.type.kind === "list" ? value.type.elements! : [value]) {
    if (type.kind !== "int") {
      const got = printType(value.type);
      elaboration.report(wrongType, { what, expected: "an Int or a List[Int]", got }, span);
      return null;
    }
    const constant = constantOf(type.value);
    if (constant !== null && constant < 1) {
      elaboration.report(notPositive, { what, got: printDim(type.value) }, span);
      return null;
    }
    widths.push(type.value);
  }
  if (widths.length > 0) return widths;
  elaboration.report(wrongType, { what, expected: "an Int or a List[Int]", got: "an empty list" }, span);
  return null;
}

function startOf(call: FunctionCall, widths: readonly Dim[]): readonly Start[] | null {
  const { value, span } = call.argument("start");
  const isSingle = call.argument("width").value.type.kind === "int";
  const wanted = widths.map((width) => ({ width, number: 0, vector: null }));
  const given =
    !isSingle && value.type.kind === "list" ? (value.type.elements ?? []) : widths.map(() => value);
  if (given.length !== widths.length) return stateIsOther(call, wanted, "`start`", { value, span });
  const starts: Start[] = [];
  for (const [i, each] of given.entries()) {
    const start = startOfPart(call, { value: each, span }, widths[i]!, wanted);
    if (start === null) return null;
    starts.push(start);
  }
  return starts;
}

function startOfPart(
  call: FunctionCall,
  { value, span }: ArgumentValue,
  width: Dim,
  wanted: readonly Start[],
): Start | null {
  const { elaboration, name } = call;
  if (value.type.kind === "int" || value.type.kind === "float")
    return { width, number: numberOf(value.type) ?? 0, vector: null };
  const what = `\`start\` of \`${name}\``;
  const vector = elaboration.vector(elaboration.vectorOf(value, span), `\`${name}\``, what, span);
  if (vector === null) return null;
  const { axis, list } = vector.type;
  if (axis !== null || list !== null) {
    const got = printType(vector.type);
    elaboration.report(wrongType, { what, expected: "a Vec or a number", got }, span);
    return null;
  }
  const argument = { value: vector, span };
  if (!equalDims(vector.type.width, width)) return stateIsOther(call, wanted, "`start`", argument);
  return { width, number: 0, vector: argument };
}

function stateIsOther(
  call: FunctionCall,
  parts: readonly Start[],
  what: string,
  { value, span }: ArgumentValue,
): null {
  const vectors = parts.map(({ width }) => `Vec[${printDim(width)}]`);
  const isSingle = call.argument("width").value.type.kind === "int";
  const state = isSingle ? vectors[0]! : `a list of ${vectors.join(" and ")}`;
  const origin = value.widthOrigin;
  call.elaboration.report(stateDiffers, { what, got: gotOf(value), state }, span, {
    related: [
      { location: { kind: "text", span: call.argument("width").span }, label: `the state: ${state}` },
      ...(origin === null
        ? []
        : [{ location: { kind: "text", span: origin.span } as const, label: origin.what }]),
    ],
  });
  return null;
}

/** Describes the vectors of a list by their own types, which the type of the list lacks. */
function gotOf({ type }: Value): string {
  if (type.kind !== "list" || type.elements === null || !type.elements.some(isTensor)) return printType(type);
  return `a list of ${type.elements.map((element) => printType(element.type)).join(" and ")}`;
}
