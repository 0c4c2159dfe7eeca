// The distributions of `random`, which its first argument names.

import type { Distribution } from "../../middle/graph/attributes.ts";

export const DISTRIBUTIONS: Readonly<Record<Distribution, { readonly mean: number; readonly doc: string }>> =
  {
    uniform: { mean: 0.5, doc: "Uniform between 0 and 1, both excluded; in predictions ½." },
    normal: { mean: 0, doc: "Normal, with mean 0 and deviation 1; in predictions 0." },
  };

/** Their description in messages. */
export const DISTRIBUTION_NAMES = "`uniform` or `normal`";

/** The distribution that `name` names; null if there is none. */
export function distributionNamed(name: string): Distribution | null {
  return Object.hasOwn(DISTRIBUTIONS, name) ? (name as Distribution) : null;
}
