// FuxiCTR (fuxictr 2.3). A model is `torch.save` of its `state_dict`; a data set has feature_vocab.json, with the
// row of each value, and feature_processor.pkl, with the fitted normalisers.

import { isKind, type Pickled, pickledAt, readPickle } from "../files/pickle.ts";
import { CheckpointError } from "../files/random-access.ts";
import type { CheckpointLibrary, LibraryVocabulary, Normaliser } from "./library.ts";

const VOCABULARY = "feature_vocab.json";
const PROCESSOR = "feature_processor.pkl";
const OUT_OF_VOCABULARY = "__OOV__";
const PADDING = "__PAD__";
const NORMALISER = "::normalizer";

export const fuxictr: CheckpointLibrary = {
  name: "fuxictr",
  title: "FuxiCTR",
  files: [
    { name: VOCABULARY, isRequired: true },
    { name: PROCESSOR, isRequired: false },
  ],
  vocabularies: (files) => vocabulariesIn(new TextDecoder().decode(files.get(VOCABULARY)!)),
  normalisers: (files) => {
    const bytes = files.get(PROCESSOR);
    return bytes === undefined ? new Map() : normalisersIn(readPickle(bytes));
  },
  featureOf: (weight) => /(?:^|\.)embedding_layers\.([^.]+)\.weight$/.exec(weight)?.[1] ?? null,
  isIgnored: (name) => name.endsWith(".num_batches_tracked"),
  isAddedToLogit: (weight) => /(?:^|\.)lr_layer\.bias$/.test(weight),
};

/** `{"user_id": {"__PAD__": 0, "17": 1, …, "__OOV__": 9}}` */
function vocabulariesIn(text: string): Map<string, LibraryVocabulary> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw new CheckpointError("is not JSON");
  }
  if (!isObject(parsed)) throw new CheckpointError("is not an object of vocabularies by feature");
  return new Map(
    Object.entries(parsed).map(([feature, rows]) => {
      const isValid = isObject(rows) && Object.values(rows).every((row) => Number.isSafeInteger(row));
      if (!isValid) throw new CheckpointError(`has no row of each value of "${feature}"`);
      const values = Object.entries(rows as Record<string, number>)
        .filter(([value]) => value !== OUT_OF_VOCABULARY && value !== PADDING)
        .sort(([, a], [, b]) => a - b);
      const unknown = (rows as Record<string, number>)[OUT_OF_VOCABULARY];
      return [feature, { rowOf: new Map(values), unknown: unknown ?? null }];
    }),
  );
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The scalers of scikit-learn in `processor_dict` of a FeatureProcessor. */
function normalisersIn(processor: Pickled): Map<string, Normaliser> {
  const all = pickledAt(processor, "processor_dict");
  if (!isKind(all, "dict")) throw new CheckpointError("is not a pickled FeatureProcessor");
  const found = new Map<string, Normaliser>();
  for (const [name, value] of all.entries) {
    if (typeof name !== "string" || !name.endsWith(NORMALISER)) continue;
    const feature = name.slice(0, -NORMALISER.length);
    // Some versions keep the scaler, others its method `transform`.
    const kept = pickledAt(value, "normalizer");
    const isMethod = isKind(kept, "object") && kept.of === "builtins.getattr";
    const normaliser = scalerOf(isMethod ? kept.args[0] : kept);
    if (normaliser === null)
      throw new CheckpointError(
        `has a normalizer of "${feature}" that is neither a fitted StandardScaler nor a fitted MinMaxScaler`,
      );
    found.set(feature, normaliser);
  }
  return found;
}

function scalerOf(scaler: Pickled | undefined): Normaliser | null {
  if (!isKind(scaler, "object")) return null;
  const number = (attribute: string) => firstNumber(pickledAt(scaler, attribute));
  if (scaler.of.endsWith(".StandardScaler")) {
    const [mean, deviation] = [number("mean_"), number("scale_")];
    return mean === null || deviation === null ? null : { kind: "standardize", mean, deviation };
  }
  if (!scaler.of.endsWith(".MinMaxScaler")) return null;
  const [low, high] = [number("data_min_"), number("data_max_")];
  return low === null || high === null ? null : { kind: "min_max", low, high };
}

/** The first number of an array of numpy, which has 64-bit floats in little-endian order. */
function firstNumber(array: Pickled | undefined): number | null {
  if (!isKind(array, "object") || !isKind(array.state, "tuple")) return null;
  const [type, bytes] = [array.state.items[2], array.state.items[4]];
  const isDouble = isKind(type, "object") && type.args[0] === "f8";
  if (!isDouble || !(bytes instanceof Uint8Array) || bytes.length < 8) return null;
  return new DataView(bytes.buffer, bytes.byteOffset).getFloat64(0, true);
}
