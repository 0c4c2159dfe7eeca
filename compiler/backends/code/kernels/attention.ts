// Twin of scaled dot-product attention (compiler/serve/kernels/attention.ts). A few queries go through the
// keys together, head by head; their weights are in the module's scratch space.

import { invariant } from "../../../common/internal-error.ts";
import type { FunctionBuilder } from "../builder.ts";
import type { I32, LocalVariable, Vector, VectorVariable } from "../code.ts";
import { f32, i32, vector } from "../expressions.ts";
import type { KernelTwin } from "../kernel.ts";
import { decay } from "../math.ts";
import { acrossLanes, addressAt, BYTES, eachRow, equalSteps, load, type Steps, save } from "../vectors.ts";
import { dots, fourRows, weigh } from "./row-products.ts";
import { constantWidth } from "./rows.ts";

/** Attention of the queries of a row from `first` on; `q` and `out` begin there. */
export function lastQueries(first: I32): KernelTwin<"attention"> {
  return (f, out, q, k, v, rows, queries, keys, width, valueWidth, heads, scale, causal) => {
    invariant(scale.constant !== null, "attention of an unknown scale");
    attentionOf(f, {
      ...{ out, q, k, v, rows, causal, scale: scale.constant, first },
      ...{ width: constantWidth(width), valueWidth: constantWidth(valueWidth), heads: constantWidth(heads) },
      queries: equalSteps(f, rows, queries),
      keys: equalSteps(f, rows, keys),
      weights: f.module.scratch,
    });
  };
}

export const attention: KernelTwin<"attention"> = lastQueries(i32.const(0));

/** The most queries that go through the keys together. */
export const QUERIES = 4;
/**
 * The width of the widest heads for which that many queries go together. For wider heads it is two, because
 * there are not enough registers.
 */
const NARROW = 8;

/** The number of weights of the queries that go through that many keys together. */
export function weightCount(keys: number): number {
  return QUERIES * 4 * Math.ceil(keys / 4);
}

/** Addresses of q, k and v, and of memory for weights (`weightCount`). */
export interface AttentionAddresses {
  readonly q: I32;
  readonly k: I32;
  readonly v: I32;
  readonly weights: I32;
  readonly rows: I32;
  readonly queries: Steps;
  readonly keys: Steps;
  readonly width: number;
  readonly valueWidth: number;
  readonly heads: number;
  readonly scale: number;
  readonly causal: boolean;
  /** The number of each row's first query; 0 without it. */
  readonly first?: I32;
}

export interface AttentionCall extends AttentionAddresses {
  readonly out: I32;
}

export function attentionOf(f: FunctionBuilder, of: AttentionCall): void {
  const { out, q, k, v, width, valueWidth, heads } = of;
  const [inHead, outHead] = [width / heads, valueWidth / heads];
  const values = { stride: BYTES * valueWidth, width: outHead };
  eachMeeting(f, of, {
    byQuery: [
      { base: q, width },
      { base: out, width: valueWidth },
    ],
    byKey: [
      { base: k, width },
      { base: v, width: valueWidth },
    ],
    begin: () => {},
    meet: ({ queries: [asking, results], keys: [key, value], weights, seen, isSeen }) => {
      const tops = weights.map(() => f.vector(f.constant(Number.NEGATIVE_INFINITY)));
      const row = f.local<"i32">(key!);
      eachFour(f, seen, (place, left) => {
        const scores = dots(f, asking!, fourRows(f, row, BYTES * width, left), inHead);
        keepScores(f, { scores, weights, tops, place, left, isSeen, scale: of.scale });
        f.advance(row, 4 * BYTES * width);
      });
      const sums = exponentials(f, { weights, tops, seen });
      const scales = sums.map((sum) => inverse(f, sum));
      const many = { ...values, first: value! };
      weigh(f, seen, [{ kind: "gather", factors: weights, many, to: results!, scales }]);
    },
  });
}

interface Walked {
  readonly base: I32;
  readonly width: number;
}

