// Reads values of pairs from the nodes of a Graph: elementwise ops, inner products of vectors, softmax and buckets. A vector
// of pairs is only read as a sum of products of a number with a vector of the query or of the key.

import type { OpAttributes, OpName } from "../graph/attributes.ts";
import { definitionIn, type ReferenceValue } from "../graph/define-op.ts";
import type { Graph, Node, NodeId } from "../graph/graph.ts";
import { exampleLayout } from "../graph/layout.ts";
import { opUse } from "../graph/narrow.ts";
import type { StepsRows } from "../graph/types.ts";
import { isElementwise, operandsOf, ops } from "../ops/registry.ts";
import { LOWEST } from "../ops/support/references.ts";
import { ofRequest } from "./facing.ts";
import type { PairId, PairSum, PairValue } from "./values.ts";

/** A product of a number of the pair with a vector of its query or its key. */
interface Term {
  readonly factor: PairId;
  readonly by: "query" | "key";
  readonly node: NodeId;
}

/** Thrown inside this file alone, at a value that cannot be read. */
class Unread extends Error {}

export class PairReader {
  /** By index. Equal values are one. */
  readonly values: PairValue[] = [];
  private readonly graph: Graph;
  private readonly isTotal: (sum: Node) => boolean;
  private readonly byKey = new Map<string, PairId>();
  private readonly numbers = new Map<NodeId, PairId>();
  private readonly closed = new Map<NodeId, ReferenceValue | null>();
  /** Steps that masks count. */
  private readonly counted = new Map<NodeId, StepsRows>();

  /** `isTotal` tells whether a sum over the keys is read by other numbers of pairs alone. */
  constructor(graph: Graph, isTotal: (sum: Node) => boolean) {
    this.graph = graph;
    this.isTotal = isTotal;
  }

  /** The sum over pairs that a node is; null if it is none that can be read. */
  sum(node: Node): PairSum | null {
    try {
      return this.summed(node);
    } catch (error) {
      if (error instanceof Unread) return null;
      throw error;
    }
  }

  /** The steps that a mask of `repeat` counts; null if it isn't a mask. */
  countedSteps(id: NodeId): StepsRows | null {
    this.mask(id);
    return this.counted.get(id) ?? null;
  }

  /** Tells whether a value is a sum over the keys that only numbers of pairs read. */
  isTotalOf(x: Node): boolean {
    const { dims, rows } = x.type;
    return (
      x.op === "sum_list" && rows.kind === "steps" && dims.length === 1 && dims[0] === 1 && this.isTotal(x)
    );
  }

  private summed(node: Node): PairSum {
    const [x, y] = node.inputs.map((input) => this.graph.nodes[input]!) as [Node, Node];
    switch (node.op) {
      case "sum_list":
        return isNumber(x)
          ? { kind: "by_query", of: this.number(x.id) }
          : this.gathered(this.vector(x.id), x.type.dims[1]!);
      case "sum_steps":
        return isNumber(x)
          ? { kind: "by_key", of: this.number(x.id) }
          : this.spread(this.vector(x.id), x.type.dims[1]!);
      case "sum_rows":
        if (!isNumber(x)) throw new Unread();
        return { kind: "by_place", of: this.number(x.id) };
      case "contract_rows": {
        const bucket = this.oneHot(x);
        if (bucket === null || !isNumber(y)) throw new Unread();
        return { kind: "by_bucket", of: this.number(y.id), bucket, buckets: node.type.dims[0]! };
      }
      default:
        throw new Unread();
    }
  }

  private gathered(all: readonly Term[], width: number): PairSum {
    const terms = all.map(({ factor, by, node }) => {
      if (by !== "key") throw new Unread();
      return { factor, key: node };
    });
    return { kind: "gather", terms, width };
  }

  private spread(all: readonly Term[], width: number): PairSum {
    const terms = all.map(({ factor, by, node }) => {
      if (by !== "query") throw new Unread();
      return { factor, query: node };
    });
    return { kind: "spread", terms, width };
  }

  /** A number of pairs, [places, 1], or one that all pairs share. */
  private number(id: NodeId): PairId {
    const known = this.numbers.get(id);
    if (known !== undefined) return known;
    const read = this.readNumber(this.shared(id));
    this.numbers.set(id, read);
    return read;
  }

