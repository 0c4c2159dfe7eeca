// Finds the values of a Graph that are attention weights over a history. A spec does not mark them, so this
// file recognises them by their use:
// - weights, one number per step, that multiply a history before a sum over its steps (DIN's activation unit),
// - a softmax over steps, whatever its use (DIEN's attentional updates),
// - the weights within scaled dot-product attention whose query is an example, or the candidate at the end of the history
//   (BST's last position).

import { largest } from "../../common/arrays.ts";
import { invariant } from "../../common/internal-error.ts";
import type { Span } from "../../common/source-file.ts";
import { scopesOf } from "../../frontend/kinds/model-queries.ts";
import type { Model } from "../../frontend/model/model.ts";
import { isCandidateAxis } from "../../middle/graph/batch-axis.ts";
import type { ReferenceValue, RowLayout } from "../../middle/graph/define-op.ts";
import { hasAlwaysSteps, onlyHistoryOf } from "../../middle/graph/derived-axes.ts";
import type { Graph, Node, NodeId } from "../../middle/graph/graph.ts";
import { expectOp } from "../../middle/graph/narrow.ts";
import type { TensorType } from "../../middle/graph/types.ts";
import { sizeOf } from "../../middle/graph/types.ts";
import { attentionInputs } from "../../middle/ops/support/attention.ts";
import { attendings } from "../../middle/ops/support/attention-reference.ts";
import { stepsByRow } from "../../middle/ops/support/references.ts";
import { inputNames } from "../../middle/programs/program.ts";

/** The attention weights over the steps of one history, for one or several heads. */
export interface HistoryAttention {
  readonly history: string;
  /** The number of weights per step: the heads of an attention, the numbers of a softmax. */
  readonly heads: number;
  /**
   * Whether a step's weights are shares: none is negative, and they sum to 1 over the history (and anything
   * appended to it).
   */
  readonly areShares: boolean;
  /** Whether the weights depend on the candidate. */
  readonly dependsOnCandidate: boolean;
  /** Where the spec, or the library, uses them. */
  readonly origin: Span | null;
  /** The node from which they are read: the summed product, the softmax, the attention. */
  readonly node: NodeId;
  readonly from:
    | { readonly kind: "product"; readonly factors: readonly NodeId[] }
    | { readonly kind: "softmax" }
    | { readonly kind: "attention" };
}

/** The inputs that differ between candidates. */
export function candidateInputs({ features }: Model): ReadonlySet<string> {
  const ofItems = [...features.values()].filter((feature) => scopesOf(feature, features).has("item"));
  return new Set(ofItems.map(({ name }) => inputNames.feature(name)));
}

/**
 * All attentions of `graph`, in the order of its nodes. `candidateInputs` are the inputs that differ between
 * candidates.
 */
export function attentionsOf(
  graph: Graph,
  candidateInputs: ReadonlySet<string>,
): readonly HistoryAttention[] {
  return new Search(graph, candidateInputs).found();
}

/**
 * By row and head, the weight of each of the row's past steps, oldest first. `values` are those of all nodes.
 * On an axis longer than its history, the appended steps are not past steps.
 */
export function attentionWeights(
  attention: HistoryAttention,
  { nodes }: Graph,
  values: readonly ReferenceValue[],
  layout: RowLayout,
): readonly (readonly Float64Array[])[] {
  const { from, heads } = attention;
  if (from.kind === "attention")
    return weightsOfOp(expectOp(nodes[attention.node], "attention"), nodes, values, layout, heads);
  const factors = from.kind === "softmax" ? [attention.node] : from.factors;
  const type = nodes[factors[0]!]!.type;
  const ofStep = (step: number, head: number) =>
    factors.reduce((product, factor) => {
      const own = sizeOf(nodes[factor]!.type.dims);
      return product * values[factor]![own === 1 ? step : step * heads + head]!;
    }, 1);
  return pastSteps(type, layout).map((steps) =>
    Array.from({ length: heads }, (_, head) => Float64Array.from(steps, (step) => ofStep(step, head))),
  );
}

