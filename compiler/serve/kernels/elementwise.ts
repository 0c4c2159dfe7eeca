// Kernels that compute each number of the output from one number of each input. They are written to be fast
// without optimisation, because generated code contains them unchanged. All buffers are row-major; `out` may
// be one of the inputs if it has its shape.

/*
 * The kernels of several operands take a shape [rows, lead, width] and, for each operand, whether it varies
 * by row (otherwise it is the same for all rows, like a bias) and by column (otherwise it has one number for
 * all `width` columns, like a weight).
 */

/** out = x + y; shape [rows, lead, width], see above. */
export function add(
  out: Float32Array,
  x: Float32Array,
  y: Float32Array,
  rows: number,
  lead: number,
  width: number,
  xByRow: boolean,
  xByColumn: boolean,
  yByRow: boolean,
  yByColumn: boolean,
): void {
  const xStep = xByColumn ? 1 : 0;
  const yStep = yByColumn ? 1 : 0;
  const xLead = xByColumn ? width : 1;
  const yLead = yByColumn ? width : 1;
  let o = 0;
  for (let r = 0; r < rows; r++) {
    for (let l = 0; l < lead; l++) {
      let i = ((xByRow ? r * lead : 0) + l) * xLead;
      let k = ((yByRow ? r * lead : 0) + l) * yLead;
      for (let j = 0; j < width; j++, i += xStep, k += yStep) out[o++] = x[i]! + y[k]!;
    }
  }
}

/** out = x − y; shape [rows, lead, width], see above. */
export function subtract(
  out: Float32Array,
  x: Float32Array,
  y: Float32Array,
  rows: number,
  lead: number,
  width: number,
  xByRow: boolean,
  xByColumn: boolean,
  yByRow: boolean,
  yByColumn: boolean,
): void {
  const xStep = xByColumn ? 1 : 0;
  const yStep = yByColumn ? 1 : 0;
  const xLead = xByColumn ? width : 1;
  const yLead = yByColumn ? width : 1;
  let o = 0;
  for (let r = 0; r < rows; r++) {
    for (let l = 0; l < lead; l++) {
      let i = ((xByRow ? r * lead : 0) + l) * xLead;
      let k = ((yByRow ? r * lead : 0) + l) * yLead;
      for (let j = 0; j < width; j++, i += xStep, k += yStep) out[o++] = x[i]! - y[k]!;
    }
  }
}

/** out = x × y; shape [rows, lead, width], see above. */
export function multiply(
  out: Float32Array,
  x: Float32Array,
  y: Float32Array,
  rows: number,
  lead: number,
  width: number,
  xByRow: boolean,
  xByColumn: boolean,
  yByRow: boolean,
  yByColumn: boolean,
): void {
  const xStep = xByColumn ? 1 : 0;
  const yStep = yByColumn ? 1 : 0;
  const xLead = xByColumn ? width : 1;
  const yLead = yByColumn ? width : 1;
  let o = 0;
  for (let r = 0; r < rows; r++) {
    for (let l = 0; l < lead; l++) {
      let i = ((xByRow ? r * lead : 0) + l) * xLead;
      let k = ((yByRow ? r * lead : 0) + l) * yLead;
      for (let j = 0; j < width; j++, i += xStep, k += yStep) out[o++] = x[i]! * y[k]!;
    }
  }
}

/** out = x / y; shape [rows, lead, width], see above. */
export function divide(
  out: Float32Array,
  x: Float32Array,
  y: Float32Array,
  rows: number,
  lead: number,
  width: number,
  xByRow: boolean,
  xByColumn: boolean,
  yByRow: boolean,
  yByColumn: boolean,
): void {
  const xStep = xByColumn ? 1 : 0;
  const yStep = yByColumn ? 1 : 0;
  const xLead = xByColumn ? width : 1;
  const yLead = yByColumn ? width : 1;
  let o = 0;
  for (let r = 0; r < rows; r++) {
    for (let l = 0; l < lead; l++) {
      let i = ((xByRow ? r * lead : 0) + l) * xLead;
      let k = ((yByRow ? r * lead : 0) + l) * yLead;
      for (let j = 0; j < width; j++, i += xStep, k += yStep) out[o++] = x[i]! / y[k]!;
    }
  }
}

