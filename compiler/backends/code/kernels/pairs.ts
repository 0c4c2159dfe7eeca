// Sums over pairs of steps. A few queries go through the keys together, a few times: numbers of pairs that a later time reads
// are in scratch space, a row of keys for each of the queries. So no more pairs exist at a time than a few rows.

import { invariant } from "../../../common/internal-error.ts";
import type { NodeId } from "../../../middle/graph/graph.ts";
import { LOWEST } from "../../../middle/ops/support/references.ts";
import { conditionOf } from "../../../middle/pairs/condition.ts";
import { valuesIn } from "../../../middle/pairs/pairs.ts";
import {
  operandsOfPair,
  type PairId,
  type PairSum,
  type PairValue,
  summedBy,
} from "../../../middle/pairs/values.ts";
import type { FunctionBuilder } from "../builder.ts";
import type { I32, LocalVariable, Vector } from "../code.ts";
import { f32, i32, store, vector } from "../expressions.ts";
import { decay } from "../math.ts";
import { computeMembers, type Member } from "../members.ts";
import {
  acrossLanes,
  addressAt,
  BYTES,
  eachRow,
  fill,
  load,
  loadSplat,
  type Steps,
  save,
} from "../vectors.ts";
import { dots, fourRows, type ProductJob, weigh } from "./row-products.ts";

/** The most queries that go through the keys together. */
export const QUERIES = 4;
/** The width of the widest vectors for which that many go together: else two, because there are not enough registers. */
const NARROW = 8;

/** The order in which numbers of pairs are computed. */
export interface PairPlan {
  readonly values: readonly PairValue[];
  readonly sums: readonly PairSum[];
  /** Pairs for which it is 0 count nothing; null if all count. */
  readonly condition: PairId | null;
  /** Each pass through the keys, with the values that it computes; a later pass reads largest numbers, totals and buckets of earlier ones. */
  readonly passes: readonly (readonly PairId[])[];
  /** The pass after which a largest number, a total or a bucket is known. */
  readonly passOf: ReadonlyMap<PairId, number>;
  /** Values with rows in scratch space. */
  readonly rows: readonly PairId[];
}

export function planPairs(values: readonly PairValue[], sums: readonly PairSum[]): PairPlan {
  const all = valuesIn(values, sums.flatMap(summedBy));
  // The first pass that may read the value.
  const known = new Map<PairId, number>();
  for (const id of all) {
    const value = values[id]!;
    const operands = Math.max(0, ...operandsOfPair(value).map((operand) => known.get(operand)!));
    known.set(id, isOfRow(value) ? operands + 1 : operands);
  }
  const last = Math.max(0, ...sums.flatMap(summedBy).map((id) => known.get(id)!));
  // The pass that computes it: the first one that needs it.
  const pass = new Map<PairId, number>();
  const need = (id: PairId, at: number) => pass.set(id, Math.min(at, pass.get(id) ?? at));
  const rows = new Set<PairId>();
  for (const sum of sums) {
    for (const id of summedBy(sum)) need(id, last);
    if (sum.kind === "gather" || sum.kind === "spread" || sum.kind === "by_bucket")
      for (const id of summedBy(sum)) rows.add(id);
  }
  for (const id of all.toReversed()) {
    const value = values[id]!;
    if (value.kind === "bucket" || value.kind === "entry") rows.add(id);
    const at = isOfRow(value) ? known.get(id)! - 1 : pass.get(id)!;
    for (const operand of operandsOfPair(value)) {
      need(operand, at);
    }
  }
  for (const id of all)
    for (const operand of operandsOfPair(values[id]!)) {
      const reading = isOfRow(values[id]!) ? known.get(id)! - 1 : pass.get(id)!;
      if (isComputed(values[operand]!) && pass.get(operand)! < reading) rows.add(operand);
    }
  for (const id of sums.flatMap(summedBy)) if (isComputed(values[id]!) && pass.get(id)! < last) rows.add(id);
  return {
    ...{ values, sums, condition: conditionOf(values, sums), rows: [...rows] },
    passes: Array.from({ length: last + 1 }, (_, at) =>
      all.filter((id) => isComputed(values[id]!) && pass.get(id) === at),
    ),
    passOf: new Map(all.filter((id) => isOfRow(values[id]!)).map((id) => [id, known.get(id)! - 1])),
  };
}

/** Tells whether a value is known only after a pass. */
function isOfRow({ kind }: PairValue): boolean {
  return kind === "largest" || kind === "total" || kind === "bucket";
}

