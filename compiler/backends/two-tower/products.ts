// Writes a value that depends on the user and the item as a sum of products, whose factors depend on one of
// them each. If that is impossible, the result is null: no vectors of users and items have the model's score
// as their inner product.

import { InternalError } from "../../common/internal-error.ts";
import type { Node, NodeBuilder, NodeId } from "../../middle/graph/graph.ts";

/** A factor; null for 1. */
export type Half = NodeId | null;

/**
 * The product of both halves, number by number. For a value of width 1, it is summed over the halves' width;
 * both halves then have this width, or 1, or are null. For a wider value, each half has its width, or 1, or
 * is null.
 */
export interface TowerTerm {
  readonly user: Half;
  readonly item: Half;
}

/** A value as a sum of terms. */
export interface Products {
  readonly width: number;
  /** null if only its parts are such sums. */
  readonly terms: readonly TowerTerm[] | null;
  /** The parts that are concatenated. */
  readonly parts?: readonly Products[];
}

/** Sums of more products give vectors too wide to be useful. */
const MOST_TERMS = 32;

/**
 * The result of an op at least one of whose inputs depends on both; null if it is not a sum of such products.
 */
export function productsOf(
  graph: NodeBuilder,
  node: Node,
  inputs: readonly Products[],
  copies: readonly NodeId[],
): Products | null {
  if (node.type.rows.kind !== "each" || node.type.dims.length !== 1) return null;
  const width = node.type.dims[0]!;
  const algebra = new Algebra(graph);
  const terms = algebra.of(node, inputs, copies, width);
  if (node.op === "concat") return { width, terms, parts: inputs.flatMap((each) => each.parts ?? [each]) };
  return terms === null || terms.length > MOST_TERMS ? null : { width, terms };
}

/** A value whose terms are known. */
type Known = Products & { readonly terms: readonly TowerTerm[] };

function isKnown(products: Products): products is Known {
  return products.terms !== null;
}

/** Terms of width 1 that sum over more than one number cannot be part of a wider value. */
class Algebra {
  private readonly graph: NodeBuilder;

  constructor(graph: NodeBuilder) {
    this.graph = graph;
  }

  of(node: Node, inputs: readonly Products[], copies: readonly NodeId[], width: number): TowerTerm[] | null {
    switch (node.op) {
      case "sum_width":
        return this.ofParts(inputs[0]!, (part) =>
          part.terms.map((term) => (part.width === 1 ? term : this.summed(term, part.width))),
        );
      case "matmul": {
        const { transpose } = node.attributes;
        const dim = transpose ? 1 : 0;
        return this.ofParts(inputs[0]!, (part, from) => {
          const to = from + part.width;
          const weights =
            part === inputs[0] ? copies[1]! : this.graph.add("slice", [copies[1]!], { dim, from, to });
          return this.layer(part, weights, transpose, width);
        });
      }
      default:
        return inputs.every(isKnown) ? this.ofKnown(node, inputs, width) : null;
    }
  }

  /**
   * The terms that add up to the result, from the value or from each of its parts, which begins at `from`.
   */
  private ofParts(x: Products, of: (part: Known, from: number) => TowerTerm[] | null): TowerTerm[] | null {
    const terms: TowerTerm[] = [];
    let from = 0;
    for (const part of x.parts ?? [x]) {
      const own = isKnown(part) ? of(part, from) : null;
      if (own === null) return null;
      terms.push(...own);
      from += part.width;
    }
    return terms;
  }

  private ofKnown(node: Node, inputs: readonly Known[], width: number): TowerTerm[] | null {
    const [x, y] = inputs as readonly [Known, Known];
    switch (node.op) {
      case "stop_gradient":
        return [...x.terms];
      case "add":
        return this.sum(x, y, width);
      case "subtract":
        return this.sum(x, this.negated(y), width);
      case "negate":
        return [...this.negated(x).terms];
      case "multiply":
        return this.product(x, y, width);
      case "divide":
        return this.quotient(x, y, width);
      case "concat":
        return this.sideBySide(inputs, width);
      default:
        return null;
    }
  }

  private sum(x: Known, y: Known, width: number): TowerTerm[] | null {
    if (!this.fits(x, width) || !this.fits(y, width)) return null;
    return [...x.terms, ...y.terms];
  }

  /** Tells whether the value may be repeated to this width. */
  private fits({ width: own, terms }: Known, width: number): boolean {
    return own === width || terms.every((term) => this.widthOf(term) === 1);
  }

