// Fits a calibration to rows with labels: one curve for all rows, and one for each segment with enough rows.

import { appendTo } from "../../common/maps.ts";
import { Random } from "../../common/random.ts";
import {
  type CalibrationMethod,
  type Curve,
  calibrated,
  IDENTITY,
  mostKnots,
  type SegmentCurves,
} from "./curve.ts";
import { isotonicCurve } from "./isotonic.ts";
import { plattLine } from "./platt.ts";

/** A segment with fewer rows of either class uses the curve of all rows. */
export const LEAST_OF_A_CLASS = 30;

/**
 * A line that falls, or nearly does, shows that the order of the logits is noise; then only the level is
 * corrected.
 */
const LEAST_SLOPE = 1 / 50;

/**
 * Fits a curve. If one of `otherwise` has a lower log loss on the same rows, that one is returned instead.
 * Needs rows of both classes.
 */
export function fitCurve(
  method: CalibrationMethod,
  logits: Float32Array,
  labels: Float32Array,
  otherwise: readonly Curve[] = [IDENTITY],
  bySegment = false,
): Curve {
  const level = plattLine(logits, labels, 1);
  return [...otherwise, level, fitted(method, logits, labels, bySegment) ?? level].reduce((best, curve) =>
    lossOf(curve, logits, labels) < lossOf(best, logits, labels) ? curve : best,
  );
}

function fitted(
  method: CalibrationMethod,
  logits: Float32Array,
  labels: Float32Array,
  bySegment: boolean,
): Curve | null {
  if (method === "isotonic") return isotonicCurve(logits, labels, mostKnots(method, bySegment));
  const line = plattLine(logits, labels);
  return line.slope < LEAST_SLOPE ? null : line;
}

/** Fits a curve for all rows, and with `segments` (the id of each row) one for each segment. */
export function fitSegments(
  method: CalibrationMethod,
  logits: Float32Array,
  labels: Float32Array,
  segments: Int32Array | null,
): SegmentCurves {
  const bySegment = segments !== null;
  const all = fitCurve(method, logits, labels, [IDENTITY], bySegment);
  const byId = new Map<number, Curve>();
  for (const [id, rows] of segments === null ? [] : rowsById(segments)) {
    const own = { logits: at(logits, rows), labels: at(labels, rows) };
    const clicks = own.labels.reduce((sum, label) => sum + label, 0);
    if (Math.min(clicks, rows.length - clicks) < LEAST_OF_A_CLASS) continue;
    byId.set(id, fitCurve(method, own.logits, own.labels, [IDENTITY, all], bySegment));
  }
  return { all, byId };
}

/** The mean log loss of the calibrated logits. */
export function lossOf(curve: Curve, logits: Float32Array, labels: Float32Array): number {
  let sum = 0;
  for (let row = 0; row < logits.length; row++) {
    const z = calibrated(curve, logits[row]!);
    sum += Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z))) - labels[row]! * z;
  }
  return sum / logits.length;
}

/** The rows of each id, lowest ids first. */
function rowsById(segments: Int32Array): [number, number[]][] {
  const rows = new Map<number, number[]>();
  for (let row = 0; row < segments.length; row++) {
    appendTo(rows, segments[row]!, row);
  }
  return [...rows].sort(([a], [b]) => a - b);
}

function at(values: Float32Array, rows: readonly number[]): Float32Array {
  return Float32Array.from(rows, (row) => values[row]!);
}

/** The calibrated logit of each row. */
export function calibratedRows(
  { all, byId }: SegmentCurves,
  logits: Float32Array,
  segments: Int32Array | null,
): Float32Array {
  return logits.map((logit, row) =>
    calibrated((segments === null ? undefined : byId.get(segments[row]!)) ?? all, logit),
  );
}

const FOLDS = 5;

/** The fold of each row. Rows with the same number are in the same fold. */
function foldsOf(numbers: Int32Array, seed: number): Int32Array {
  const units = [...new Set(numbers)];
  const fold = new Map<number, number>();
  const order = Random.of(seed, "folds of a calibration").order(units.length);
  for (const [place, unit] of order.entries()) fold.set(units[unit]!, place % FOLDS);
  return numbers.map((number) => fold.get(number)!);
}

/**
 * The logit of each row by curves fitted without its fold (one of five, drawn at random): an estimate for new
 * rows. All rows of a user are in one fold, because they are alike.
 */
export function expectedRows(
  method: CalibrationMethod,
  logits: Float32Array,
  labels: Float32Array,
  segments: Int32Array | null,
  users: Int32Array | null,
  seed: number,
): Float32Array {
  const foldOf = foldsOf(users ?? Int32Array.from(logits.keys()), seed);
  const out = new Float32Array(logits.length);
  for (let fold = 0; fold < FOLDS; fold++) {
    const rows = (isIn: boolean) =>
      Array.from(foldOf.keys()).filter((row) => (foldOf[row] === fold) === isIn);
    const [others, own] = [rows(false), rows(true)];
    const idsOf = (some: readonly number[]) =>
      segments === null ? null : Int32Array.from(some, (row) => segments[row]!);
    const curves = fitSegments(method, at(logits, others), at(labels, others), idsOf(others));
    const found = calibratedRows(curves, at(logits, own), idsOf(own));
    for (const [i, row] of own.entries()) out[row] = found[i]!;
  }
  return out;
}