/** out = the larger of x and y; shape [rows, lead, width], see above. */
export function maximum(
  out: Float32Array,
  x: Float32Array,
  y: Float32Array,
  rows: number,
  lead: number,
  width: number,
  xByRow: boolean,
  xByColumn: boolean,
  yByRow: boolean,
  yByColumn: boolean,
): void {
  const xStep = xByColumn ? 1 : 0;
  const yStep = yByColumn ? 1 : 0;
  const xLead = xByColumn ? width : 1;
  const yLead = yByColumn ? width : 1;
  let o = 0;
  for (let r = 0; r < rows; r++) {
    for (let l = 0; l < lead; l++) {
      let i = ((xByRow ? r * lead : 0) + l) * xLead;
      let k = ((yByRow ? r * lead : 0) + l) * yLead;
      for (let j = 0; j < width; j++, i += xStep, k += yStep) out[o++] = Math.max(x[i]!, y[k]!);
    }
  }
}

/** out = 1 if x = y, else 0; shape [rows, lead, width], see above. */
export function equal(
  out: Float32Array,
  x: Float32Array,
  y: Float32Array,
  rows: number,
  lead: number,
  width: number,
  xByRow: boolean,
  xByColumn: boolean,
  yByRow: boolean,
  yByColumn: boolean,
): void {
  const xStep = xByColumn ? 1 : 0;
  const yStep = yByColumn ? 1 : 0;
  const xLead = xByColumn ? width : 1;
  const yLead = yByColumn ? width : 1;
  let o = 0;
  for (let r = 0; r < rows; r++) {
    for (let l = 0; l < lead; l++) {
      let i = ((xByRow ? r * lead : 0) + l) * xLead;
      let k = ((yByRow ? r * lead : 0) + l) * yLead;
      for (let j = 0; j < width; j++, i += xStep, k += yStep) out[o++] = x[i]! === y[k]! ? 1 : 0;
    }
  }
}

/** out = 1 if x > y, else 0; shape [rows, lead, width], see above. */
export function greater(
  out: Float32Array,
  x: Float32Array,
  y: Float32Array,
  rows: number,
  lead: number,
  width: number,
  xByRow: boolean,
  xByColumn: boolean,
  yByRow: boolean,
  yByColumn: boolean,
): void {
  const xStep = xByColumn ? 1 : 0;
  const yStep = yByColumn ? 1 : 0;
  const xLead = xByColumn ? width : 1;
  const yLead = yByColumn ? width : 1;
  let o = 0;
  for (let r = 0; r < rows; r++) {
    for (let l = 0; l < lead; l++) {
      let i = ((xByRow ? r * lead : 0) + l) * xLead;
      let k = ((yByRow ? r * lead : 0) + l) * yLead;
      for (let j = 0; j < width; j++, i += xStep, k += yStep) out[o++] = x[i]! > y[k]! ? 1 : 0;
    }
  }
}

/** out = x if c is not 0, else y; shape [rows, lead, width], see above. */
export function choose(
  out: Float32Array,
  c: Float32Array,
  x: Float32Array,
  y: Float32Array,
  rows: number,
  lead: number,
  width: number,
  cByRow: boolean,
  cByColumn: boolean,
  xByRow: boolean,
  xByColumn: boolean,
  yByRow: boolean,
  yByColumn: boolean,
): void {
  const cStep = cByColumn ? 1 : 0;
  const xStep = xByColumn ? 1 : 0;
  const yStep = yByColumn ? 1 : 0;
  const cLead = cByColumn ? width : 1;
  const xLead = xByColumn ? width : 1;
  const yLead = yByColumn ? width : 1;
  let o = 0;
  for (let r = 0; r < rows; r++) {
    for (let l = 0; l < lead; l++) {
      let h = ((cByRow ? r * lead : 0) + l) * cLead;
      let i = ((xByRow ? r * lead : 0) + l) * xLead;
      let k = ((yByRow ? r * lead : 0) + l) * yLead;
      for (let j = 0; j < width; j++, h += cStep, i += xStep, k += yStep)
        out[o++] = c[h]! === 0 ? y[k]! : x[i]!;
    }
  }
}

