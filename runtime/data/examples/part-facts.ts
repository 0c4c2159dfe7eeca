// What a person wants to know of parts of rows before they are trained on: how many rows each has, how many
// users, and from which times.

import { epochUnit, parts, shownInstant } from "../../../compiler/common/epoch-units.ts";

/** Of rows that were parted: each part, and the columns that they were parted by. */
export interface PartFacts {
  /** The column whose values are counted as users; null where rows were not parted by one. */
  readonly by: string | null;
  /** The column of times; null likewise. */
  readonly time: string | null;
  readonly train: OnePart;
  /** Null where these rows are not taken from the training rows. */
  readonly valid: OnePart | null;
  readonly test: OnePart | null;
  /** Rows of no part: those after the fold by time that is validated on. */
  readonly leftOut: number;
}

export interface OnePart {
  readonly rows: number;
  /** Different values of `by`. */
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
   * Of consecutive rows: their sides (those of training, validation, test, and of none), the draws of their
   * users, and their times.
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
    // A part without rows is a mistake that was found before.
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

/** Counts different numbers from 0 to 1 whose last digits are as good as random. */
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

/** Whether it was not there. */
function put(slots: Float64Array, draw: number): boolean {
  let at = (draw * 2 ** 52) % slots.length;
  while (slots[at] !== EMPTY) {
    if (slots[at] === draw) return false;
    at = (at + 1) % slots.length;
  }
  slots[at] = draw;
  return true;
}