/** Tells whether a pass computes the value, four keys at a time. */
function isComputed({ kind }: PairValue): boolean {
  return kind === "op" || kind === "product" || kind === "decay";
}

export interface PairCall {
  readonly plan: PairPlan;
  /** The number of examples, and the steps of each. */
  readonly examples: I32;
  readonly queries: Steps;
  readonly keys: Steps;
  /** The length of a list of keys. */
  readonly places: number;
  /** The address of a value's first row, and its width. */
  readonly at: (node: NodeId) => I32;
  readonly widthOf: (node: NodeId) => number;
  /** By sum: the address of the first row of the result, or of the slice's sums. */
  readonly out: readonly I32[];
  /** 1 if the slice's sums begin at 0. */
  readonly first: I32;
  /** By row of the plan: scratch space for `QUERIES` rows of keys. */
  readonly scratch: readonly I32[];
}

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

/** A few queries that go through the keys of their example together. */
class PairTile {
  private readonly f: FunctionBuilder;
  private readonly call: PairCall;
  private readonly plan: PairPlan;
  private readonly keyPointers: ReadonlyMap<NodeId, I32>;
  private readonly count: number;
  private readonly keys: I32;
  /** By node and query. */
  private readonly asking = new Map<NodeId, readonly I32[]>();
  /** By value and query: the address of its row in scratch space. */
  private readonly rows = new Map<PairId, readonly I32[]>();
  /** Largest numbers and totals by query. */
  private readonly known = new Map<PairId, readonly Vector[]>();
  /** Bytes of a row before the first key that counts, and up to the last one: whole vectors of four. */
  private readonly from: LocalVariable<"i32">;
  private readonly to: LocalVariable<"i32">;

  constructor(
    f: FunctionBuilder,
    call: PairCall,
    queryPointers: ReadonlyMap<NodeId, I32>,
    keyPointers: ReadonlyMap<NodeId, I32>,
    count: number,
    keys: I32,
  ) {
    this.f = f;
    this.call = call;
    this.plan = call.plan;
    this.keyPointers = keyPointers;
    this.count = count;
    this.keys = keys;
    const each = Array.from({ length: count }, (_, i) => i);
    for (const [node, pointer] of queryPointers)
      this.asking.set(
        node,
        each.map((i) => f.local(i32.add(pointer, i32.const(BYTES * call.widthOf(node) * i)))),
      );
    const rowBytes = f.local(i32.shl(i32.shr(i32.add(keys, i32.const(3)), 2), 4));
    for (const [place, id] of this.plan.rows.entries())
      this.rows.set(
        id,
        each.map((i) => f.local(i32.add(call.scratch[place]!, i32.mul(rowBytes, i32.const(i))))),
      );
    this.from = f.local(i32.const(0));
    this.to = f.local<"i32">(rowBytes);
  }

  /** Leaves out the keys before the first and after the last one that count for any of the queries. */
  findRange(): void {
    const { f, from, to } = this;
    const { condition, values } = this.plan;
    if (condition === null) return;
    const members = valuesIn(values, [condition]).filter((id) => isComputed(values[id]!));
    const end = f.local<"i32">(to);
    f.set(from, end);
    f.set(to, i32.const(0));
    this.eachFour(i32.const(0), end, (place, left) => {
      const any = this.each((i) => {
        const number = f.local(this.compute(members, [condition], place, i, new Map())(condition));
        return f.local(vector.ne(number, f.constant(0)));
      }).reduce<Vector>((a, b) => vector.or(a, b), f.constant(0));
      f.if(vector.anyTrue(vector.and(any, this.isThere(left))), () => {
        f.if(i32.gt(from, place), () => f.set(from, place));
        f.set(to, i32.add(place, i32.const(4 * BYTES)));
      });
    });
    f.if(i32.gt(from, to), () => f.set(from, to));
  }

