// Emits a ranking program as one ONNX graph, a message that `toBinary` serialises. Pure: the caller provides
// the weights.
//
// Inputs have the Graph's names and types, unless a feeding computes them from others. Steps of a request are
// `[clicks, ...]`, those of candidates `[candidates, clicks, ...]`. A number of rows that no input has is an input itself.

import { create } from "@bufbuild/protobuf";
import { InternalError, invariant } from "../../common/internal-error.ts";
import { isCandidateAxis } from "../../middle/graph/batch-axis.ts";
import { lengthOf } from "../../middle/graph/derived-axes.ts";
import type { Node, NodeId, ValidGraph } from "../../middle/graph/graph.ts";
import { isOp, nameOfSource } from "../../middle/graph/narrow.ts";
import { type Rows, rowsKey, type StepsRows, sizeOf, type TensorType } from "../../middle/graph/types.ts";
import { eachOf } from "../../middle/ops/support/shapes.ts";
import { loweringOf } from "../contract/lowering.ts";
import type { GivenInput, OnnxAttributes, OnnxEmitter, OnnxFeeding, OnnxRef, OnnxScan } from "./lowering.ts";
import { lowerings } from "./lowerings/index.ts";
import {
  attributeOf,
  attributeTypes,
  dataTypes,
  labelEncoder,
  type NodeInit,
  type TensorInit,
  tensor,
  type ValueInfoInit,
  valueInfo,
} from "./messages.ts";
import { type GraphProto, GraphProtoSchema } from "./onnx.generated.ts";

/**
 * The version of the operators: the first in which reductions take their axes, and scattering its maximum, in
 * the form used here.
 */
export const OPSET = 18;
/** The format version of that opset. */
export const IR_VERSION = 8;

export interface OnnxWeights {
  parameter(name: string): Float32Array;
  /** [rows, width] */
  table(name: string): Float32Array;
}

/** Descriptions of nodes and inputs, for people. */
export interface OnnxNotes {
  /** The origin of a node in the spec: `net.interest`, and its location and text. */
  node(node: Node): { readonly path: string; readonly doc: string };
  input(name: string): string;
}

export const noNotes: OnnxNotes = { node: () => ({ path: "graph", doc: "" }), input: () => "" };

/** A number of rows or steps that is an input, i32 [1]: `count/clicks`. */
export interface FedCount {
  readonly name: string;
  readonly of: { readonly kind: "candidates" } | { readonly kind: "history"; readonly name: string };
}

export interface EmittedGraph {
  readonly graph: GraphProto;
  readonly counts: readonly FedCount[];
}

/** The graph's outputs, by name. */
export type OnnxResults = (
  emit: OnnxEmitter,
  resultOf: (output: string) => { readonly value: OnnxRef; readonly type: TensorType },
) => readonly { readonly name: string; readonly value: OnnxRef; readonly type: TensorType }[];

/** The Graph's outputs unchanged. */
export function plainResults({ outputs }: ValidGraph): OnnxResults {
  return (_, resultOf) => [...outputs.keys()].map((name) => ({ name, ...resultOf(name) }));
}

/** Every node's output has a declared type, which a checker can compare with the inferred one. */
export function emitOnnx(
  graph: ValidGraph,
  weights: OnnxWeights,
  name: string,
  notes: OnnxNotes = noNotes,
  results: OnnxResults = plainResults(graph),
  feeding: OnnxFeeding | null = null,
): EmittedGraph {
  return new GraphEmitter(graph, weights, notes, feeding).emit(name, results);
}

const CANDIDATES = "candidates";

/** Names of dims that are known only at run time. */
function dimName(rows: Rows): string {
  switch (rows.kind) {
    case "once":
      throw new InternalError("what is known once has no axis of rows");
    case "table":
      return `table/${rows.table}`;
    case "elements":
      return `${rows.set}/values`;
    case "each":
      return rows.per === "candidate" ? CANDIDATES : rows.per;
    case "steps":
      return rows.per === "candidate" ? `${CANDIDATES} * ${rows.history}` : stepsName(rows.history);
  }
}

