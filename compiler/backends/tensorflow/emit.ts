// Emits Graphs as one TensorFlow GraphDef, as plain data. Each Graph becomes a signature with its inputs and
// outputs. The signatures share variables (the Graphs' parameters) and constants. A signature's variables
// change after it has read all of them.

import { invariant } from "../../common/internal-error.ts";
import { definitionIn } from "../../middle/graph/define-op.ts";
import type { Graph, Node, NodeId, Parameter, ValidGraph } from "../../middle/graph/graph.ts";
import type { EachRows, ElementsRows, Rows, StepsRows, TensorType } from "../../middle/graph/types.ts";
import { rowsKey, sizeOf } from "../../middle/graph/types.ts";
import { ops } from "../../middle/ops/registry.ts";
import { type FeedSource, feedKey } from "../contract/feed.ts";
import { loweringOf } from "../contract/lowering.ts";
import { emitLoop } from "./loop.ts";
import type {
  TensorflowAttribute,
  TensorflowEmitter,
  TensorflowLoop,
  TensorflowType,
  TensorRef,
} from "./lowering.ts";
import { lowerings } from "./lowerings/index.ts";
import { inParts, isSplit, readsRows } from "./parts.ts";

/** A GraphDef that is ready to be serialised. */
export interface TensorflowModule {
  readonly nodes: readonly GraphDefNode[];
  readonly signatures: ReadonlyMap<string, GraphSignature>;
}

export interface GraphDefNode {
  readonly name: string;
  readonly op: string;
  /** `node`, or `^node` for a node that must run earlier. */
  readonly inputs: readonly string[];
  readonly attributes: Readonly<Record<string, TensorflowAttribute>>;
}

export interface GraphSignature {
  /** By feed key (see `feedKey`). */
  readonly inputs: ReadonlyMap<string, SignatureInput>;
  /** By output name. */
  readonly outputs: ReadonlyMap<string, SignatureTensor>;
}

export interface SignatureTensor {
  readonly tensor: string;
  readonly dtype: FedType;
  /** null for a size known only at run time. */
  readonly shape: Shape;
}

export interface SignatureInput extends SignatureTensor {
  readonly source: FeedSource;
  /** The part of the rows whose values are fed; null for all rows. */
  readonly part: RowsPart | null;
}

export interface RowsPart {
  readonly rows: EachRows | StepsRows | ElementsRows;
  /** From 0. */
  readonly index: number;
  /** The number of parts. */
  readonly of: number;
}

/** The types of inputs and outputs. */
type FedType = "float32" | "int32";
type Shape = readonly (number | null)[];

/** Signatures that `emitTensorflow` adds to those of the Graphs. */
export const parameterSignatures = {
  /** Takes every parameter; returns `done`. */
  write: "parameters.write",
  /** Returns every parameter under its name. */
  read: "parameters.read",
} as const;

/** The output of a signature without other outputs. */
export const DONE = "done";

/**
 * One signature for each Graph, under its key, and signatures that write and read all parameters. If a Graph
 * allows it, its rows are computed in `parts`, which TensorFlow runs side by side.
 */
export function emitTensorflow(graphs: Readonly<Record<string, ValidGraph>>, parts = 1): TensorflowModule {
  const module = new ModuleBuilder();
  const parameters = new Map<string, Parameter>();
  for (const graph of Object.values(graphs))
    for (const parameter of graph.parameters.values()) parameters.set(parameter.name, parameter);

  const signatures = new Map<string, GraphSignature>();
  for (const [name, graph] of Object.entries(graphs)) {
    const split = parts === 1 ? null : inParts(graph);
    const emitter = new SignatureEmitter(module, name, split ?? graph, split === null ? 1 : parts);
    signatures.set(name, emitter.emit());
  }
  if (parameters.size > 0) {
    signatures.set(parameterSignatures.write, emitWrite(module, [...parameters.values()]));
    signatures.set(parameterSignatures.read, emitRead(module, [...parameters.values()]));
  }
  return { nodes: module.nodes, signatures };
}

/** The nodes of all signatures, and shared ones. */
class ModuleBuilder {
  readonly nodes: GraphDefNode[] = [];
  private readonly shared = new Map<string, TensorRef>();

