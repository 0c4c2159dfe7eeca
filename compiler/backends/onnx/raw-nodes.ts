// Computes the encoded values of an input from raw ones by nodes of ONNX: ids bit for bit as the encoders of training,
// numbers in f64 until they are rounded to f32.

import type { NumberTransform } from "../../frontend/model/model.ts";
import type { TensorType } from "../../middle/graph/types.ts";
import { FIRST_KNOWN_ID, UNKNOWN_ID } from "../../serve/features.ts";
import type { OnnxEmitter, OnnxRef } from "./lowering.ts";
import { concat, int, reduce, reshape, toFloat, toIds, toWide, unsqueeze } from "./nodes.ts";
import type { AcceptedNumbers } from "./raw-bounds.ts";
import type { FittedTransform, RawForm } from "./raw-forms.ts";

/** Encoded values, and for numbers where a value is refused, as a tensor of booleans. */
export interface EncodedValues {
  readonly value: OnnxRef;
  readonly refused: OnnxRef | null;
}

/** `x` are raw values, [rows] or for vectors [rows, width]; `type` is that of the encoded ones. */
export function encodedValues(
  emit: OnnxEmitter,
  form: Exclude<RawForm, { readonly kind: "text" }>,
  x: OnnxRef,
  type: TensorType,
): EncodedValues {
  switch (form.kind) {
    case "whole":
      return { value: wholeIds(emit, x, form.low, form.size), refused: null };
    case "bucket": {
      if (form.missing === "unknown") return bucketsOrUnknown(emit, x, form);
      const number = withoutMissing(emit, x, form.missing);
      const refused = outside(emit, number, form.accepted);
      return { value: bucketIds(emit, number, form.bounds), refused };
    }
    case "number": {
      const number = withoutMissing(emit, x, form.missing);
      const refused = outside(emit, number, form.accepted);
      const exact = form.transforms.reduce((value, each) => transformed(emit, value, each), number);
      return { value: reshape(emit, toFloat(emit, exact), type), refused };
    }
    case "vector": {
      const value = withoutMissingVectors(emit, x, form.missing);
      // Only finite numbers give 0 times themselves.
      const zero = emit.floats([0], [1]);
      const finite = emit.node("Equal", [emit.node("Mul", [value, zero]), zero]);
      return { value, refused: emit.node("Not", [finite]) };
    }
  }
}

/** The ids of texts that a vocabulary gave, one after the other: `index` is that of the texts meant. */
export function textIds(
  emit: OnnxEmitter,
  owner: string,
  vocabulary: readonly string[],
  texts: readonly OnnxRef[],
  index: number,
): OnnxRef {
  const all = texts.length === 1 ? texts[0]! : concat(emit, texts, 0);
  const ids = toIds(emit, emit.labels(owner, vocabulary, all));
  if (texts.length === 1) return ids;
  const lengths = texts.map((each) => emit.node("Shape", [each]));
  const sum = (some: readonly OnnxRef[]) =>
    some.length === 0 ? emit.ints([0]) : some.reduce((a, b) => emit.node("Add", [a, b]));
  const ends = [sum(lengths.slice(0, index)), sum(lengths.slice(0, index + 1))];
  return emit.node("Slice", [ids, ...ends, emit.ints([0])]);
}

function wholeIds(emit: OnnxEmitter, x: OnnxRef, low: number, size: number): OnnxRef {
  const inside = emit.node("And", [
    emit.node("GreaterOrEqual", [x, emit.ints([low])]),
    emit.node("LessOrEqual", [x, emit.ints([low + size - 1])]),
  ]);
  const offset = emit.node("Sub", [x, emit.ints([low])]);
  const known = emit.node("Add", [offset, emit.ints([FIRST_KNOWN_ID])]);
  return toIds(emit, emit.node("Where", [inside, known, emit.ints([UNKNOWN_ID])]));
}

/** Replaces NaN. */
function withoutMissing(emit: OnnxEmitter, x: OnnxRef, missing: number | null): OnnxRef {
  return missing === null
    ? x
    : emit.node("Where", [emit.node("IsNaN", [x]), emit.doubles([missing], [1]), x]);
}

