// The number of occurrences of each id, and its last day, over a training and its predecessors. Ids are
// removed by these numbers.

import { allFeatures, FIRST_ID, type Fitted, type Model } from "../../frontend/model/model.ts";
import type { Earlier, IdOccurrences } from "./earlier.ts";
import { featureBefore } from "./known.ts";
import { type Renames, Renaming } from "./renaming.ts";

/**
 * The occurrences after this training: `counts`, by vocabulary and id, are added to the earlier ones; `day`
 * is that of this training.
 */
export function occurrencesAfter(
  model: Model,
  fitted: Fitted,
  counts: ReadonlyMap<string, Float64Array>,
  day: number,
  earlier: Earlier | null,
  renames: Renames = {},
): Map<string, IdOccurrences> {
  const renaming = new Renaming(renames);
  const met = new Map<string, IdOccurrences>();
  for (const [name, count] of counts) {
    const feature = allFeatures(model).find((each) => each.name === name)!;
    const was = earlier === null ? null : featureBefore(feature, earlier, renaming);
    const before = was === null ? undefined : earlier?.state?.met.get(was.name);
    const places = new Map(
      before === undefined ? [] : earlier!.fitted.vocabularies.get(was!.name)?.map((value, i) => [value, i]),
    );
    const values = fitted.vocabularies.get(name)!;
    const counted = Float32Array.from(count);
    const days = new Float32Array(count.length);
    for (const [i, value] of values.entries()) {
      const id = FIRST_ID + i;
      const place = places.get(value);
      if (count[id]! > 0) days[id] = day;
      else if (place !== undefined) days[id] = before!.days[FIRST_ID + place]!;
      if (place !== undefined) counted[id]! += before!.counts[FIRST_ID + place]!;
    }
    met.set(name, { counts: counted, days });
  }
  return met;
}

/** The day of a time in milliseconds, in days since 1970, UTC. */
export function dayAt(milliseconds: number): number {
  return Math.floor(milliseconds / 86_400_000);
}