  /** `prefix` is a signature's name, or describes a shared node. A number makes node names unique. */
  add(
    prefix: string,
    op: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, TensorflowAttribute>>,
  ): TensorRef {
    const name = `${prefix}/${op}_${this.nodes.length}`;
    this.nodes.push({ name, op, inputs, attributes });
    return name as TensorRef;
  }

  private once(key: string, make: () => TensorRef): TensorRef {
    const found = this.shared.get(key);
    if (found !== undefined) return found;
    const made = make();
    this.shared.set(key, made);
    return made;
  }

  constant(dtype: "float32" | "int32", values: readonly number[], dims: readonly number[]): TensorRef {
    invariant(values.length === sizeOf(dims), `a constant of ${values.length} values has dims [${dims}]`);
    const key = `${dtype} [${dims}] ${values.map((value) => (Object.is(value, -0) ? "-0" : value))}`;
    return this.once(key, () =>
      this.add("constants", "Const", [], {
        dtype: { kind: "type", value: dtype },
        value: { kind: "tensor", dtype, dims, values },
      }),
    );
  }

  variable(name: string, dims: readonly number[]): TensorRef {
    return this.once(`variable ${name}`, () =>
      this.add("variables", "VarHandleOp", [], {
        dtype: FLOAT,
        shape: { kind: "shape", value: dims },
        shared_name: { kind: "string", value: name },
      }),
    );
  }
}

const FLOAT: TensorflowAttribute = { kind: "type", value: "float32" };

function after(node: TensorRef): string {
  return `^${node}`;
}

/** Emits the nodes of one Graph. */
class SignatureEmitter {
  private readonly inputs = new Map<string, SignatureInput>();
  private readonly made = new Map<string, TensorRef>();
  private readonly reads: TensorRef[] = [];
  /** Inputs and tables by op and name, and the first one with each kind of rows. */
  private readonly sources = new Map<string, Node<"input" | "table">>();
  private readonly sourcesByRows = new Map<string, Node<"input" | "table">>();
  private readonly module: ModuleBuilder;
  private readonly prefix: string;
  private readonly graph: Graph;
  /** Emits for all rows, or for values without rows. */
  private readonly whole: TensorflowEmitter;
  /** One for each part of the rows; only the whole if they are not split. */
  private readonly parts: readonly TensorflowEmitter[];

  constructor(module: ModuleBuilder, prefix: string, graph: Graph, parts: number) {
    this.module = module;
    this.prefix = prefix;
    this.graph = graph;
    for (const node of graph.nodes) {
      if (node.op !== "input" && node.op !== "table") continue;
      const key = `${node.op} ${node.attributes.name}`;
      if (!this.sources.has(key)) this.sources.set(key, node);
      const rows = rowsKey(node.type.rows);
      if (!this.sourcesByRows.has(rows)) this.sourcesByRows.set(rows, node);
    }
    this.whole = new RowsEmitter(this, null);
    this.parts =
      parts === 1 ? [this.whole] : Array.from({ length: parts }, (_, part) => new RowsEmitter(this, part));
  }

  emit(): GraphSignature {
    // For each node, a tensor for each part, or one that all parts share.
    const refs: (readonly TensorRef[])[] = [];
    for (const node of this.graph.nodes) refs.push(this.emitNode(node, refs));
    const only = (id: NodeId) => this.joined(this.graph.nodes[id]!, refs[id]!);
    // One node between all reads and all writes, instead of an edge for each pair.
    const updates = [...this.graph.updates];
    const read = updates.length > 0 ? [this.module.add(this.prefix, "NoOp", this.reads.map(after), {})] : [];
    const assigned = updates.map(([name, id]) => {
      const variable = this.module.variable(name, this.graph.parameters.get(name)!.dims);
      const inputs = [variable, only(id), ...read.map(after)];
      return this.module.add(this.prefix, "AssignVariableOp", inputs, { dtype: FLOAT });
    });
    const outputs = new Map<string, SignatureTensor>();
    for (const [name, id] of this.graph.outputs) {
      const { type } = this.graph.nodes[id]!;
      // Fetching any output must run all updates.
      const fetched = this.module.add(this.prefix, "Identity", [only(id), ...assigned.map(after)], {
        T: { kind: "type", value: dtypeOf(type) },
      });
      outputs.set(name, { tensor: `${fetched}:0`, dtype: dtypeOf(type), shape: shapeOf(type) });
    }
    if (outputs.size === 0) outputs.set(DONE, done(this.module, this.prefix, assigned));
    return { inputs: this.inputs, outputs };
  }

