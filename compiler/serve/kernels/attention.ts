// Kernels of scaled dot-product attention. Each of `rows` has an equal, contiguous share of the queries and
// of the keys; each head has its own columns. No buffer holds all pairs.

/**
 * softmax(scale · q kᵀ) v for each row and head; 0 if there are no keys. With `causal` a query attends to the
 * keys up to its own position. q [queries, width], k [keys, width], v [keys, valueWidth], out [queries,
 * valueWidth]
 */
export function attention(
  out: Float32Array,
  q: Float32Array,
  k: Float32Array,
  v: Float32Array,
  rows: number,
  queries: number,
  keys: number,
  width: number,
  valueWidth: number,
  heads: number,
  scale: number,
  causal: boolean,
): void {
  const queriesEach = rows === 0 ? 0 : queries / rows;
  const keysEach = rows === 0 ? 0 : keys / rows;
  const inHead = width / heads;
  const outHead = valueWidth / heads;
  const weights = new Float64Array(keysEach);
  for (let r = 0; r < rows; r++) {
    for (let h = 0; h < heads; h++) {
      const firstKey = r * keysEach * width + h * inHead;
      const firstValue = r * keysEach * valueWidth + h * outHead;
      for (let i = r * queriesEach; i < (r + 1) * queriesEach; i++) {
        const seen = causal ? i - r * queriesEach + 1 : keysEach;
        attend(weights, seen, q, i * width + h * inHead, k, firstKey, width, inHead, scale);
        const o = i * valueWidth + h * outHead;
        for (let j = 0; j < outHead; j++) {
          let sum = 0;
          for (let s = 0, x = firstValue + j; s < seen; s++, x += valueWidth) sum += weights[s]! * v[x]!;
          out[o + j] = sum;
        }
      }
    }
  }
}

/**
 * The gradient of `attention` by its queries (`of` 0), keys (1) or values (2).
 * dy [queries, valueWidth], out as q, k or v
 */
export function attentionGradient(
  out: Float32Array,
  q: Float32Array,
  k: Float32Array,
  v: Float32Array,
  dy: Float32Array,
  rows: number,
  queries: number,
  keys: number,
  width: number,
  valueWidth: number,
  heads: number,
  scale: number,
  causal: boolean,
  of: number,
): void {
  const queriesEach = rows === 0 ? 0 : queries / rows;
  const keysEach = rows === 0 ? 0 : keys / rows;
  const inHead = width / heads;
  const outHead = valueWidth / heads;
  const weights = new Float64Array(keysEach);
  const slopes = new Float64Array(keysEach);
  out.fill(0, 0, of === 0 ? queries * width : keys * (of === 1 ? width : valueWidth));
  for (let r = 0; r < rows; r++) {
    for (let h = 0; h < heads; h++) {
      const firstKey = r * keysEach * width + h * inHead;
      const firstValue = r * keysEach * valueWidth + h * outHead;
      for (let i = r * queriesEach; i < (r + 1) * queriesEach; i++) {
        const seen = causal ? i - r * queriesEach + 1 : keysEach;
        const query = i * width + h * inHead;
        const result = i * valueWidth + h * outHead;
        attend(weights, seen, q, query, k, firstKey, width, inHead, scale);
        let mean = 0;
        for (let s = 0; s < seen; s++) {
          const value = firstValue + s * valueWidth;
          if (of === 2) addTimes(out, value, weights[s]!, dy, result, outHead);
          let slope = 0;
          for (let j = 0; j < outHead; j++) slope += dy[result + j]! * v[value + j]!;
          slopes[s] = slope;
          mean += slope * weights[s]!;
        }
        for (let s = 0; s < seen && of < 2; s++) {
          const key = firstKey + s * width;
          const byScore = scale * weights[s]! * (slopes[s]! - mean);
          if (of === 0) addTimes(out, query, byScore, k, key, inHead);
          else addTimes(out, key, byScore, q, query, inHead);
        }
      }
    }
  }
}

/** Softmax over the first `seen` keys for one query and head; the `weights` sum to 1. */
export function attend(
  weights: Float64Array,
  seen: number,
  q: Float32Array,
  query: number,
  k: Float32Array,
  firstKey: number,
  width: number,
  inHead: number,
  scale: number,
): void {
  let largest = Number.NEGATIVE_INFINITY;
  for (let s = 0, key = firstKey; s < seen; s++, key += width) {
    let score = 0;
    for (let j = 0; j < inHead; j++) score += q[query + j]! * k[key + j]!;
    weights[s] = score * scale;
    if (score * scale > largest) largest = score * scale;
  }
  let sum = 0;
  for (let s = 0; s < seen; s++) sum += weights[s] = Math.exp(weights[s]! - largest);
  for (let s = 0; s < seen; s++) weights[s] = weights[s]! / sum;
}

/** out[o + j] += factor · x[i + j] */
function addTimes(
  out: Float32Array,
  o: number,
  factor: number,
  x: Float32Array,
  i: number,
  width: number,
): void {
  for (let j = 0; j < width; j++) out[o + j] = out[o + j]! + factor * x[i + j]!;
}
