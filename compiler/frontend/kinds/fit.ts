// Fits vocabularies and the parameters of transforms on the training rows, before any weight is trained.

import { invariant } from "../../common/internal-error.ts";
import { remembered } from "../../common/remembered.ts";
import { fewerVectors } from "../../diagnostics/catalog/code-vectors.ts";
import { DiagnosticError, diagnose, inText } from "../../diagnostics/diagnostic.ts";
import { type Feature, FIRST_ID, type Fitted, UNKNOWN_ID } from "../model/model.ts";
import { fitCodebooks } from "./codebooks.ts";
import { CodedVectors } from "./coded-vectors.ts";
import { type Collected, spaceOf } from "./encoders.ts";
import { hasLearnedVocabulary, idKindOf } from "./registry.ts";
import { serve } from "./serve.ts";
import { learnersOf, stepsOf } from "./transforms.ts";

/** Facts from an earlier training for a new one, under the feature's current name. */
export interface EarlierFit {
  readonly vocabularies: ReadonlyMap<string, KnownValues>;
  /** These stay unchanged: nothing is learned for them. */
  readonly transforms: Fitted["transforms"];
}

/** A vocabulary that new values are appended to. */
export interface KnownValues {
  /** In the order of their ids. */
  readonly values: readonly string[];
  /**
   * Tells whether the value at an index stays if the new rows have it `count` times; values after a removed
   * one move up.
   */
  readonly stays: (place: number, count: number) => boolean;
}

export const NOTHING_KNOWN: EarlierFit = { vocabularies: new Map(), transforms: new Map() };

/** The learned facts of one feature, as `Fitted` holds them. */
export interface FittedFeature {
  readonly vocabulary: readonly string[] | null;
  readonly transforms: readonly (readonly number[])[] | null;
  /** The final id, by provisional id. */
  readonly ids: Int32Array;
}

/** Learns from collected values; the n-th occurs `counts[n]` times in the training rows. */
export function fitCollected(
  feature: Feature,
  collected: Collected,
  counts: ArrayLike<number>,
  known: EarlierFit = NOTHING_KNOWN,
  report: (line: string) => void = () => {},
): FittedFeature {
  if (hasLearnedVocabulary(feature)) return vocabularyOf(feature, collected, counts, known);
  if (collected instanceof CodedVectors) return codesOf(feature, collected, counts, known, report);
  const learned = () =>
    fitTransforms(feature, (take) => {
      for (let i = 0; i < collected.size; i++) take(collected.at(i) as number, counts[i]!);
    });
  const transforms = known.transforms.get(feature.name) ?? learned();
  const space = spaceOf(feature, fittedOf(feature.name, transforms));
  const ids = unknownIds(collected);
  // Every number that a bucket was learned from is in a bucket.
  for (let i = 0; i < collected.size; i++)
    ids[FIRST_ID + i] = Math.max(UNKNOWN_ID, space.idOf(collected.at(i)));
  return { vocabulary: null, transforms, ids };
}

/** Throws DiagnosticError if the training rows have fewer different vectors than clusters. */
function codesOf(
  feature: Feature,
  collected: CodedVectors,
  counts: ArrayLike<number>,
  known: EarlierFit,
  report: (line: string) => void,
): FittedFeature {
  const { name, kind, span } = feature;
  invariant(kind.kind === "codes", `${name} has no codes`);
  const { vectors } = collected;
  const learned = () => {
    const met = Array.from({ length: vectors.size }, (_, i) => i).filter((i) => counts[i * kind.levels]! > 0);
    if (met.length < kind.of) {
      const parameters = { feature: name, vectors: met.length, of: kind.of };
      throw new DiagnosticError([diagnose(fewerVectors, parameters, inText(span))]);
    }
    return fitCodebooks(kind, vectors, met, (level) =>
      report(`fitting the codes of ${name}: level ${level} of ${kind.levels}`),
    );
  };
  const transforms = known.transforms.get(name) ?? learned();
  const space = spaceOf({ ...feature, missingIsUnknown: false }, fittedOf(name, transforms));
  invariant(space instanceof serve.Codes, `${name} has no codes`);
  const ids = unknownIds(collected);
  for (let i = 0; i < vectors.size; i++) ids.set(space.idsOf(vectors.at(i)), FIRST_ID + i * kind.levels);
  return { vocabulary: null, transforms, ids };
}

/** The values of the rows, after the values known before. */
function vocabularyOf(
  feature: Feature,
  collected: Collected,
  counts: ArrayLike<number>,
  known: EarlierFit,
): FittedFeature {
  const texts: string[] = new Array(collected.size);
  const textAt = (index: number) => (texts[index] ??= collected.at(index) as string);
  const learned = idKindOf(feature).learn!(feature.kind, textAt, counts);
  const ids = unknownIds(collected);
  const vocabulary: string[] = [];
  const add = (index: number | undefined, value: string) => {
    if (index !== undefined) ids[FIRST_ID + index] = FIRST_ID + vocabulary.length;
    vocabulary.push(value);
  };
  const earlier = known.vocabularies.get(feature.name) ?? null;
  if (earlier === null) {
    for (const index of learned) add(index, textAt(index));
    return { vocabulary, transforms: null, ids };
  }
  const before = new Set(earlier.values);
  const met = new Map<string, number>();
  for (let i = 0; i < collected.size; i++) if (before.has(textAt(i))) met.set(textAt(i), i);
  for (const [place, value] of earlier.values.entries()) {
    const index = met.get(value);
    if (earlier.stays(place, index === undefined ? 0 : counts[index]!)) add(index, value);
  }
  for (const index of learned) if (!before.has(textAt(index))) add(index, textAt(index));
  return { vocabulary, transforms: null, ids };
}

/** By provisional id. */
function unknownIds({ size }: Collected): Int32Array {
  const ids = new Int32Array(FIRST_ID + size).fill(UNKNOWN_ID);
  ids[0] = 0;
  return ids;
}

function fittedOf(name: string, transforms: readonly (readonly number[])[]): Fitted {
  return { vocabularies: new Map(), transforms: new Map([[name, transforms]]) };
}

/** Passes each number on with its count. */
export type NumberSource = (take: (x: number, times: number) => void) => void;

/**
 * The learned numbers of each transform, by its index in the pipe; each learns from the numbers of `source`
 * after the earlier transforms.
 */
export function fitTransforms({ kind }: Pick<Feature, "kind">, source: NumberSource): number[][] {
  const learned: number[][] = [];
  for (const [place, learner] of learnersOf(kind).entries()) {
    if (learner !== null) {
      const before = stepsOf(serve, kind, learned).slice(0, place);
      const transformed = remembered((x) => before.reduce((value, step) => step.apply(value), x));
      source((x, times) => {
        learner.add(before.length === 0 ? x : transformed(x), times);
      });
    }
    learned.push([...(learner?.finish() ?? [])]);
  }
  return learned;
}
