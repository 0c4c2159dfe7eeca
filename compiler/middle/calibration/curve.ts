// A calibration of one prediction: a rising curve from logits to logits, as plain data.

export type CalibrationMethod = "platt" | "isotonic";

export type Curve =
  /** slope · z + shift */
  | { readonly kind: "line"; readonly slope: number; readonly shift: number }
  /** Straight between the points (x, y), which rise; with slope 1 before the first and after the last. */
  | { readonly kind: "knots"; readonly x: readonly number[]; readonly y: readonly number[] };

export const IDENTITY: Curve = { kind: "line", slope: 1, shift: 0 };

/** Curves of one prediction, by segment: an id of the feature that rows are told apart by. */
export interface SegmentCurves {
  /** Of all rows: for ids that have no curve of their own, and where there are no segments. */
  readonly all: Curve;
  readonly byId: ReadonlyMap<number, Curve>;
}

/** The calibrated logit. */
export function calibrated(curve: Curve, z: number): number {
  if (curve.kind === "line") return curve.slope * z + curve.shift;
  const { x, y } = curve;
  if (z <= x[0]!) return y[0]! - (x[0]! - z);
  let sum = y[0]!;
  for (const { from, width, slope } of pieces(curve)) sum += slope * Math.min(Math.max(z - from, 0), width);
  return sum;
}

/** What a curve rises by after a logit, up to `width` further on. */
export interface CurvePiece {
  readonly from: number;
  readonly width: number;
  readonly slope: number;
}

/** So wide is what has no end: 32 bits hold it, and no logit is as large. */
const ENDLESS = 1e30;

/** From the first knot on. */
export function pieces({ x, y }: Extract<Curve, { kind: "knots" }>): CurvePiece[] {
  return x.map((from, i) => {
    if (i === x.length - 1) return { from, width: ENDLESS, slope: 1 };
    const width = x[i + 1]! - from;
    return { from, width, slope: (y[i + 1]! - y[i]!) / width };
  });
}

/**
 * A curve as numbers that a Graph reads, `count` pieces of it: its value where the first piece begins, its
 * slope before that, then where pieces begin, how wide they are, and how steep. Pieces that it has not are
 * flat.
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

/** 0 of a line. */
export function knotsOf(curve: Curve): number {
  return curve.kind === "line" ? 0 : curve.x.length;
}

/**
 * How many points a curve has at most, 0 where a slope and a shift are all. The Graph has as many, so that
 * compiled code takes the weights of every run that is calibrated in the same way. Segments have fewer rows,
 * and a curve for each id.
 */
export function mostKnots(method: CalibrationMethod, bySegment: boolean): number {
  if (method === "platt") return 0;
  return bySegment ? 16 : 64;
}

/** Of all predictions of a model. */
export interface Calibration {
  readonly method: CalibrationMethod;
  /** The feature whose ids are the segments; null where one curve is for all rows. */
  readonly by: string | null;
  /** By label. */
  readonly predictions: ReadonlyMap<string, SegmentCurves>;
}
