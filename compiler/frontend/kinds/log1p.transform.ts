// `log1p`: ln(1 + x), for amounts and counts.

import type { TransformDefinition, TransformOf } from "./define-transform.ts";
import { call } from "./made.ts";
import { rejectOptions } from "./options.ts";

/** For larger logarithms, the number would leave the range of floating point. */
const LARGEST = 80;

export const log1p: TransformDefinition<TransformOf<"log1p">> = {
  keyword: "log1p",
  form: "log1p",
  doc: "ln(1 + x), for amounts and counts; negative numbers are an error.",
  read: (reference, reporter) => (rejectOptions(reference, [], reporter) ? { kind: "log1p" } : null),
  learn: null,
  untrained: () => [],
  step: (serve) => serve.log1p(),
  code: () => call("log1p"),
  range: (_, [low, high]) => [Math.log1p(Math.max(0, low)), Math.log1p(Math.max(0, high))],
  // A rounded 0 may come back as a number just below it, which log1p does not take.
  before: (_transform, _learned, x) => Math.max(0, Math.expm1(Math.min(LARGEST, x))),
};
