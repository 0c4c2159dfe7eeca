// Kernels of a search: the best steps of each row, and the values at their indices. Every row has equally
// many steps, as in rows.ts.

/** The lowest f32; no step with this score is chosen. */
const LOWEST = -3.4028234663852886e38;

/**
 * The indices, from 1, of the `count` highest scores of each row's steps; of equal ones the later. They are
 * in the order of the steps at the end of the list, preceded by 0. scores [steps, 1], out [rows, count, 1]
 */
export function selectSteps(
  out: Float32Array,
  scores: Float32Array,
  rows: number,
  steps: number,
  count: number,
): void {
  const each = rows === 0 ? 0 : steps / rows;
  for (let r = 0; r < rows; r++) {
    const [first, from] = [r * count, r * each];
    // The highest scores so far, in descending order, are stored where the indices will be.
    let kept = 0;
    let worst = LOWEST;
    for (let step = from; step < from + each; step++) {
      const score = scores[step]!;
      if (!(score > worst)) continue;
      let at = first + (kept < count ? kept++ : count - 1);
      for (; at > first && score > out[at - 1]!; at--) out[at] = out[at - 1]!;
      out[at] = score;
      if (kept === count) worst = out[first + count - 1]!;
    }
    let ties = kept === count ? 0 : -1;
    if (ties === 0) for (let at = first; at < first + count; at++) if (!(out[at]! > worst)) ties++;
    let to = first + count;
    for (let place = each; place > 0 && to > first; place--) {
      const score = scores[from + place - 1]!;
      if (score > worst) out[--to] = place;
      else if (score === worst && ties > 0) {
        ties--;
        out[--to] = place;
      }
    }
    out.fill(0, first, to);
  }
}

/**
 * The steps of x at the indices `places`; 0 for index 0. With `shared`, all rows use the steps of the one
 * request. x [steps, width], places [rows, count, 1], out [rows, count, width]
 */
export function gatherSteps(
  out: Float32Array,
  x: Float32Array,
  places: Float32Array,
  rows: number,
  steps: number,
  count: number,
  width: number,
  shared: boolean,
): void {
  const each = shared || rows === 0 ? 0 : steps / rows;
  for (let i = 0; i < rows * count; i++) {
    const place = places[i]!;
    const from = (Math.floor(i / count) * each + place - 1) * width;
    if (place > 0) for (let j = 0; j < width; j++) out[i * width + j] = x[from + j]!;
    else out.fill(0, i * width, (i + 1) * width);
  }
}

/**
 * The inverse: items of x at the steps with the indices `places`, else 0. x [rows, count, width], out [steps,
 * width]
 */
export function scatterSteps(
  out: Float32Array,
  x: Float32Array,
  places: Float32Array,
  rows: number,
  steps: number,
  count: number,
  width: number,
): void {
  out.fill(0, 0, steps * width);
  const each = rows === 0 ? 0 : steps / rows;
  for (let i = 0; i < rows * count; i++) {
    const place = places[i]!;
    const to = (Math.floor(i / count) * each + place - 1) * width;
    if (place > 0) for (let j = 0; j < width; j++) out[to + j] = x[i * width + j]!;
  }
}
