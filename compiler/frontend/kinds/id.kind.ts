// `id`, `id(min_count: n)`: any text or whole number; the vocabulary has the values that occur often enough
// in the training rows.

import { cached } from "../../common/maps.ts";
import { inTextOrder } from "../../common/text-order.ts";
import { readWhole } from "../syntax/constants.ts";
import { defineIdKind } from "./define-kind.ts";
import { call, vocabulary } from "./made.ts";
import { badOption, option } from "./options.ts";

export const id = defineIdKind("id", {
  keyword: "id",
  options: ["min_count"],
  form: "id(min_count: 2)",
  doc: "Any text or whole number. The vocabulary contains the values that occur at least `min_count` times in the training rows, including steps of histories (default 1). An unknown value is the id 1.",
  read: (reference, reporter) => {
    const minCount = option(reference, "min_count");
    if (minCount === undefined) return { kind: "id", minCount: 1 };
    const value = readWhole(minCount.value, 1);
    return value === null
      ? badOption(minCount, "id", "a whole number of at least 1", reporter)
      : { kind: "id", minCount: value };
  },
  rawType: () => "RawId",
  rawDoc: () => "Any id; an id that did not occur in training is unknown.",
  takes: "ids",
  manyToOne: false,
  size: (_, learned) => (learned === null ? null : learned.vocabulary.length),
  space: (serve, _, { vocabulary }) => new serve.Vocabulary(vocabulary),
  code: () => call("Vocabulary", vocabulary),
  learn: ({ minCount }, textAt, counts) => frequent(textAt, counts, minCount),
  outsiders: null,
  valueAt: (_, { vocabulary }, index) => vocabulary[index]!,
  unknownValue: (_kind, _learned, chance) => `unseen-${chance.integer(1000)}`,
});

/** The values that occur at least `minCount` times, the most frequent first, equally frequent ones in text order. */
function frequent(
  textAt: (index: number) => string,
  counts: ArrayLike<number>,
  minCount: number,
): readonly number[] {
  const byCount = new Map<number, number[]>();
  for (let index = 0; index < counts.length; index++) {
    const count = counts[index]!;
    if (count >= Math.max(1, minCount)) cached(byCount, count, (): number[] => []).push(index);
  }
  const descending = [...byCount.keys()].sort((a, b) => b - a);
  return descending.flatMap((count) => inTextOrder(byCount.get(count)!, textAt));
}