/** Queries of one head that go through their keys together. */
export interface AttentionTile {
  /** For each value by query, its address for each of the queries. */
  readonly queries: readonly (readonly I32[])[];
  /** For each value by key, its address for the first key. */
  readonly keys: readonly I32[];
  /** Memory for a number per key, for each of the queries. */
  readonly weights: readonly I32[];
  /** Bytes between the weights of one query and the next. */
  readonly weightBytes: I32;
  /** The number of keys that the last of the queries sees. */
  readonly seen: I32;
  /**
   * The mask of the next four keys that query `i` sees, of which `left` exist for the last query; null if all
   * are seen.
   */
  readonly isSeen: ((i: number, left: I32) => Vector) | null;
}

export interface Meetings {
  readonly byQuery: readonly Walked[];
  readonly byKey: readonly Walked[];
  /**
   * Called before the queries of a row, with the addresses of the values by key for the first key, and the
   * number of keys.
   */
  readonly begin: (keys: readonly I32[], count: I32) => void;
  readonly meet: (meeting: AttentionTile) => void;
}

/** Called for each row, for as many queries as go together, and for each head. */
export function eachMeeting(
  f: FunctionBuilder,
  { rows, queries, keys, heads, causal, weights, first = i32.const(0) }: AttentionAddresses,
  { byQuery, byKey, begin, meet }: Meetings,
): void {
  const ofRow = byKey.map(({ base }) => f.local<"i32">(base));
  const ofQuery = byQuery.map(({ base }) => f.local<"i32">(base));
  const copies = (of: readonly LocalVariable<"i32">[]) =>
    heads === 1 ? of : of.map(() => f.local(i32.const(0)));
  const [keysOfHead, queriesOfHead] = [copies(ofRow), copies(ofQuery)];
  const start = (heads: readonly LocalVariable<"i32">[], of: readonly LocalVariable<"i32">[]) =>
    heads.forEach((head, i) => {
      if (head !== of[i]) f.set(head, of[i]!);
    });
  /** Advances by rows, or by a part of a row. */
  const advance = (
    pointers: readonly LocalVariable<"i32">[],
    walked: readonly Walked[],
    rows: number | I32,
  ) =>
    pointers.forEach((pointer, i) => {
      const bytes = BYTES * walked[i]!.width;
      f.advance(
        pointer,
        typeof rows === "number" ? Math.round(bytes * rows) : i32.mul(rows, i32.const(bytes)),
      );
    });
  eachRow(f, rows, [queries, keys], ([queriesEach, keysEach]) => {
    begin(ofRow, keysEach!);
    const weightBytes = bytesOfFours(f, keysEach!);
    const before = f.local(first);
    const seen = causal ? before : keysEach!;
    const some = (count: number) => {
      if (causal) f.advance(before, count);
      start(keysOfHead, ofRow);
      start(queriesOfHead, ofQuery);
      f.repeat(i32.const(heads), () => {
        const each = Array.from({ length: count }, (_, i) => i);
        meet({
          ...{ keys: keysOfHead, seen, weightBytes },
          queries: queriesOfHead.map((first, i) =>
            each.map((query) => f.local(i32.add(first, i32.const(BYTES * byQuery[i]!.width * query)))),
          ),
          weights: each.map((i) => f.local(i32.add(weights, i32.mul(weightBytes, i32.const(i))))),
          isSeen: isSeenBy(f, keysEach!, causal, count),
        });
        if (heads === 1) return;
        advance(keysOfHead, byKey, 1 / heads);
        advance(queriesOfHead, byQuery, 1 / heads);
      });
      advance(ofQuery, byQuery, count);
    };
    const isNarrow = [...byQuery, ...byKey].every(({ width }) => width / heads <= NARROW);
    if (isNarrow) f.repeat(i32.div(queriesEach!, i32.const(QUERIES)), () => some(QUERIES));
    const rest = isNarrow ? i32.and(queriesEach!, i32.const(QUERIES - 1)) : queriesEach!;
    f.repeat(i32.div(rest, i32.const(2)), () => some(2));
    f.repeat(i32.and(rest, i32.const(1)), () => some(1));
    advance(ofRow, byKey, keysEach!);
  });
}

