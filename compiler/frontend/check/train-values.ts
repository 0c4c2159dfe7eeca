// Reads the values of settings: numbers, and choices with arguments such as `adam(learning_rate: 1e-3)`.
// Wrong values are reported and read as null.

import { InternalError, invariant } from "../../common/internal-error.ts";
import { textOf } from "../../common/source-file.ts";
import {
  argumentTwice,
  missingArgument,
  tooManyArguments,
  unknownArgument,
} from "../../diagnostics/catalog/expressions.ts";
import { shared } from "../../diagnostics/catalog/helps.ts";
import { badSettingValue, unknownChoice } from "../../diagnostics/catalog/model.ts";
import type { Details, Help } from "../../diagnostics/diagnostic.ts";
import type { Monitor } from "../../middle/metrics/monitor.ts";
import type { NumberConstraint, Optioned, OptionReader } from "../../middle/training/options.ts";
import type { Declarations } from "../elaborate/declarations.ts";
import { decimalPoint, isBroken, quoteExpression, readNumber, readWhole } from "../syntax/constants.ts";
import type { Argument, Expression, Identifier, TrainSetting } from "../syntax/nodes.ts";
import type { Reporter } from "../syntax/reporter.ts";

/** A choice with its arguments: `adam(learning_rate: 1e-3)` or plain `auc`. */
export interface Choice {
  readonly name: Identifier;
  readonly arguments: readonly Argument[];
  readonly value: Expression;
}

/** The settings whose value is a choice. */
type ChoicePlace =
  | "loss"
  | "optimizer"
  | "schedule"
  | "metric"
  | "regularizer"
  | "clip"
  | "stop"
  | "average"
  | "tables";

const SEVERAL: ReadonlySet<ChoicePlace> = new Set<ChoicePlace>(["optimizer", "regularizer", "metric"]);

/** The help for a value that isn't a choice: the sum of several, or the number of the only one. */
function insteadOf(setting: ChoicePlace, value: Expression, known: readonly string[]): Help | null {
  if (value.kind === "binary")
    return SEVERAL.has(setting) ? badSettingValue.helps.commas() : shared.writeOne();
  const [only] = known;
  return value.kind === "number" && known.length === 1
    ? shared.write(`${only}(${textOf(value.span)})`)
    : null;
}

export class TrainSettingReader {
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
        { name: setting.key.name, expected, got: quoteExpression(value) },
        value.span,
      );
    return number;
  }

  protected choice(setting: ChoicePlace, value: Expression, known: readonly string[]): Choice | null {
    const choice: Choice | null =
      value.kind === "name"
        ? { name: { name: value.name, span: value.span }, arguments: [], value }
        : value.kind === "call"
          ? { name: value.callee, arguments: value.arguments, value }
          : null;
    if (choice === null) {
      this.reporter.report(
        badSettingValue,
        { name: setting, expected: `one of ${known.join(", ")}`, got: quoteExpression(value) },
        value.span,
        withHelp(insteadOf(setting, value, known)),
      );
      return null;
    }
    if (known.includes(choice.name.name)) return choice;
    this.reporter.report(
      unknownChoice,
      { setting, name: choice.name.name },
      choice.name.span,
      this.reporter.didYouMean(
        choice.name,
        known,
        shared.available(known),
        setting === "clip" || setting === "stop" || setting === "average" || setting === "tables"
          ? null
          : setting,
      ),
    );
    return null;
  }

  /** The arguments by parameter name; null if a mistake was reported. */
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
          withHelp(decimalPoint(argument.value.span)),
        );
      else if (!parameters.includes(name))
        this.reporter.report(
          unknownArgument,
          { callee, name },
          span,
          this.reporter.didYouMean(
            argument.name!,
            parameters,
            parameters.length === 0 ? undefined : shared.available(parameters),
            "option",
          ),
        );
      else if (bound.has(name))
        this.reporter.report(
          argumentTwice,
          { callee, name },
          span,
          withHelp(decimalPoint(argument.value.span)),
        );
      else if (isBroken(argument.value)) return null;
      else {
        bound.set(name, argument.value);
        continue;
      }
      return null;
    }
    return bound;
  }

  /** Reads a choice of `definitions` with its options; returns null if a mistake was reported. */
  protected optioned<S>(
    setting: ChoicePlace,
    value: Expression,
    definitions: Readonly<Record<string, Optioned<S>>>,
  ): S | null {
    const choice = this.choice(setting, value, Object.keys(definitions));
    return choice === null ? null : this.options(choice, definitions[choice.name.name]!);
  }

  protected options<S>(choice: Choice, { options, read }: Optioned<S>): S | null {
    const bound = this.arguments(choice, options);
    if (bound === null) return null;
    const monitor = () => this.monitor(choice, bound);
    const given = new GivenOptions(choice, options, bound, this.reporter, monitor);
    const settings = read(given);
    return given.failed ? null : settings;
  }

  /** The monitor of a choice that has one; null if a mistake was reported. */
  protected monitor(choice: Choice, _options: ReadonlyMap<string, Expression>): Monitor | null {
    throw new InternalError(`${choice.name.name} compares no epochs`);
  }
}