/** Replaces vectors that are NaN throughout. */
function withoutMissingVectors(emit: OnnxEmitter, x: OnnxRef, missing: number | null): OnnxRef {
  if (missing === null) return x;
  const present = toFloat(emit, emit.node("Not", [emit.node("IsNaN", [x])]));
  const none = emit.node("Equal", [reduce(emit, "ReduceSum", present, 1, true), emit.floats([0], [1])]);
  return emit.node("Where", [none, emit.floats([missing], [1]), x]);
}

/** Also true of NaN. */
function outside(emit: OnnxEmitter, x: OnnxRef, { low, high }: AcceptedNumbers): OnnxRef {
  const inside = emit.node("And", [
    emit.node("GreaterOrEqual", [x, emit.doubles([low], [1])]),
    emit.node("LessOrEqual", [x, emit.doubles([high], [1])]),
  ]);
  return emit.node("Not", [inside]);
}

function bucketIds(emit: OnnxEmitter, x: OnnxRef, bounds: readonly number[]): OnnxRef {
  // Nothing reaches an infinite bound, so there is always one to compare with.
  const compared = bounds.length === 0 ? [Number.POSITIVE_INFINITY] : bounds;
  const reached = emit.node("GreaterOrEqual", [
    unsqueeze(emit, x, 1),
    emit.doubles(compared, [1, compared.length]),
  ]);
  const count = reduce(emit, "ReduceSum", toWide(emit, reached), 1, false);
  return toIds(emit, emit.node("Add", [count, emit.ints([FIRST_KNOWN_ID])]));
}

function bucketsOrUnknown(
  emit: OnnxEmitter,
  x: OnnxRef,
  { bounds, accepted }: Extract<RawForm, { readonly kind: "bucket" }>,
): EncodedValues {
  const isMissing = emit.node("IsNaN", [x]);
  const unknown = toIds(emit, emit.ints([UNKNOWN_ID]));
  const value = emit.node("Where", [isMissing, unknown, bucketIds(emit, x, bounds)]);
  const refused = emit.node("And", [outside(emit, x, accepted), emit.node("Not", [isMissing])]);
  return { value, refused };
}

type TransformNodes<T extends NumberTransform> = (
  emit: OnnxEmitter,
  x: OnnxRef,
  transform: T,
  learned: readonly number[],
) => OnnxRef;

const transforms: {
  readonly [Name in NumberTransform["kind"]]: TransformNodes<
    Extract<NumberTransform, { readonly kind: Name }>
  >;
} = {
  log1p: (emit, x) => {
    // ONNX has no log1p. With u = 1 + x rounded, ln(u) · x / (u − 1) has the bits that ln(1 + x) loses.
    const one = emit.doubles([1], [1]);
    const u = emit.node("Add", [x, one]);
    const scaled = emit.node("Mul", [
      emit.node("Log", [u]),
      emit.node("Div", [x, emit.node("Sub", [u, one])]),
    ]);
    return emit.node("Where", [emit.node("Equal", [u, one]), x, scaled]);
  },
  standardize: (emit, x, _, learned) => shifted(emit, x, learned),
  min_max: (emit, x, _, learned) => shifted(emit, x, learned),
  clip: (emit, x, { low, high }) => {
    const above = emit.node("Max", [x, emit.doubles([low], [1])]);
    return emit.node("Min", [above, emit.doubles([high], [1])]);
  },
};

function transformed(emit: OnnxEmitter, x: OnnxRef, { transform, learned }: FittedTransform): OnnxRef {
  return (transforms[transform.kind] as TransformNodes<NumberTransform>)(emit, x, transform, learned);
}

/** (x − a) / b */
function shifted(emit: OnnxEmitter, x: OnnxRef, [a, b]: readonly number[]): OnnxRef {
  return emit.node("Div", [emit.node("Sub", [x, emit.doubles([a!], [1])]), emit.doubles([b!], [1])]);
}

/** Whether a value of a request is refused, [1]; `refused` are tensors of booleans of any shape. */
export function anyRefused(emit: OnnxEmitter, refused: readonly OnnxRef[]): OnnxRef {
  const flags = refused.map((each) => toFloat(emit, emit.node("Reshape", [each, emit.ints([-1])])));
  // A maximum needs a number where histories are empty.
  const all = concat(emit, [emit.floats([0], [1]), ...flags], 0);
  const largest = emit.node("ReduceMax", [all], { keepdims: int(1) });
  return emit.node("Greater", [largest, emit.floats([0], [1])]);
}
