// Emits Graphs as one TensorFlow GraphDef, as plain data. Each Graph becomes a signature: what is fed, what is fetched.
// The signatures share variables (the Graphs' parameters) and constants. A signature's variables change after it has
// read all of them.

import type { Graph, Node, Parameter, Rows, StepsRows, TensorType, ValidGraph } from "../../graph/graph.ts";
import { rowsKey, sizeOf } from "../../graph/graph.ts";
import { invariant } from "../../internal-error.ts";
import type { OpDefinition } from "../../ops/define-op.ts";
import { ops } from "../../ops/registry.ts";
import { type FeedSource, feedKey } from "../feed.ts";
import { emitLoop } from "./loop.ts";
import type {
  TensorflowAttribute,
  TensorflowEmitter,
  TensorflowLoop,
  TensorflowType,
  TensorRef,
} from "./lowering.ts";

/** A GraphDef, ready to be written down. */
export interface TensorflowModule {
  readonly nodes: readonly GraphDefNode[];
  readonly signatures: ReadonlyMap<string, Signature>;
}

export interface GraphDefNode {
  readonly name: string;
  readonly op: string;
  /** `node`, or `^node` for a node that must have run before. */
  readonly inputs: readonly string[];
  readonly attributes: Readonly<Record<string, TensorflowAttribute>>;
}

export interface Signature {
  /** By feed key (see `feedKey`). */
  readonly inputs: ReadonlyMap<string, SignatureInput>;
  /** By output name. */
  readonly outputs: ReadonlyMap<string, SignatureTensor>;
}

export interface SignatureTensor {
  readonly tensor: string;
  readonly dtype: FedType;
  /** null is a size known at run time. */
  readonly shape: Shape;
}

export interface SignatureInput extends SignatureTensor {
  readonly source: FeedSource;
}

/** What goes in and out. */
type FedType = "float32" | "int32";
type Shape = readonly (number | null)[];

/** Signatures that `emitTensorflow` adds to those of the Graphs. */
export const parameterSignatures = {
  /** Is fed every parameter; fetches `done`. */
  write: "parameters.write",
  /** Fetches every parameter under its name. */
  read: "parameters.read",
} as const;

/** The output of a signature that has no other. */
export const DONE = "done";

/** One signature for each Graph, under its key, and those that write and read the parameters of all of them. */
export function emitTensorflow(graphs: Readonly<Record<string, ValidGraph>>): TensorflowModule {
  const module = new ModuleBuilder();
  const parameters = new Map<string, Parameter>();
  for (const graph of Object.values(graphs))
    for (const parameter of graph.parameters.values()) parameters.set(parameter.name, parameter);

  const signatures = new Map<string, Signature>();
  for (const [name, graph] of Object.entries(graphs))
    signatures.set(name, new SignatureEmitter(module, name, graph).emit());
  if (parameters.size > 0) {
    signatures.set(parameterSignatures.write, emitWrite(module, [...parameters.values()]));
    signatures.set(parameterSignatures.read, emitRead(module, [...parameters.values()]));
  }
  return { nodes: module.nodes, signatures };
}

/** The nodes of all signatures, with what they share. */
class ModuleBuilder {
  readonly nodes: GraphDefNode[] = [];
  private readonly shared = new Map<string, TensorRef>();

  /** `prefix` is a signature's name or says what is shared; node names are made unique by their number. */
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

class SignatureEmitter implements TensorflowEmitter {
  private readonly inputs = new Map<string, SignatureInput>();
  private readonly made = new Map<string, TensorRef>();
  private readonly reads: TensorRef[] = [];
  private readonly module: ModuleBuilder;
  private readonly prefix: string;
  private readonly graph: Graph;

  constructor(module: ModuleBuilder, prefix: string, graph: Graph) {
    this.module = module;
    this.prefix = prefix;
    this.graph = graph;
  }

  emit(): Signature {
    const refs: TensorRef[] = [];
    for (const node of this.graph.nodes) {
      const definition = ops[node.op] as unknown as OpDefinition<Node["attributes"]>;
      const context = {
        attributes: node.attributes,
        inputs: node.inputs.map((input) => this.graph.nodes[input]!.type),
        output: node.type,
      };
      refs.push(
        definition.lower.tensorflow(
          this,
          node.inputs.map((input) => refs[input]!),
          context,
        ),
      );
    }
    // One node between all reads and all writes, not an edge for each pair.
    const updates = [...this.graph.updates];
    const read = updates.length > 0 ? [this.module.add(this.prefix, "NoOp", this.reads.map(after), {})] : [];
    const assigned = updates.map(([name, id]) => {
      const variable = this.module.variable(name, this.graph.parameters.get(name)!.dims);
      const inputs = [variable, refs[id]!, ...read.map(after)];
      return this.module.add(this.prefix, "AssignVariableOp", inputs, { dtype: FLOAT });
    });
    const outputs = new Map<string, SignatureTensor>();
    for (const [name, id] of this.graph.outputs) {
      const { type } = this.graph.nodes[id]!;
      // Fetching any output must bring all updates about.
      const fetched = this.module.add(this.prefix, "Identity", [refs[id]!, ...assigned.map(after)], {
        T: { kind: "type", value: dtypeOf(type) },
      });
      outputs.set(name, { tensor: `${fetched}:0`, dtype: dtypeOf(type), shape: shapeOf(type) });
    }
    if (outputs.size === 0) outputs.set(DONE, done(this.module, this.prefix, assigned));
    return { inputs: this.inputs, outputs };
  }

