// `vector(n)`: n numbers from the data, unchanged, such as an image's embedding.

import { readWhole } from "../syntax/constants.ts";
import type { KindOf, VectorKind } from "./define-kind.ts";
import { call } from "./made.ts";
import { badOption, fewArguments } from "./options.ts";

/** The largest allowed width. */
const WIDEST = 1_000_000;

export const vector: VectorKind<KindOf<"vector">> = {
  gives: "vector",
  keyword: "vector",
  options: [],
  form: "vector(64)",
  doc: "The given number of numbers from the data, unchanged, such as the embedding of an image.",
  read: (reference, reporter) => {
    const given = fewArguments(reference, 1, 1, "how many numbers it has: `vector(64)`", reporter);
    if (given === null) return null;
    const width = readWhole(given[0]!.value, 1, WIDEST);
    return width === null
      ? badOption(
          given[0]!,
          "vector",
          `a whole number from 1 to ${WIDEST}, how many numbers it has`,
          reporter,
        )
      : { kind: "vector", width, missing: null };
  },
  width: ({ width }) => width,
  vectors: (serve, { width, missing }) => new serve.Vectors(width, missing ?? undefined),
  code: ({ width, missing }) => call("Vectors", width, ...(missing === null ? [] : [missing])),
  rawType: () => "readonly number[] | Float32Array",
  rawDoc: ({ width, missing }) =>
    `${width} finite numbers.${missing === null ? "" : ` A missing one counts as ${missing} throughout.`}`,
};
