// `int(a..b)`: the whole numbers a … b.

import { intOutOfRange } from "../../diagnostics/catalog/data.ts";
import { badOptionValue, rangeReversed, unknownOption } from "../../diagnostics/catalog/model.ts";
import { isBroken, quoteExpression, readWhole, spanOfArgument } from "../syntax/constants.ts";
import type { KindReference } from "../syntax/nodes.ts";
import type { Reporter } from "../syntax/reporter.ts";
import { defineIdKind, type KindOf } from "./define-kind.ts";
import { call } from "./made.ts";
import { MOST_IDS } from "./options.ts";

export const int = defineIdKind("int", {
  keyword: "int",
  options: [],
  form: "int(0..23)",
  doc: "A whole number between the two ends, inclusive. Any other number is an error in data, and the id 1 in serving.",
  read,
  rawType: () => "RawId",
  rawDoc: ({ low, high }) => `A whole number ${low} … ${high}; others count as unknown.`,
  takes: "ids",
  manyToOne: false,
  size: ({ low, high }) => high - low + 1,
  space: (serve, { low, high }) => new serve.IntegerRange(low, high - low + 1),
  code: ({ low, high }) => call("IntegerRange", low, high - low + 1),
  learn: null,
  outsiders:
    ({ low, high }) =>
    ({ feature, column, value }, say) =>
      say(intOutOfRange, { feature, column, value, low, high }),
  valueAt: ({ low }, _, index) => String(low + index),
  unknownValue: ({ high }) => high + 1,
});

function read(reference: KindReference, reporter: Reporter): KindOf<"int"> | null {
  const [range, extra] = reference.arguments;
  const hint = { help: unknownOption.helps.bothEnds() };
  if (extra !== undefined || range?.name != null) {
    const argument = extra ?? range!;
    const text = argument.name?.name ?? quoteExpression(argument.value).replaceAll("`", "");
    reporter.report(unknownOption, { option: text, of: "int" }, spanOfArgument(argument), hint);
    return null;
  }
  if (range === undefined || range.value.kind !== "range") {
    if (range === undefined || !isBroken(range.value))
      reporter.report(
        badOptionValue,
        {
          option: "the range",
          of: "int",
          expected: "like `0..23`",
          got: range === undefined ? "nothing" : quoteExpression(range.value),
        },
        range?.value.span ?? reference.span,
        hint,
      );
    return null;
  }
  const least = Number.MIN_SAFE_INTEGER;
  const low = readWhole(range.value.low, least);
  const high = readWhole(range.value.high, least);
  if (low === null || high === null) {
    const wrong = low === null ? range.value.low : range.value.high;
    if (!isBroken(wrong))
      reporter.report(
        badOptionValue,
        { option: "an end of the range", of: "int", expected: "a whole number", got: quoteExpression(wrong) },
        wrong.span,
        hint,
      );
    return null;
  }
  if (low > high) {
    reporter.report(rangeReversed, { low, high }, range.value.span, {
      fixes: [
        {
          title: "swap the bounds",
          isGuess: true,
          edits: [{ span: range.value.span, text: `${high}..${low}` }],
        },
      ],
    });
    return null;
  }
  if (high - low >= MOST_IDS) {
    reporter.report(
      badOptionValue,
      {
        option: "the range",
        of: "int",
        expected: `at most ${MOST_IDS} numbers long`,
        got: quoteExpression(range.value),
      },
      range.value.span,
    );
    return null;
  }
  return { kind: "int", low, high };
}