/** By row, the indices of its steps in a value of `type`, without appended ones. */
function pastSteps({ rows }: TensorType, layout: RowLayout): readonly (readonly number[])[] {
  invariant(rows.kind === "steps", "attention is over steps");
  const appended = Math.max(0, onlyHistoryOf(rows.history)?.shift ?? 0);
  return stepsByRow(rows, layout).map((steps) => steps.slice(0, steps.length - appended));
}

/** The weights inside the op: for each row and head, those of the query that represents the candidate. */
function weightsOfOp(
  node: Node<"attention">,
  nodes: readonly Node[],
  values: readonly ReferenceValue[],
  layout: RowLayout,
  heads: number,
): readonly (readonly Float64Array[])[] {
  const attributes = node.attributes;
  const inputs = node.inputs.map((input) => nodes[input]!.type);
  const places = attentionInputs("attention", inputs, attributes);
  const context = { attributes, inputs, output: node.type };
  const byPlace = new Map<number, readonly number[]>();
  for (const { result, valueWidth, weights } of attendings(
    node.inputs.map((input) => values[input]!),
    context,
    layout,
  ))
    byPlace.set(result / valueWidth, weights);
  const { queries } = places;
  const past = pastSteps(inputs[1]!, layout);
  const queriesOf = queries.at.kind === "steps" ? stepsByRow(queries.at.rows, layout) : null;
  return past.map((steps, row) =>
    Array.from({ length: heads }, (_, head) => {
      // Each query of a list has its heads; of steps, only the last one is the query.
      const perRow = heads / attributes.heads;
      const query =
        queriesOf === null ? row * perRow + Math.floor(head / attributes.heads) : queriesOf[row]!.at(-1)!;
      const weights = byPlace.get(query * attributes.heads + (head % attributes.heads));
      return Float64Array.from(steps, (_, i) => weights![i]!);
    }),
  );
}

/** A value that is multiplied by itself repeatedly has endlessly many factors. */
const MOST_FACTORS = 256;

class Search {
  private readonly graph: Graph;
  /**
   * By node: whether it depends on inputs that differ between candidates, and whether it depends on learned
   * values.
   */
  private readonly ofCandidate: readonly boolean[];
  private readonly learned: readonly boolean[];
  /** By node: whether the steps of one row may differ in it. */
  private readonly varies: readonly boolean[];

  constructor(graph: Graph, candidateInputs: ReadonlySet<string>) {
    this.graph = graph;
    this.ofCandidate = spread(
      graph,
      (node) => node.op === "input" && candidateInputs.has(node.attributes.name),
    );
    this.learned = spread(graph, ({ op }) => op === "parameter" || op === "table");
    const varies: boolean[] = [];
    for (const node of graph.nodes) {
      const steps = node.inputs.filter((input) => this.isOverSteps(input));
      varies.push(
        node.type.rows.kind === "steps" &&
          node.op !== "repeat" &&
          (steps.length === 0 || steps.some((input) => varies[input])),
      );
    }
    this.varies = varies;
  }

  found(): readonly HistoryAttention[] {
    const { nodes } = this.graph;
    const summed = nodes.flatMap((node) => (node.op === "sum_steps" ? this.product(node) : []));
    const used = new Set(summed.flatMap(({ from }) => (from.kind === "product" ? from.factors : [])));
    const behind = this.ancestors(used);
    const others = nodes.flatMap((node) => {
      if (node.op === "attention") return this.attentionOp(node);
      return node.op === "softmax_steps" && !behind.has(node.id) ? this.softmax(node) : [];
    });
    return [...summed, ...others]
      .filter(({ history }) => !isCandidateAxis(history))
      .sort((a, b) => a.node - b.node);
  }

