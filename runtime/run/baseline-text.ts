// The baseline of a run as text: a summary of the training rows, column by column, and their expectations.

import type { Profile } from "../../compiler/data/profile.ts";
import type { Expectations } from "../../compiler/frontend/config/expect.ts";

export interface Baseline extends Profile {
  /** Null: no expectations. */
  readonly expect: Expectations | null;
}

/** Version 1 covered all rows, without the number of drawn ones. */
const VERSION = 2;

/** JSON has no infinite numbers, which are the open ends of ranges. */
export function baselineText(baseline: Baseline): string {
  const plain = (_: string, value: unknown) =>
    value === Number.POSITIVE_INFINITY ? "inf" : value === Number.NEGATIVE_INFINITY ? "-inf" : value;
  return `${JSON.stringify({ version: VERSION, ...baseline }, plain, 1)}\n`;
}

/** Reads the text of `baselineText`. */
export function baselineIn(text: string): Baseline {
  const infinite = (_: string, value: unknown) =>
    value === "inf" ? Number.POSITIVE_INFINITY : value === "-inf" ? Number.NEGATIVE_INFINITY : value;
  type Written = Omit<Baseline, "drawn"> & Partial<Pick<Baseline, "drawn">> & { readonly version: number };
  const { version: _, path, rows, drawn = null, ...others } = JSON.parse(text, infinite) as Written;
  // In the order of `Profile`, so that reading and writing again gives the same text.
  return { path, rows, drawn, ...others };
}
