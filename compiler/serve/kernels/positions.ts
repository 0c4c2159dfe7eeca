// Kernels that depend on the position of steps in their rows: axes with more or fewer steps, the last step,
// vectors by position. Every row has equally many steps, as in rows.ts.

/**
 * Each row's steps of x on an axis of `steps` steps: the first ones or, with `keepLast`, the last ones;
 * missing steps are 0. x [xSteps, width], out [steps, width]
 */
export function resizeSteps(
  out: Float32Array,
  x: Float32Array,
  rows: number,
  xSteps: number,
  steps: number,
  width: number,
  keepLast: boolean,
): void {
  const from = rows === 0 ? 0 : xSteps / rows;
  const to = rows === 0 ? 0 : steps / rows;
  const skipped = keepLast ? from - to : 0;
  for (let r = 0, o = 0; r < rows; r++) {
    for (let s = skipped; s < to + skipped; s++) {
      const isMissing = s < 0 || s >= from;
      let i = (r * from + s) * width;
      for (let j = 0; j < width; j++, i++) out[o++] = isMissing ? 0 : x[i]!;
    }
  }
}

/**
 * Each row's steps of x by their keys, ascending; equal ones keep their order. With `inverse`, sorted steps go
 * back to where their keys are. x [steps, width], keys [steps, keyWidth], out [steps, width]
 */
export function sortSteps(
  out: Float32Array,
  x: Float32Array,
  keys: Float32Array,
  rows: number,
  steps: number,
  width: number,
  keyWidth: number,
  inverse: boolean,
): void {
  const each = rows === 0 ? 0 : steps / rows;
  for (let step = 0; step < steps; step++) {
    const first = step - (step % each);
    let place = first;
    for (let other = first; other < first + each; other++) {
      let a = other * keyWidth;
      let b = step * keyWidth;
      for (let k = 1; k < keyWidth && keys[a] === keys[b]; k++, a++, b++);
      if (keys[a]! < keys[b]! || (keys[a] === keys[b] && other < step)) place++;
    }
    const [from, to] = inverse ? [place, step] : [step, place];
    for (let j = 0; j < width; j++) out[to * width + j] = x[from * width + j]!;
  }
}

/** Each row's last step; 0 without steps. x [steps, width], out [rows, width] */
export function lastStep(
  out: Float32Array,
  x: Float32Array,
  rows: number,
  steps: number,
  width: number,
): void {
  const each = rows === 0 ? 0 : steps / rows;
  for (let r = 0, o = 0; r < rows; r++) {
    let i = ((r + 1) * each - 1) * width;
    for (let j = 0; j < width; j++, i++) out[o++] = each === 0 ? 0 : x[i]!;
  }
}

/** Each row of x at the last of its steps, 0 at all others. x [rows, width], out [steps, width] */
export function scatterLastStep(
  out: Float32Array,
  x: Float32Array,
  rows: number,
  steps: number,
  width: number,
): void {
  out.fill(0, 0, steps * width);
  const each = rows === 0 ? 0 : steps / rows;
  if (each === 0) return;
  for (let r = 0, i = 0; r < rows; r++) {
    let o = ((r + 1) * each - 1) * width;
    for (let j = 0; j < width; j++) out[o++] = x[i++]!;
  }
}

/**
 * For each step, the vector of its position; 0 is the position of a row's last step. p [positions, width],
 * out [steps, width]
 */
export function gatherPositions(
  out: Float32Array,
  p: Float32Array,
  rows: number,
  steps: number,
  width: number,
): void {
  const each = rows === 0 ? 0 : steps / rows;
  for (let r = 0, o = 0; r < rows; r++) {
    for (let position = each - 1; position >= 0; position--) {
      let i = position * width;
      for (let j = 0; j < width; j++) out[o++] = p[i++]!;
    }
  }
}

/**
 * Each row's steps as a list, the latest first; behind them their mean, 0 without steps. x [steps, width],
 * out [rows, places, width]
 */
export function facedSteps(
  out: Float32Array,
  x: Float32Array,
  rows: number,
  steps: number,
  places: number,
  width: number,
): void {
  const each = rows === 0 ? 0 : steps / rows;
  for (let r = 0, o = 0; r < rows; r++) {
    for (let place = 0; place < places; place++) {
      for (let j = 0; j < width; j++, o++) {
        const own = (r * each + each - 1 - place) * width + j;
        if (place < each) out[o] = x[own]!;
        else if (place > each) out[o] = out[o - width]!;
        else {
          let sum = 0;
          for (let s = 0; s < each; s++) sum += x[(r * each + s) * width + j]!;
          out[o] = each === 0 ? 0 : sum / each;
        }
      }
    }
  }
}

/** For each position, the sum over its steps. x [steps, width], out [positions, width] */
export function scatterPositions(
  out: Float32Array,
  x: Float32Array,
  rows: number,
  steps: number,
  positions: number,
  width: number,
): void {
  out.fill(0, 0, positions * width);
  const each = rows === 0 ? 0 : steps / rows;
  for (let r = 0, i = 0; r < rows; r++) {
    for (let position = each - 1; position >= 0; position--) {
      let o = position * width;
      for (let j = 0; j < width; j++, o++) out[o] = out[o]! + x[i++]!;
    }
  }
}
