// The way back through attention: the weights of a query are computed anew, then the slope of each score.

import { f32x4, type I32, i32 } from "../instructions.ts";
import type { FunctionBuilder } from "../module.ts";
import { acrossLanes, addressAt, eachRow, eachVector, fill, load, loadSplat, save } from "../vectors.ts";
import { type Attention, scores, weighted } from "./attention.ts";
import { firstLanes } from "./products.ts";
import { softmaxOfLine } from "./rows.ts";

export interface AttentionGradient extends Attention {
  readonly dy: I32;
  /** Room for the slopes of one query over its keys. */
  readonly slopes: I32;
  readonly of: "queries" | "keys" | "values";
}

export function attentionGradientOf(f: FunctionBuilder, given: AttentionGradient): void {
  const { out, q, k, v, dy, weights, slopes, rows, queries, keys, of } = given;
  const { width, valueWidth, heads, scale, causal } = given;
  const [keyStride, valueStride] = [4 * width, 4 * valueWidth];
  const [inHead, outHead] = [width / heads, valueWidth / heads];
  const [firstKey, firstValue, query, result] = [f.local(k), f.local(v), f.local(q), f.local(dy)];
  const own = f.local(out);
  const ownStride = of === "values" ? valueStride : keyStride;
  eachRow(f, rows, [queries, keys], ([queriesEach, keysEach]) => {
    if (of !== "queries") {
      const to = f.local<"i32">(own);
      f.repeat(keysEach!, () => {
        fill(f, to, 0, ownStride / 4);
        f.advance(to, ownStride);
      });
    }
    const seen = f.local<"i32">(causal ? i32.const(0) : keysEach!);
    f.repeat(queriesEach!, () => {
      if (causal) f.advance(seen, 1);
      for (let head = 0; head < heads; head++) {
        const [at, valueAt] = [4 * inHead * head, 4 * outHead * head];
        const key = i32.add(firstKey, i32.const(at));
        const value = i32.add(firstValue, i32.const(valueAt));
        scores(f, { weights, query, key, at, inHead, keyStride, seen, factor: scale });
        softmaxOfLine(f, weights, weights, seen);
        if (of === "values") {
          const to = i32.add(own, i32.const(valueAt));
          addTimes(f, {
            to,
            stride: valueStride,
            factors: weights,
            row: result,
            at: valueAt,
            width: outHead,
            seen,
          });
          continue;
        }
        scores(f, {
          ...{ weights: slopes, query: result, key: value, at: valueAt, inHead: outHead },
          ...{ keyStride: valueStride, seen, factor: 1 },
        });
        slopesOfScores(f, slopes, weights, seen, scale);
        const to = i32.add(own, i32.const(at));
        if (of === "queries")
          weighted(f, {
            result: to,
            value: key,
            weights: slopes,
            outHead: inHead,
            valueStride: keyStride,
            seen,
          });
        else addTimes(f, { to, stride: keyStride, factors: slopes, row: query, at, width: inHead, seen });
      }
      f.advance(query, keyStride);
      f.advance(result, valueStride);
      if (of === "queries") f.advance(own, keyStride);
    });
    f.advance(firstKey, i32.mul(keysEach!, i32.const(keyStride)));
    f.advance(firstValue, i32.mul(keysEach!, i32.const(valueStride)));
    if (of !== "queries") f.advance(own, i32.mul(keysEach!, i32.const(ownStride)));
  });
}

/** slopes ← scale · weights · (slopes − Σ slopes · weights) */
function slopesOfScores(f: FunctionBuilder, slopes: I32, weights: I32, seen: I32, scale: number): void {
  const sum = f.local<"v128">(f.constant(0));
  const at = f.local(i32.const(0));
  const product = () => f32x4.mul(load(addressAt(slopes, at)), load(addressAt(weights, at)));
  f.repeat(i32.shr(seen, 2), () => {
    f.set(sum, f32x4.add(sum, product()));
    f.advance(at, 16);
  });
  f.repeat(i32.and(seen, i32.const(3)), () => {
    f.set(sum, f32x4.add(sum, firstLanes(f, product(), 1)));
    f.advance(at, 4);
  });
  const mean = f.local(acrossLanes(f, sum, f32x4.add));
  f.set(at, i32.const(0));
  // Up to three numbers too many: there is room after them.
  f.repeat(i32.shr(i32.add(seen, i32.const(3)), 2), () => {
    const weight = f32x4.mul(load(addressAt(weights, at)), f.constant(scale));
    save(f, addressAt(slopes, at), f32x4.mul(weight, f32x4.sub(load(addressAt(slopes, at)), mean)), 4);
    f.advance(at, 16);
  });
}

interface AddTimes {
  readonly to: I32;
  readonly stride: number;
  readonly factors: I32;
  readonly row: I32;
  readonly at: number;
  readonly width: number;
  readonly seen: I32;
}

/** Adds the row, times each factor, to the row that the factor stands for. */
function addTimes(f: FunctionBuilder, { to, stride, factors, row, at, width, seen }: AddTimes): void {
  eachVector(f, width, (offset, lanes) => {
    const added = f.local(load(addressAt(i32.add(row, i32.const(at)), offset)));
    const place = f.local(i32.add(to, offset));
    const factor = f.local(factors);
    f.repeat(seen, () => {
      save(
        f,
        addressAt(place),
        f32x4.madd(loadSplat(addressAt(factor)), added, load(addressAt(place))),
        lanes,
      );
      f.advance(place, stride);
      f.advance(factor, 4);
    });
  });
}