  /** Computes values of all keys, and what is known after that; in the last pass, also sums of numbers. */
  pass(ids: readonly PairId[], pass: number, out: readonly I32[] | null): void {
    const { f } = this;
    const { values, sums, passOf, rows } = this.plan;
    const ofRow = [...passOf].filter(([, at]) => at === pass).map(([id]) => id);
    const stats = ofRow.flatMap((id) => {
      const value = values[id]!;
      if (value.kind !== "largest" && value.kind !== "total") return [];
      const begin = value.kind === "total" ? 0 : LOWEST;
      return [{ id, value, sums: this.each(() => f.vector(f.constant(begin))) }];
    });
    const buckets = ofRow.flatMap((id) => {
      const value = values[id]!;
      return value.kind === "bucket" ? [{ id, value }] : [];
    });
    const kept = rows.filter((id) => ids.includes(id));
    const last =
      out === null
        ? []
        : sums.flatMap((sum, i) =>
            sum.kind === "by_query" || sum.kind === "by_key" || sum.kind === "by_place"
              ? [{ sum, to: out[i]! }]
              : [],
          );
    // Factors that no pass computes.
    const plain =
      out === null
        ? []
        : rows.filter((id) => ["constant", "stream", "largest", "total"].includes(values[id]!.kind));
    const byQuery = last.filter(({ sum }) => sum.kind === "by_query");
    const queryTotals = byQuery.map(() => this.each(() => f.vector(f.constant(0))));
    const wanted = [
      ...new Set([
        ...kept,
        ...plain,
        ...stats.map(({ value }) => value.of),
        ...buckets.map(({ value }) => value.of),
        ...last.map(({ sum }) => sum.of),
      ]),
    ];
    if (wanted.length > 0) {
      const products = ids.filter((id) => values[id]!.kind === "product");
      const pointers = this.keyRows(products);
      this.eachFour(this.from, this.to, (place, left) => {
        const dotted = this.products(products, pointers, left);
        const isThere = f.local(this.isThere(left));
        const found = this.each((i) => {
          const numbers = this.compute(ids, wanted, place, i, dotted);
          return new Map(wanted.map((id) => [id, f.local(numbers(id))]));
        });
        for (const id of [...kept, ...plain])
          this.each((i) => save(f, addressAt(i32.add(this.rows.get(id)![i]!, place)), found[i]!.get(id)!, 4));
        for (const { id, value } of buckets)
          this.each((i) =>
            save(
              f,
              addressAt(i32.add(this.rows.get(id)![i]!, place)),
              this.bounded(value.bounds, found[i]!.get(value.of)!),
              4,
            ),
          );
        for (const { value, sums: totals } of stats)
          for (const [i, total] of totals.entries()) {
            const number = found[i]!.get(value.of)!;
            f.set(
              total,
              value.kind === "total"
                ? vector.add(total, vector.and(number, isThere))
                : vector.pmax(total, vector.select(number, f.constant(LOWEST), isThere)),
            );
          }
        for (const [k, { sum }] of byQuery.entries())
          for (const [i, total] of queryTotals[k]!.entries())
            f.set(total, vector.add(total, vector.and(found[i]!.get(sum.of)!, isThere)));
        for (const { sum, to } of last) {
          if (sum.kind === "by_query") continue;
          const at = addressAt(i32.add(to, place));
          const all = found
            .map((numbers) => numbers.get(sum.of)!)
            .reduce<Vector>((a, b) => vector.add(a, b), load(at));
          this.saveSome(at.base, f.local(vector.select(all, load(at), isThere)), left);
        }
      });
    }
    for (const { id, value, sums: totals } of stats)
      this.known.set(
        id,
        totals.map((total) =>
          f.local(acrossLanes(f, total, value.kind === "total" ? vector.add : vector.pmax)),
        ),
      );
    for (const [k, { to }] of byQuery.entries())
      for (const [i, total] of queryTotals[k]!.entries())
        save(f, addressAt(to, i * BYTES), acrossLanes(f, total, vector.add), 1);
    for (const { id, value } of buckets) this.findBuckets(id, value.bounds, value.boundsNode);
  }

