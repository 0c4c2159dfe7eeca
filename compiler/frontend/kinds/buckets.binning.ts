// `buckets(10, 20, 50)`: the first bucket is below 10, the second from 10 on and below 20, the last from 50 on.

import { boundsNotAscending } from "../../diagnostics/catalog/values.ts";
import { quoteExpression, readNumber } from "../syntax/constants.ts";
import { at } from "../syntax/reporter.ts";
import type { BinningDefinition, BinningOf } from "./define-transform.ts";
import { badOption, fewArguments } from "./options.ts";

const MOST_BOUNDS = 10_000;

export const buckets: BinningDefinition<BinningOf<"buckets">> = {
  keyword: "buckets",
  form: "buckets(10, 20, 50)",
  doc: "The id of a bucket: below the first bound, from the first to below the second, …, from the last bound on.",
  read: (reference, reporter) => {
    const given = fewArguments(reference, 1, MOST_BOUNDS, "the bounds: `buckets(10, 20, 50)`", reporter);
    if (given === null) return null;
    const bounds: number[] = [];
    for (const [i, argument] of given.entries()) {
      const bound = readNumber(argument.value);
      if (bound === null) return badOption(argument, "buckets", "a number", reporter);
      const before = given[i - 1];
      if (before !== undefined && bound <= bounds[i - 1]!) {
        const parameters = { bound: quoteExpression(argument.value), before: quoteExpression(before.value) };
        reporter.report(boundsNotAscending, parameters, argument.value.span, {
          related: [at(before.value.span, "the previous bound")],
        });
        return null;
      }
      bounds.push(bound);
    }
    return { kind: "buckets", bounds };
  },
  learn: null,
  untrained: () => [],
  size: ({ bounds }) => bounds.length + 1,
  bounds: ({ bounds }) => bounds,
  code: ({ bounds }) => bounds,
};
