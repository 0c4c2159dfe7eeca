// Reads the values of settings: numbers, and choices with arguments such as `adam(learning_rate: 1e-3)`. What is wrong is
// reported and null.

import type { Argument, Expression, Identifier, TrainSetting } from "../ast/nodes.ts";
import { argumentTwice, tooManyArguments, unknownArgument } from "../diagnostics/catalog/expressions.ts";
import { badSettingValue, unknownChoice } from "../diagnostics/catalog/model.ts";
import { isBroken, readNumber, readWhole, written } from "./constants.ts";
import type { Declarations } from "./declarations.ts";
import { didYouMean, type Reporter } from "./reporter.ts";

export type Range = { readonly test: (value: number) => boolean; readonly text: string };
export const positive: Range = { test: (value) => value > 0, text: "a number greater than 0" };
export const notNegative: Range = { test: (value) => value >= 0, text: "a number of at least 0" };
export const decay: Range = {
  test: (value) => value >= 0 && value < 1,
  text: "a number from 0 up to, but not, 1",
};

/** A choice with its arguments: `adam(learning_rate: 1e-3)` or plain `auc`. */
export interface Choice {
  readonly name: Identifier;
  readonly arguments: readonly Argument[];
  readonly value: Expression;
}

export class SettingReader {
  protected readonly declarations: Declarations;
  protected readonly reporter: Reporter;

  constructor(declarations: Declarations, reporter: Reporter) {
    this.declarations = declarations;
    this.reporter = reporter;
  }

  protected whole(
    setting: TrainSetting,
    value: Expression,
    least: number,
    most: number,
    expected: string,
  ): number | null {
    const number = readWhole(value, least, most);
    if (number === null)
      this.reporter.report(
        badSettingValue,
        { name: setting.key.name, expected, got: written(value) },
        value.span,
      );
    return number;
  }

  protected choice(setting: string, value: Expression, known: readonly string[]): Choice | null {
    const choice: Choice | null =
      value.kind === "name"
        ? { name: { name: value.name, span: value.span }, arguments: [], value }
        : value.kind === "call"
          ? { name: value.callee, arguments: value.arguments, value }
          : null;
    if (choice === null) {
      this.reporter.report(
        badSettingValue,
        { name: setting, expected: `one of ${known.join(", ")}`, got: written(value) },
        value.span,
      );
      return null;
    }
    if (known.includes(choice.name.name)) return choice;
    this.reporter.report(
      unknownChoice,
      { setting, name: choice.name.name },
      choice.name.span,
      didYouMean(choice.name, known, `known: ${known.join(", ")}`),
    );
    return null;
  }

  /** Arguments by parameter name; null where something was reported. */
  protected arguments(choice: Choice, parameters: readonly string[]): Map<string, Expression> | null {
    const callee = choice.name.name;
    const bound = new Map<string, Expression>();
    let position = 0;
    for (const argument of choice.arguments) {
      const name = argument.name?.name ?? parameters[position++];
      const span = argument.name?.span ?? argument.value.span;
      if (name === undefined)
        this.reporter.report(
          tooManyArguments,
          { callee, most: parameters.length, got: choice.arguments.length },
          argument.value.span,
        );
      else if (!parameters.includes(name))
        this.reporter.report(
          unknownArgument,
          { callee, name },
          span,
          didYouMean(
            argument.name!,
            parameters,
            parameters.length === 0 ? undefined : `it has ${parameters.join(", ")}`,
          ),
        );
      else if (bound.has(name)) this.reporter.report(argumentTwice, { callee, name }, span);
      else if (isBroken(argument.value)) return null;
      else {
        bound.set(name, argument.value);
        continue;
      }
      return null;
    }
    return bound;
  }

  protected number(
    given: Map<string, Expression>,
    name: string,
    range: Range,
    fallback: number,
  ): number | null {
    const value = given.get(name);
    if (value === undefined) return fallback;
    const number = readNumber(value);
    if (number !== null && range.test(number)) return number;
    this.reporter.report(badSettingValue, { name, expected: range.text, got: written(value) }, value.span);
    return null;
  }
}
