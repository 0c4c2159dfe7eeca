// The calibration of one prediction: a rising curve from logits to logits, as plain data.

export type CalibrationMethod = "platt" | "isotonic";

export type Curve =
  /** slope · z + shift */
  | { readonly kind: "line"; readonly slope: number; readonly shift: number }
  /**
   * Linear between the points (x, y), which rise. The slope is 1 before the first point and after the last.
   */
  | { readonly kind: "knots"; readonly x: readonly number[]; readonly y: readonly number[] };

export const IDENTITY: Curve = { kind: "line", slope: 1, shift: 0 };

/** Curves of one prediction by segment. A segment is an id of the feature by which rows are divided. */
export interface SegmentCurves {
  /** The curve of all rows, for ids without a curve of their own and for calibrations without segments. */
  readonly all: Curve;
  readonly byId: ReadonlyMap<number, Curve>;
}

export function calibrated(curve: Curve, z: number): number {
  if (curve.kind === "line") return curve.slope * z + curve.shift;
  const { x, y } = curve;
  if (z <= x[0]!) return y[0]! - (x[0]! - z);
  let sum = y[0]!;
  for (const { from, width, slope } of pieces(curve)) sum += slope * Math.min(Math.max(z - from, 0), width);
  return sum;
}

/** Adds slope · (z − from) to the result, at most slope · width: one straight part of a curve. */
export interface CurvePiece {
  readonly from: number;
  readonly width: number;
  readonly slope: number;
}

/** The width of the last piece, which has no end. No real logit is as large, and it fits into 32 bits. */
const ENDLESS = 1e30;

/** The pieces of a curve from its first knot on. */
export function pieces({ x, y }: Extract<Curve, { kind: "knots" }>): CurvePiece[] {
  return x.map((from, i) => {
    if (i === x.length - 1) return { from, width: ENDLESS, slope: 1 };
    const width = x[i + 1]! - from;
    return { from, width, slope: (y[i + 1]! - y[i]!) / width };
  });
}

/**
 * The numbers of a curve that a Graph reads, for `count` pieces: the value at the start of the first piece,
 * the slope before it, then the start, the width and the slope of each piece. Missing pieces have slope 0.
 */
export function packed(curve: Curve, count: number): number[] {
  const [start, before, all]: [number, number, readonly CurvePiece[]] =
    curve.kind === "line"
      ? [curve.shift, curve.slope, [{ from: 0, width: ENDLESS, slope: curve.slope }]]
      : [curve.y[0]!, 1, pieces(curve)];
  const flat = { from: 0, width: 0, slope: 0 };
  const padded = Array.from({ length: count }, (_, i) => all[i] ?? flat);
  return [
    start,
    before,
    ...padded.map(({ from }) => from),
    ...padded.map(({ width }) => width),
    ...padded.map(({ slope }) => slope),
  ];
}

/** The number of knots; 0 for a line. */
export function knotsOf(curve: Curve): number {
  return curve.kind === "line" ? 0 : curve.x.length;
}

/**
 * The largest number of knots of a method's curves; 0 if a slope and a shift suffice. A Graph has that many,
 * so compiled code accepts the weights of every run with the same calibration. Segments have fewer rows and a
 * curve for each id, so they have fewer knots.
 */
export function mostKnots(method: CalibrationMethod, bySegment: boolean): number {
  if (method === "platt") return 0;
  return bySegment ? 16 : 64;
}

/** The calibration of all predictions of a model. */
export interface Calibration {
  readonly method: CalibrationMethod;
  /** The feature whose ids are the segments; null if one curve serves all rows. */
  readonly by: string | null;
  /** By label. */
  readonly predictions: ReadonlyMap<string, SegmentCurves>;
}
