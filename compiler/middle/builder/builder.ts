// Builds Graphs node by node. Every op's shape rule runs as the node is added, and equal nodes (same op,
// attributes and inputs) are one node: nodes have no effects, so sharing them is always right.

import { invariant } from "../../common/internal-error.ts";
import type { Span } from "../../common/source-file.ts";
import type { OpAttributes, OpName } from "../graph/attributes.ts";
import { definitionIn } from "../graph/define-op.ts";
import type { Graph, Node, NodeBuilder, NodeId, OutputRole, Parameter } from "../graph/graph.ts";
import { outputName } from "../graph/outputs.ts";
import type { TensorType } from "../graph/types.ts";
import { ops } from "../ops/registry.ts";

export class GraphBuilder implements NodeBuilder {
  private readonly nodes: Node[] = [];
  private readonly known = new Map<string, NodeId>();
  private readonly parameters = new Map<string, Parameter>();
  private readonly outputs = new Map<string, NodeId>();
  private readonly roles = new Map<string, OutputRole>();
  private readonly updates = new Map<string, NodeId>();
  /** Names of the parameters, in the order of their declaration. */
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

  /** Declares a parameter (names are unique) and returns the node that reads it. */
  parameter(parameter: Parameter, origin: Span | null = null): NodeId {
    invariant(!this.parameters.has(parameter.name), `parameter ${parameter.name} is declared twice`);
    this.parameters.set(parameter.name, parameter);
    this.declared.push(parameter.name);
    return this.add("parameter", [], { name: parameter.name, dims: parameter.dims }, origin);
  }

  /** Declares a parameter of another Graph; a copy adds its node, before or after. */
  declare(parameter: Parameter): void {
    this.parameters.set(parameter.name, parameter);
  }

  /** Adds an output, named by its role, or by a name without a role. */
  output(role: OutputRole | string, id: NodeId): void {
    const name = typeof role === "string" ? role : outputName(role);
    this.outputs.set(name, id);
    if (typeof role !== "string") this.roles.set(name, role);
  }

  /** Adds an output that another Graph has under this name, with its role there. */
  outputAs({ roles }: Pick<Graph, "roles">, name: string, id: NodeId): void {
    this.output(roles.get(name) ?? name, id);
  }

  update(parameter: string, id: NodeId): void {
    this.updates.set(parameter, id);
  }

  finish(): Graph {
    return {
      nodes: this.nodes.slice(),
      parameters: new Map(this.parameters),
      outputs: new Map(this.outputs),
      roles: new Map(this.roles),
      updates: new Map(this.updates),
    };
  }
}