/** A history may also be named `candidates`. */
function stepsName(history: string): string {
  if (isCandidateAxis(history)) return CANDIDATES;
  return history === CANDIDATES ? `${history}/steps` : history;
}

class GraphEmitter {
  private readonly graph: ValidGraph;
  private readonly weights: OnnxWeights;
  private readonly notes: OnnxNotes;
  private readonly feeding: OnnxFeeding | null;
  private readonly nodes: NodeInit[] = [];
  private readonly initializers: TensorInit[] = [];
  private readonly inputs: ValueInfoInit[] = [];
  private readonly typed: ValueInfoInit[] = [];
  private readonly counts: FedCount[] = [];
  private readonly equal = new Map<string, OnnxRef>();
  private readonly made = new Map<string, OnnxRef>();
  private readonly taken = new Map<string, number>();
  /** The location of the node that is being lowered. */
  private place = { path: "", doc: "" };

  constructor(graph: ValidGraph, weights: OnnxWeights, notes: OnnxNotes, feeding: OnnxFeeding | null) {
    this.graph = graph;
    this.weights = weights;
    this.notes = notes;
    this.feeding = feeding;
  }

  emit(name: string, results: OnnxResults): EmittedGraph {
    const emit = this.emitterTo(this.nodes, this.equal, (rows) => this.count(rows));
    const refs: OnnxRef[] = [];
    for (const node of this.graph.nodes) {
      const { path, doc } = this.notes.node(node);
      // The number is the one in the output of `--emit optimised`.
      this.place = { path: `${path}/${node.op}_${node.id}`, doc };
      refs.push(this.lowered(emit, node, refs));
    }
    for (const node of this.graph.nodes) this.declare(refs[node.id]!, node.type);
    const resultOf = (output: string) => {
      const id: NodeId | undefined = this.graph.outputs.get(output);
      invariant(id !== undefined, `the graph has no output ${output}`);
      const [value, { type }] = [refs[id]!, this.graph.nodes[id]!];
      return { value: this.feeding?.result(emit, value) ?? value, type };
    };
    this.place = { path: "outputs", doc: "" };
    const output = results(emit, resultOf).map(({ name: given, value, type }) => {
      this.nodes.push({
        opType: "Identity",
        name: this.unique("outputs/Identity"),
        input: [value],
        output: [this.own(given)],
      });
      return this.valueInfo(given, type, this.axesOf(type), "");
    });
    return {
      graph: create(GraphProtoSchema, {
        name,
        node: this.nodes,
        initializer: this.initializers,
        input: this.inputs,
        output,
        valueInfo: this.typed,
      }),
      counts: this.counts,
    };
  }

  private lowered(emit: OnnxEmitter, node: Node, refs: readonly OnnxRef[]): OnnxRef {
    return loweringOf(lowerings, node.op)(
      emit,
      node.inputs.map((input) => refs[input]!),
      {
        attributes: node.attributes,
        inputs: node.inputs.map((input) => this.graph.nodes[input]!.type),
        output: node.type,
      },
    );
  }

  /** `equal` contains the existing nodes. */
  private emitterTo(
    nodes: NodeInit[],
    equal: Map<string, OnnxRef>,
    count: (rows: Rows) => OnnxRef,
  ): OnnxEmitter {
    const add = (
      op: string,
      inputs: readonly OnnxRef[],
      attributes: OnnxAttributes,
      index: number,
      outputs: number,
    ): OnnxRef => {
      // Equal nodes are one node, because lowerings request the same shapes repeatedly.
      const key = JSON.stringify([op, inputs, attributes, index]);
      const known = equal.get(key);
      if (known !== undefined) return known;
      const name = this.unique(`${this.place.path}/${op}`) as OnnxRef;
      equal.set(key, name);
      const attribute = Object.entries(attributes).map(([key, value]) => attributeOf(key, value));
      nodes.push({
        opType: op,
        name,
        input: [...inputs],
        output: Array.from({ length: outputs }, (_, i) => (i === index ? name : this.unique(`${name}/${i}`))),
        attribute,
        docString: this.place.doc,
      });
      return name;
    };
    return {
      node: (op, inputs, attributes = {}) => add(op, inputs, attributes, 0, 1),
      output: (op, inputs, [index, outputs], attributes = {}) => add(op, inputs, attributes, index, outputs),
      floats: (values, dims) => this.constant("f32", values, dims),
      doubles: (values, dims) => this.constant("f64", values, dims),
      ints: (values) => this.constant("i64", values, [values.length]),
      count,
      stepCount: (rows) => this.stepCount(rows),
      labels: (owner, vocabulary, texts) => this.labels(owner, vocabulary, texts),
      input: (name) => this.input(name),
      parameter: (name) =>
        this.weight(name, name, this.parameterDims(name), () => this.weights.parameter(name)),
      table: (name) => {
        const width = sizeOf(this.source("table", name).type.dims);
        const values = this.weights.table(name);
        return this.weight(`table/${name}`, name, [values.length / width, width], () => values);
      },
      scan: (scan) => this.scan(nodes, scan),
    };
  }