  private readNumber(node: Node): PairId {
    const { rows, dims } = node.type;
    const [x, y] = node.inputs.map((input) => this.shared(input));
    if (rows.kind === "once") {
      const [first, ...others] = this.closedValue(node.id) ?? [];
      if (first !== undefined && others.every((other) => other === first)) return this.constant(first);
      return this.add({
        kind: "stream",
        by: dims.length === 2 && dims[0]! > 1 ? "place" : "all",
        node: node.id,
      });
    }
    if (rows.kind !== "steps" || dims.at(-1) !== 1) throw new Unread();
    if (dims.length === 1) return this.add({ kind: "stream", by: "query", node: node.id });
    switch (node.op) {
      case "repeat":
        if (this.mask(x!.id)) return this.constant(1);
        return this.add({ kind: "stream", by: "key", node: x!.id });
      case "broadcast_list":
        if (this.isTotalOf(x!)) return this.add({ kind: "total", of: this.number(x!.inputs[0]!) });
        return this.add({ kind: "stream", by: "query", node: x!.id });
      case "sum_width":
        return this.product(x!);
      case "dots":
        return this.add({ kind: "product", query: x!.id, key: y!.id, width: x!.type.dims[0]! });
      case "softmax_list":
        return this.softmax(this.number(x!.id));
      case "matmul": {
        const bucket = node.attributes.transpose ? null : this.oneHot(x!);
        if (bucket === null) throw new Unread();
        return this.add({ kind: "entry", of: bucket, table: node.inputs[1]! });
      }
      default:
        if (!isElementwise(node.op) || node.op === "dropout") throw new Unread();
        return this.op(
          node.op,
          node.attributes,
          operandsOf(node).map((operand) => this.number(operand)),
        );
    }
  }

  /** Σ of the products of two vectors. */
  private product({ op, inputs, type }: Node): PairId {
    if (op !== "multiply") throw new Unread();
    const [a, b] = inputs.map((input) => this.vector(input)) as [readonly Term[], readonly Term[]];
    const all = a.flatMap((one) => b.map((other) => this.productOf(one, other, type.dims[1]!)));
    return all.reduce((sum, each) => this.op("add", {}, [sum, each]));
  }

  private productOf(a: Term, b: Term, width: number): PairId {
    if (a.by === b.by) throw new Unread();
    const [query, key] = a.by === "query" ? [a, b] : [b, a];
    const product = this.add({ kind: "product", query: query.node, key: key.node, width });
    return this.times(this.times(product, a.factor), b.factor);
  }

  /** A vector of pairs, [places, d]. */
  private vector(id: NodeId): readonly Term[] {
    const node = this.shared(id);
    const { rows, dims } = node.type;
    if (rows.kind !== "steps" || dims.length !== 2) throw new Unread();
    const scaled = (terms: readonly Term[], by: (factor: PairId) => PairId) =>
      terms.map((term) => ({ ...term, factor: by(term.factor) }));
    const [x, y, z] = node.inputs.map((input) => this.shared(input)) as [Node, Node, Node];
    switch (node.op) {
      case "repeat":
        return [{ factor: this.constant(1), by: "key", node: x.id }];
      case "broadcast_list":
        return [{ factor: this.constant(1), by: "query", node: x.id }];
      case "multiply": {
        const [by, of] = isWide(x) ? [y, x] : [x, y];
        if (isWide(by) || !isWide(of)) throw new Unread();
        return scaled(this.vector(of.id), (factor) => this.times(factor, this.number(by.id)));
      }
      case "divide":
        if (isWide(y)) throw new Unread();
        return scaled(this.vector(x.id), (factor) => this.op("divide", {}, [factor, this.number(y.id)]));
      case "negate":
        return scaled(this.vector(x.id), (factor) => this.op("negate", {}, [factor]));
      case "add":
        if (!isWide(x) || !isWide(y)) throw new Unread();
        return [...this.vector(x.id), ...this.vector(y.id)];
      case "choose": {
        if (isWide(x) || !this.isConstant(this.number(z.id), 0)) throw new Unread();
        return scaled(this.vector(y.id), (factor) =>
          this.op("choose", {}, [this.number(x.id), factor, this.constant(0)]),
        );
      }
      default:
        throw new Unread();
    }
  }

  /**
   * e to the distance from the largest, by its sum. Where a mask leaves out keys, they count nothing: if it leaves out all,
   * nothing reads the result, which is 0 here.
   */
  private softmax(x: PairId): PairId {
    const given = this.values[x]!;
    const [condition, chosen, other] = given.kind === "op" && given.use.op === "choose" ? given.operands : [];
    const isMasked = other !== undefined && this.isConstant(other, LOWEST);
    const most = this.add({ kind: "largest", of: x });
    const grown = this.add({ kind: "decay", of: isMasked ? chosen! : x, largest: most });
    const weight = isMasked ? this.op("choose", {}, [condition!, grown, this.constant(0)]) : grown;
    const total = this.add({ kind: "total", of: weight });
    return this.op("divide", {}, [weight, this.op("choose", {}, [total, total, this.constant(1)])]);
  }

