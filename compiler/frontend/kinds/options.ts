// Reads the arguments of kinds and transforms, and reports mistakes in them.

import { badOptionValue, unknownOption } from "../../diagnostics/catalog/model.ts";
import { tooFewArguments } from "../../diagnostics/catalog/values.ts";
import { decimalPoint, isBroken, quoteExpression, spanOfArgument } from "../syntax/constants.ts";
import type { Argument, KindReference } from "../syntax/nodes.ts";
import type { Reporter } from "../syntax/reporter.ts";

/** A table with more ids than this would exceed its row numbers. */
export const MOST_IDS = 100_000_000;

export function option(reference: KindReference, name: string): Argument | undefined {
  return reference.arguments.find((argument) => argument.name?.name === name);
}

/** Reports arguments that are not among `options`. */
export function rejectOptions(
  reference: KindReference,
  options: readonly string[],
  reporter: Reporter,
): boolean {
  let fine = true;
  for (const argument of reference.arguments) {
    if (argument.name !== null && options.includes(argument.name.name)) continue;
    if (isBroken(argument.value)) return false;
    const hint =
      options.length === 0
        ? unknownOption.helps.none(reference.name.name)
        : unknownOption.helps.byName(listed(options), options.length > 1);
    const of = reference.name.name;
    if (argument.name === null)
      reporter.report(
        unknownOption,
        { option: quoteExpression(argument.value).replaceAll("`", ""), of },
        argument.value.span,
        { help: decimalPoint(argument.value.span) ?? hint },
      );
    else
      reporter.report(
        unknownOption,
        { option: argument.name.name, of },
        argument.name.span,
        reporter.didYouMean(argument.name, options, hint, "option"),
      );
    fine = false;
  }
  return fine;
}

/** `a`, `b` and `c` */
export function listed(names: readonly string[]): string {
  const quoted = names.map((name) => `\`${name}\``);
  const last = quoted.pop()!;
  return quoted.length === 0 ? last : `${quoted.join(", ")} and ${last}`;
}

/** The arguments, between `least` and `most` of them and none by name; null if a mistake was reported. */
export function fewArguments(
  reference: KindReference,
  least: number,
  most: number,
  /** The suggested text. */
  hint: string,
  reporter: Reporter,
): readonly Argument[] | null {
  const { name, arguments: given } = reference;
  if (given.some(({ value }) => isBroken(value))) return null;
  const extra = given.find((argument) => argument.name !== null) ?? given[most];
  if (extra !== undefined) {
    const option = extra.name?.name ?? quoteExpression(extra.value).replaceAll("`", "");
    reporter.report(unknownOption, { option, of: name.name }, spanOfArgument(extra), {
      help: decimalPoint(extra.value.span) ?? unknownOption.helps.write(hint),
    });
    return null;
  }
  if (given.length >= least) return given;
  reporter.report(
    tooFewArguments,
    { of: name.name, given: given.length, least, example: hint },
    reference.span,
  );
  return null;
}

/** Reports the value of an option, if it could be read; returns null. */
export function badOption(argument: Argument, of: string, expected: string, reporter: Reporter): null {
  const { name, value } = argument;
  if (!isBroken(value))
    reporter.report(
      badOptionValue,
      { option: name === null ? "a value" : `\`${name.name}\``, of, expected, got: quoteExpression(value) },
      value.span,
    );
  return null;
}
