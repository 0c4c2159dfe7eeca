// Twin of scaled dot-product attention (runtime/serve/kernels/attention.ts). The weights of one query over its keys lie in the
// module's scratch space.

import { invariant } from "../../../common/internal-error.ts";
import { f32x4, type I32, i32, type V128, v128 } from "../instructions.ts";
import type { WasmKernel } from "../kernel.ts";
import type { FunctionBuilder, Local } from "../module.ts";
import {
  acrossLanes,
  addressAt,
  eachRow,
  eachVector,
  equalSteps,
  load,
  loadSplat,
  type Steps,
  save,
} from "../vectors.ts";
import { firstLanes, transposed } from "./products.ts";
import { known, softmaxOfLine } from "./rows.ts";

export const attention: WasmKernel<"attention"> = (
  f,
  out,
  q,
  k,
  v,
  rows,
  queries,
  keys,
  width,
  valueWidth,
  heads,
  scale,
  causal,
) => {
  invariant(scale.constant !== null, "attention of an unknown scale");
  attentionOf(f, {
    ...{ out, q, k, v, rows, causal, scale: scale.constant },
    ...{ width: known(width), valueWidth: known(valueWidth), heads: known(heads) },
    queries: equalSteps(f, rows, queries),
    keys: equalSteps(f, rows, keys),
    weights: f.module.scratch,
  });
};

/** Addresses of out, q, k and v, and of room for the weights of one query over its keys. */
export interface Attention {
  readonly out: I32;
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
}

export function attentionOf(f: FunctionBuilder, of: Attention): void {
  const { out, q, k, v, weights, rows, queries, keys, width, valueWidth, heads, scale, causal } = of;
  const [keyStride, valueStride] = [4 * width, 4 * valueWidth];
  const [inHead, outHead] = [width / heads, valueWidth / heads];
  // Rows of keys and values begin here; the query and its result are gone through one by one.
  const [firstKey, firstValue, query, result] = [f.local(k), f.local(v), f.local(q), f.local(out)];
  eachRow(f, rows, [queries, keys], ([queriesEach, keysEach]) => {
    const seen = f.local<"i32">(causal ? i32.const(0) : keysEach!);
    f.repeat(queriesEach!, () => {
      if (causal) f.advance(seen, 1);
      for (let head = 0; head < heads; head++) {
        const at = 4 * inHead * head;
        scores(f, {
          weights,
          query,
          key: i32.add(firstKey, i32.const(at)),
          at,
          inHead,
          keyStride,
          seen,
          factor: scale,
        });
        softmaxOfLine(f, weights, weights, seen);
        weighted(f, {
          result: i32.add(result, i32.const(4 * outHead * head)),
          value: i32.add(firstValue, i32.const(4 * outHead * head)),
          weights,
          outHead,
          valueStride,
          seen,
        });
      }
      f.advance(query, keyStride);
      f.advance(result, valueStride);
    });
    f.advance(firstKey, i32.mul(keysEach!, i32.const(keyStride)));
    f.advance(firstValue, i32.mul(keysEach!, i32.const(valueStride)));
  });
}

interface Scores {
  readonly weights: I32;
  readonly query: I32;
  /** The first key, at the head's first column; `at` is that column's place in the query. */
  readonly key: I32;
  readonly at: number;
  readonly inHead: number;
  readonly keyStride: number;
  readonly seen: I32;
  readonly factor: number;
}

/** The products of one query with the keys, four keys at a time. */
export function scores(
  f: FunctionBuilder,
  { weights, query, key, at, inHead, keyStride, seen, factor }: Scores,
): void {
  const to = f.local(weights);
  const from = f.local(key);
  const some = (count: number) => {
    const sums = Array.from({ length: count }, () => f.local<"v128">(f.constant(0)));
    eachVector(f, inHead, (offset, lanes) => {
      const asked = f.local(firstLanes(f, load(addressAt(i32.add(query, i32.const(at)), offset)), lanes));
      for (const [i, sum] of sums.entries()) {
        const place = addressAt(i32.add(from, i32.const(keyStride * i)), offset);
        f.set(sum, f32x4.madd(firstLanes(f, load(place), lanes), asked, sum));
      }
    });
    const total: V128 = count === 4 ? transposed(f, sums, f32x4.add) : acrossLanes(f, sums[0]!, f32x4.add);
    save(f, addressAt(to), f32x4.mul(total, f.constant(factor)), count);
    f.advance(to, 4 * count);
    f.advance(from, keyStride * count);
  };
  f.repeat(i32.shr(seen, 2), () => some(4));
  f.repeat(i32.and(seen, i32.const(3)), () => some(1));
}

interface Weighted {
  readonly result: I32;
  readonly value: I32;
  readonly weights: I32;
  readonly outHead: number;
  readonly valueStride: number;
  readonly seen: I32;
}

export function weighted(
  f: FunctionBuilder,
  { result, value, weights, outHead, valueStride, seen }: Weighted,
): void {
  eachVector(f, outHead, (offset, lanes) => {
    const sum: Local<"v128"> = f.local<"v128">(f.constant(0));
    const from = f.local(i32.add(value, offset));
    const weight = f.local(weights);
    f.repeat(seen, () => {
      f.set(sum, f32x4.madd(loadSplat(addressAt(weight)), v128.load(from), sum));
      f.advance(weight, 4);
      f.advance(from, valueStride);
    });
    save(f, addressAt(result, offset), sum, lanes);
  });
}