  private unique(name: string): string {
    const before = this.taken.get(name);
    this.taken.set(name, (before ?? 0) + 1);
    return before === undefined ? name : this.unique(`${name}_${before + 1}`);
  }

  /** A name that is visible outside the file: of an input, an output or a weight. */
  private own(name: string): OnnxRef {
    invariant(!this.taken.has(name), `two values are called ${name}`);
    this.taken.set(name, 1);
    return name as OnnxRef;
  }

  private once(key: string, make: () => OnnxRef): OnnxRef {
    const found = this.made.get(key);
    if (found !== undefined) return found;
    const made = make();
    this.made.set(key, made);
    return made;
  }

  /** A node outside of any loop, named after its content. */
  private shared(key: string, path: string, make: (emit: OnnxEmitter) => OnnxRef): OnnxRef {
    return this.once(key, () => {
      const { place } = this;
      this.place = { path, doc: "" };
      const made = make(this.emitterTo(this.nodes, this.equal, (rows) => this.count(rows)));
      this.place = place;
      return made;
    });
  }

  private constant(
    dtype: "f32" | "f64" | "i64",
    values: readonly number[],
    dims: readonly number[],
  ): OnnxRef {
    invariant(values.length === sizeOf(dims), `a constant of ${values.length} values has dims [${dims}]`);
    const texts = values.map((value) => (Object.is(value, -0) ? "-0" : String(value)));
    return this.once(`${dtype} [${dims}] ${texts}`, () => {
      const name = this.unique(`constants/${values.length <= 4 ? `[${texts.join(", ")}]` : dtype}`);
      this.initializers.push(tensor(name, dtype, dims, arrayOf(dtype, values)));
      return name as OnnxRef;
    });
  }

  private weight(name: string, source: string, dims: readonly number[], values: () => Float32Array): OnnxRef {
    return this.once(`weight ${name}`, () => {
      const array = values();
      invariant(array.length === sizeOf(dims), `${source} has ${array.length} numbers, not [${dims}]`);
      this.initializers.push(tensor(this.own(name), "f32", dims, array));
      return name as OnnxRef;
    });
  }

  private parameterDims(name: string): readonly number[] {
    const found = this.graph.parameters.get(name);
    invariant(found, `the graph has no parameter ${name}`);
    return found.dims;
  }

  private source(op: "input" | "table", name: string): Node<"input" | "table"> {
    const found = this.graph.nodes.find(
      (node): node is Node<"input" | "table"> => isOp(node, op) && node.attributes.name === name,
    );
    invariant(found, `the graph has no ${op} ${name}`);
    return found;
  }

  private input(name: string): OnnxRef {
    const { type } = this.source("input", name);
    const fed = this.fed(name);
    if (type.rows.kind !== "steps" || type.rows.per === "request") return fed;
    return this.shared(`packed ${name}`, `inputs/${name}`, (emit) =>
      emit.node("Reshape", [fed, emit.ints([-1, ...type.dims])]),
    );
  }

  /** An input as it is fed, or computed from what is. */
  private fed(name: string): OnnxRef {
    const axesOf = (input: string) => this.axesOfInput(this.source("input", input).type);
    return this.shared(`input ${name}`, `inputs/${name}`, (emit) =>
      this.feeding === null
        ? this.given({
            ...{ name, axes: axesOf(name), doc: this.notes.input(name) },
            type: this.source("input", name).type.dtype,
          })
        : this.feeding.value(name, emit, (input) => this.given(input), axesOf),
    );
  }

