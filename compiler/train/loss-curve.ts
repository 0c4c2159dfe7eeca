// The course of the loss during an epoch, in a limited number of values: sums over equal parts of its steps.

/** Sums over the examples of each part of an epoch so far. */
export type LossCurve = readonly LossPart[];

export interface LossPart {
  readonly loss: number;
  readonly samples: number;
}

/** The number of parts: as many as a curve can show. */
const MOST_PARTS = 100;

/** Adds the `step`-th of `steps` steps, from 1, to `curve`, in place. */
export function addStep(curve: LossPart[], step: number, steps: number, loss: number, samples: number): void {
  const part = Math.floor(((step - 1) * Math.min(steps, MOST_PARTS)) / steps);
  const { loss: sum, samples: before } = curve[part] ?? { loss: 0, samples: 0 };
  curve[part] = { loss: sum + loss * samples, samples: before + samples };
}

/** The mean over the examples of each part. */
export function meanLosses(curve: LossCurve): number[] {
  return curve.map(({ loss, samples }) => loss / samples);
}
