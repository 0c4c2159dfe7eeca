// Fits vocabularies and the parameters of transforms on the training rows.

import { tooManyIds } from "../diagnostics/catalog/system.ts";
import { listedOthers } from "../diagnostics/catalog/vocabularies.ts";
import { type Diagnostic, DiagnosticError, diagnose, inText } from "../diagnostics/diagnostic.ts";
import type { FittingEncoders } from "../frontend/kinds/encoders.ts";
import {
  type EarlierFit,
  fitCollected,
  fitTransforms,
  NOTHING_KNOWN,
  type NumberSource,
} from "../frontend/kinds/fit.ts";
import {
  hasIds,
  hasLearnedVocabulary,
  hasLearningPipe,
  vocabularyFileOf,
} from "../frontend/kinds/registry.ts";
import {
  allFeatures,
  type Feature,
  FIRST_ID,
  type Fitted,
  featureNamed,
  type Model,
} from "../frontend/model/model.ts";

/** Rows to fit on, and rows to read with the fitted values. */
export interface FitSource {
  /**
   * The number of occurrences of each id below `ids` of the vocabulary of `owner` in the training rows: in
   * its own columns and in those of features that share it, history steps included.
   */
  occurrences(owner: string, ids: number): Float64Array;
  /** Replaces provisional ids by final ones in all rows. */
  renumber(owner: string, ids: Int32Array): void;
  /**
   * The numbers of a feature in the training rows: those of its own column, and those of steps, counted once
   * for each row that reads them.
   */
  numbersOf(feature: Feature): NumberSource;
}

/** The values fitted on the training rows. */
export interface Taught {
  readonly fitted: Fitted;
  /** By learned vocabulary: the number of occurrences of each id in training rows. */
  readonly counts: ReadonlyMap<string, Float64Array>;
}

/** The largest number of entries of a map in V8. */
export const MOST_VALUES = 2 ** 24;

/**
 * Throws DiagnosticError if there are more new values than a vocabulary can hold in addition to the `before`
 * known ones.
 */
function requireFew(feature: Feature, counts: Float64Array, before: number): void {
  const { name, kind, span } = feature;
  if (!hasLearnedVocabulary(feature)) return;
  const least = Math.max(1, kind.kind === "id" ? kind.minCount : 1);
  let known = before;
  for (const count of counts) if (count >= least) known += 1;
  if (known > MOST_VALUES)
    throw new DiagnosticError([diagnose(tooManyIds, { feature: name, most: MOST_VALUES }, inText(span))]);
}

/** Makes the rows' ids, which `encoders` gave, final. Ids of `known` stay, and new values come after them. */
export function fit(
  model: Model,
  encoders: Pick<FittingEncoders, "given" | "collected">,
  rows: FitSource,
  known: EarlierFit = NOTHING_KNOWN,
  /** Receives a line of progress now and then. */
  report: (line: string) => void = () => {},
): Taught {
  const counted = new Map<string, Float64Array>();
  const vocabularies = new Map(encoders.given.vocabularies);
  const transforms = new Map<string, readonly (readonly number[])[]>();
  for (const [name, collected] of encoders.collected) {
    const feature = featureNamed(model, name);
    const counts = rows.occurrences(name, FIRST_ID + collected.size).subarray(FIRST_ID);
    requireFew(feature, counts, known.vocabularies.get(name)?.values.length ?? 0);
    const learned = fitCollected(feature, collected, counts, known, report);
    if (learned.vocabulary !== null) {
      vocabularies.set(name, learned.vocabulary);
      counted.set(name, countsById(learned.vocabulary.length, learned.ids, counts));
    }
    if (learned.transforms !== null) transforms.set(name, learned.transforms);
    rows.renumber(name, learned.ids);
  }
  for (const feature of allFeatures(model)) {
    if (hasIds(feature.kind) || !hasLearningPipe(feature)) continue;
    const before = known.transforms.get(feature.name);
    transforms.set(feature.name, before ?? fitTransforms(feature, rows.numbersOf(feature)));
  }
  const problems = allFeatures(model).flatMap((feature) =>
    feature.shares === null ? ofOtherValues(feature, vocabularies, rows) : [],
  );
  if (problems.length > 0) throw new DiagnosticError(problems);
  return { fitted: { vocabularies, transforms }, counts: counted };
}

/** `counts` are by provisional id; `ids[0]` is the id of the first, `FIRST_ID`. */
function countsById(values: number, ids: Int32Array, counts: Float64Array): Float64Array {
  const found = new Float64Array(FIRST_ID + values);
  for (let i = 0; i < counts.length; i++) found[ids[FIRST_ID + i]!]! += counts[i]!;
  return found;
}

/** The message for training rows without any of the values in a feature's file. */
function ofOtherValues(
  feature: Feature,
  vocabularies: Fitted["vocabularies"],
  rows: FitSource,
): Diagnostic[] {
  const file = vocabularyFileOf(feature);
  if (file === null) return [];
  const listed = vocabularies.get(feature.name)!;
  const counts = rows.occurrences(feature.name, FIRST_ID + listed.length);
  const known = counts.findIndex((count, id) => id >= FIRST_ID && count > 0);
  if (known >= 0 || counts.every((count) => count === 0)) return [];
  const parameters = {
    feature: feature.name,
    path: file.path,
    listed: listed.length,
    first: listed[0] ?? "",
  };
  return [diagnose(listedOthers, parameters, inText(file.span))];
}
