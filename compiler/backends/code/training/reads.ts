// Finds the stored values that a node reads. A view reads its underlying value. A repeat that only loops read
// is replaced by its source. A sum over pairs reads what its pairs are computed from, and faced steps are the steps.

import type { Node, NodeId, ValidGraph } from "../../../middle/graph/graph.ts";
import { neededNodes } from "../../../middle/graph/needed.ts";
import { rowsKey, sizeOf, type TensorType } from "../../../middle/graph/types.ts";
import { isElementwise, operandsOf } from "../../../middle/ops/registry.ts";
import { sameDims } from "../../../middle/ops/support/shapes.ts";
import { type FacedSteps, facedGradient, facedSteps } from "../../../middle/pairs/facing.ts";
import { type Pairs, pairsOf } from "../../../middle/pairs/pairs.ts";
import { domainOf, isSource } from "./domains.ts";
import { isView, type View, viewsOf } from "./views.ts";

/**
 * An input of a loop: a stored value with a row for each row of the loop, for each example of its steps, or
 * one for all.
 */
export interface Leaf {
  readonly view: View;
  readonly type: TensorType;
  readonly by: "row" | "example" | "all";
}

export class Reads {
  readonly graph: ValidGraph;
  /** The nodes that outputs and updates depend on, in topological order. */
  readonly needed: readonly Node[];
  readonly view: (id: NodeId) => View;
  /** Stored values that must exist after the step: outputs, and new values of parameters. */
  readonly kept: ReadonlySet<NodeId>;
  /** Pairs that only sums read, which are computed in these sums. */
  readonly pairs: Pairs;
  private readonly held: ReadonlySet<string>;
  private readonly consumers = new Map<NodeId, Node[]>();
  /** Values that are not stored: repeats, whose repeated rows loops read instead, pairs, and what nothing reads. */
  private readonly absorbed = new Set<NodeId>();

  /** `held` tables are read by row number, not fed. */
  constructor(graph: ValidGraph, held: ReadonlySet<string>) {
    this.graph = graph;
    this.held = held;
    this.view = viewsOf(graph);
    this.kept = new Set([...graph.outputs.values(), ...graph.updates.values()].map((id) => this.root(id).id));
    this.needed = neededNodes(graph);
    this.pairs = pairsOf(graph, this.needed);
    const unread = this.unread();
    // A loop over one number per step processes four steps at a time only if all of its inputs are
    // contiguous.
    const isOnlyRead = (node: Node) =>
      this.consumersOf(node).every(
        (consumer) =>
          isElementwise(consumer.op) && (sizeOf(consumer.type.dims) > 1 || sizeOf(node.type.dims) > 1),
      );
    for (const node of this.needed) if (!unread.has(node.id)) this.note(node);
    for (const id of unread) this.absorbed.add(id);
    for (const node of this.needed)
      if (node.op === "repeat" && !this.kept.has(node.id) && isOnlyRead(node)) this.absorbed.add(node.id);
  }

  root(id: NodeId): Node {
    return this.view(id).root;
  }

  /** Tells whether the value exists before the step begins. */
  isSource(node: Node): boolean {
    return isSource(node) && !(node.op === "table" && this.held.has(node.attributes.name));
  }

  /** Tells whether a value is computed and stored for the node. */
  isComputed(node: Node): boolean {
    return !this.isSource(node) && !isView(node) && !this.absorbed.has(node.id);
  }

  /** Nodes that read the stored value; views are replaced by their own readers. */
  consumersOf({ id }: Node): readonly Node[] {
    return this.consumers.get(id) ?? [];
  }

  /** The nodes that compute with the stored value; an absorbed repeat is replaced by its readers. */
  computingConsumers(node: Node): readonly Node[] {
    return this.consumersOf(node).flatMap((consumer) =>
      this.absorbed.has(consumer.id) ? this.computingConsumers(consumer) : [consumer],
    );
  }

  /** Stored values that a node's computation reads, in the order of its operands. */
  inputs(node: Node): readonly Node[] {
    return this.operands(node).map((id) => this.throughRepeat(this.root(id)));
  }

  /** The steps that the node copies to or from a list. */
  faced(node: Node): FacedSteps | null {
    return facedSteps(node, this.graph) ?? facedGradient(node, this.graph);
  }

  private operands(node: Node): readonly NodeId[] {
    const faced = this.faced(node);
    return faced === null ? (this.pairs.sums.get(node.id)?.leaves ?? operandsOf(node)) : [faced.x];
  }

  /** Parts of pairs, and what only they and the places of faced steps are computed from. */
  private unread(): ReadonlySet<NodeId> {
    const read = new Set<NodeId>([...this.graph.outputs.values(), ...this.graph.updates.values()]);
    const found = new Set<NodeId>();
    for (const node of this.needed.toReversed())
      if (read.has(node.id)) for (const id of this.operands(node)) read.add(id);
      else found.add(node.id);
    return found;
  }

  leaf(operand: NodeId): Leaf {
    const { type } = this.graph.nodes[operand]!;
    const view = this.view(operand);
    if (domainOf(type.rows) === "once") return { view, type, by: "all" };
    if (!this.absorbed.has(view.root.id)) return { view, type, by: "row" };
    return { view: this.view(view.root.inputs[0]!), type, by: "example" };
  }

  private throughRepeat(node: Node): Node {
    return node.op === "repeat" && this.absorbed.has(node.id) ? this.root(node.inputs[0]!) : node;
  }

  private note(node: Node): void {
    if (isView(node)) return;
    for (const input of new Set(this.operands(node).map((id) => this.root(id).id))) {
      const known = this.consumers.get(input);
      if (known === undefined) this.consumers.set(input, [node]);
      else known.push(node);
    }
  }
}

export function sameShape(a: TensorType, b: TensorType): boolean {
  return rowsKey(a.rows) === rowsKey(b.rows) && sameDims(a.dims, b.dims);
}

/**
 * Tells whether a loop over all numbers of the node in sequence computes it: each operand has equally many,
 * or one.
 */
export function isLine(node: Node, graph: ValidGraph): boolean {
  const size = sizeOf(node.type.dims);
  return operandsOf(node)
    .map((id) => sizeOf(graph.nodes[id]!.type.dims))
    .every((operand) => operand === size || operand === 1);
}
