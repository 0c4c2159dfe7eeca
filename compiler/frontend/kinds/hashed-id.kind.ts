// `id(hash: n)`: any text or whole number, hashed into n buckets. No vocabulary is kept, and every value is known.

import { seedWithoutHash } from "../../diagnostics/catalog/computed.ts";
import { readWhole, spanOfArgument } from "../syntax/constants.ts";
import { defineIdKind } from "./define-kind.ts";
import { textInBucket } from "./hash-preimage.ts";
import { call } from "./made.ts";
import { badOption, MOST_IDS, option } from "./options.ts";

/** MurmurHash3 has 32 bits for it; a whole number in C and in JavaScript alike. */
const MOST_SEED = 2 ** 31 - 1;

export const hashedId = defineIdKind("hashed_id", {
  keyword: "id",
  options: ["hash", "seed"],
  form: "id(hash: 100_000)",
  doc: "Any text or whole number, hashed into `hash` buckets. There is no vocabulary, and no value is unknown. Another `seed` (0 by default) gives other ids: two features of one column with different seeds rarely confuse the same values.",
  read: (reference, reporter) => {
    const size = option(reference, "hash");
    if (size === undefined) {
      reporter.report(seedWithoutHash, {}, spanOfArgument(option(reference, "seed")!));
      return null;
    }
    const value = readWhole(size.value, 1, MOST_IDS);
    if (value === null)
      return badOption(size, "id", `a whole number from 1 to ${MOST_IDS}, the number of buckets`, reporter);
    const given = option(reference, "seed");
    if (given === undefined) return { kind: "hashed_id", size: value, seed: 0 };
    const seed = readWhole(given.value, 0, MOST_SEED);
    return seed === null
      ? badOption(given, "id", `a whole number from 0 to ${MOST_SEED}`, reporter)
      : { kind: "hashed_id", size: value, seed };
  },
  rawType: () => "RawId",
  rawDoc: ({ size }) => `Any id: its hash gives one of ${size} buckets.`,
  takes: "ids",
  manyToOne: true,
  size: ({ size }) => size,
  space: (serve, { size, seed }) => new serve.HashedIds(size, seed),
  code: ({ size, seed }) => call("HashedIds", size, ...(seed === 0 ? [] : [seed])),
  learn: null,
  outsiders: null,
  valueAt: ({ size, seed }, _, index, nth) => textInBucket(index, size, nth, seed),
  // Every value is in a bucket.
  unknownValue: (_kind, _learned, chance) => `unseen-${chance.integer(1000)}`,
});