  /** `sum(a * clicks)`: the factors with one number per step, if the history has several. */
  private product(sum: Node): readonly HistoryAttention[] {
    const product = this.graph.nodes[sum.inputs[0]!]!;
    const width = product.type.dims.at(-1) ?? 1;
    if (product.op !== "multiply" || width === 1) return [];
    const factors = this.factorsOf(product).filter((id) => {
      const { dims } = this.graph.nodes[id]!.type;
      return dims.at(-1) === 1 && this.varies[id]! && this.learned[id]!;
    });
    if (factors.length === 0) return [];
    const heads = largest(factors.map((id) => sizeOf(this.graph.nodes[id]!.type.dims)));
    return this.attention(product, sum, heads, factors.length === 1 && this.isSoftmax(factors[0]!), {
      kind: "product",
      factors,
    });
  }

  /** The factors of a tree of products; empty if there are more than any real attention has. */
  private factorsOf(product: Node): readonly NodeId[] {
    const factors: NodeId[] = [];
    const open = [product];
    for (let node = open.pop(); node !== undefined; node = open.pop()) {
      if (factors.length + open.length > MOST_FACTORS) return [];
      if (node.op !== "multiply" || node.type.dims.at(-1) === 1) factors.push(node.id);
      else for (const input of node.inputs.toReversed()) open.push(this.graph.nodes[input]!);
    }
    return factors;
  }

  private isSoftmax(id: NodeId): boolean {
    return this.graph.nodes[id]!.op === "softmax_steps";
  }

  private softmax(node: Node): readonly HistoryAttention[] {
    if (!this.varies[node.id]! || !this.learned[node.id]!) return [];
    return this.attention(node, node, sizeOf(node.type.dims), true, { kind: "softmax" });
  }

  /**
   * An attention whose query is a list of an example, or the last step of a history with an appended step.
   */
  private attentionOp(node: Node<"attention">): readonly HistoryAttention[] {
    const attributes = node.attributes;
    const inputs = node.inputs.map((input) => this.graph.nodes[input]!.type);
    const { queries, keys } = attentionInputs("attention", inputs, attributes);
    // Keys without learned values only select steps by position.
    if (keys.at.kind !== "steps" || !this.learned[node.inputs[1]!]!) return [];
    const { heads } = attributes;
    if (queries.at.kind === "steps" && !hasAlwaysSteps(queries.at.rows.history)) return [];
    const all = queries.at.kind === "list" ? heads * queries.at.length : heads;
    return this.attention(this.graph.nodes[node.inputs[1]!]!, node, all, true, { kind: "attention" });
  }

  /** Empty for an axis of several histories, and for one that lacks some of its steps, because it is unknown which. */
  private attention(
    { type: { rows } }: Node,
    { id, origin }: Node,
    heads: number,
    areShares: boolean,
    from: HistoryAttention["from"],
  ): readonly HistoryAttention[] {
    invariant(rows.kind === "steps", "attention is over steps");
    const of = onlyHistoryOf(rows.history);
    if (of === null || of.shift < 0) return [];
    const { history } = of;
    const dependsOnCandidate = this.ofCandidate[id]!;
    return [{ history, heads, areShares, dependsOnCandidate, origin, node: id, from }];
  }

  private isOverSteps(id: NodeId): boolean {
    return this.graph.nodes[id]!.type.rows.kind === "steps";
  }

  private ancestors(of: ReadonlySet<NodeId>): ReadonlySet<NodeId> {
    const all = new Set(of);
    for (const node of this.graph.nodes.toReversed())
      if (all.has(node.id)) for (const input of node.inputs) all.add(input);
    return all;
  }
}

/** By node: whether it satisfies `isOne`, or depends on a node that does. */
function spread({ nodes }: Graph, isOne: (node: Node) => boolean): readonly boolean[] {
  const all: boolean[] = [];
  for (const node of nodes) all.push(isOne(node) || node.inputs.some((input) => all[input]));
  return all;
}
