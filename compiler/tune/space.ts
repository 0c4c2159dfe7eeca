// The search space: the possible values by name, and the settings of each trial. A trial's settings depend
// only on its number, the space and the seed, never on the results of other trials.

import { power } from "../common/power.ts";
import { Random } from "../common/random.ts";
import type { ParamRange } from "../frontend/modules/ranges.ts";
import type { Search } from "./searches.ts";
import { sobolPoint } from "./sobol.ts";

/** By name: `rate`, `train.batch`, `variant`. */
export type Space = ReadonlyMap<string, ParamRange>;

/** A value for each name, as written in a spec. */
export type Assignment = Readonly<Record<string, string>>;

/** The digits of a drawn number; more would suggest that they matter. */
const DIGITS = 3;

/** The settings of draw number `index`, from 0. */
export function drawn(space: Space, index: number, search: Search, seed: number): Assignment {
  const random = Random.of(seed, `trial ${index}`);
  const point =
    search === "sobol" ? sobolPoint(index, space.size, seed) : [...space].map(() => random.next());
  return Object.fromEntries([...space].map(([name, range], i) => [name, valueAt(range, point[i]!)]));
}

/** The value at a fraction in [0, 1) of a range. */
export function valueAt(range: ParamRange, at: number): string {
  switch (range.kind) {
    case "choice":
      return range.values[Math.floor(at * range.values.length)]!;
    case "int":
      return String(range.low + Math.floor(at * (range.high - range.low + 1)));
    case "uniform":
      return inside(range, range.low + at * (range.high - range.low));
    case "log":
      return inside(range, range.low * power(range.high / range.low, at));
  }
}

/** Rounds, but not beyond the range. */
function inside({ low, high }: { readonly low: number; readonly high: number }, value: number): string {
  return String(Math.min(high, Math.max(low, Number(value.toPrecision(DIGITS)))));
}

/** The fraction, 0 to 1, of a value in its range, the inverse of `valueAt`; null for a value outside it. */
export function fractionOf(range: ParamRange, text: string): number | null {
  if (range.kind === "choice") {
    const place = range.values.indexOf(text);
    return place < 0 ? null : (place + 0.5) / range.values.length;
  }
  const value = Number(text);
  if (!(value >= range.low && value <= range.high)) return null;
  if (range.kind === "log") return Math.log(value / range.low) / Math.log(range.high / range.low);
  return (value - range.low) / (range.high - range.low);
}
