// The loss of an epoch as it went, in few numbers however many steps there are: sums over equal parts of its steps.

/** Sums over the examples of each part of an epoch so far. */
export type LossCurve = readonly LossPart[];

export interface LossPart {
  readonly loss: number;
  readonly samples: number;
}

/** Parts of an epoch: as many as a curve can show. */
const MOST_PARTS = 100;

/** `curve` with the `step`-th of `steps` steps, from 1, in place. */
export function addStep(curve: LossPart[], step: number, steps: number, loss: number, samples: number): void {
  const part = Math.floor(((step - 1) * Math.min(steps, MOST_PARTS)) / steps);
  const { loss: sum, samples: before } = curve[part] ?? { loss: 0, samples: 0 };
  curve[part] = { loss: sum + loss * samples, samples: before + samples };
}

/** The mean over each part's examples. */
export function meanLosses(curve: LossCurve): number[] {
  return curve.map(({ loss, samples }) => loss / samples);
}
