// The raw values that an input of model.onnx takes with `--inputs raw`, by the kind of its feature. The encoders of
// training find the bounds of buckets and the accepted numbers, so that a number has the same bucket whatever its
// transforms are.

import { numbersOf, spaceOf } from "../../frontend/kinds/encoders.ts";
import { learnedOf } from "../../frontend/kinds/registry.ts";
import { rawBefore } from "../../frontend/kinds/transforms.ts";
import type { Feature, FeatureKind, Fitted, NumberTransform } from "../../frontend/model/model.ts";
import { ownerOf } from "../../frontend/model/model.ts";
import { FIRST_KNOWN_ID, NOT_AN_ID } from "../../serve/features.ts";
import { type AcceptedNumbers, acceptedNumbers, boundsOf } from "./raw-bounds.ts";

/** A transform with the numbers that it learned. */
export interface FittedTransform {
  readonly transform: NumberTransform;
  readonly learned: readonly number[];
}

export type RawForm =
  /** A text, found in the vocabulary of `owner`. */
  | {
      readonly kind: "text";
      readonly owner: string;
      readonly vocabulary: readonly string[];
      readonly mayBeMissing: boolean;
    }
  /** One of `size` whole numbers from `low` on. */
  | {
      readonly kind: "whole";
      readonly low: number;
      readonly size: number;
      readonly mayBeMissing: boolean;
    }
  /** A number whose bucket is the number of `bounds` that are not above it; `missing` replaces NaN, or it is unknown. */
  | {
      readonly kind: "bucket";
      readonly bounds: readonly number[];
      readonly accepted: AcceptedNumbers;
      readonly missing: number | "unknown" | null;
    }
  | {
      readonly kind: "number";
      readonly transforms: readonly FittedTransform[];
      readonly accepted: AcceptedNumbers;
      readonly missing: number | null;
    }
  | { readonly kind: "vector"; readonly width: number; readonly missing: number | null };

/** An input that keeps encoded values, and the part of its feature that no ops of ONNX compute. */
export interface EncodedForm {
  readonly kind: "encoded";
  readonly because: string;
}

export function rawFormOf(feature: Feature, fitted: Fitted): RawForm | EncodedForm {
  const { kind, set } = feature;
  if (set !== null) return encoded(kind.kind === "text" ? "words of a text" : "a set of values");
  switch (kind.kind) {
    case "id":
    case "listed_id":
      return textForm(feature, learnedOf(feature, fitted).vocabulary);
    case "enum":
      return textForm(feature, kind.values);
    case "sized_id":
      return wholeForm(feature, 0, kind.size);
    case "int":
      return wholeForm(feature, kind.low, kind.high - kind.low + 1);
    case "bins":
      return bucketForm(feature, kind, fitted);
    case "number":
      return numberForm(feature, kind, fitted);
    case "vector":
      return { kind: "vector", width: kind.width, missing: kind.missing };
    case "hashed_id":
      return encoded(hashOf(kind));
    case "text":
      return encoded("words of a text");
    case "hour":
    case "weekday":
    case "hour_of_week":
    case "month":
      return encoded("the clock of a time zone");
    case "time":
      return encoded("a time");
    case "cross":
      return encoded("the hash of several ids");
    case "codes":
      return encoded("codes of a vector");
  }
}

function encoded(because: string): EncodedForm {
  return { kind: "encoded", because };
}

function hashOf({ size, seed }: Extract<FeatureKind, { readonly kind: "hashed_id" }>): string {
  return `the hash of a text: ${FIRST_KNOWN_ID} + MurmurHash3 of its UTF-8 bytes (32 bits for x86, seed ${seed}, without sign) modulo ${size}`;
}

function textForm(feature: Feature, vocabulary: readonly string[]): RawForm {
  return { kind: "text", owner: ownerOf(feature), vocabulary, mayBeMissing: feature.missingIsUnknown };
}

function wholeForm({ missingIsUnknown }: Feature, low: number, size: number): RawForm {
  return { kind: "whole", low, size, mayBeMissing: missingIsUnknown };
}

type NumbersKind = Extract<FeatureKind, { readonly kind: "number" | "bins" }>;

/** Raw numbers around those with usual results. */
function usualNumbers(feature: Feature, kind: NumbersKind, fitted: Fitted): number[] {
  const { transforms } = learnedOf(feature, fitted);
  return [0, 0.5, 1, -1].map((x) => rawBefore(kind, transforms, x));
}

function bucketForm(feature: Feature, kind: NumbersKind, fitted: Fitted): RawForm {
  const space = spaceOf(feature, fitted);
  const accepted = acceptedNumbers((x) => space.idOf(x) !== NOT_AN_ID, usualNumbers(feature, kind, fitted));
  const bounds = boundsOf((x) => space.idOf(x) - FIRST_KNOWN_ID, accepted);
  return { kind: "bucket", bounds, accepted, missing: feature.missingIsUnknown ? "unknown" : kind.missing };
}

function numberForm(feature: Feature, kind: NumbersKind, fitted: Fitted): RawForm {
  const numbers = numbersOf(feature, fitted);
  const learned = learnedOf(feature, fitted).transforms;
  return {
    kind: "number",
    transforms: kind.transforms.map((transform, i) => ({ transform, learned: learned[i] ?? [] })),
    accepted: acceptedNumbers((x) => !Number.isNaN(numbers.exact(x)), usualNumbers(feature, kind, fitted)),
    missing: kind.missing,
  };
}

/** The type of a form's tensors: names of ONNX. */
export type RawType = "string" | "int64" | "double" | "float";

export function rawTypeOf({ kind }: RawForm): RawType {
  switch (kind) {
    case "text":
      return "string";
    case "whole":
      return "int64";
    case "bucket":
    case "number":
      return "double";
    case "vector":
      return "float";
  }
}

/**
 * The value that stands for a missing one of features that read one raw value: a text or a whole number that is unknown to
 * all of them, or NaN; null if none may be missing.
 */
export function missingValueOf(forms: readonly RawForm[]): string | number | null {
  if (!forms.some((form) => ("mayBeMissing" in form ? form.mayBeMissing : form.missing !== null)))
    return null;
  const texts = forms.flatMap((form) => (form.kind === "text" ? [new Set(form.vocabulary)] : []));
  const lows = forms.flatMap((form) => (form.kind === "whole" ? [form.low] : []));
  if (lows.length > 0) return Math.min(...lows) - 1;
  if (texts.length === 0) return Number.NaN;
  let text = "";
  while (texts.some((known) => known.has(text))) text += "?";
  return text;
}

/** Describes raw values to callers. */
export function rawDocOf(form: RawForm): string {
  switch (form.kind) {
    case "text":
      return "Texts; whole numbers as their decimal digits. Texts outside the vocabulary count as unknown.";
    case "whole":
      return `Whole numbers ${form.low} … ${form.low + form.size - 1}; others count as unknown.`;
    case "bucket":
    case "number":
      return "Numbers, untransformed.";
    case "vector":
      return `${form.width} numbers each.`;
  }
}