  /** The bucket whose column has the 1 of an encoding, [places, bounds + 1]. */
  private oneHot(node: Node): PairId | null {
    const at = (id: NodeId | undefined) => (id === undefined ? undefined : this.shared(id));
    const isAll = (id: NodeId | undefined, value: number) => {
      const each = id === undefined ? null : this.closedValue(id);
      return each?.every((number) => number === value) === true;
    };
    if (node.op !== "subtract") return null;
    const [from, to] = node.inputs.map(at);
    if (from?.op !== "concat" || to?.op !== "concat" || from.inputs.length !== 2) return null;
    const isAbove = at(from.inputs[1]);
    if (isAbove?.op !== "subtract" || from.inputs[1] !== to.inputs[0]) return null;
    const isBelow = at(isAbove.inputs[1]);
    const ends = isAll(from.inputs[0], 1) && isAll(to.inputs[1], 0) && isAll(isAbove.inputs[0], 1);
    if (!ends || isBelow?.op !== "greater") return null;
    const [all, x] = isBelow.inputs.map(at);
    const boundsNode = all?.op === "broadcast_list" ? all.inputs[0]! : null;
    const bounds = boundsNode === null ? null : this.closedValue(boundsNode);
    if (boundsNode === null || bounds === null || x === undefined || !isNumber(x)) return null;
    return this.add({ kind: "bucket", of: this.number(x.id), bounds: [...bounds], boundsNode });
  }

  /** Tells whether a list of the row has 1 for each step of a history and 0 for the rest. */
  private mask(id: NodeId): boolean {
    if (this.counted.has(id)) return true;
    const { op, inputs } = this.shared(id);
    const [all, places] = inputs.map((input) => this.graph.nodes[input]!);
    const count = all?.op === "broadcast_list" ? this.graph.nodes[all.inputs[0]!] : undefined;
    if (op !== "greater" || count?.op !== "count_steps") return false;
    const isOfPlaces = this.closedValue(places!.id)?.every((number, place) => number === place) === true;
    if (!isOfPlaces) return false;
    const { history, per } = count.attributes;
    this.counted.set(id, { kind: "steps", history, per });
    return true;
  }

  /** A value that depends on constants alone; null for others. */
  private closedValue(id: NodeId): ReferenceValue | null {
    const known = this.closed.get(id);
    if (known !== undefined) return known;
    const node = this.graph.nodes[id]!;
    const inputs = node.inputs.map((input) => this.closedValue(input));
    const isClosed = (node.op === "constant" || inputs.length > 0) && node.type.rows.kind === "once";
    const value =
      isClosed && inputs.every((input) => input !== null)
        ? definitionIn<OpName>(ops, node.op).reference(
            inputs,
            {
              attributes: node.attributes,
              inputs: node.inputs.map((input) => this.graph.nodes[input]!.type),
              output: node.type,
            },
            exampleLayout({ examples: 0, lengths: {}, tables: {} }),
          )
        : null;
    this.closed.set(id, value);
    return value;
  }

  /** The node; where each candidate has the value of its request, that of the request. */
  private shared(id: NodeId): Node {
    const { nodes } = this.graph;
    return ofRequest(nodes[id]!, nodes);
  }

  private op<N extends OpName>(op: N, attributes: OpAttributes[N], operands: readonly PairId[]): PairId {
    const [a, b, c] = operands;
    if (op === "choose") {
      const condition = this.values[a!]!;
      if (condition.kind === "constant") return condition.value === 0 ? c! : b!;
    }
    return this.add({ kind: "op", use: opUse(op, attributes), operands });
  }

  private times(a: PairId, b: PairId): PairId {
    if (this.isConstant(a, 1)) return b;
    return this.isConstant(b, 1) ? a : this.op("multiply", {}, [a, b]);
  }

  private constant(value: number): PairId {
    return this.add({ kind: "constant", value });
  }

  private isConstant(id: PairId, value: number): boolean {
    const found = this.values[id]!;
    return found.kind === "constant" && found.value === value;
  }

  private add(value: PairValue): PairId {
    const key = JSON.stringify(value.kind === "bucket" ? { ...value, bounds: null } : value);
    const known = this.byKey.get(key);
    if (known !== undefined) return known;
    const id = this.values.length as PairId;
    this.values.push(value);
    this.byKey.set(key, id);
    return id;
  }
}

function isNumber({ type: { rows, dims } }: Node): boolean {
  return rows.kind === "steps" && dims.length === 2 && dims[1] === 1;
}

function isWide({ type: { rows, dims } }: Node): boolean {
  return rows.kind === "steps" && dims.length === 2 && dims[1]! > 1;
}
