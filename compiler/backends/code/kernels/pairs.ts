// Sums over pairs of steps. A few queries go through the keys together, a few times: numbers of pairs that a later time reads
// are in scratch space, a row of keys for each of the queries. So no more pairs exist at a time than a few rows.

import type { NodeId } from "../../../middle/graph/graph.ts";
import { valuesIn } from "../../../middle/pairs/pairs.ts";
import { summedBy } from "../../../middle/pairs/values.ts";
import type { FunctionBuilder } from "../builder.ts";
import type { I32, LocalVariable } from "../code.ts";
import { i32 } from "../expressions.ts";
import { BYTES, eachRow, fill } from "../vectors.ts";
import type { PairPlan } from "./pair-plan.ts";
import { type PairCall, PairTile } from "./pair-tile.ts";

/** The most queries that go through the keys together. */
export const QUERIES = 4;
/** The width of the widest vectors for which that many go together: else two, because there are not enough registers. */
const NARROW = 8;

export function sumsOfPairs(f: FunctionBuilder, call: PairCall): void {
  new PairEmitter(f, call).emit();
}

class PairEmitter {
  private readonly f: FunctionBuilder;
  private readonly call: PairCall;
  private readonly plan: PairPlan;
  /** By node: the address of the value of the first of the current queries, or of the keys of the current example. */
  private readonly ofQuery = new Map<NodeId, LocalVariable<"i32">>();
  private readonly ofKeys = new Map<NodeId, LocalVariable<"i32">>();
  /** By sum, the same. */
  private readonly out: readonly LocalVariable<"i32">[];
  private readonly mostWidth: number;

  constructor(f: FunctionBuilder, call: PairCall) {
    this.f = f;
    this.call = call;
    this.plan = call.plan;
    const { values, sums } = this.plan;
    const pointer = (pointers: Map<NodeId, LocalVariable<"i32">>, node: NodeId) => {
      if (!pointers.has(node)) pointers.set(node, f.local(call.at(node)));
    };
    const widths = [1];
    for (const id of valuesIn(values, sums.flatMap(summedBy))) {
      const value = values[id]!;
      if (value.kind === "stream" && value.by === "query") pointer(this.ofQuery, value.node);
      if (value.kind === "stream" && value.by === "key") pointer(this.ofKeys, value.node);
      if (value.kind !== "product") continue;
      pointer(this.ofQuery, value.query);
      pointer(this.ofKeys, value.key);
      widths.push(value.width);
    }
    for (const sum of sums) {
      if (sum.kind === "gather") for (const { key } of sum.terms) pointer(this.ofKeys, key);
      if (sum.kind === "spread") for (const { query } of sum.terms) pointer(this.ofQuery, query);
      if (sum.kind === "gather" || sum.kind === "spread") widths.push(sum.width);
    }
    this.mostWidth = Math.max(...widths);
    this.out = call.out.map((to) => f.local(to));
  }

  emit(): void {
    const { f, call } = this;
    const { sums } = this.plan;
    for (const [i, sum] of sums.entries()) {
      const length = sum.kind === "by_place" ? call.places : sum.kind === "by_bucket" ? sum.buckets : 0;
      if (length > 0) f.if(call.first, () => this.clear(this.out[i]!, length, 1));
    }
    eachRow(f, call.examples, [call.queries, call.keys], ([queries, keys]) => {
      for (const [i, sum] of sums.entries()) {
        if (sum.kind === "spread") this.clear(this.out[i]!, call.places, sum.width);
        if (sum.kind === "by_key") this.clear(this.out[i]!, call.places, 1);
      }
      const together = this.mostWidth <= NARROW ? QUERIES : QUERIES / 2;
      f.repeat(i32.shr(queries!, Math.log2(together)), () => this.tile(together, keys!));
      f.repeat(i32.and(queries!, i32.const(together - 1)), () => this.tile(1, keys!));
      for (const [node, pointer] of this.ofKeys) f.advance(pointer, BYTES * call.places * call.widthOf(node));
      for (const [i, sum] of sums.entries()) {
        if (sum.kind === "spread") f.advance(this.out[i]!, BYTES * call.places * sum.width);
        if (sum.kind === "by_key") f.advance(this.out[i]!, BYTES * call.places);
      }
    });
  }

  private clear(to: I32, rows: number, width: number): void {
    const { f } = this;
    const at = f.local(to);
    // Eight numbers at a time, and the rest one by one.
    const numbers = rows * width;
    f.repeat(i32.const(Math.floor(numbers / 8)), () => {
      fill(f, at, 0, 8);
      f.advance(at, 8 * BYTES);
    });
    if (numbers % 8 > 0) fill(f, at, 0, numbers % 8);
  }

  private tile(count: number, keys: I32): void {
    const { f, call } = this;
    const { passes, sums } = this.plan;
    const tile = new PairTile(f, call, this.ofQuery, this.ofKeys, count, keys);
    tile.findRange();
    passes.forEach((ids, pass) => {
      const isLast = pass === passes.length - 1;
      tile.pass(ids, pass, isLast ? this.out : null);
    });
    tile.weigh(this.out);
    for (const [node, pointer] of this.ofQuery) f.advance(pointer, BYTES * count * call.widthOf(node));
    for (const [i, sum] of sums.entries()) {
      if (sum.kind === "gather") f.advance(this.out[i]!, BYTES * count * sum.width);
      if (sum.kind === "by_query") f.advance(this.out[i]!, BYTES * count);
    }
  }
}
