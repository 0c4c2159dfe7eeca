// Platt's scaling: σ(slope · z + shift), fitted by maximum likelihood to his smoothed targets (Platt 1999),
// by Newton's method with backtracking (Lin, Lin & Weng 2007).

import type { Curve } from "./curve.ts";

type Line = Extract<Curve, { kind: "line" }>;

const MOST_STEPS = 100;
/** Added to the Hessian's diagonal, as in the paper. */
const RIDGE = 1e-12;
const SMALL_GRADIENT = 1e-9;
const SMALLEST_STEP = 1e-10;

/**
 * The targets for clicks and for other rows, smoothed so that no probability is 0 or 1 even with few rows.
 */
export function plattTargets(labels: Float32Array): { readonly click: number; readonly other: number } {
  const clicks = labels.reduce((sum, label) => sum + label, 0);
  return { click: (clicks + 1) / (clicks + 2), other: 1 / (labels.length - clicks + 2) };
}

/** Fits the line; if `slope` is given, only its shift. */
export function plattLine(logits: Float32Array, labels: Float32Array, slope: number | null = null): Line {
  const { click, other } = plattTargets(labels);
  const clicks = labels.reduce((sum, label) => sum + label, 0);
  const prior = Math.log((clicks + 1) / (labels.length - clicks + 1));
  let line: Line = { kind: "line", slope: slope ?? 0, shift: slope === null ? prior : 0 };
  let value = smoothedLoss(line, logits, labels);
  for (let step = 0; step < MOST_STEPS; step++) {
    let [h11, h22, h21, g1, g2] = [RIDGE, RIDGE, 0, 0, 0];
    for (let row = 0; row < logits.length; row++) {
      const z = logits[row]!;
      const p = 1 / (1 + Math.exp(-(line.slope * z + line.shift)));
      const curvature = p * (1 - p);
      const error = p - (labels[row] === 1 ? click : other);
      h11 += z * z * curvature;
      h22 += curvature;
      h21 += z * curvature;
      g1 += error * z;
      g2 += error;
    }
    if (slope !== null) [h11, h21, g1] = [1, 0, 0];
    if (Math.abs(g1) < SMALL_GRADIENT && Math.abs(g2) < SMALL_GRADIENT) break;
    const determinant = h11 * h22 - h21 * h21;
    const bySlope = -(h22 * g1 - h21 * g2) / determinant;
    const byShift = -(-h21 * g1 + h11 * g2) / determinant;
    const falls = g1 * bySlope + g2 * byShift;
    let length = 1;
    for (; length >= SMALLEST_STEP; length /= 2) {
      const next: Line = {
        kind: "line",
        slope: line.slope + length * bySlope,
        shift: line.shift + length * byShift,
      };
      const nextValue = smoothedLoss(next, logits, labels);
      if (nextValue >= value + 1e-4 * length * falls) continue;
      [line, value] = [next, nextValue];
      break;
    }
    if (length < SMALLEST_STEP) break;
  }
  return line;
}

/** The total cross-entropy with Platt's smoothed targets. */
export function smoothedLoss({ slope, shift }: Line, logits: Float32Array, labels: Float32Array): number {
  const { click, other } = plattTargets(labels);
  let sum = 0;
  for (let row = 0; row < logits.length; row++) {
    const z = slope * logits[row]! + shift;
    sum += Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z))) - (labels[row] === 1 ? click : other) * z;
  }
  return sum;
}