function withHelp(help: Help | null): Details {
  return help === null ? {} : { help };
}

class GivenOptions implements OptionReader {
  failed = false;
  private readonly choice: Choice;
  private readonly options: readonly string[];
  private readonly bound: ReadonlyMap<string, Expression>;
  private readonly reporter: Reporter;
  private readonly readMonitor: () => Monitor | null;

  constructor(
    choice: Choice,
    options: readonly string[],
    bound: ReadonlyMap<string, Expression>,
    reporter: Reporter,
    readMonitor: () => Monitor | null,
  ) {
    this.choice = choice;
    this.options = options;
    this.bound = bound;
    this.reporter = reporter;
    this.readMonitor = readMonitor;
  }

  number(option: string, range: NumberConstraint, fallback: number): number {
    return this.optional(option, range) ?? fallback;
  }

  optional(option: string, range: NumberConstraint): number | null {
    const value = this.valueOf(option);
    if (value === undefined) return null;
    const number = readNumber(value);
    if (number !== null && Number.isFinite(number) && range.test(number)) return number;
    return this.bad(option, range.text, value);
  }

  required(option: string, range: NumberConstraint, example: string): number {
    const number = this.optional(option, range);
    if (number === null && !this.bound.has(option)) {
      this.failed = true;
      const callee = this.choice.name.name;
      this.reporter.report(missingArgument, { callee, parameter: option }, this.choice.value.span, {
        help: shared.write(example),
      });
    }
    return number ?? 0;
  }

  flag(option: string): boolean {
    const value = this.valueOf(option);
    if (value === undefined) return false;
    if (value.kind === "name" && value.name === "true") return true;
    if (!(value.kind === "name" && value.name === "false")) this.bad(option, "true or false", value);
    return false;
  }

  word<W extends string>(option: string, words: readonly W[], fallback: W): W {
    const value = this.valueOf(option);
    if (value === undefined) return fallback;
    const word = words.find((each) => value.kind === "name" && value.name === each);
    if (word === undefined) this.bad(option, words.join(" or "), value);
    return word ?? fallback;
  }

  monitor(): Monitor {
    const monitor = this.readMonitor();
    if (monitor === null) this.failed = true;
    return monitor ?? { terms: [], label: null };
  }

  private valueOf(option: string): Expression | undefined {
    invariant(this.options.includes(option), `${this.choice.name.name} has no option ${option}`);
    return this.bound.get(option);
  }

  private bad(option: string, expected: string, value: Expression): null {
    this.failed = true;
    const parameters = { name: option, expected, got: quoteExpression(value) };
    this.reporter.report(badSettingValue, parameters, value.span);
    return null;
  }
}
