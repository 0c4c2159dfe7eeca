// The parts of an earlier training that are known before the new rows are read: vocabularies, which the rows
// extend, and fitted transforms.

import { type EarlierFit, type KnownValues, NOTHING_KNOWN } from "../../frontend/kinds/fit.ts";
import { hasIds, hasLearnedVocabulary, hasLearningPipe, isSameKind } from "../../frontend/kinds/registry.ts";
import { allFeatures, type Feature, FIRST_ID, type Model } from "../../frontend/model/model.ts";
import type { Earlier, Eviction, FromOptions } from "./earlier.ts";
import { Renaming } from "./renaming.ts";

/** `today` is the day of this training, in days since 1970. */
export function knownBefore(
  model: Model,
  earlier: Earlier,
  { rename, refit = false, evict = {} }: FromOptions,
  today: number,
): EarlierFit {
  const renaming = new Renaming(rename);
  const vocabularies = new Map<string, KnownValues>();
  const transforms = new Map<string, readonly (readonly number[])[]>();
  for (const feature of allFeatures(model)) {
    if (feature.shares !== null) continue;
    const before = featureBefore(feature, earlier, renaming);
    if (before === null) continue;
    if (hasLearnedVocabulary(feature)) {
      const values = earlier.fitted.vocabularies.get(before.name);
      if (values !== undefined)
        vocabularies.set(feature.name, { values, stays: staying(earlier, before.name, evict, today) });
    } else if (hasLearningPipe(feature) && !refit) {
      const learned = earlier.fitted.transforms.get(before.name);
      if (learned !== undefined && isSameKind(feature.kind, before.kind))
        transforms.set(feature.name, learned);
    }
  }
  return vocabularies.size + transforms.size === 0 ? NOTHING_KNOWN : { vocabularies, transforms };
}

/**
 * The feature of the earlier training that corresponds to `feature`; null if there was none with the same
 * kind of ids or numbers.
 */
export function featureBefore(
  { name, kind }: Pick<Feature, "name" | "kind">,
  { model }: Pick<Earlier, "model">,
  renaming: Renaming,
): Feature | null {
  const old = renaming.oldName(name);
  const found = allFeatures(model).find((feature) => feature.name === old);
  if (found === undefined || hasIds(found.kind) !== hasIds(kind)) return null;
  // A feature that shared ids has no vocabulary of its own.
  return found.shares === null
    ? found
    : (allFeatures(model).find((each) => each.name === found.shares) ?? null);
}

function staying(
  { state }: Earlier,
  vocabulary: string,
  { unseenDays = Number.POSITIVE_INFINITY, below = 0 }: Eviction,
  today: number,
): KnownValues["stays"] {
  const met = state?.met.get(vocabulary);
  if (met === undefined) return () => true;
  return (place, count) => {
    const id = FIRST_ID + place;
    if (met.counts[id]! + count < below) return false;
    return count > 0 || today - met.days[id]! <= unseenDays;
  };
}
