// `time`: an instant. The only computation with it is the difference of two, a number of seconds.

import type { KindOf, VectorKind } from "./define-kind.ts";
import { call } from "./made.ts";
import { rejectOptions } from "./options.ts";

export const time: VectorKind<KindOf<"time">> = {
  gives: "vector",
  keyword: "time",
  options: [],
  form: "time",
  doc: "An instant: ISO 8601, or seconds or milliseconds since 1970, to the second. The difference of two is a number of seconds, `now - clicks.at`. A value that is not a time from 1990 to 2099 is an error.",
  read: (reference, reporter) => (rejectOptions(reference, [], reporter) ? { kind: "time" } : null),
  width: () => 2,
  vectors: (serve) => new serve.Times(),
  code: () => call("Times"),
  rawType: () => "string | number | bigint | Date",
  rawDoc: () => "A time: ISO 8601 (without an offset in UTC), a Date, or seconds or milliseconds since 1970.",
};
