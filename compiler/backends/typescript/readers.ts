// Writes the encoders of features in generated code. They are constructed from the values in the weights
// file.

import { named } from "../../common/quoting.ts";
import { call, type EmittedValue, typescriptOf } from "../../frontend/kinds/made.ts";
import { hasIds, rawKindOf } from "../../frontend/kinds/registry.ts";
import { type Feature, ownerOf } from "../../frontend/model/model.ts";
import { numbered } from "../serving/identifiers.ts";

/** The variable with the encoder of the i-th feature. */
export function encoderName(features: readonly Feature[], i: number): string {
  const names = numbered(
    features.map(({ name }) => `${name}_encoder`),
    new Set(),
  );
  return named(names[i]!, `f${i}`);
}

/** The encoders as variables, constructed from the weights in `file`. */
export function featureVariables(features: readonly Feature[]): string[] {
  return features.map((feature, i) => {
    const reader = readerAmong(features, i, (first) => encoderName(features, first));
    return `const ${encoderName(features, i)} = ${typescriptOf(reader, ownerOf(feature))};`;
  });
}

/**
 * The reader of the i-th feature; `refer` names those of earlier ones. Features that share a vocabulary share
 * its lookup.
 */
export function readerAmong(
  features: readonly Feature[],
  i: number,
  refer: (i: number) => string,
): EmittedValue {
  const feature = features[i]!;
  const first = firstAlike(features, i);
  if (first === i) return setReader(feature, readerOf(feature));
  const text = `${refer(first)}${features[first]!.set === null ? "" : ".space"}`;
  return setReader(feature, { kind: "variable", text });
}

/** The reader of one value of the i-th feature, which may be in a set. */
export function readerOfOne(features: readonly Feature[], i: number): EmittedValue {
  return readerOf(features[firstAlike(features, i)]!);
}

/** The index of the first feature with the same lookup as the i-th. */
function firstAlike(features: readonly Feature[], i: number): number {
  const feature = features[i]!;
  return hasIds(feature.kind) ? features.findIndex((each) => readsAlike(each, feature)) : i;
}

function readsAlike(a: Feature, b: Feature): boolean {
  return ownerOf(a) === ownerOf(b) && a.missingIsUnknown === b.missingIsUnknown;
}

function setReader({ kind, set, missingIsUnknown }: Feature, reader: EmittedValue): EmittedValue {
  if (set !== null && kind.kind === "codes")
    return call("CodeSet", reader, set.max, missingIsUnknown ? 1 : 0);
  if (set?.weighted === true) return call("WeightedSet", reader, set.max, set.pool === "mean" ? 1 : 0);
  return set === null ? reader : call(kind.kind === "text" ? "WordSet" : "ListSet", reader, set.max);
}

function readerOf(feature: Feature): EmittedValue {
  const { kind, missingIsUnknown } = feature;
  const reader = rawKindOf(feature).code(kind);
  return missingIsUnknown && kind.kind !== "codes" ? call("OrUnknown", reader) : reader;
}
