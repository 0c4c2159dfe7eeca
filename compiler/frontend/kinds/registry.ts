// All feature kinds by name. To add one, write its file, its shape in `FeatureKind` (model/model.ts), a line here, and its
// run-time half in compiler/serve.

import { InternalError } from "../../common/internal-error.ts";
import type { Feature, FeatureKind, FileReference, Fitted } from "../model/model.ts";
import type { Identifier } from "../syntax/nodes.ts";
import { bins } from "./bins.kind.ts";
import { hour, hourOfWeek, month, weekday } from "./clock.kind.ts";
import { codes } from "./codes.kind.ts";
import { cross } from "./cross.kind.ts";
import type { IdKind, KindDefinition, KindOf, Learned, RawKind } from "./define-kind.ts";
import { enumeration } from "./enum.kind.ts";
import { hashedId } from "./hashed-id.kind.ts";
import { id } from "./id.kind.ts";
import { int } from "./int.kind.ts";
import { listedId } from "./listed-id.kind.ts";
import { number } from "./number.kind.ts";
import { sizedId } from "./sized-id.kind.ts";
import { text } from "./text.kind.ts";
import { time } from "./time.kind.ts";
import { learnersOf } from "./transforms.ts";
import { vector } from "./vector.kind.ts";

const kinds: { readonly [Name in FeatureKind["kind"]]: KindDefinition<KindOf<Name>> } = {
  id,
  sized_id: sizedId,
  hashed_id: hashedId,
  listed_id: listedId,
  enum: enumeration,
  int,
  hour,
  weekday,
  hour_of_week: hourOfWeek,
  month,
  cross,
  text,
  number,
  vector,
  time,
  bins,
  codes,
};

/** In the order in which messages list them. */
export const allKinds = Object.values(kinds) as readonly KindDefinition<FeatureKind>[];

export function kindOf({ kind }: FeatureKind): KindDefinition<FeatureKind> {
  return kinds[kind] as KindDefinition<FeatureKind>;
}

/** The definition of a kind that is read from raw values, as are all kinds except crosses. */
export function rawKindOf({ name, kind }: Pick<Feature, "name" | "kind">): RawKind<FeatureKind> {
  const definition = kindOf(kind);
  if (definition.gives === "cross") throw new InternalError(`${name} has no raw values`);
  return definition;
}

export function hasIds(kind: FeatureKind): boolean {
  const { gives } = kindOf(kind);
  return gives === "ids" || gives === "cross";
}

/** The width of a value that enters the network as itself: 1 for a number. */
export function numbersIn(kind: FeatureKind): number {
  const definition = kindOf(kind);
  return definition.gives === "vector" ? definition.width(kind) : 1;
}

/** `an id`, `a set of ids`, `a number`: describes the raw values that a feature with such values reads. */
export function rawValuePhrase(feature: Pick<Feature, "name" | "kind" | "set">): string {
  const { kind, set } = feature;
  if (kind.kind === "text") return "a text";
  if (kind.kind === "vector" || kind.kind === "codes") return `a vector of ${kind.width} numbers`;
  if (kind.kind === "time") return "a time";
  const definition = kindOf(kind);
  const takes = definition.gives === "ids" ? definition.takes : "numbers";
  if (set !== null) return "a set of ids";
  return takes === "ids" ? "an id" : takes === "times" ? "a time" : "a number";
}

/** `a number`, `a vector`: describes a kind without ids. */
export function kindPhrase(kind: FeatureKind): string {
  if (kind.kind === "time" || "zone" in kind) return "a time";
  if (kind.kind === "codes") return "codes";
  return kindOf(kind).gives === "vector" ? "a vector" : "a number";
}

/** The features from which a cross is made; empty for any other feature. */
export function partsOf({ kind }: Pick<Feature, "kind">): readonly Identifier[] {
  const definition = kindOf(kind);
  return definition.gives === "cross" ? definition.parts(kind) : [];
}

/** Tells whether rows and requests have a value of it. Crosses and features with a source are computed from others. */
export function hasRawValue(feature: Pick<Feature, "kind" | "source">): boolean {
  return feature.source === null && partsOf(feature).length === 0;
}

/** The definition of a feature's kind, which must have ids. */
export function idKindOf({ name, kind }: Pick<Feature, "name" | "kind">): IdKind<FeatureKind> {
  const definition = kindOf(kind);
  if (definition.gives !== "ids") throw new InternalError(`${name} has no ids`);
  return definition;
}

