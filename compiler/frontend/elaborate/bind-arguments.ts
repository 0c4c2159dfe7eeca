// Matches the arguments of a call with parameters: by position, then by name. Functions and blocks follow the
// same rule.

import { type Span, textOf } from "../../common/source-file.ts";
import {
  argumentTwice,
  missingArgument,
  tooManyArguments,
  unknownArgument,
} from "../../diagnostics/catalog/expressions.ts";
import { shared } from "../../diagnostics/catalog/helps.ts";
import type { Details, DiagnosticKind } from "../../diagnostics/diagnostic.ts";
import { decimalPoint } from "../syntax/constants.ts";
import type { Reporter } from "../syntax/reporter.ts";
import type { ArgumentValue, GivenArgument } from "../values/values.ts";

export interface BindableParameter {
  readonly name: string;
  /** The value of an omitted argument; null or missing if the parameter is required. */
  readonly default?: unknown;
  /** Takes all remaining positional arguments. */
  readonly rest?: boolean;
  /** It is never given by position. */
  readonly isNamed?: boolean;
  /** Takes several values as a list. */
  readonly takesList?: boolean;
}

export function isOptional(parameter: BindableParameter): boolean {
  return parameter.default != null;
}

export type Report = <P>(kind: DiagnosticKind<P>, parameters: P, span: Span, details?: Details) => void;

/** Receives the diagnostics. */
export interface ArgumentReporter extends Pick<Reporter, "didYouMean"> {
  readonly report: Report;
}

export interface BoundArguments {
  /** The caller's own values, which defaults complete. */
  readonly by: Map<string, ArgumentValue>;
  readonly rest: readonly ArgumentValue[];
}

/** Null if a mistake was reported. */
export function bindArguments(
  callee: string,
  parameters: readonly BindableParameter[],
  given: readonly GivenArgument[],
  span: Span,
  reporter: ArgumentReporter,
): BoundArguments | null {
  const { report } = reporter;
  const by = new Map<string, ArgumentValue>();
  const rest: ArgumentValue[] = [];
  let fine = true;
  const positional = parameters.filter(({ isNamed }) => isNamed !== true);
  let position = 0;
  for (const argument of given) {
    if (argument.name !== null) {
      const name = argument.name;
      const names = parameters.filter((parameter) => !parameter.rest).map((parameter) => parameter.name);
      if (!names.includes(name.name)) {
        const known = names.length === 0 ? undefined : shared.available(names);
        const details = reporter.didYouMean(name, names, known, "option");
        report(unknownArgument, { callee, name: name.name }, name.span, details);
        fine = false;
      } else if (by.has(name.name)) {
        report(argumentTwice, { callee, name: name.name }, name.span);
        fine = false;
      } else by.set(name.name, argument);
      continue;
    }
    const parameter = positional[position];
    if (parameter?.rest) rest.push(argument);
    else if (parameter === undefined) {
      report(
        tooManyArguments,
        { callee, most: positional.length, got: given.length },
        argument.span,
        asList(callee, positional, given) ?? {
          help:
            decimalPoint(argument.span) ??
            (parameters.length === 0
              ? shared.remove()
              : shared.available(parameters.map((each) => each.name))),
        },
      );
      return null;
    } else {
      position++;
      if (by.has(parameter.name)) {
        report(argumentTwice, { callee, name: parameter.name }, argument.span);
        fine = false;
      } else by.set(parameter.name, argument);
    }
  }
  // An unknown name was most likely meant for a parameter that is now missing, so one message is enough.
  if (!fine) return null;
  for (const parameter of parameters) {
    if (parameter.rest || isOptional(parameter) || by.has(parameter.name)) continue;
    const help = shared.write(`${callee}(${parameters.map(written).join(", ")})`);
    report(missingArgument, { callee, parameter: parameter.name }, span, { help });
    return null;
  }
  return { by, rest };
}

/** `fm(a, b)` where `fm([a, b])` is meant; null where that can't be. */
function asList(
  callee: string,
  positional: readonly BindableParameter[],
  given: readonly GivenArgument[],
): Details | null {
  if (positional.length !== 1 || positional[0]!.takesList !== true) return null;
  if (given.some(({ name }) => name !== null)) return null;
  const [first, last] = [given[0]!.span, given.at(-1)!.span];
  // A piped value is not between the parentheses.
  const texts = given.map(({ span }) => textOf(span));
  const help = tooManyArguments.helps.asList(`${callee}([${texts.join(", ")}])`);
  if (!first.file.text.slice(0, first.start).endsWith(`${callee}(`)) return { help };
  const edits = [
    { span: { ...first, end: first.start }, text: "[" },
    { span: { ...last, start: last.end }, text: "]" },
  ];
  return { help, fixes: [{ title: "make it a list", isGuess: true, edits }] };
}

/** Arguments that may be left out are given by name, as are all after a parameter that takes all further positional ones. */
function written(parameter: BindableParameter, index: number, all: readonly BindableParameter[]): string {
  if (parameter.rest) return `${parameter.name}, …`;
  const isNamed = isOptional(parameter) || all.slice(0, index).some((each) => each.rest);
  return isNamed ? `${parameter.name}: …` : parameter.name;
}
