// Finds values that are cheaper to compute again than to keep. A later phase that reads such a value gets its own copy, computed
// in the same loop from values that are kept anyway. So a step goes through less memory (Chen et al., “Training Deep Nets with
// Sublinear Memory Cost”, 2016, section 4; here the aim is time).

import { validate } from "../../../middle/build/validate.ts";
import type { OpName } from "../../../middle/graph/attributes.ts";
import type { Node, NodeId, ValidGraph } from "../../../middle/graph/graph.ts";
import { operandsOf } from "../../../middle/ops/registry.ts";
import { domainOf, isReduction, readsOtherRows } from "./domains.ts";
import { Reads } from "./reads.ts";
import { type Times, timesOf } from "./times.ts";

/** An instruction or two for four numbers. */
const cheap: ReadonlySet<OpName> = new Set<OpName>([
  ...(["add", "subtract", "multiply", "negate", "relu", "step", "maximum", "broadcast_like"] as const),
  ...(["sigmoid_gradient", "dropout", "equal", "greater", "choose"] as const),
]);

/** How many ops a copy may take. */
const MOST_OPS = 4;

export interface Recomputed {
  readonly graph: ValidGraph;
  /** When copies are computed: not as soon as they might be. */
  readonly least: ReadonlyMap<NodeId, number>;
}

export function recompute(graph: ValidGraph, held: ReadonlySet<string>): Recomputed {
  const reads = new Reads(graph, held);
  return new Recomputer(reads, timesOf(reads, new Map())).graph();
}

class Recomputer {
  private readonly reads: Reads;
  private readonly times: Times;
  private readonly nodes: Node[] = [];
  private readonly least = new Map<NodeId, number>();
  private readonly copies = new Map<string, NodeId>();
  /** By node of the given Graph: the same in the new one. */
  private readonly placed = new Map<NodeId, NodeId>();
  private readonly costs = new Map<NodeId, number>();

  constructor(reads: Reads, times: Times) {
    this.reads = reads;
    this.times = times;
  }

  graph(): Recomputed {
    const { graph, needed } = this.reads;
    for (const node of needed) this.costs.set(node.id, this.findCost(node));
    for (const node of needed)
      this.placed.set(
        node.id,
        this.add(
          node,
          node.inputs.map((input, place) => this.inputOf(node, input, place)),
        ),
      );
    const renamed = (ids: ReadonlyMap<string, NodeId>) =>
      new Map([...ids].map(([name, id]) => [name, this.placed.get(id)!]));
    return {
      graph: validate({
        nodes: this.nodes,
        parameters: graph.parameters,
        outputs: renamed(graph.outputs),
        updates: renamed(graph.updates),
      }),
      least: this.least,
    };
  }

  private inputOf(node: Node, input: NodeId, place: number): NodeId {
    const { reads, times } = this;
    const isFixed = !reads.isComputed(node) || readsOtherRows(node, place, reads.graph);
    if (isFixed) return this.placed.get(input)!;
    return this.at(input, isReduction(node, reads.graph) ? times.partial(node) : times.of(node));
  }

  /** The value as it is read at that time: itself, or a copy that is computed then. */
  private at(id: NodeId, time: number): NodeId {
    const node = this.reads.graph.nodes[id]!;
    const isCopied = this.costs.get(id)! > 0 && this.reads.isComputed(node) && this.times.of(node) < time;
    if (!isCopied || this.costs.get(id)! > MOST_OPS) return this.placed.get(id)!;
    const key = `${id} ${time}`;
    const known = this.copies.get(key);
    if (known !== undefined) return known;
    const copy = this.add(
      node,
      node.inputs.map((input) => this.at(input, time)),
    );
    this.least.set(copy, time);
    this.copies.set(key, copy);
    return copy;
  }

  /**
   * How many ops have the value at a later time: 0 where it is in memory then, as it is a source, known once, or read later and too dear to
   * compute again; infinite where it is not.
   */
  private findCost(node: Node): number {
    const { reads } = this;
    const later = this.isReadLater(node) ? 0 : Number.POSITIVE_INFINITY;
    if (domainOf(node.type.rows) === "once" || reads.isSource(node) || reads.kept.has(node.id)) return 0;
    // A view, or a repeat that loops read as what it repeats.
    if (!reads.isComputed(node)) return this.costs.get(node.inputs[0]!) === 0 ? 0 : Number.POSITIVE_INFINITY;
    if (!cheap.has(node.op) || domainOf(node.type.rows) !== "examples") return later;
    const ops = operandsOf(node).reduce((sum, id) => sum + this.costs.get(id)!, 1);
    return ops <= MOST_OPS ? ops : later;
  }

  private isReadLater(node: Node): boolean {
    const { reads, times } = this;
    if (!reads.isComputed(node)) return false;
    return reads.computingConsumers(node).some((reader) => {
      const time = isReduction(reader, reads.graph) ? times.partial(reader) : times.of(reader);
      return time > times.of(node);
    });
  }

  private add(node: Node, inputs: readonly NodeId[]): NodeId {
    const id = this.nodes.length as NodeId;
    this.nodes.push({ ...node, id, inputs });
    return id;
  }
}