  private emitNode(node: Node, refs: readonly (readonly TensorRef[])[]): readonly TensorRef[] {
    const { nodes } = this.graph;
    const definition = definitionIn(ops, node.op);
    const context = {
      attributes: node.attributes,
      inputs: node.inputs.map((input) => nodes[input]!.type),
      output: node.type,
    };
    const lowered = (emit: TensorflowEmitter, part: number) =>
      loweringOf(lowerings, node.op)(
        emit,
        node.inputs.map((input) => refs[input]![refs[input]!.length === 1 ? 0 : part]!),
        context,
      );
    if (isSplit(node.type.rows)) return this.parts.map(lowered);
    if (this.parts.length === 1 || !readsRows(node, nodes)) return [lowered(this.whole, 0)];
    invariant(definition.sumOverParts, `${node.op} isn't a sum over parts of rows`);
    return [
      this.parts.map(lowered).reduce((x, y) => this.module.add(this.prefix, "AddV2", [x, y], { T: FLOAT })),
    ];
  }

  /** The rows of all parts as one tensor. */
  private joined({ type }: Node, refs: readonly TensorRef[]): TensorRef {
    if (refs.length === 1) return refs[0]!;
    return this.module.add(this.prefix, "ConcatV2", [...refs, this.whole.ints([0], [])], {
      N: { kind: "int", value: refs.length },
      T: { kind: "type", value: dtypeOf(type) },
      Tidx: { kind: "type", value: "int32" },
    });
  }

  node(
    op: string,
    inputs: readonly TensorRef[],
    attributes: Readonly<Record<string, TensorflowAttribute>>,
  ): TensorRef {
    return this.module.add(this.prefix, op, inputs, attributes);
  }

  constant(dtype: "float32" | "int32", values: readonly number[], dims: readonly number[]): TensorRef {
    return this.module.constant(dtype, values, dims);
  }

  /** The node of an input or of a table's rows. */
  source(op: "input" | "table", name: string): Node<"input" | "table"> {
    const found = this.sources.get(`${op} ${name}`);
    invariant(found, `the graph has no ${op} ${name}`);
    return found;
  }

  /** An input or table with such rows. */
  sourceOf(rows: Rows): Node<"input" | "table"> | undefined {
    return this.sourcesByRows.get(rowsKey(rows));
  }

  parameter(name: string): TensorRef {
    return this.once(`parameter ${name}`, () => {
      const variable = this.module.variable(name, this.graph.parameters.get(name)!.dims);
      const read = this.module.add(this.prefix, "ReadVariableOp", [variable], { dtype: FLOAT });
      this.reads.push(read);
      return read;
    });
  }

  loop(emit: TensorflowEmitter, loop: TensorflowLoop): readonly TensorRef[] {
    const frame = `${this.prefix}/loop_${this.module.nodes.length}`;
    const add = (op: string, inputs: readonly string[], attributes: GraphDefNode["attributes"]) =>
      this.module.add(this.prefix, op, inputs, attributes);
    return emitLoop(emit, add, frame, loop);
  }

  /** `index` is the part, null for all rows. */
  feed(source: FeedSource, rows: Rows, index: number | null, dtype: FedType, shape: Shape): TensorRef {
    const part = index !== null && isSplit(rows) ? { rows, index, of: this.parts.length } : null;
    const key = part === null ? feedKey(source) : `${feedKey(source)} of part ${part.index}`;
    return this.once(`feed ${key}`, () => {
      const ref = placeholder(this.module, this.prefix, dtype, shape);
      this.inputs.set(key, { tensor: `${ref}:0`, dtype, shape, source, part });
      return ref;
    });
  }

  once(key: string, make: () => TensorRef): TensorRef {
    const found = this.made.get(key);
    if (found !== undefined) return found;
    const made = make();
    this.made.set(key, made);
    return made;
  }
}

/** The emitter for lowerings, for `part` of the rows or all of them. */
class RowsEmitter implements TensorflowEmitter {
  private readonly signature: SignatureEmitter;
  private readonly part: number | null;

  constructor(signature: SignatureEmitter, part: number | null) {
    this.signature = signature;
    this.part = part;
  }

  node(
    op: string,
    inputs: readonly TensorRef[],
    attributes: Readonly<Record<string, TensorflowAttribute>>,
  ): TensorRef {
    return this.signature.node(op, inputs, attributes);
  }

