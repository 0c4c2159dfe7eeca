// `clip(a, b)`: numbers below a become a, above b become b.

import { rangeReversed } from "../../diagnostics/catalog/model.ts";
import { readNumber, spanOfArgument } from "../syntax/constants.ts";
import type { TransformDefinition, TransformOf } from "./define-transform.ts";
import { call } from "./made.ts";
import { badOption, fewArguments } from "./options.ts";

export const clip: TransformDefinition<TransformOf<"clip">> = {
  keyword: "clip",
  form: "clip(0, 100)",
  doc: "The lower end if x is below it, the upper end if x is above it.",
  read: (reference, reporter) => {
    const given = fewArguments(reference, 2, 2, "both ends: `clip(0, 100)`", reporter);
    if (given === null) return null;
    const [first, second] = given;
    const [low, high] = [readNumber(first!.value), readNumber(second!.value)];
    if (low === null || high === null)
      return badOption(low === null ? first! : second!, "clip", "a number", reporter);
    if (low < high) return { kind: "clip", low, high };
    reporter.report(
      rangeReversed,
      { low, high },
      { ...spanOfArgument(first!), end: spanOfArgument(second!).end },
    );
    return null;
  },
  learn: null,
  untrained: () => [],
  step: (serve, { low, high }) => serve.clip(low, high),
  code: ({ low, high }) => call("clip", low, high),
  range: ({ low, high }, [least, largest]) => [
    Math.min(Math.max(low, least), high),
    Math.min(Math.max(low, largest), high),
  ],
  before: (_transform, _learned, x) => x,
};
