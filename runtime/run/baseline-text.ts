// The baseline of a run as its text: what the training rows held, column by column, and what was expected of them.

import type { Profile } from "../../compiler/data/profile.ts";
import type { Expectations } from "../../compiler/frontend/config/expect.ts";

export interface Baseline extends Profile {
  /** null: nothing. */
  readonly expect: Expectations | null;
}

/** 1 was of all rows, and did not say how many were drawn. */
const VERSION = 2;

/** JSON has no infinite numbers, which the open ends of ranges are. */
export function baselineText(baseline: Baseline): string {
  const plain = (_: string, value: unknown) =>
    value === Number.POSITIVE_INFINITY ? "inf" : value === Number.NEGATIVE_INFINITY ? "-inf" : value;
  return `${JSON.stringify({ version: VERSION, ...baseline }, plain, 1)}\n`;
}

/** What `baselineText` wrote. */
export function baselineIn(text: string): Baseline {
  const infinite = (_: string, value: unknown) =>
    value === "inf" ? Number.POSITIVE_INFINITY : value === "-inf" ? Number.NEGATIVE_INFINITY : value;
  type Written = Omit<Baseline, "drawn"> & Partial<Pick<Baseline, "drawn">> & { readonly version: number };
  const { version: _, path, rows, drawn = null, ...others } = JSON.parse(text, infinite) as Written;
  // In the order of `Profile`, so that what is read and written again is the same text.
  return { path, rows, drawn, ...others };
}
