// The definition of a feature kind: one object with its syntax, its ids, its encoders in training and in
// generated code, and its messages about invalid values. `registry.ts` lists all kinds.

import type { DiagnosticKind, Help } from "../../diagnostics/diagnostic.ts";
import type * as ids from "../../serve/features.ts";
import type * as numbers from "../../serve/numbers.ts";
import type { FeatureKind, FileReference } from "../model/model.ts";
import type { Identifier, KindReference } from "../syntax/nodes.ts";
import type { Reporter } from "../syntax/reporter.ts";
import type { Call, EmittedValue } from "./made.ts";
import type { Serve } from "./serve.ts";

/** What the training rows taught about one feature; empty where nothing is learned. */
export interface Learned {
  /** Its values in the order of their ids, the first having id 2. */
  readonly vocabulary: readonly string[];
  /** By place in its pipe of transforms: the numbers that the transform learned. */
  readonly transforms: readonly (readonly number[])[];
}

/** A source of random numbers, to make values up with. */
export interface RandomSource {
  /** Uniform over 0 … below − 1. */
  integer(below: number): number;
  /** Standard normal. */
  normal(): number;
}

/** A value in data that a closed vocabulary does not hold. */
export interface OutOfVocabulary {
  readonly feature: string;
  readonly column: string;
  /** As the file has it. */
  readonly raw: unknown;
  /** As a message writes it. */
  readonly value: string;
}

/** Notes a mistake in data; `help` is asked for when all rows are read. */
export type Say = <P>(entry: DiagnosticKind<P>, parameters: P, help?: () => Help | null) => void;

interface WrittenKind<K extends FeatureKind> {
  /** `id` of `id(size: 10)`. Several definitions may share one, told apart by their options; null where none is written. */
  readonly keyword: string | null;
  /** Options given by name. */
  readonly options: readonly string[];
  /** As one would write it first: `id(min_count: 2)`. */
  readonly form: string;
  /** Markdown: which values it has, and what an unknown one is. */
  readonly doc: string;
  /** Reads its arguments, whose names are options of its; null where something was reported. */
  readonly read: (reference: KindReference, reporter: Reporter) => K | null;
}

/** One that is read from raw values. */
interface ReadKind<K extends FeatureKind> extends WrittenKind<K> {
  /** What makes its encoder in generated code. */
  readonly code: (kind: K) => EmittedValue;
  /** The type of a raw value in generated code, and what to say about it there. */
  readonly rawType: (kind: K) => string;
  readonly rawDoc: (kind: K) => string;
}

/** A kind whose values are ids. */
export interface IdKind<K extends FeatureKind> extends ReadKind<K> {
  readonly gives: "ids";
  /** Whether its raw values are ids, numbers that buckets make ids of, or times of which a clock shows a part. */
  readonly takes: "ids" | "numbers" | "times";
  /** Whether several raw values may have one id. */
  readonly manyToOne: boolean;
  /** How many values are known; null where only data tells. */
  readonly size: (kind: K, learned: Learned | null) => number | null;
  /** Finds the ids of raw values. */
  readonly space: (serve: Serve, kind: K, learned: Learned) => ids.IdSpace;
  /** The vocabulary, from the distinct values of the training rows and how often each occurs; null where none is learned. */
  readonly learn: ((kind: K, texts: readonly string[], counts: ArrayLike<number>) => string[]) | null;
  /** The file that lists its values; left out where none does. */
  readonly vocabularyFile?: (kind: K) => FileReference;
  /** The message about training rows with values outside it; null where unknown values are usual. */
  readonly outsiders: ((kind: K) => (outsider: OutOfVocabulary, say: Say) => void) | null;
  /** A raw value with the id 2 + `index`; where several have it, which `idOf` may tell, the `nth` of them, from 0. */
  readonly valueAt: (
    kind: K,
    learned: Learned,
    index: number,
    nth: number,
    idOf: (value: unknown) => number,
  ) => string | number;
  /** A raw value that is not known, where there are any. */
  readonly unknownValue: (kind: K, learned: Learned, chance: RandomSource) => string | number;
}

/** A kind whose values are numbers. */
export interface NumberKind<K extends FeatureKind> extends ReadKind<K> {
  readonly gives: "number";
  readonly numbers: (serve: Serve, kind: K, learned: Learned) => numbers.Numbers;
}

/** A kind whose values are vectors of numbers. */
export interface VectorKind<K extends FeatureKind> extends ReadKind<K> {
  readonly gives: "vector";
  readonly width: (kind: K) => number;
  readonly vectors: (serve: Serve, kind: K) => numbers.NumbersSpace;
}

/** A kind whose ids are made from the ids of other features. */
export interface CrossKind<K extends FeatureKind = KindOf<"cross">> extends WrittenKind<K> {
  readonly gives: "cross";
  readonly parts: (kind: K) => readonly Identifier[];
  readonly size: (kind: K) => number;
  /** Of its parts' ids, in their order. */
  readonly idOf: (serve: Serve, kind: K, parts: readonly number[]) => number;
  /** The same in generated code. */
  readonly code: (kind: K, parts: readonly EmittedValue[]) => Call;
}

export type KindDefinition<K extends FeatureKind> = RawKind<K> | CrossKind<K>;
export type RawKind<K extends FeatureKind> = IdKind<K> | NumberKind<K> | VectorKind<K>;

export type KindOf<Name extends FeatureKind["kind"]> = Extract<FeatureKind, { readonly kind: Name }>;

export function defineIdKind<Name extends FeatureKind["kind"]>(
  _name: Name,
  definition: Omit<IdKind<KindOf<Name>>, "gives">,
): IdKind<KindOf<Name>> {
  return { gives: "ids", ...definition };
}
