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

/** Values of one feature that were learned from the training rows; empty if nothing is learned. */
export interface Learned {
  /** Its values in the order of their ids; the first has the id 2. */
  readonly vocabulary: readonly string[];
  /** The numbers that each transform learned, by its index in the pipe. */
  readonly transforms: readonly (readonly number[])[];
}

/** A source of random numbers for made-up values. */
export interface RandomSource {
  /** Uniform over 0 … below − 1. */
  integer(below: number): number;
  /** Standard normal. */
  normal(): number;
}

/** A value in data that is outside a closed vocabulary. */
export interface OutOfVocabulary {
  readonly feature: string;
  readonly column: string;
  /** As in the file. */
  readonly raw: unknown;
  /** As in messages. */
  readonly value: string;
}

/** Notes a mistake in data; `help` is called after all rows are read. */
export type Say = <P>(entry: DiagnosticKind<P>, parameters: P, help?: () => Help | null) => void;

interface WrittenKind<K extends FeatureKind> {
  /**
   * `id` of `id(size: 10)`. Several definitions may share one and differ in their options; null if none is
   * written.
   */
  readonly keyword: string | null;
  /** Options that are given by name. */
  readonly options: readonly string[];
  /** The usual first form: `id(min_count: 2)`. */
  readonly form: string;
  /** Markdown: its values, and its unknown values. */
  readonly doc: string;
  /** Reads its arguments, which have only its options as names; returns null if a mistake was reported. */
  readonly read: (reference: KindReference, reporter: Reporter) => K | null;
}

/** A kind that is read from raw values. */
interface ReadKind<K extends FeatureKind> extends WrittenKind<K> {
  /** Its encoder in generated code. */
  readonly code: (kind: K) => EmittedValue;
  /** The type of a raw value in generated code, and its documentation there. */
  readonly rawType: (kind: K) => string;
  readonly rawDoc: (kind: K) => string;
}

/** A kind whose values are ids. */
export interface IdKind<K extends FeatureKind> extends ReadKind<K> {
  readonly gives: "ids";
  /** Whether its raw values are ids, numbers that are put in buckets, times, or vectors with codes. */
  readonly takes: "ids" | "numbers" | "times" | "vectors";
  /** Whether several raw values may have one id. */
  readonly manyToOne: boolean;
  /** The number of known values; null if it depends on the data. */
  readonly size: (kind: K, learned: Learned | null) => number | null;
  /** Finds the ids of raw values. */
  readonly space: (serve: Serve, kind: K, learned: Learned) => ids.IdSpace;
  /**
   * Learns the vocabulary from the distinct values of the training rows and their counts: the indices of its
   * values in their order; null if none is learned.
   */
  readonly learn:
    | ((kind: K, textAt: (index: number) => string, counts: ArrayLike<number>) => readonly number[])
    | null;
  /** The file that lists its values; absent if there is none. */
  readonly vocabularyFile?: (kind: K) => FileReference;
  /** Reports training rows with values outside it; null if unknown values are normal. */
  readonly outsiders: ((kind: K) => (outsider: OutOfVocabulary, say: Say) => void) | null;
  /**
   * A raw value with the id 2 + `index`; if several have it, which `idOf` may check, the `nth` of them, from
   * 0.
   */
  readonly valueAt: (
    kind: K,
    learned: Learned,
    index: number,
    nth: number,
    idOf: (value: unknown) => number,
  ) => string | number;
  /** An unknown raw value, if there are any. */
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
  /** Computes its id from the ids of its parts, in their order. */
  readonly idOf: (serve: Serve, kind: K, parts: readonly number[]) => number;
  /** The same computation in generated code. */
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