  private given({ name, type, axes, doc }: GivenInput): OnnxRef {
    return this.once(`given ${name}`, () => {
      this.inputs.push(valueInfo(name, dataTypes[type], axes, doc));
      return this.own(name);
    });
  }

  /** One for each vocabulary, which is as large as its texts. */
  private labels(owner: string, vocabulary: readonly string[], texts: OnnxRef): OnnxRef {
    return this.once(`labels ${owner}`, () => {
      const name = this.unique(`vocabularies/${owner}`) as OnnxRef;
      this.nodes.push(labelEncoder(name, vocabulary, texts));
      return name;
    });
  }

  private count(rows: Rows): OnnxRef {
    if (rows.kind === "once" || (rows.kind === "each" && rows.per === "request"))
      return this.constant("i64", [1], [1]);
    return this.shared(`count ${rowsKey(rows)}`, `counts/${dimName(rows)}`, (emit) => {
      if (rows.kind === "table") return emit.node("Shape", [emit.table(rows.table)], axis(0));
      if (rows.kind === "elements") return emit.node("Shape", [this.fed(this.inputOver(rows)!)], axis(0));
      if (rows.kind === "steps")
        return rows.per === "request"
          ? this.stepCount(rows)
          : emit.node("Mul", [this.count(eachOf(rows)), this.stepCount(rows)]);
      invariant(rows.per === "candidate", "a ranking program has no examples");
      const source = this.graph.nodes.find((node) => this.isFed(node) && isOfCandidates(node.type.rows));
      return source === undefined
        ? this.fedCount({ name: `count/${CANDIDATES}`, of: { kind: "candidates" } }, emit)
        : emit.node("Shape", [this.fed(nameOfSource(source))], axis(0));
    });
  }

  private stepCount(rows: StepsRows): OnnxRef {
    return lengthOf<OnnxRef>(rows.history, {
      history: (name) => this.stepsOfHistory(name),
      sum: (parts, more) =>
        this.shared(`sum ${more} ${parts.join(" ")}`, `counts/${rows.history}`, (emit) => {
          const terms = [...parts, ...(more === 0 ? [] : [emit.ints([more])])];
          const sum = terms.reduce((a, b) => emit.node("Add", [a, b]));
          return emit.node("Max", [emit.ints([0]), sum]);
        }),
      every: (of, steps) =>
        this.shared(`every ${steps} ${of}`, `counts/${rows.history}`, (emit) => {
          const above = emit.node("Add", [of, emit.ints([steps - 1])]);
          return emit.node("Div", [above, emit.ints([steps])]);
        }),
    });
  }

  private stepsOfHistory(history: string): OnnxRef {
    if (isCandidateAxis(history)) return this.count({ kind: "each", per: "candidate" });
    return this.shared(`steps ${history}`, `counts/${history}`, (emit) => {
      const ofRequest = this.inputOver({ kind: "steps", per: "request", history });
      if (ofRequest !== null) return emit.node("Shape", [this.fed(ofRequest)], axis(0));
      const ofCandidates = this.inputOver({ kind: "steps", per: "candidate", history });
      if (ofCandidates !== null) return emit.node("Shape", [this.fed(ofCandidates)], axis(1));
      const count = this.fedCount(
        { name: `count/${stepsName(history)}`, of: { kind: "history", name: history } },
        emit,
      );
      return this.feeding?.steps(history, count, emit) ?? count;
    });
  }

  private fedCount(count: FedCount, emit: OnnxEmitter): OnnxRef {
    this.counts.push(count);
    const given = this.given({ name: count.name, type: "i32", axes: [1], doc: "How many there are." });
    return emit.node("Cast", [given], { to: { kind: "int", value: dataTypes.i64 } });
  }

  /** Tells whether a value comes from the caller. The numbers of all candidates are computed. */
  private isFed({ op, attributes }: Node): boolean {
    if (op !== "input" || attributes.role.kind === "candidates") return false;
    return this.feeding?.isConstant(attributes.name) !== true;
  }