/** out = x repeated; shape [rows, lead, width], see above. */
export function broadcastLike(
  out: Float32Array,
  x: Float32Array,
  rows: number,
  lead: number,
  width: number,
  xByRow: boolean,
  xByColumn: boolean,
): void {
  const xStep = xByColumn ? 1 : 0;
  const xLead = xByColumn ? width : 1;
  let o = 0;
  for (let r = 0; r < rows; r++) {
    for (let l = 0; l < lead; l++) {
      let i = ((xByRow ? r * lead : 0) + l) * xLead;
      for (let j = 0; j < width; j++, i += xStep) out[o++] = x[i]!;
    }
  }
}

/** out = −x, `count` numbers. */
export function negate(out: Float32Array, x: Float32Array, count: number): void {
  for (let i = 0; i < count; i++) out[i] = -x[i]!;
}

export function exp(out: Float32Array, x: Float32Array, count: number): void {
  for (let i = 0; i < count; i++) out[i] = Math.exp(x[i]!);
}

/** Natural logarithm. */
export function log(out: Float32Array, x: Float32Array, count: number): void {
  for (let i = 0; i < count; i++) out[i] = Math.log(x[i]!);
}

export function sqrt(out: Float32Array, x: Float32Array, count: number): void {
  for (let i = 0; i < count; i++) out[i] = Math.sqrt(x[i]!);
}

/** x in radians. */
export function sin(out: Float32Array, x: Float32Array, count: number): void {
  for (let i = 0; i < count; i++) out[i] = Math.sin(x[i]!);
}

/** x in radians. */
export function cos(out: Float32Array, x: Float32Array, count: number): void {
  for (let i = 0; i < count; i++) out[i] = Math.cos(x[i]!);
}

/** 1 / (1 + e⁻ˣ): 0 or 1 if it saturates, never NaN for a number. */
export function sigmoid(out: Float32Array, x: Float32Array, count: number): void {
  for (let i = 0; i < count; i++) out[i] = 1 / (1 + Math.exp(-x[i]!));
}

/** dy · y · (1 − y) */
export function sigmoidGradient(out: Float32Array, y: Float32Array, dy: Float32Array, count: number): void {
  for (let i = 0; i < count; i++) out[i] = dy[i]! * y[i]! * (1 - y[i]!);
}

export function tanh(out: Float32Array, x: Float32Array, count: number): void {
  for (let i = 0; i < count; i++) out[i] = Math.tanh(x[i]!);
}

/** max(x, 0); NaN stays NaN. */
export function relu(out: Float32Array, x: Float32Array, count: number): void {
  for (let i = 0; i < count; i++) out[i] = Math.max(x[i]!, 0);
}

/** 1 if x > 0, else 0: the slope of relu. */
export function step(out: Float32Array, x: Float32Array, count: number): void {
  for (let i = 0; i < count; i++) out[i] = x[i]! > 0 ? 1 : 0;
}

/** log(1 + eˣ) without overflow. */
export function softplus(out: Float32Array, x: Float32Array, count: number): void {
  for (let i = 0; i < count; i++) out[i] = Math.max(x[i]!, 0) + Math.log1p(Math.exp(-Math.abs(x[i]!)));
}

/** out = x / (1 − rate) if noise ≥ rate, else 0. */
export function dropout(
  out: Float32Array,
  x: Float32Array,
  noise: Float32Array,
  count: number,
  rate: number,
): void {
  const scale = 1 / (1 - rate);
  for (let i = 0; i < count; i++) out[i] = noise[i]! >= rate ? scale * x[i]! : 0;
}
