// `enum("f", "m")`: the listed texts and numbers.

import { quoted } from "../../common/quoting.ts";
import type { Span } from "../../common/source-file.ts";
import { valueNotListed } from "../../diagnostics/catalog/data.ts";
import {
  badOptionValue,
  duplicateEnumValue,
  emptyEnum,
  unknownOption,
} from "../../diagnostics/catalog/model.ts";
import { isBroken, quoteExpression, readNumber, withoutElement } from "../syntax/constants.ts";
import { at } from "../syntax/reporter.ts";
import { defineIdKind } from "./define-kind.ts";
import { call } from "./made.ts";

/** The most values that editors suggest. */
const MOST_SUGGESTED = 20;

export const enumeration = defineIdKind("enum", {
  keyword: "enum",
  options: [],
  form: 'enum("f", "m")',
  doc: "One of the listed texts. Any other text is an error in data, and the id 1 in serving.",
  read: (reference, reporter) => {
    /** Each value with its location. */
    const values = new Map<string, Span>();
    let fine = true;
    for (const argument of reference.arguments) {
      const { value } = argument;
      if (argument.name !== null) {
        reporter.report(unknownOption, { option: argument.name.name, of: "enum" }, argument.name.span, {
          help: unknownOption.helps.enumValues(),
        });
        fine = false;
        continue;
      }
      const number = readNumber(value);
      const text = value.kind === "string" ? value.value : number === null ? null : String(number);
      if (text === null) {
        if (!isBroken(value))
          reporter.report(
            badOptionValue,
            { option: "a value", of: "enum", expected: "a string or a number", got: quoteExpression(value) },
            value.span,
          );
        fine = false;
        continue;
      }
      const first = values.get(text);
      if (first !== undefined) {
        reporter.report(duplicateEnumValue, { value: quoteExpression(value) }, value.span, {
          related: [at(first, "already listed here")],
          fixes: withoutElement(value.span),
        });
        fine = false;
      } else values.set(text, value.span);
    }
    if (!fine) return null;
    if (values.size > 0) return { kind: "enum", values: [...values.keys()] };
    reporter.report(emptyEnum, {}, reference.span);
    return null;
  },
  // Any other value is allowed and counts as unknown.
  rawType: ({ values }) =>
    values.length > MOST_SUGGESTED
      ? "RawId"
      : [...values.map(quoted), "(string & {})", "number", "bigint"].join(" | "),
  rawDoc: ({ values }) => `One of ${shown(values)}; others count as unknown.`,
  takes: "ids",
  manyToOne: false,
  size: ({ values }) => values.length,
  space: (serve, { values }) => new serve.Vocabulary(values),
  code: ({ values }) => call("Vocabulary", values),
  learn: null,
  outsiders:
    ({ values }) =>
    ({ feature, column, value }, say) =>
      say(valueNotListed, { feature, column, value, values: shown(values) }),
  valueAt: ({ values }, _, index) => values[index]!,
  unknownValue: () => "unseen",
});

/** `"f", "m"`; of many values, the first few and the number of the others. */
function shown(values: readonly string[]): string {
  const quoted = values.slice(0, MOST_SUGGESTED).map((value) => JSON.stringify(value));
  const more = values.length - quoted.length;
  return more === 0 ? quoted.join(", ") : `${quoted.join(", ")} and ${more} more`;
}
