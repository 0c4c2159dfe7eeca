// Facts about parts of rows for the user, before training: the numbers of rows and users in each, and the
// range of times.

import { epochUnit, parts, shownInstant } from "../../../compiler/common/epoch-units.ts";

/** The parts of divided rows, and the columns that divided them. */
export interface PartFacts {
  /** The column whose values are counted as users; null if no column divided the rows. */
  readonly by: string | null;
  /** The column of times; null if there is none. */
  readonly time: string | null;
  readonly train: OnePart;
  /** Null if these rows are not taken from the training rows. */
  readonly valid: OnePart | null;
  readonly test: OnePart | null;
  /** The number of rows in no part: those after the validation fold by time. */
  readonly leftOut: number;
}

export interface OnePart {
  readonly rows: number;
  /** The number of different values of `by`. */
  readonly users?: number;
  /** The first and the last time, or number. */
  readonly from?: string;
  readonly to?: string;
}

export class PartsCounter {
  private readonly by: string | null;
  private readonly time: { readonly column: string; readonly isOfTimes: boolean } | null;
  private readonly rows = [0, 0, 0, 0];
  private readonly users = [0, 1, 2, 3].map(() => new DistinctDraws());
  private readonly low = [0, 1, 2, 3].map(() => Number.POSITIVE_INFINITY);
  private readonly high = [0, 1, 2, 3].map(() => Number.NEGATIVE_INFINITY);

  constructor(by: string | null, time: { readonly column: string; readonly isOfTimes: boolean } | null) {
    this.by = by;
    this.time = time;
  }

  /**
   * Adds consecutive rows: their sides (training, validation, test or none), the draws of their users, and
   * their times.
   */
  add(sides: Int32Array, draws: Float64Array | null, times: Float64Array | null): void {
    for (const [i, side] of sides.entries()) {
      this.rows[side]!++;
      const draw = draws?.[i] ?? Number.NaN;
      if (!Number.isNaN(draw)) this.users[side]!.add(draw);
      if (times === null) continue;
      this.low[side] = Math.min(this.low[side]!, times[i]!);
      this.high[side] = Math.max(this.high[side]!, times[i]!);
    }
  }

  facts(): PartFacts {
    const { by, time } = this;
    const of = (side: 0 | 1 | 2): OnePart | null =>
      this.rows[side] === 0
        ? null
        : {
            rows: this.rows[side]!,
            ...(by === null ? {} : { users: this.users[side]!.size }),
            ...(time === null ? {} : { from: this.shown(this.low[side]!), to: this.shown(this.high[side]!) }),
          };
    // A part without rows is a mistake that was reported before.
    const [train, valid, test] = [of(0)!, of(1), of(2)];
    const leftOut = this.rows[3]!;
    return { by, time: time?.column ?? null, train, valid, test, leftOut };
  }

  private shown(value: number): string {
    if (this.time!.isOfTimes) return shownInstant(value);
    const unit = epochUnit(value);
    return unit === null ? String(value) : shownInstant(Math.floor(value / parts[unit]));
  }
}

/** Counts different numbers from 0 to 1 whose last digits are practically random. */
class DistinctDraws {
  size = 0;
  private slots = new Float64Array(1024).fill(EMPTY);
  private last = EMPTY;

  add(draw: number): void {
    if (draw === this.last) return;
    this.last = draw;
    if (!put(this.slots, draw)) return;
    this.size++;
    if (2 * this.size <= this.slots.length) return;
    const grown = new Float64Array(4 * this.slots.length).fill(EMPTY);
    for (const other of this.slots) if (other !== EMPTY) put(grown, other);
    this.slots = grown;
  }
}

const EMPTY = -1;

/** Returns whether it was new. */
function put(slots: Float64Array, draw: number): boolean {
  let at = (draw * 2 ** 52) % slots.length;
  while (slots[at] !== EMPTY) {
    if (slots[at] === draw) return false;
    at = (at + 1) % slots.length;
  }
  slots[at] = draw;
  return true;
}