  floats(values: readonly number[], dims: readonly number[]): TensorRef {
    return this.signature.constant("float32", values, dims);
  }

  ints(values: readonly number[], dims: readonly number[]): TensorRef {
    return this.signature.constant("int32", values, dims);
  }

  count(rows: Rows): TensorRef {
    return this.signature.once(`count ${rowsKey(rows)} of ${isSplit(rows) ? this.part : null}`, () => {
      if (rows.kind === "once") return this.ints([1], []);
      if (rows.kind === "steps") return this.firstSize(this.segments(rows), "int32");
      const source = this.signature.sourceOf(rows);
      if (source === undefined)
        return this.signature.feed({ kind: "count", rows }, rows, this.part, "int32", []);
      const { name } = source.attributes;
      return this.firstSize(
        source.op === "table" ? this.table(name) : this.input(name),
        dtypeOf(source.type),
      );
    });
  }

  segments(rows: StepsRows): TensorRef {
    return this.signature.feed({ kind: "segments", rows }, rows, this.part, "int32", [null]);
  }

  input(name: string): TensorRef {
    const { type } = this.signature.source("input", name);
    return this.signature.feed({ kind: "input", name }, type.rows, this.part, dtypeOf(type), shapeOf(type));
  }

  parameter(name: string): TensorRef {
    return this.signature.parameter(name);
  }

  table(name: string): TensorRef {
    const { type } = this.signature.source("table", name);
    return this.signature.feed({ kind: "table", name }, type.rows, this.part, "float32", shapeOf(type));
  }

  loop(loop: TensorflowLoop): readonly TensorRef[] {
    return this.signature.loop(this, loop);
  }

  /** i32 scalar: the size of a tensor's first axis. */
  private firstSize(tensor: TensorRef, dtype: TensorflowType): TensorRef {
    const int: TensorflowAttribute = { kind: "type", value: "int32" };
    const shape = this.node("Shape", [tensor], { T: { kind: "type", value: dtype }, out_type: int });
    const [zero, one] = [this.ints([0], [1]), this.ints([1], [1])];
    return this.node("StridedSlice", [shape, zero, one, one], {
      T: int,
      Index: int,
      shrink_axis_mask: { kind: "int", value: 1 },
    });
  }
}

function placeholder(module: ModuleBuilder, prefix: string, dtype: FedType, shape: Shape): TensorRef {
  return module.add(prefix, "Placeholder", [], {
    dtype: { kind: "type", value: dtype },
    shape: { kind: "shape", value: shape },
  });
}

/** An i32 scalar that can be fetched once `before` have run. */
function done(module: ModuleBuilder, prefix: string, before: readonly TensorRef[]): SignatureTensor {
  const inputs = [module.constant("int32", [1], []), ...before.map(after)];
  const ref = module.add(prefix, "Identity", inputs, { T: { kind: "type", value: "int32" } });
  return { tensor: `${ref}:0`, dtype: "int32", shape: [] };
}

function emitWrite(module: ModuleBuilder, parameters: readonly Parameter[]): GraphSignature {
  const inputs = new Map<string, SignatureInput>();
  const assigned = parameters.map(({ name, dims }) => {
    const value = placeholder(module, "write", "float32", dims);
    const source = { kind: "parameter", name } as const;
    inputs.set(feedKey(source), { tensor: `${value}:0`, dtype: "float32", shape: dims, source, part: null });
    return module.add("write", "AssignVariableOp", [module.variable(name, dims), value], { dtype: FLOAT });
  });
  return { inputs, outputs: new Map([[DONE, done(module, "write", assigned)]]) };
}

function emitRead(module: ModuleBuilder, parameters: readonly Parameter[]): GraphSignature {
  const outputs = new Map<string, SignatureTensor>();
  for (const { name, dims } of parameters) {
    const read = module.add("read", "ReadVariableOp", [module.variable(name, dims)], { dtype: FLOAT });
    outputs.set(name, { tensor: `${read}:0`, dtype: "float32", shape: dims });
  }
  return { inputs: new Map(), outputs };
}

function dtypeOf({ dtype }: TensorType): FedType {
  return dtype === "f32" ? "float32" : "int32";
}

function shapeOf({ rows, dims }: TensorType): Shape {
  return rows.kind === "once" ? dims : [null, ...dims];
}
