// The gradient of attention: recomputes the weights of a few queries, then the gradients of their scores, and
// from these the requested gradients.

import type { FunctionBuilder } from "../builder.ts";
import type { I32, Vector } from "../code.ts";
import { i32, vector } from "../expressions.ts";
import { acrossLanes, addressAt, BYTES, fill, load, save } from "../vectors.ts";
import {
  type AttentionAddresses,
  type AttentionTile,
  eachFour,
  eachMeeting,
  exponentials,
  inverse,
  keepScores,
} from "./attention.ts";
import { dots, fourRows, type ProductJob, type StridedMatrix, weigh } from "./row-products.ts";

export interface AttentionGradients extends AttentionAddresses {
  readonly dy: I32;
  /** Memory for the gradients of the weights of queries over their keys, as large as that for the weights. */
  readonly slopes: I32;
  /** The addresses of the gradients of q, k and v; null for those that are not requested. */
  readonly dq: I32 | null;
  readonly dk: I32 | null;
  readonly dv: I32 | null;
}

export function attentionGradientsOf(f: FunctionBuilder, of: AttentionGradients): void {
  const { q, k, v, dy, dq, dk, dv, width, valueWidth, heads, queries } = of;
  const [inHead, outHead] = [width / heads, valueWidth / heads];
  const rowsFrom = (first: I32, all: number): StridedMatrix => ({
    first,
    ...{ stride: BYTES * all, width: all / heads },
  });
  // If a gradient has no address, another one fills its entry, and nothing is written there.
  const byQuery = [
    { base: q, width },
    { base: dy, width: valueWidth },
    { base: dq ?? q, width },
  ];
  const byKey = [
    { base: k, width },
    { base: v, width: valueWidth },
    { base: dk ?? k, width },
    { base: dv ?? v, width: valueWidth },
  ];
  // A single tile of queries writes the result; several add to it.
  const most = queries.kind === "equal" ? queries.each.constant : null;
  const isAdded = most === null || most > 2 || most === 0;
  eachMeeting(f, of, {
    byQuery,
    byKey,
    begin: ([, , ofKeys, ofValues], count) => {
      if (!isAdded) return;
      if (dk !== null) clear(f, ofKeys!, count, width);
      if (dv !== null) clear(f, ofValues!, count, valueWidth);
    },
    meet: (meeting) => {
      const [asking, given, toQueries] = meeting.queries as readonly [
        readonly I32[],
        readonly I32[],
        readonly I32[],
      ];
      const [key, value, toKeys, toValues] = meeting.keys as readonly [I32, I32, I32, I32];
      const { weights, weightBytes, seen } = meeting;
      const slopes = weights.map((_, i) => f.local(i32.add(of.slopes, i32.mul(weightBytes, i32.const(i)))));
      const tops = weights.map(() => f.vector(f.constant(Number.NEGATIVE_INFINITY)));
      const [keyRow, valueRow] = [f.local(key), f.local(value)];
      eachFour(f, seen, (place, left) => {
        const scores = dots(f, asking, fourRows(f, keyRow, BYTES * width, left), inHead);
        keepScores(f, { ...meeting, scores, tops, place, left, scale: of.scale });
        f.advance(keyRow, 4 * BYTES * width);
        const byWeight = dots(f, given, fourRows(f, valueRow, BYTES * valueWidth, left), outHead);
        keepSlopes(f, { ...meeting, byWeight, slopes, place, left });
        f.advance(valueRow, 4 * BYTES * valueWidth);
      });
      slopesOfScores(f, meeting, slopes, tops, of.scale);
      const jobs: ProductJob[] = [];
      if (dq !== null)
        jobs.push({
          ...{ kind: "gather", factors: slopes, many: rowsFrom(key, width), to: toQueries },
          scales: null,
        });
      if (dk !== null)
        jobs.push({ kind: "spread", factors: slopes, many: rowsFrom(toKeys, width), from: asking, isAdded });
      if (dv !== null)
        jobs.push({
          ...{ kind: "spread", factors: weights, many: rowsFrom(toValues, valueWidth), from: given },
          isAdded,
        });
      weigh(f, seen, jobs);
    },
  });
}

function clear(f: FunctionBuilder, first: I32, rows: I32, width: number): void {
  const to = f.local(first);
  f.repeat(rows, () => {
    fill(f, to, 0, width);
    f.advance(to, BYTES * width);
  });
}

interface Slopes extends Pick<AttentionTile, "isSeen"> {
  readonly byWeight: readonly Vector[];
  readonly slopes: readonly I32[];
  readonly place: I32;
  readonly left: I32;
}

/**
 * Stores the gradients of the weights of four keys where the gradients of their scores will be: 0 for a key
 * that the query does not see.
 */
function keepSlopes(f: FunctionBuilder, { byWeight, slopes, place, left, isSeen }: Slopes): void {
  for (const [i, slope] of byWeight.entries()) {
    const own = isSeen === null ? slope : vector.and(slope, isSeen(i, left));
    save(f, addressAt(i32.add(slopes[i]!, place)), own, 4);
  }
}

/**
 * Turns scores into weights, and gradients of weights into gradients of scores: scale · weight · (gradient −
 * Σ weight · gradient).
 */
function slopesOfScores(
  f: FunctionBuilder,
  { weights, seen }: AttentionTile,
  slopes: readonly I32[],
  tops: Parameters<typeof exponentials>[1]["tops"],
  scale: number,
): void {
  const products = slopes.map(() => f.vector(f.constant(0)));
  const sums = exponentials(f, { weights, tops, seen }, (i, place, exponential) => {
    const slope = load(addressAt(i32.add(slopes[i]!, place)));
    f.set(products[i]!, vector.madd(slope, exponential, products[i]!));
  });
  const inverses = sums.map((sum) => inverse(f, sum));
  const means = products.map((product, i) =>
    f.local(vector.mul(acrossLanes(f, product, vector.add), inverses[i]!)),
  );
  eachFour(f, seen, (place) => {
    for (const [i, own] of weights.entries()) {
      const [at, slopeAt] = [addressAt(i32.add(own, place)), addressAt(i32.add(slopes[i]!, place))];
      const weight = f.local(vector.mul(load(at), inverses[i]!));
      save(f, at, weight, 4);
      const scaled = vector.mul(weight, f.constant(scale));
      save(f, slopeAt, vector.mul(scaled, vector.sub(load(slopeAt), means[i]!)), 4);
    }
  });
}