  private inputOver(rows: Rows): string | null {
    const found = this.graph.nodes.find(
      (node) => this.isFed(node) && rowsKey(node.type.rows) === rowsKey(rows),
    );
    return found === undefined ? null : nameOfSource(found);
  }

  private scan(nodes: NodeInit[], { axis: along, reverse, start, state, steps, body }: OnnxScan): OnnxRef {
    const { path, doc } = this.place;
    const inner: NodeInit[] = [];
    const before = this.unique(`${path}/state`) as OnnxRef;
    const inStep = steps.map((_, i) => this.unique(`${path}/step_${i + 1}`) as OnnxRef);
    const after = body(
      this.emitterTo(inner, new Map(), () => this.count(state.rows)),
      before,
      inStep,
    );
    const results = ["last", "each"].map((name) => {
      const output = this.unique(`${path}/${name}`);
      inner.push({ opType: "Identity", name: output, input: [after], output: [output] });
      return output;
    });
    const typed = (name: string, type: TensorType) => this.valueInfo(name, type, this.axesOf(type), "");
    const graph = create(GraphProtoSchema, {
      name: `${path}/body`,
      node: inner,
      input: [typed(before, state), ...inStep.map((name, i) => typed(name, steps[i]!.type))],
      output: results.map((name) => typed(name, state)),
    });
    const [final, states] = ["final", "states"].map((name) => this.unique(`${path}/${name}`)) as [
      string,
      string,
    ];
    const all = (value: number): OnnxAttributes[string] => ({ kind: "ints", values: steps.map(() => value) });
    const one = (value: number): OnnxAttributes[string] => ({ kind: "ints", values: [value] });
    const attributes: OnnxAttributes = {
      num_scan_inputs: { kind: "int", value: steps.length },
      scan_input_axes: all(along),
      scan_input_directions: all(reverse ? 1 : 0),
      scan_output_axes: one(along),
      scan_output_directions: one(reverse ? 1 : 0),
    };
    nodes.push({
      opType: "Scan",
      name: states,
      input: [start, ...steps.map(({ value }) => value)],
      output: [final, states],
      attribute: [
        { name: "body", type: attributeTypes.graph, g: graph },
        ...Object.entries(attributes).map(([name, value]) => attributeOf(name, value)),
      ],
      docString: doc,
    });
    return states as OnnxRef;
  }

  /** Declares the type of a node's output. Inputs and weights already have theirs. */
  private declare(ref: OnnxRef, type: TensorType): void {
    this.once(`declared ${ref}`, () => {
      const known = [...this.inputs, ...this.initializers].some(({ name }) => name === ref);
      if (!known) this.typed.push(this.valueInfo(ref, type, this.axesOf(type), ""));
      return ref;
    });
  }

  private valueInfo(name: string, { dtype }: TensorType, axes: readonly (number | string)[], doc: string) {
    return valueInfo(name, dataTypes[dtype], axes, doc);
  }

  private axesOf({ rows, dims }: TensorType): (number | string)[] {
    if (rows.kind === "once") return [...dims];
    if (rows.kind === "each" && rows.per === "request") return [1, ...dims];
    return [dimName(rows), ...dims];
  }

  private axesOfInput(type: TensorType): (number | string)[] {
    const { rows, dims } = type;
    if (rows.kind === "steps" && rows.per === "candidate")
      return [CANDIDATES, stepsName(rows.history), ...dims];
    return this.axesOf(type);
  }
}

function arrayOf(dtype: "f32" | "f64" | "i64", values: readonly number[]) {
  switch (dtype) {
    case "f32":
      return Float32Array.from(values);
    case "f64":
      return Float64Array.from(values);
    case "i64":
      return BigInt64Array.from(values, (value) => BigInt(value));
  }
}

function isOfCandidates(rows: Rows): boolean {
  return (rows.kind === "each" || rows.kind === "steps") && rows.per === "candidate";
}

function axis(of: number): OnnxAttributes {
  return { start: { kind: "int", value: of }, end: { kind: "int", value: of + 1 } };
}