  /** Sums of vectors, and of numbers by bucket. */
  weigh(out: readonly I32[]): void {
    const { f } = this;
    const { sums } = this.plan;
    const end = i32.shr(this.to, 2);
    const begin = f.local(i32.shr(this.from, 2));
    const until = f.local(i32.select(i32.gt(end, this.keys), this.keys, end));
    const count = f.local(i32.sub(until, begin));
    const factors = (id: PairId) => this.rows.get(id)!.map((row) => f.local(i32.add(row, this.from)));
    const rowsFrom = (first: I32, width: number) => ({
      first: f.local(i32.add(first, i32.mul(this.from, i32.const(width)))),
      ...{ stride: BYTES * width, width },
    });
    const jobs = sums.flatMap((sum, k): ProductJob[] => {
      if (sum.kind === "gather") {
        const to = this.each((i) => f.local(i32.add(out[k]!, i32.const(BYTES * sum.width * i))));
        return sum.terms.map(({ factor, key }, term) => ({
          ...{ kind: "gather", factors: factors(factor), scales: null, to, isAdded: term > 0 },
          many: rowsFrom(this.keyPointers.get(key)!, sum.width),
        }));
      }
      if (sum.kind !== "spread") return [];
      return sum.terms.map(({ factor, query }) => ({
        ...{ kind: "spread", factors: factors(factor), isAdded: true },
        ...{ many: rowsFrom(out[k]!, sum.width), from: this.asking.get(query)! },
      }));
    });
    weigh(f, count, jobs);
    for (const [k, sum] of sums.entries()) {
      if (sum.kind !== "by_bucket") continue;
      const place = f.local<"i32">(this.from);
      f.repeat(count, () => {
        this.each((i) => {
          const offset = i32.load(i32.add(this.rows.get(sum.bucket)![i]!, place));
          const at = addressAt(f.local(i32.add(out[k]!, offset)));
          const slope = loadSplat(addressAt(i32.add(this.rows.get(sum.of)![i]!, place)));
          save(f, at, vector.add(loadSplat(at), slope), 1);
        });
        f.advance(place, BYTES);
      });
    }
  }

  private each<T>(make: (i: number) => T): T[] {
    return Array.from({ length: this.count }, (_, i) => make(i));
  }

  /** Runs `body` for each four keys of a range of bytes, with the number of keys that are left. */
  private eachFour(from: I32, to: I32, body: (place: I32, left: I32) => void): void {
    const { f } = this;
    const place = f.local<"i32">(from);
    const left = f.local(i32.sub(this.keys, i32.shr(place, 2)));
    f.repeat(i32.shr(i32.sub(to, from), 4), () => {
      body(place, left);
      f.advance(place, 4 * BYTES);
      f.advance(left, -4);
    });
  }

  /** Ones in the lanes of keys that exist. */
  private isThere(left: I32): Vector {
    const { f } = this;
    const two = (x: number) => vector.shuffle(f.constant(x), f.constant(x + 1), [0, 4, 0, 4]);
    const lanes = f.hoisted(vector.shuffle(two(0), two(2), [0, 1, 4, 5]));
    return vector.gt(vector.splat(f32.fromI32(left)), lanes);
  }

  /** Writes the lanes of keys that exist. */
  private saveSome(at: I32, x: Vector, left: I32): void {
    const { f } = this;
    f.if(
      i32.gt(left, i32.const(3)),
      () => save(f, addressAt(at), x, 4),
      () => {
        for (let lane = 0; lane < 3; lane++)
          f.if(i32.gt(left, i32.const(lane)), () => f.do(store.lane(at, x, lane * BYTES, lane)));
      },
    );
  }

  /** By list of keys: the address of the row of the first key. */
  private keyRows(products: readonly PairId[]): ReadonlyMap<NodeId, LocalVariable<"i32">> {
    const { f, call } = this;
    const found = new Map<NodeId, LocalVariable<"i32">>();
    for (const id of products) {
      const value = this.plan.values[id]!;
      if (value.kind !== "product" || found.has(value.key)) continue;
      const skipped = i32.mul(this.from, i32.const(call.widthOf(value.key)));
      found.set(value.key, f.local(i32.add(this.keyPointers.get(value.key)!, skipped)));
    }
    return found;
  }

  /** Inner products of the queries with the next four keys; moves on to those after them. */
  private products(
    products: readonly PairId[],
    pointers: ReadonlyMap<NodeId, LocalVariable<"i32">>,
    left: I32,
  ): ReadonlyMap<PairId, readonly Vector[]> {
    const { f } = this;
    const found = new Map<PairId, readonly Vector[]>();
    for (const [key, pointer] of pointers) {
      const own = products.flatMap((id) => {
        const value = this.plan.values[id]!;
        return value.kind === "product" && value.key === key ? [{ id, value }] : [];
      });
      const { width } = own[0]!.value;
      const four = fourRows(f, pointer, BYTES * width, left);
      for (const { id, value } of own) found.set(id, dots(f, this.asking.get(value.query)!, four, width));
      f.advance(pointer, 4 * BYTES * width);
    }
    return found;
  }

