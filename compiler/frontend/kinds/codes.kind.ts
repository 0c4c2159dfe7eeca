// `vector(64) |> codes(levels: 3, of: 256)`: a vector's codes by residual k-means, one id for each level.

import { InternalError } from "../../common/internal-error.ts";
import { Random } from "../../common/random.ts";
import { codesWithoutOption } from "../../diagnostics/catalog/codes.ts";
import type { FeatureKind, SetOptions } from "../model/model.ts";
import { isBroken, readWhole } from "../syntax/constants.ts";
import type { KindReference } from "../syntax/nodes.ts";
import type { Reporter } from "../syntax/reporter.ts";
import { roundedNumber } from "./codebooks.ts";
import { defineIdKind, type KindOf } from "./define-kind.ts";
import { call, learned } from "./made.ts";
import { badOption, MOST_IDS, option, rejectOptions } from "./options.ts";
import { vector } from "./vector.kind.ts";

const MOST_LEVELS = 16;
const MOST_CENTROIDS = 65_536;

export const codes = defineIdKind("codes", {
  // Written as a `vector`, and made from it by its pipe.
  keyword: null,
  options: [],
  form: "vector(64) |> codes(levels: 3, of: 256)",
  doc: "A vector's codes, one id for each level.",
  read: () => null,
  takes: "vectors",
  manyToOne: true,
  code: (kind) => {
    const centroids = Array.from({ length: kind.levels }, (_, level) => learned(level));
    return call("Codes", vector.code(vectorOf(kind)), centroids, kind.of, kind.prefixes ?? 0);
  },
  rawType: (kind) => vector.rawType(vectorOf(kind)),
  rawDoc: (kind) => vector.rawDoc(vectorOf(kind)),
  size: ({ levels, of, prefixes }) => prefixes ?? levels * of,
  space: (serve, kind, { transforms }) => {
    const vectors = new serve.Vectors(kind.width, kind.missing ?? undefined);
    return new serve.Codes(vectors, transforms, kind.of, kind.prefixes ?? 0);
  },
  learn: null,
  outsiders: null,
  valueAt: () => {
    throw new InternalError("a code has no single value");
  },
  unknownValue: () => {
    throw new InternalError("every vector has codes");
  },
});

function vectorOf({ width, missing }: KindOf<"codes">): KindOf<"vector"> {
  return { kind: "vector", width, missing };
}

/** The options of `codes`, with their documentation. */
const OPTIONS: Readonly<Record<string, string>> = {
  levels: "The number of codes of a vector.",
  of: "The number of clusters of a level, at most.",
  prefixes:
    "The number of buckets for the hashes of prefixes, which are then the ids. Without it, each level has its own ids.",
};
const NAMES = Object.keys(OPTIONS);

/** The transform of a vector. */
export const codesTransform = {
  keyword: "codes",
  form: "codes(levels: 3, of: 256)",
  doc: "The vector's codes by residual k-means: the nearest cluster of the training rows' vectors, then that of the rest, and so on. Its name in the network is the sum of their vectors.",
  options: OPTIONS,
} as const;

/** The feature that `codes` makes of a vector; null if a mistake was reported. */
export function readCodes(
  reference: KindReference,
  { width, missing }: KindOf<"vector">,
  reporter: Reporter,
): { readonly kind: FeatureKind; readonly set: SetOptions } | null {
  if (reference.arguments.some(({ value }) => isBroken(value))) return null;
  if (!rejectOptions(reference, NAMES, reporter)) return null;
  const absent = ["levels", "of"].find((name) => option(reference, name) === undefined);
  if (absent !== undefined) {
    reporter.report(codesWithoutOption, { option: absent }, reference.span);
    return null;
  }
  const whole = (name: string, least: number, most: number, what: string): number | null => {
    const given = option(reference, name)!;
    const expected = `a whole number from ${least} to ${most}, ${what}`;
    return (
      readWhole(given.value, least, most) ?? badOption(given, codesTransform.keyword, expected, reporter)
    );
  };
  const levels = whole("levels", 1, MOST_LEVELS, "how many codes a vector has");
  const of = whole("of", 2, MOST_CENTROIDS, "how many clusters a level has");
  const prefixes =
    option(reference, "prefixes") === undefined
      ? undefined
      : whole("prefixes", 1, MOST_IDS, "the number of buckets for prefixes");
  if (levels === null || of === null || prefixes === null) return null;
  return {
    kind: { kind: "codes", width, missing, levels, of, prefixes: prefixes ?? null },
    set: { max: levels, pool: "sum", weighted: false },
  };
}

/** The centroids of an untrained model: of each level, half as far apart as those of the one before it. */
export function untrainedCodebooks({ width, levels, of }: KindOf<"codes">): number[][] {
  const random = Random.of(0, "codes");
  return Array.from({ length: levels }, (_, level) =>
    Array.from({ length: of * width }, () => roundedNumber(random.normal() / 2 ** level)),
  );
}
