// `id(hash: n)`: any text or whole number, hashed into n buckets. No vocabulary is kept, and every value is known.

import { readWhole } from "../syntax/constants.ts";
import { defineIdKind } from "./define-kind.ts";
import { textInBucket } from "./hash-preimage.ts";
import { call } from "./made.ts";
import { badOption, MOST_IDS, option } from "./options.ts";

export const hashedId = defineIdKind("hashed_id", {
  keyword: "id",
  options: ["hash"],
  form: "id(hash: 100_000)",
  doc: "Any text or whole number, hashed into `hash` buckets. There is no vocabulary, and no value is unknown.",
  read: (reference, reporter) => {
    const size = option(reference, "hash")!;
    const value = readWhole(size.value, 1, MOST_IDS);
    return value === null
      ? badOption(size, "id", `a whole number from 1 to ${MOST_IDS}, the number of buckets`, reporter)
      : { kind: "hashed_id", size: value };
  },
  rawType: () => "RawId",
  rawDoc: ({ size }) => `Any id: its hash gives one of ${size} buckets.`,
  takes: "ids",
  manyToOne: true,
  size: ({ size }) => size,
  space: (serve, { size }) => new serve.HashedIds(size),
  code: ({ size }) => call("HashedIds", size),
  learn: null,
  outsiders: null,
  valueAt: ({ size }, _, index, nth) => textInBucket(index, size, nth),
  // Every value is in a bucket.
  unknownValue: (_kind, _learned, chance) => `unseen-${chance.integer(1000)}`,
});
