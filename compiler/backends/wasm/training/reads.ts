// Finds the stored values that a node reads. A view reads the value that it is a view of. A repeat that only
// loops read is read at its source.

import type { Node, NodeId, ValidGraph } from "../../../middle/graph/graph.ts";
import { neededNodes } from "../../../middle/graph/needed.ts";
import { rowsKey, sizeOf, type TensorType } from "../../../middle/graph/types.ts";
import { isElementwise, operandsOf } from "../../../middle/ops/registry.ts";
import { sameDims } from "../../../middle/ops/support/shapes.ts";
import { domainOf, isSource } from "./domains.ts";
import { isView, type View, viewsOf } from "./views.ts";

/** What a loop reads: a stored value, with a row for each row of the loop, for each example of its steps, or one for all. */
export interface Leaf {
  readonly view: View;
  readonly type: TensorType;
  readonly by: "row" | "example" | "all";
}

export class Reads {
  readonly graph: ValidGraph;
  /** What outputs and updates need, in topological order. */
  readonly needed: readonly Node[];
  readonly view: (id: NodeId) => View;
  /** Stored values that are there after the step: outputs, and new values of parameters. */
  readonly kept: ReadonlySet<NodeId>;
  private readonly held: ReadonlySet<string>;
  private readonly consumers = new Map<NodeId, Node[]>();
  /** Repeats that loops read as the rows that they repeat. */
  private readonly absorbed = new Set<NodeId>();

  /** `held` tables are read by the numbers of their rows, not fed. */
  constructor(graph: ValidGraph, held: ReadonlySet<string>) {
    this.graph = graph;
    this.held = held;
    this.view = viewsOf(graph);
    this.kept = new Set([...graph.outputs.values(), ...graph.updates.values()].map((id) => this.root(id).id));
    this.needed = neededNodes(graph);
    // A loop over one number a step goes four steps at a time only if all that it reads lies so.
    const isOnlyRead = (node: Node) =>
      this.consumersOf(node).every(
        (consumer) =>
          isElementwise(consumer.op) && (sizeOf(consumer.type.dims) > 1 || sizeOf(node.type.dims) > 1),
      );
    for (const node of this.needed) this.note(node);
    for (const node of this.needed)
      if (node.op === "repeat" && !this.kept.has(node.id) && isOnlyRead(node)) this.absorbed.add(node.id);
  }

  root(id: NodeId): Node {
    return this.view(id).root;
  }

  /** Whether the value is there before the step begins. */
  isSource(node: Node): boolean {
    return isSource(node) && !(node.op === "table" && this.held.has(node.attributes.name));
  }

  /** Whether something is computed and stored for the node. */
  isComputed(node: Node): boolean {
    return !this.isSource(node) && !isView(node) && !this.absorbed.has(node.id);
  }

  /** Nodes that read the stored value; views of it stand for their own readers. */
  consumersOf({ id }: Node): readonly Node[] {
    return this.consumers.get(id) ?? [];
  }

  /** What computes something with the stored value: the readers of an absorbed repeat in its place. */
  computingConsumers(node: Node): readonly Node[] {
    return this.consumersOf(node).flatMap((consumer) =>
      this.absorbed.has(consumer.id) ? this.computingConsumers(consumer) : [consumer],
    );
  }

  /** Stored values that computing the node reads, in the order of its operands. */
  inputs(node: Node): readonly Node[] {
    return operandsOf(node).map((id) => this.throughRepeat(this.root(id)));
  }

  leaf(operand: NodeId): Leaf {
    const { type } = this.graph.nodes[operand]!;
    const view = this.view(operand);
    if (domainOf(type.rows) === "once") return { view, type, by: "all" };
    if (!this.absorbed.has(view.root.id)) return { view, type, by: "row" };
    return { view: this.view(view.root.inputs[0]!), type, by: "example" };
  }

  private throughRepeat(node: Node): Node {
    return this.absorbed.has(node.id) ? this.root(node.inputs[0]!) : node;
  }

  private note(node: Node): void {
    if (isView(node)) return;
    for (const input of new Set(operandsOf(node).map((id) => this.root(id).id))) {
      const known = this.consumers.get(input);
      if (known === undefined) this.consumers.set(input, [node]);
      else known.push(node);
    }
  }
}

export function sameShape(a: TensorType, b: TensorType): boolean {
  return rowsKey(a.rows) === rowsKey(b.rows) && sameDims(a.dims, b.dims);
}

/** Whether a loop over all numbers of the node one after the other computes it: each operand has as many, or one. */
export function isLine(node: Node, graph: ValidGraph): boolean {
  const size = sizeOf(node.type.dims);
  return operandsOf(node)
    .map((id) => sizeOf(graph.nodes[id]!.type.dims))
    .every((operand) => operand === size || operand === 1);
}
