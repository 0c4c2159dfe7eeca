// Encoders for the raw values of a model's features. While training rows are read, vocabularies are not
// final, so values get provisional numbers; afterwards, and in prediction, ids are final.

import { InternalError } from "../../common/internal-error.ts";
import { cached } from "../../common/maps.ts";
import type { Codes } from "../../serve/codes.ts";
import type { IdSpace } from "../../serve/features.ts";
import { NOT_AN_ID } from "../../serve/features.ts";
import type { Numbers, NumbersSpace } from "../../serve/numbers.ts";
import type { SetSpace } from "../../serve/sets.ts";
import { type Feature, FIRST_ID, type Fitted, ownerOf, type SetOptions } from "../model/model.ts";
import { CodedVectors } from "./coded-vectors.ts";
import type { KindOf } from "./define-kind.ts";
import { Interner } from "./interner.ts";
import { NumberList } from "./number-list.ts";
import { hasLearnedVocabulary, hasLearningPipe, idKindOf, kindOf, learnedOf } from "./registry.ts";
import { serve } from "./serve.ts";
import { learnersOf } from "./transforms.ts";
import { VectorList } from "./vector-list.ts";

/** The vectors whose codes are remembered. */
const MOST_REMEMBERED = 65_536;

const NOTHING: Fitted = { vocabularies: new Map(), transforms: new Map() };

/** Returns `UNKNOWN_ID` for unknown values and `NOT_AN_ID` for values that cannot be ids. */
export interface IdEncoder {
  (value: unknown): number;
  /** Numbers the values: id `FIRST_ID` + n is the value with number n. Absent if ids are final. */
  readonly interner?: Interner;
}

/** Returns the ids of a vector with codes, one for each level. */
export type VectorEncoder = (vector: Float32Array) => readonly number[];

/** Gives provisional ids. */
export function internedIn(interner: Interner): IdEncoder {
  const encode = (value: unknown) => {
    const number = interner.add(value);
    return number < 0 ? NOT_AN_ID : FIRST_ID + number;
  };
  return Object.assign(encode, { interner });
}

export interface Encoders {
  /** Returns the same encoder each time, for one feature and those that share its ids. */
  ids(feature: Feature): IdEncoder;
  /** The same for a feature with codes. */
  codes(feature: Feature): VectorEncoder;
  /** The numbers that a feature accepts, as far as they are known. */
  numbers(feature: Feature): Numbers;
  /** Encoders that reject the same values but learn nothing. */
  forChecking(): Encoders;
}

/** Values of the rows read so far, whose final ids are not known. The n-th has the provisional id 2 + n. */
export interface Collected {
  readonly size: number;
  at(index: number): string | number;
}

/** The object that numbers them. */
type Collecting = Interner | NumberList | CodedVectors;

/** Numbers the values whose ids the training rows decide; `collected` then has these values. */
export class FittingEncoders implements Encoders {
  /** Facts that are known before any row is read. */
  readonly given: Fitted;
  private readonly collecting = new Map<string, Collecting>();
  private readonly encoders = new Map<string, IdEncoder>();
  private readonly codings = new Map<string, VectorEncoder>();

  constructor(given: Fitted = NOTHING) {
    this.given = given;
  }

  /** By the feature that owns the values, even if others share them. */
  get collected(): ReadonlyMap<string, Collected> {
    return this.collecting;
  }

  /** Copies of the encoders that have read the same values and continue independently. */
  copy(): FittingEncoders {
    const copy = new FittingEncoders(this.given);
    for (const [owner, each] of this.collecting) copy.collecting.set(owner, each.copy());
    return copy;
  }

  ids(feature: Feature): IdEncoder {
    if (hasLearnedVocabulary(feature))
      return cached(this.encoders, ownerOf(feature), () => this.interned(ownerOf(feature)));
    if (hasLearningPipe(feature))
      return cached(this.encoders, ownerOf(feature), () => this.listed(ownerOf(feature), feature));
    return cached(this.encoders, feature.name, () => finalEncoder(feature, this.given));
  }

  codes(feature: Feature): VectorEncoder {
    const owner = ownerOf(feature);
    return cached(this.codings, owner, () => this.coded(owner, codesKindOf(feature)));
  }

  numbers(feature: Feature): Numbers {
    const place = learnersOf(feature.kind).findIndex((learner) => learner !== null);
    const { kind } = feature;
    if (!("transforms" in kind)) throw new InternalError(`${feature.name} is not a number`);
    const transforms = place < 0 ? kind.transforms : kind.transforms.slice(0, place);
    return numbersOf(
      { name: feature.name, shares: null, kind: { kind: "number", transforms, missing: kind.missing } },
      NOTHING,
    );
  }

  forChecking(): Encoders {
    return new FittingEncoders(this.given);
  }

  private interned(owner: string): IdEncoder {
    return internedIn(this.collectedBy(owner, Interner));
  }