export function learnedOf(feature: Pick<Feature, "name" | "shares">, fitted: Fitted): Learned {
  const owner = feature.shares ?? feature.name;
  return {
    vocabulary: fitted.vocabularies.get(owner) ?? [],
    transforms: fitted.transforms.get(owner) ?? [],
  };
}

/** The number of known values of a feature with ids; null if it depends on the data. */
export function knownValues(feature: Pick<Feature, "name" | "kind">, learned: Learned | null): number | null {
  const definition = kindOf(feature.kind);
  return definition.gives === "cross"
    ? definition.size(feature.kind)
    : idKindOf(feature).size(feature.kind, learned);
}

export function hasLearnedVocabulary({ kind }: Pick<Feature, "kind">): boolean {
  const definition = kindOf(kind);
  return definition.gives === "ids" && definition.learn !== null;
}

/** Tells whether its values are kept with the model: learned, or from a file. */
export function keepsVocabulary(feature: Pick<Feature, "kind">): boolean {
  return hasLearnedVocabulary(feature) || vocabularyFileOf(feature) !== null;
}

/** The file that lists its values; null if there is none. */
export function vocabularyFileOf({ kind }: Pick<Feature, "kind">): FileReference | null {
  const definition = kindOf(kind);
  return definition.gives === "ids" ? (definition.vocabularyFile?.(kind) ?? null) : null;
}

/** Tells whether two kinds are the same, apart from their locations. */
export function isSameKind(a: FeatureKind, b: FeatureKind): boolean {
  const written = (kind: FeatureKind) =>
    JSON.stringify(kind, (key, value: unknown) => (key === "span" ? undefined : value));
  return written(a) === written(b);
}

/** Tells whether its pipe learns anything. */
export function hasLearningPipe({ kind }: Pick<Feature, "kind">): boolean {
  return kind.kind === "codes" || learnersOf(kind).some((learner) => learner !== null);
}

/** Tells whether its raw values are vectors, which may have codes. */
export function hasRawVectors({ kind }: FeatureKind): boolean {
  return kind === "vector" || kind === "codes";
}

/** Tells whether its raw values are lists, each of several values. */
export function hasRawLists({ kind, set }: Pick<Feature, "kind" | "set">): boolean {
  return set !== null && kind.kind !== "text" && kind.kind !== "codes";
}

/** Tells whether a missing value is allowed. */
export function mayBeMissing({
  kind,
  missingIsUnknown,
}: Pick<Feature, "kind" | "missingIsUnknown">): boolean {
  return missingIsUnknown || ("missing" in kind && kind.missing !== null);
}

/** Tells whether the spec states its values, and each row has one. */
export function saysValues({ kind, set }: Pick<Feature, "kind" | "set">): boolean {
  return set === null && (kind.kind === "enum" || kind.kind === "int" || kind.kind === "sized_id");
}

/** Describes a feature whose values the spec does not state. */
export function uncountedPhrase({ kind, set }: Pick<Feature, "kind" | "set">): string {
  if (set !== null) return "a set";
  return hasIds(kind) ? "an id whose values are only known with the data" : kindPhrase(kind);
}

/** Describes a feature that cannot group rows. */
export function ungroupedPhrase({ kind, set }: Pick<Feature, "kind" | "set">): string {
  if (set !== null) return "a set";
  return partsOf({ kind }).length > 0 ? "a cross" : kindPhrase(kind);
}

/** The values that the spec states, in the order of their ids; null if they depend on the data. */
export function listedValues(kind: FeatureKind): readonly string[] | null {
  const numbers = (from: number, count: number) => Array.from({ length: count }, (_, i) => String(from + i));
  switch (kind.kind) {
    case "enum":
      return kind.values;
    case "int":
      return numbers(kind.low, kind.high - kind.low + 1);
    case "sized_id":
      return numbers(0, kind.size);
    default:
      return null;
  }
}

/** Tells whether the feature can group rows, because it has one id per row. */
export function tellsGroups({ kind, set }: Pick<Feature, "kind" | "set">): boolean {
  return set === null && hasRawIds(kind);
}

/** Tells whether its raw values are ids. */
export function hasRawIds(kind: FeatureKind): boolean {
  const definition = kindOf(kind);
  return definition.gives === "ids" && definition.takes === "ids";
}