/** The bytes of a number per key, rounded up to four keys. */
function bytesOfFours(f: FunctionBuilder, keys: I32): I32 {
  const bytes = i32.shl(i32.shr(i32.add(keys, i32.const(3)), 2), 4);
  return bytes.constant === null ? f.local(bytes) : bytes;
}

function isSeenBy(f: FunctionBuilder, keys: I32, causal: boolean, queries: number): AttentionTile["isSeen"] {
  if (!causal && keys.constant !== null && keys.constant % 4 === 0) return null;
  const two = (x: number) => vector.shuffle(f.constant(x), f.constant(x + 1), [0, 4, 0, 4]);
  const lanes = f.hoisted(vector.shuffle(two(0), two(2), [0, 1, 4, 5]));
  return (i, left) => {
    const own = causal ? i32.sub(left, i32.const(queries - 1 - i)) : left;
    return vector.gt(vector.splat(f32.fromI32(own)), lanes);
  };
}

/**
 * Runs `body` for each four keys of `seen`, with the offset of their weights in bytes, and the number of keys
 * left.
 */
export function eachFour(f: FunctionBuilder, seen: I32, body: (place: I32, left: I32) => void): void {
  const place = f.local(i32.const(0));
  const left = f.local<"i32">(seen);
  f.repeat(i32.shr(i32.add(seen, i32.const(3)), 2), () => {
    body(place, left);
    f.advance(place, 16);
    f.advance(left, -4);
  });
}

interface Scores extends Pick<AttentionTile, "weights" | "isSeen"> {
  readonly scores: readonly Vector[];
  /** The largest scores so far, by lane. */
  readonly tops: readonly VectorVariable[];
  readonly place: I32;
  readonly left: I32;
  readonly scale: number;
}

/**
 * Stores the scores of four keys, times the scale, where their weights will be: −∞ for a key that the query
 * does not see.
 */
export function keepScores(
  f: FunctionBuilder,
  { scores, weights, tops, place, left, isSeen, scale }: Scores,
): void {
  for (const [i, given] of scores.entries()) {
    const scaled = vector.mul(given, f.constant(scale));
    const none = f.constant(Number.NEGATIVE_INFINITY);
    const score = f.local(isSeen === null ? scaled : vector.select(scaled, none, isSeen(i, left)));
    f.set(tops[i]!, vector.pmax(tops[i]!, score));
    save(f, addressAt(i32.add(weights[i]!, place)), score, 4);
  }
}

/** Replaces scores by e to their distance from the largest; returns the sums over all keys, in every lane. */
export function exponentials(
  f: FunctionBuilder,
  { weights, tops, seen }: Pick<AttentionTile, "weights" | "seen"> & Pick<Scores, "tops">,
  also: (i: number, place: I32, exponential: Vector) => void = () => {},
): readonly Vector[] {
  const largest = tops.map((top) => f.local(acrossLanes(f, top, vector.pmax)));
  const sums = weights.map(() => f.vector(f.constant(0)));
  eachFour(f, seen, (place) => {
    for (const [i, own] of weights.entries()) {
      const address = addressAt(i32.add(own, place));
      const grown = f.local(decay(f, vector.sub(load(address), largest[i]!)));
      f.set(sums[i]!, vector.add(sums[i]!, grown));
      save(f, address, grown, 4);
      also(i, place, grown);
    }
  });
  return sums.map((sum) => acrossLanes(f, sum, vector.add));
}

/** 1 / x for a sum of weights. If there are keys, one of the weights is 1, so the sum is at least 1. */
export function inverse(f: FunctionBuilder, sum: Vector): VectorVariable {
  return f.local(vector.div(f.constant(1), vector.pmax(sum, f.constant(0.5))));
}