  private collectedBy<T extends Collecting>(owner: string, kind: new () => T): T {
    const known = this.collecting.get(owner);
    if (known instanceof kind) return known;
    const made = new kind();
    this.collecting.set(owner, made);
    return made;
  }

  private coded(owner: string, kind: KindOf<"codes">): VectorEncoder {
    const known = this.collecting.get(owner);
    const coded = known instanceof CodedVectors ? known : new CodedVectors(kind);
    this.collecting.set(owner, coded);
    return (vector) => coded.add(vector).map((number) => FIRST_ID + number);
  }

  private listed(owner: string, feature: Feature): IdEncoder {
    const list = this.collectedBy(owner, NumberList);
    const numbers = this.numbers(feature);
    return (value) =>
      Number.isNaN(numbers.numberOf(value)) ? NOT_AN_ID : FIRST_ID + list.add(value as number);
  }
}

/** Encodes with final ids. */
export class FittedEncoders implements Encoders {
  private readonly fitted: Fitted;
  private readonly encoders = new Map<string, IdEncoder>();
  private readonly codings = new Map<string, VectorEncoder>();

  constructor(fitted: Fitted) {
    this.fitted = fitted;
  }

  ids(feature: Feature): IdEncoder {
    const key = `${ownerOf(feature)} ${feature.missingIsUnknown}`;
    return cached(this.encoders, key, () => finalEncoder(feature, this.fitted));
  }

  codes(feature: Feature): VectorEncoder {
    return cached(this.codings, ownerOf(feature), () => remembering(codesFor(feature, this.fitted)));
  }

  numbers(feature: Feature): Numbers {
    return numbersOf(feature, this.fitted);
  }

  forChecking(): Encoders {
    return this;
  }
}

function finalEncoder(feature: Feature, fitted: Fitted): IdEncoder {
  const space = spaceOf(feature, fitted);
  return (value) => space.idOf(value);
}

/** The ids of a feature, with its fitted values. */
export function spaceOf(feature: Feature, fitted: Fitted): IdSpace {
  const space = idKindOf(feature).space(serve, feature.kind, learnedOf(feature, fitted));
  return feature.missingIsUnknown ? new serve.OrUnknown(space) : space;
}

function codesKindOf({ name, kind }: Pick<Feature, "name" | "kind">): KindOf<"codes"> {
  if (kind.kind !== "codes") throw new InternalError(`${name} has no codes`);
  return kind;
}

/** The codes of a feature, with its fitted values. */
function codesFor(feature: Feature, fitted: Fitted): Codes {
  const space = idKindOf(feature).space(serve, feature.kind, learnedOf(feature, fitted));
  if (!(space instanceof serve.Codes)) throw new InternalError(`${feature.name} has no codes`);
  return space;
}

/** Vectors are often repeated. The memory for their codes is limited. */
function remembering(codes: Codes): VectorEncoder {
  let list = new VectorList(codes.vectors.width);
  let ids: (readonly number[])[] = [];
  return (vector) => {
    if (list.size === MOST_REMEMBERED) [list, ids] = [new VectorList(codes.vectors.width), []];
    return (ids[list.add(vector)] ??= codes.idsOf(vector));
  };
}

/** Reads a feature's sets, with its fitted values. */
export function setSpaceOf(feature: Feature, { max, pool, weighted }: SetOptions, fitted: Fitted): SetSpace {
  if (feature.kind.kind === "codes")
    return new serve.CodeSet(codesFor(feature, fitted), max, feature.missingIsUnknown ? 1 : 0);
  const space = spaceOf(feature, fitted);
  if (weighted) return new serve.WeightedSet(space, max, pool === "mean" ? 1 : 0);
  return feature.kind.kind === "text" ? new serve.WordSet(space, max) : new serve.ListSet(space, max);
}

/** A cross: its parts, and the function from their ids to its id. */
export interface Cross {
  readonly parts: readonly string[];
  idOf(parts: readonly number[]): number;
}

/** Null for a feature that is read from raw values. */
export function crossOf({ kind }: Pick<Feature, "kind">): Cross | null {
  const definition = kindOf(kind);
  if (definition.gives !== "cross") return null;
  return {
    parts: definition.parts(kind).map(({ name }) => name),
    idOf: (parts) => definition.idOf(serve, kind, parts),
  };
}

/** Reads a vector feature. */
export function vectorsOf({ name, kind }: Pick<Feature, "name" | "kind">): NumbersSpace {
  const definition = kindOf(kind);
  if (definition.gives !== "vector") throw new InternalError(`${name} isn't a vector`);
  return definition.vectors(serve, kind);
}

/** The numbers of a number feature, with its fitted values. */
export function numbersOf(feature: Pick<Feature, "name" | "shares" | "kind">, fitted: Fitted): Numbers {
  const definition = kindOf(feature.kind);
  if (definition.gives !== "number") throw new InternalError(`${feature.name} is not a number`);
  return definition.numbers(serve, feature.kind, learnedOf(feature, fitted));
}