  private negated({ width, terms }: Known): Known {
    const negative = terms.map(({ user, item }) => ({
      user: this.graph.add("negate", [user ?? this.one()], {}),
      item,
    }));
    return { width, terms: negative };
  }

  private product(x: Known, y: Known, width: number): TowerTerm[] | null {
    const terms: TowerTerm[] = [];
    for (const a of x.terms)
      for (const b of y.terms) {
        const areSums = [a, b].filter((term) => width === 1 && this.widthOf(term) > 1);
        if (areSums.length > 1) return null;
        terms.push({ user: this.times(a.user, b.user), item: this.times(a.item, b.item) });
      }
    return this.fits(x, width) && this.fits(y, width) ? terms : null;
  }

  private quotient(x: Known, y: Known, width: number): TowerTerm[] | null {
    const [by, ...others] = y.terms;
    if (by === undefined || others.length > 0) return null;
    if (y.width === 1 && this.widthOf(by) > 1) return null;
    if (!this.fits(x, width)) return null;
    return x.terms.map(({ user, item }) => ({
      user: this.over(user, by.user),
      item: this.over(item, by.item),
    }));
  }

  /** Sums a term over the width of the value. */
  private summed({ user, item }: TowerTerm, width: number): TowerTerm {
    const isWide = (half: Half) => half !== null && this.wide(half) === width;
    if (isWide(user) && isWide(item)) return { user, item };
    const total = (half: NodeId) => this.graph.add("sum_width", [half], {});
    if (isWide(user)) return { user: total(user!), item };
    if (isWide(item)) return { user, item: total(item!) };
    const count = this.graph.add("constant", [], { value: width, dims: [1] });
    return { user: this.times(user, count), item };
  }

  /** A linear layer without its bias. */
  private layer(x: Known, weights: NodeId, transpose: boolean, width: number): TowerTerm[] | null {
    const times = (half: NodeId) => this.graph.add("matmul", [half, weights], { transpose });
    const terms: TowerTerm[] = [];
    for (const { user, item } of x.terms) {
      const isWide = (half: Half) => half !== null && this.wide(half) === x.width;
      if (x.width === 1) {
        if (width > 1 && this.widthOf({ user, item }) > 1) return null;
        const factors = this.graph.add("reshape", [weights], { dims: [width] });
        terms.push({ user: this.times(user, factors), item });
      } else if (isWide(user) && isWide(item)) {
        if (width > 1) return null;
        const column = this.graph.add("reshape", [weights], { dims: [x.width] });
        terms.push({ user: this.times(user, column), item });
      } else if (isWide(item)) terms.push({ user, item: times(item!) });
      else {
        const like = this.graph.add("constant", [], { value: 1, dims: [x.width] });
        terms.push({ user: times(isWide(user) ? user! : this.times(user, like)!), item });
      }
    }
    return terms;
  }

  private sideBySide(inputs: readonly Known[], width: number): TowerTerm[] | null {
    const terms: TowerTerm[] = [];
    let before = 0;
    for (const { width: own, terms: theirs } of inputs) {
      for (const term of theirs) {
        if (own === 1 && this.widthOf(term) > 1) return null;
        const after = width - before - own;
        const padded = (half: NodeId) => this.graph.add("pad", [half], { dim: 0, before, after });
        const isWide = (half: Half) => half !== null && this.wide(half) === own;
        const like = this.graph.add("constant", [], { value: 1, dims: [own] });
        // Zeros in one half suffice; a half of width 1 is not repeated for a value of width 1.
        if (isWide(term.item) && own > 1)
          terms.push({
            user: isWide(term.user) ? padded(term.user!) : term.user,
            item: padded(term.item!),
          });
        else terms.push({ user: padded(this.times(term.user, like)!), item: term.item });
      }
      before += own;
    }
    return terms;
  }

  private one(): NodeId {
    return this.graph.add("constant", [], { value: 1, dims: [1] });
  }

  private times(a: Half, b: Half): Half {
    if (a === null || b === null) return a ?? b;
    return this.graph.add("multiply", [a, b], {});
  }

  private over(a: Half, b: Half): Half {
    return b === null ? a : this.graph.add("divide", [a ?? this.one(), b], {});
  }

  private widthOf({ user, item }: TowerTerm): number {
    return Math.max(...[user, item].map((half) => (half === null ? 1 : this.wide(half))));
  }

  private wide(half: NodeId): number {
    const [width] = this.graph.typeOf(half).dims;
    if (width === undefined) throw new InternalError("a half without a width");
    return width;
  }
}
