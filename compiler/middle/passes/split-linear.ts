// Multiplies the parts of a linear layer's input separately by their weights, if that saves work: DIN's
// concat(q, k, q − k, q ⊙ k) W becomes repeat(q (W₁ + W₃)) + k (W₂ − W₃) + (q ⊙ k) W₄, q is then multiplied
// once for an example (or candidate) and k once for a request, not once for each of their steps.

import { invariant } from "../../common/internal-error.ts";
import type { GraphBuilder } from "../builder/builder.ts";
import { rewrite } from "../builder/rewrite.ts";
import type { Graph, Node, NodeId } from "../graph/graph.ts";
import { sameDims, sameType } from "../ops/support/shapes.ts";
import {
  assumedCount,
  costOf,
  groupsOf,
  isRepeated,
  type SignedRange,
  type TermGroup,
  termsOf,
  widthOf,
  wrap,
} from "./linear-terms.ts";

/** A sum of products, each to be repeated by its wrappers. */
type Sum = readonly { readonly product: NodeId; readonly wrappers: readonly Node[] }[];

/**
 * Splits every `matmul` whose input is made by `concat`, `add`, `subtract` and `negate` from operands that
 * are repeated or occur twice. Moves `repeat` and `repeat_candidates` behind the product, and adds its bias
 * before the repetition.
 */
export function splitLinear(graph: Graph): Graph {
  const sums = new Map<NodeId, Sum>();
  const work = new Work(graph);
  return rewrite(graph, (node, inputs, builder) => {
    if (node.op === "add") return biasInside(builder, inputs, sums, node);
    const [x, w] = inputs as readonly [NodeId, NodeId];
    if (node.op !== "matmul" || node.attributes.transpose) return null;
    const sum = split(builder, x, w, node, work);
    if (sum === null) return null;
    const result = assemble(builder, sum, node);
    invariant(sameType(builder.typeOf(result), node.type), `splitting node ${node.id} changed its type`);
    sums.set(result, sum);
    return result;
  });
}

/**
 * The work that the pass may still do. It bounds time and nodes in proportion to the Graph, however its
 * layers share operands. Real networks stay far below the bound; when it is used up, the rest is left as it
 * is.
 */
class Work {
  private visits: number;
  private pieces: number;

  constructor({ nodes }: Graph) {
    this.visits = 20 * nodes.length + 20_000;
    this.pieces = 4 * nodes.length + 10_000;
  }

  readonly mayVisit = (): boolean => this.visits-- > 0;

  mayMake(groups: readonly TermGroup[]): boolean {
    for (const { terms } of groups) for (const { pieces } of terms) this.pieces -= pieces.length;
    return this.pieces >= 0;
  }
}

/** The cheapest way found to multiply x by w; null if the plain product is the cheapest. */
function split(builder: GraphBuilder, x: NodeId, w: NodeId, node: Node, work: Work): Sum | null {
  const { rows, dims } = builder.typeOf(x);
  if (dims.length !== 1) return null;
  let best: readonly TermGroup[] | null = null;
  let least = assumedCount(rows) * dims[0]!;
  for (const sums of [false, true]) {
    const terms = termsOf(builder, x, sums, work.mayVisit);
    if (terms === null) continue;
    const groups = groupsOf(builder, terms);
    const cost = costOf(builder, groups);
    if (cost < least) [best, least] = [groups, cost];
  }
  if (best === null || !work.mayMake(best)) return null;
  return best.map((group) => ({
    product: productOf(builder, group, w, node, work),
    wrappers: group.wrappers,
  }));
}

/**
 * Σ operand · weights over a group, as one product if copying its operands together is cheaper than adding
 * products.
 */
function productOf(builder: GraphBuilder, { terms }: TermGroup, w: NodeId, node: Node, work: Work): NodeId {
  const widths = terms.map(({ operand }) => widthOf(builder, operand));
  const copied = widths.reduce((sum, width) => sum + width, 0);
  const added = (terms.length - 1) * builder.typeOf(w).dims[1]!;
  const add = (x: NodeId, y: NodeId) => builder.add("add", [x, y], {}, node.origin);
  const parts = terms.map(({ operand, pieces }) => ({
    operand,
    weights: weightsOf(builder, pieces, w, node),
  }));
  if (parts.length > 1 && copied < added) {
    const join = (ids: readonly NodeId[]) => builder.add("concat", ids, { dim: 0 }, node.origin);
    return multiply(
      builder,
      join(parts.map((part) => part.operand)),
      join(parts.map((part) => part.weights)),
      node,
      work,
    );
  }
  return parts.map((part) => multiply(builder, part.operand, part.weights, node, work)).reduce(add);
}

/** x w, split again if x has parts with even fewer rows. */
function multiply(builder: GraphBuilder, x: NodeId, w: NodeId, node: Node, work: Work): NodeId {
  const sum = split(builder, x, w, node, work);
  return sum === null
    ? builder.add("matmul", [x, w], { transpose: false }, node.origin)
    : assemble(builder, sum, node);
}

/** The sum of row ranges of w, added ones first. */
function weightsOf(
  builder: GraphBuilder,
  pieces: readonly SignedRange[],
  w: NodeId,
  { origin }: Node,
): NodeId {
  const rows = (piece: SignedRange) =>
    builder.add("slice", [w], { dim: 0, from: piece.from, to: piece.to }, origin);
  const [first, ...rest] = pieces.toSorted((a, b) => b.sign - a.sign);
  invariant(first, "a term without weights");
  const start = first.sign === 1 ? rows(first) : builder.add("negate", [rows(first)], {}, origin);
  return rest.reduce(
    (sum, piece) => builder.add(piece.sign === 1 ? "add" : "subtract", [sum, rows(piece)], {}, origin),
    start,
  );
}

/** Adds up the products; those with the fewest rows come last. */
function assemble(builder: GraphBuilder, sum: Sum, node: Node): NodeId {
  return sum
    .toSorted(
      (a, b) => assumedCount(builder.typeOf(b.product).rows) - assumedCount(builder.typeOf(a.product).rows),
    )
    .map(({ product, wrappers }) => wrap(builder, product, wrappers))
    .reduce((x, y) => builder.add("add", [x, y], {}, node.origin));
}

/** Rewrites repeat(x) + b + y to repeat(x + b) + y: the bias of a split layer. */
function biasInside(
  builder: GraphBuilder,
  inputs: readonly NodeId[],
  sums: ReadonlyMap<NodeId, Sum>,
  node: Node,
): NodeId | null {
  const [x, y] = inputs as readonly [NodeId, NodeId];
  for (const [total, bias] of [
    [x, y],
    [y, x],
  ] as const) {
    const sum = sums.get(total);
    const type = builder.typeOf(bias);
    if (sum === undefined || type.rows.kind !== "once") continue;
    if (!sameDims(type.dims, builder.typeOf(total).dims)) continue;
    const repeated = sum.find(({ wrappers }) => isRepeated(wrappers));
    if (repeated === undefined) continue;
    const product = builder.add("add", [repeated.product, bias], {}, node.origin);
    return assemble(
      builder,
      sum.map((part) => (part === repeated ? { ...part, product } : part)),
      node,
    );
  }
  return null;
}