  node(
    op: string,
    inputs: readonly TensorRef[],
    attributes: Readonly<Record<string, TensorflowAttribute>>,
  ): TensorRef {
    return this.module.add(this.prefix, op, inputs, attributes);
  }

  floats(values: readonly number[], dims: readonly number[]): TensorRef {
    return this.module.constant("float32", values, dims);
  }

  ints(values: readonly number[], dims: readonly number[]): TensorRef {
    return this.module.constant("int32", values, dims);
  }

  count(rows: Rows): TensorRef {
    return this.once(`count ${rowsKey(rows)}`, () => {
      if (rows.kind === "once") return this.ints([1], []);
      if (rows.kind === "steps") return this.firstSize(this.segments(rows), "int32");
      const source = this.graph.nodes.find(
        (node) => (node.op === "input" || node.op === "table") && rowsKey(node.type.rows) === rowsKey(rows),
      );
      if (source === undefined) return this.feed({ kind: "count", rows }, "int32", []);
      const { name } = source.attributes as { readonly name: string };
      return this.firstSize(
        source.op === "table" ? this.table(name) : this.input(name),
        dtypeOf(source.type),
      );
    });
  }

  segments(rows: StepsRows): TensorRef {
    return this.feed({ kind: "segments", rows }, "int32", [null]);
  }

  input(name: string): TensorRef {
    const node = this.source("input", name);
    return this.feed({ kind: "input", name }, dtypeOf(node.type), shapeOf(node.type));
  }

  parameter(name: string): TensorRef {
    return this.once(`parameter ${name}`, () => {
      const variable = this.module.variable(name, this.graph.parameters.get(name)!.dims);
      const read = this.module.add(this.prefix, "ReadVariableOp", [variable], { dtype: FLOAT });
      this.reads.push(read);
      return read;
    });
  }

  table(name: string): TensorRef {
    return this.feed({ kind: "table", name }, "float32", shapeOf(this.source("table", name).type));
  }

  loop(loop: TensorflowLoop): readonly TensorRef[] {
    const frame = `${this.prefix}/loop_${this.module.nodes.length}`;
    const add = (op: string, inputs: readonly string[], attributes: GraphDefNode["attributes"]) =>
      this.module.add(this.prefix, op, inputs, attributes);
    return emitLoop(this, add, frame, loop);
  }

  private source(op: "input" | "table", name: string): Node {
    const found = this.graph.nodes.find(
      (node) => node.op === op && (node.attributes as { readonly name: string }).name === name,
    );
    invariant(found, `the graph has no ${op} ${name}`);
    return found;
  }

  private feed(source: FeedSource, dtype: FedType, shape: Shape): TensorRef {
    const key = feedKey(source);
    return this.once(`feed ${key}`, () => {
      const ref = placeholder(this.module, this.prefix, dtype, shape);
      this.inputs.set(key, { tensor: `${ref}:0`, dtype, shape, source });
      return ref;
    });
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

  private once(key: string, make: () => TensorRef): TensorRef {
    const found = this.made.get(key);
    if (found !== undefined) return found;
    const made = make();
    this.made.set(key, made);
    return made;
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

function emitWrite(module: ModuleBuilder, parameters: readonly Parameter[]): Signature {
  const inputs = new Map<string, SignatureInput>();
  const assigned = parameters.map(({ name, dims }) => {
    const value = placeholder(module, "write", "float32", dims);
    const source = { kind: "parameter", name } as const;
    inputs.set(feedKey(source), { tensor: `${value}:0`, dtype: "float32", shape: dims, source });
    return module.add("write", "AssignVariableOp", [module.variable(name, dims), value], { dtype: FLOAT });
  });
  return { inputs, outputs: new Map([[DONE, done(module, "write", assigned)]]) };
}

function emitRead(module: ModuleBuilder, parameters: readonly Parameter[]): Signature {
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
