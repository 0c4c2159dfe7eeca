// Makes Graphs node by node. Every op's shape rule runs as the node is added, and equal nodes (same op, attributes
// and inputs) are one node: nodes have no effects, so sharing them is always right.

import { invariant } from "../../common/internal-error.ts";
import type { Span } from "../../common/source-file.ts";
import type { OpAttributes, OpName } from "../graph/attributes.ts";
import { definitionIn } from "../graph/define-op.ts";
import type { Graph, Node, NodeBuilder, NodeId, Parameter } from "../graph/graph.ts";
import type { TensorType } from "../graph/types.ts";
import { ops } from "../ops/registry.ts";

export class GraphBuilder implements NodeBuilder {
  private readonly nodes: Node[] = [];
  private readonly known = new Map<string, NodeId>();
  private readonly parameters = new Map<string, Parameter>();
  private readonly outputs = new Map<string, NodeId>();
  private readonly updates = new Map<string, NodeId>();
  /** Names of the parameters declared so far, in that order. */
  readonly declared: string[] = [];

  add<N extends OpName>(
    op: N,
    inputs: readonly NodeId[],
    attributes: OpAttributes[N],
    origin: Span | null = null,
  ): NodeId {
    const key = `${op}(${inputs.join(",")})${JSON.stringify(attributes)}`;
    const found = this.known.get(key);
    if (found !== undefined) return found;
    const definition = definitionIn(ops, op);
    const type = definition.shape(
      inputs.map((input) => this.typeOf(input)),
      attributes,
    );
    const id = this.nodes.length as NodeId;
    this.nodes.push({ id, op, attributes, inputs, type, origin } as Node);
    this.known.set(key, id);
    return id;
  }

  /** How many nodes there are. */
  get size(): number {
    return this.nodes.length;
  }

  node(id: NodeId): Node {
    const node = this.nodes[id];
    invariant(node, `no node ${id}`);
    return node;
  }

  typeOf(id: NodeId): TensorType {
    return this.node(id).type;
  }

  /** Declares a parameter (names are unique) and gives the node that reads it. */
  parameter(parameter: Parameter, origin: Span | null = null): NodeId {
    invariant(!this.parameters.has(parameter.name), `parameter ${parameter.name} is declared twice`);
    this.parameters.set(parameter.name, parameter);
    this.declared.push(parameter.name);
    return this.add("parameter", [], { name: parameter.name, dims: parameter.dims }, origin);
  }

  /** Keeps a parameter of another graph, whose node is or will be added by a copy. */
  declare(parameter: Parameter): void {
    this.parameters.set(parameter.name, parameter);
  }

  output(name: string, id: NodeId): void {
    this.outputs.set(name, id);
  }

  update(parameter: string, id: NodeId): void {
    this.updates.set(parameter, id);
  }

  finish(): Graph {
    return {
      nodes: this.nodes.slice(),
      parameters: new Map(this.parameters),
      outputs: new Map(this.outputs),
      updates: new Map(this.updates),
    };
  }
}
