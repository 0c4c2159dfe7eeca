// Reads the arguments of kinds and transforms, and says what is wrong with them.

import type { Argument, KindReference } from "../ast/nodes.ts";
import { badOptionValue, unknownOption } from "../diagnostics/catalog/model.ts";
import { isBroken, written } from "../model/constants.ts";
import { didYouMean, type Reporter } from "../model/reporter.ts";

/** More ids than this do not fit a table's row numbers with room to spare. */
export const MOST_IDS = 100_000_000;

export function option(reference: KindReference, name: string): Argument | undefined {
  return reference.arguments.find((argument) => argument.name?.name === name);
}

/** Reports arguments that are none of `options`. */
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
        ? `\`${reference.name.name}\` takes no options`
        : `its options are ${options.map((option) => `\`${option}\``).join(" and ")}, given by name`;
    const of = reference.name.name;
    if (argument.name === null)
      reporter.report(
        unknownOption,
        { option: written(argument.value).replaceAll("`", ""), of },
        argument.value.span,
        { help: hint },
      );
    else
      reporter.report(
        unknownOption,
        { option: argument.name.name, of },
        argument.name.span,
        didYouMean(argument.name, options, hint),
      );
    fine = false;
  }
  return fine;
}

/** Reports the value of an option, if it could be read at all; gives null. */
export function badOption(argument: Argument, of: string, expected: string, reporter: Reporter): null {
  const { name, value } = argument;
  if (!isBroken(value))
    reporter.report(
      badOptionValue,
      { option: name === null ? "a value" : `\`${name.name}\``, of, expected, got: written(value) },
      value.span,
    );
  return null;
}
