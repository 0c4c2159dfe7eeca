// Finds values that are cheaper to recompute than to keep. A later phase that reads such a value gets its own
// copy, computed in the same loop from values that are kept anyway. So a step uses less memory bandwidth
// (Chen et al., “Training Deep Nets with Sublinear Memory Cost”, 2016, section 4; here the aim is time).

import type { GraphBuilder } from "../../../middle/builder/builder.ts";
import { rewrite } from "../../../middle/builder/rewrite.ts";
import { validate } from "../../../middle/builder/validate.ts";
import type { Replacement } from "../../../middle/graph/copy.ts";
import type { Node, NodeId, ValidGraph } from "../../../middle/graph/graph.ts";
import { sizeOf } from "../../../middle/graph/types.ts";
import { hasTrait, operandsOf } from "../../../middle/ops/registry.ts";
import { domainOf, isReduction, readsOtherRows } from "./domains.ts";
import { Reads } from "./reads.ts";
import { timesOf, type ValueTimes } from "./times.ts";

function isCheap({ op, type: { rows } }: Node): boolean {
  if (domainOf(rows) !== "examples") return false;
  // A concatenation is a copy within the cache, from values that are read anyway. By example, its value is in
  // the cache already.
  return hasTrait(op, "cheap") || (op === "concat" && rows.kind !== "each");
}

/** The most ops of a copy. */
const MOST_OPS = 4;
/** At least as many as most histories have; the values of steps are those that fill caches. */
const STEPS_OF_EXAMPLE = 8;

export interface Recomputed {
  readonly graph: ValidGraph;
  /** The earliest times of copies, so that they are not computed as soon as possible. */
  readonly least: ReadonlyMap<NodeId, number>;
}

export function recompute(given: ValidGraph, held: ReadonlySet<string>): Recomputed {
  const graph = inCheaperOps(given);
  const reads = new Reads(graph, held);
  return new Recomputer(reads, timesOf(reads, new Map())).graph();
}

/** The same values, by ops that are cheap to repeat. */
function inCheaperOps(graph: ValidGraph): ValidGraph {
  const concats = new Map<string, NodeId>();
  const keyOf = (inputs: readonly NodeId[], dim: number) => `${dim} ${inputs.join(" ")}`;
  /** If a prefix of the values is already concatenated, only the rest is appended to it. */
  const afterOther = (
    { attributes: { dim }, origin }: Node<"concat">,
    inputs: readonly NodeId[],
    to: GraphBuilder,
  ) => {
    const count = inputs.findLastIndex((_, i) => i > 1 && concats.has(keyOf(inputs.slice(0, i), dim)));
    const others =
      count < 0 ? inputs : [concats.get(keyOf(inputs.slice(0, count), dim))!, ...inputs.slice(count)];
    const id = to.add("concat", others, { dim }, origin);
    concats.set(keyOf(inputs, dim), id);
    return id;
  };
  const cheaper: Replacement<GraphBuilder> = (node, inputs, to) => {
    if (domainOf(node.type.rows) !== "examples") return null;
    if (node.op === "concat") return afterOther(node, inputs, to);
    return node.op === "matmul" ? byOneNumber(node, inputs, to) : null;
  };
  return validate(rewrite(graph, cheaper));
}

/** Turns a product of weights with one number per row into a multiplication. */
function byOneNumber({ type, origin }: Node, [x, w]: readonly NodeId[], to: GraphBuilder): NodeId | null {
  const { dims } = to.typeOf(x!);
  if (dims.length !== 1 || dims[0] !== 1) return null;
  const weights = to.add("reshape", [w!], { dims: type.dims }, origin);
  return to.add("multiply", [x!, weights], {}, origin);
}

class Recomputer {
  private readonly reads: Reads;
  private readonly times: ValueTimes;
  private readonly nodes: Node[] = [];
  private readonly least = new Map<NodeId, number>();
  private readonly copies = new Map<string, NodeId>();
  /** By node of the given Graph: the node in the new one. */
  private readonly placed = new Map<NodeId, NodeId>();
  private readonly costs = new Map<NodeId, number>();
  /** Values that are kept because others can be computed from them. */
  private readonly roots = new Set<NodeId>();

  /** Values that are read at a later time than they are computed. */
  private readonly readLater: ReadonlySet<NodeId>;

  constructor(reads: Reads, times: ValueTimes) {
    this.reads = reads;
    this.times = times;
    const readAt = (reader: Node) =>
      isReduction(reader, reads.graph) ? times.partial(reader) : times.of(reader);
    const found = reads.needed.filter(
      (node) =>
        reads.isComputed(node) &&
        reads.computingConsumers(node).some((reader) => readAt(reader) > times.of(node)),
    );
    this.readLater = new Set(found.map(({ id }) => id));
  }

  graph(): Recomputed {
    const { graph, needed } = this.reads;
    this.findCosts();
    this.keepRoots();
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
        roles: graph.roles,
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

  /** The node to read at that time: the value itself, or a copy that is computed then. */
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
   * The number of ops to get the value at a later time. 0 if it is in memory then, because it is a source,
   * known once, or read later and too expensive to recompute; infinite if it is not available.
   */
  private findCost(node: Node): number {
    const { reads } = this;
    const isThere = this.readLater.has(node.id) || this.roots.has(node.id);
    const later = isThere ? 0 : Number.POSITIVE_INFINITY;
    if (domainOf(node.type.rows) === "once" || reads.isSource(node) || reads.kept.has(node.id)) return 0;
    // A view, or a repeat whose source loops read.
    if (!reads.isComputed(node)) return this.costs.get(node.inputs[0]!) === 0 ? 0 : Number.POSITIVE_INFINITY;
    if (!isCheap(node)) return later;
    const ops = operandsOf(node).reduce((sum, id) => sum + this.costs.get(id)!, 1);
    return ops <= MOST_OPS ? ops : later;
  }

  /** The costs of the needed nodes from index `first` on. */
  private findCosts(first = 0): void {
    const { needed } = this.reads;
    for (let place = first; place < needed.length; place++)
      this.costs.set(needed[place]!.id, this.findCost(needed[place]!));
  }

  /**
   * Keeps a value that nothing reads later if this makes it unnecessary to keep others, which can be computed
   * from it cheaply.
   */
  private keepRoots(): void {
    const { reads } = this;
    let least = this.keptNumbers();
    for (const [place, node] of reads.needed.entries()) {
      const isDear = this.costs.get(node.id) === Number.POSITIVE_INFINITY && !isCheap(node);
      if (!isDear || !reads.isComputed(node) || !reads.computingConsumers(node).some(isCheap)) continue;
      this.roots.add(node.id);
      this.findCosts(place);
      const kept = this.keptNumbers();
      if (kept < least) {
        least = kept;
        continue;
      }
      this.roots.delete(node.id);
      this.findCosts(place);
    }
  }

  /** The approximate number of values that an example keeps in memory between phases. */
  private keptNumbers(): number {
    let sum = 0;
    for (const { id, type } of this.reads.needed) {
      const { rows, dims } = type;
      const isThere = this.roots.has(id) || this.readLater.has(id);
      if (!isThere || this.costs.get(id) !== 0 || domainOf(rows) !== "examples") continue;
      sum += (rows.kind === "each" ? 1 : STEPS_OF_EXAMPLE) * sizeOf(dims);
    }
    return sum;
  }

  private add(node: Node, inputs: readonly NodeId[]): NodeId {
    const id = this.nodes.length as NodeId;
    this.nodes.push({ ...node, id, inputs });
    return id;
  }
}
