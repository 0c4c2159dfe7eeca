// A few queries that go through the keys of their example together: each pass, and the sums of vectors after the last one.

import { invariant } from "../../../common/internal-error.ts";
import type { NodeId } from "../../../middle/graph/graph.ts";
import { LOWEST } from "../../../middle/ops/support/references.ts";
import { valuesIn } from "../../../middle/pairs/pairs.ts";
import { operandsOfPair, type PairId } from "../../../middle/pairs/values.ts";
import type { FunctionBuilder } from "../builder.ts";
import type { I32, LocalVariable, Vector } from "../code.ts";
import { f32, i32, store, vector } from "../expressions.ts";
import { decay } from "../math.ts";
import { computeMembers, type Member } from "../members.ts";
import { acrossLanes, addressAt, BYTES, load, loadSplat, type Steps, save } from "../vectors.ts";
import { isComputed, type PairPlan } from "./pair-plan.ts";
import { dots, fourRows, type ProductJob, weigh } from "./row-products.ts";

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

export class PairTile {
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