  /** Numbers of query `i` and the next four keys. */
  private compute(
    ids: readonly PairId[],
    wanted: readonly PairId[],
    place: I32,
    i: number,
    products: ReadonlyMap<PairId, readonly Vector[]>,
  ): (id: PairId) => Vector {
    const { f } = this;
    const { values } = this.plan;
    const known = new Map<PairId, Vector>();
    let members: Member[] = [];
    const note = (id: PairId) => {
      if (!known.has(id) && !ids.includes(id)) known.set(id, this.read(id, place, i));
    };
    const computeNow = () => {
      const kept = members.map(({ key }) => key as PairId);
      const found = computeMembers(f, members, kept, known);
      for (const id of kept) known.set(id, found(id));
      members = [];
    };
    for (const id of ids) {
      const value = values[id]!;
      for (const operand of operandsOfPair(value)) note(operand);
      if (value.kind === "product") known.set(id, products.get(id)![i]!);
      if (value.kind === "op") members.push({ ...value.use, key: id, operands: [...value.operands] });
      if (value.kind !== "decay") continue;
      computeNow();
      known.set(id, f.local(decay(f, vector.sub(known.get(value.of)!, known.get(value.largest)!))));
    }
    for (const id of wanted) note(id);
    const left = new Set(members.map(({ key }) => key));
    const found = computeMembers(
      f,
      members,
      wanted.filter((id) => left.has(id)),
      known,
    );
    return (id) => known.get(id) ?? found(id);
  }

  /** A value that the pass does not compute. */
  private read(id: PairId, place: I32, i: number): Vector {
    const { f, call } = this;
    const value = this.plan.values[id]!;
    const row = this.rows.get(id)?.[i];
    if (row !== undefined && (isComputed(value) || value.kind === "entry"))
      return f.local(load(addressAt(i32.add(row, place))));
    switch (value.kind) {
      case "constant":
        return f.constant(value.value);
      case "largest":
      case "total":
        return this.known.get(id)![i]!;
      case "stream": {
        if (value.by === "query") return f.local(loadSplat(addressAt(this.asking.get(value.node)![i]!)));
        if (value.by === "all") return f.local(loadSplat(addressAt(call.at(value.node))));
        const first = value.by === "key" ? this.keyPointers.get(value.node)! : call.at(value.node);
        return f.local(load(addressAt(i32.add(first, place))));
      }
      default:
        invariant(false, `${value.kind} is read before it is known`);
    }
  }

  /** A number as its distance from one below the first of bounds that are consecutive, within them; else as it is. */
  private bounded(bounds: readonly number[], x: Vector): Vector {
    const { f } = this;
    if (!areConsecutive(bounds)) return x;
    // 0 for a NaN.
    const above = vector.pmax(f.constant(0), vector.sub(x, f.constant(bounds[0]! - 1)));
    return vector.pmin(above, f.constant(bounds.length));
  }

  /** Replaces numbers in the rows of a bucket by four times its index, and fills the rows of entries in tables. */
  private findBuckets(id: PairId, bounds: readonly number[], boundsNode: NodeId): void {
    const { f, call } = this;
    const { values, rows } = this.plan;
    const entries = rows.flatMap((entry) => {
      const value = values[entry]!;
      return value.kind === "entry" && value.of === id ? [{ entry, table: call.at(value.table) }] : [];
    });
    const place = f.local<"i32">(this.from);
    const boundsAt = call.at(boundsNode);
    f.repeat(i32.sub(i32.shr(this.to, 2), i32.shr(this.from, 2)), () => {
      this.each((i) => {
        const at = f.local(i32.add(this.rows.get(id)![i]!, place));
        const number = f32.load(at);
        const index = f.local(i32.const(0));
        if (areConsecutive(bounds)) f.set(index, i32.shl(i32.fromF32(number), 2));
        else {
          // Halves the bounds that are left.
          for (let step = 2 ** Math.floor(Math.log2(bounds.length)); step >= 1; step /= 2) {
            const next = f.local(i32.add(index, i32.const(BYTES * step)));
            const bound = f32.load(i32.add(i32.sub(boundsAt, i32.const(BYTES)), next));
            const isReached = i32.both(
              i32.gt(i32.const(BYTES * bounds.length + 1), next),
              i32.eq(f32.gt(bound, number), i32.const(0)),
            );
            f.set(index, i32.select(isReached, next, index));
          }
        }
        f.do(store.i32(at, index));
        for (const { entry, table } of entries)
          save(
            f,
            addressAt(i32.add(this.rows.get(entry)![i]!, place)),
            loadSplat(addressAt(i32.add(table, index))),
            1,
          );
      });
      f.advance(place, BYTES);
    });
  }
}

function areConsecutive(bounds: readonly number[]): boolean {
  const [first] = bounds;
  return (
    Number.isInteger(first) && bounds.every((bound, i) => bound === first! + i) && Math.abs(first!) < 2 ** 20
  );
}
