// `text(hash: n, max: m)`: the words of a text, each with the id of its hash as in `id(hash: n)`.

import { appendTo } from "../../common/maps.ts";
import { FIRST_ID } from "../model/model.ts";
import { readWhole } from "../syntax/constants.ts";
import { defineIdKind } from "./define-kind.ts";
import { call } from "./made.ts";
import { badOption, MOST_IDS, option } from "./options.ts";

export const text = defineIdKind("text", {
  keyword: "text",
  options: ["hash"],
  form: "text(hash: 50_000, max: 20)",
  doc: "The set of the words of a text, each with the id of its hash, one of `hash`; the first `max` different ones count.",
  read: (reference, reporter) => {
    // `takeApart` reports it if it is missing.
    const hash = option(reference, "hash")!;
    const value = readWhole(hash.value, 1, MOST_IDS);
    return value === null
      ? badOption(
          hash,
          "text",
          `a whole number from 1 to ${MOST_IDS}, the number of buckets for words`,
          reporter,
        )
      : { kind: "text", size: value };
  },
  rawType: () => "string",
  rawDoc: () => "A text; each of its different words counts once.",
  takes: "ids",
  manyToOne: true,
  size: ({ size }) => size,
  space: (serve, { size }) => new serve.HashedIds(size),
  code: ({ size }) => call("HashedIds", size),
  learn: null,
  outsiders: null,
  valueAt: ({ size }, _, index, nth, idOf) => wordsFor(size).at(FIRST_ID + index, nth, idOf),
  // Every word is in a bucket.
  unknownValue: (_kind, _learned, chance) => `word${chance.integer(1000)}`,
});

/** Finds made-up words for given ids by trying one after the other. */
class FoundWords {
  private readonly words = new Map<number, string[]>();
  private tried = 0;

  at(id: number, nth: number, idOf: (word: string) => number): string {
    for (;;) {
      const found = this.words.get(id)?.[nth];
      if (found !== undefined) return found;
      const word = `w${this.tried++}`;
      const its = idOf(word);
      appendTo(this.words, its, word);
    }
  }
}

/** By the number of buckets, on which alone the ids of words depend. */
const found = new Map<number, FoundWords>();

function wordsFor(size: number): FoundWords {
  const words = found.get(size) ?? new FoundWords();
  found.set(size, words);
  return words;
}
