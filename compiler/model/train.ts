// Reads `train` into settings. What is not set has the defaults below; a setting that is wrong is reported and left
// at its default.

import type { Argument, Expression, Identifier, TrainItem, TrainSetting } from "../ast/nodes.ts";
import {
  argumentTwice,
  missingArgument,
  tooManyArguments,
  unknownArgument,
} from "../diagnostics/catalog/expressions.ts";
import {
  badSettingValue,
  duplicateMetric,
  duplicateSetting,
  gaucByNotUser,
  gaucByUnknown,
  unknownChoice,
  unknownLabel,
  unknownSetting,
} from "../diagnostics/catalog/model.ts";
import { badWeight, weightWithoutLabel } from "../diagnostics/catalog/training.ts";
import { hasRawIds, partsOf, withoutIds } from "../kinds/registry.ts";
import { textOf } from "../source/source-file.ts";
import { isBroken, readNumber, readWhole, withoutElement, written } from "./constants.ts";
import type { Declarations } from "./declarations.ts";
import type { GaucWeighting, Metric, Optimizer, TrainSettings } from "./model.ts";
import { at, didYouMean, type Reporter } from "./reporter.ts";

export const DEFAULT_SETTINGS: TrainSettings = {
  loss: "binary_cross_entropy",
  labelWeights: {},
  optimizer: { kind: "adam", learningRate: 1e-3, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 },
  miniBatchAware: null,
  batch: 256,
  epochs: 1,
  metrics: [{ kind: "auc" }, { kind: "log_loss" }],
  seed: 2026,
};

const SETTINGS = ["loss", "optimizer", "regularize", "batch", "epochs", "metrics", "seed"] as const;
const WEIGHTINGS: readonly GaucWeighting[] = ["impressions", "clicks", "none"];

type Range = { readonly test: (value: number) => boolean; readonly text: string };
const positive: Range = { test: (value) => value > 0, text: "a number greater than 0" };
const notNegative: Range = { test: (value) => value >= 0, text: "a number of at least 0" };
const decay: Range = { test: (value) => value >= 0 && value < 1, text: "a number from 0 up to, but not, 1" };

export function readTrain(
  item: TrainItem | null,
  declarations: Declarations,
  reporter: Reporter,
): TrainSettings {
  const reader = new TrainReader(declarations, reporter);
  return item === null ? DEFAULT_SETTINGS : reader.read(item);
}

/** A choice with its arguments: `adam(learning_rate: 1e-3)` or plain `auc`. */
interface Choice {
  readonly name: Identifier;
  readonly arguments: readonly Argument[];
  readonly value: Expression;
}

class TrainReader {
  private readonly declarations: Declarations;
  private readonly reporter: Reporter;

  constructor(declarations: Declarations, reporter: Reporter) {
    this.declarations = declarations;
    this.reporter = reporter;
  }

  read(item: TrainItem): TrainSettings {
    const first = new Map<string, TrainSetting>();
    let settings = DEFAULT_SETTINGS;
    for (const setting of item.settings) {
      const name = setting.key.name;
      const earlier = first.get(name);
      if (earlier !== undefined) {
        this.reporter.report(duplicateSetting, { name }, setting.span, {
          related: [at(earlier.span, "set here already")],
          help: "remove one of them",
        });
        continue;
      }
      first.set(name, setting);
      settings = { ...settings, ...this.setting(setting) };
    }
    return settings;
  }

  private setting(setting: TrainSetting): Partial<TrainSettings> {
    const name = setting.key.name;
    if (setting.values.some(isBroken)) return {};
    if (!(SETTINGS as readonly string[]).includes(name)) {
      this.reporter.report(
        unknownSetting,
        { name },
        setting.key.span,
        didYouMean(setting.key, SETTINGS, `settings are ${SETTINGS.join(", ")}`),
      );
      return {};
    }
    if (name === "metrics") return this.metrics(setting);
    const [value, extra] = setting.values;
    if (value === undefined || extra !== undefined) {
      const got = value === undefined ? "nothing" : "several values";
      this.reporter.report(
        badSettingValue,
        { name, expected: "one value", got },
        extra?.span ?? setting.span,
      );
      return {};
    }
    switch (name) {
      case "loss":
        return this.loss(value);
      case "optimizer": {
        const optimizer = this.optimizer(value);
        return optimizer === null ? {} : { optimizer };
      }
      case "regularize":
        return this.regularize(value);
      case "seed": {
        const seed = this.whole(setting, value, 0, 0xffff_ffff, "a whole number from 0 to 4294967295");
        return seed === null ? {} : { seed };
      }
      case "batch":
      case "epochs": {
        const count = this.whole(setting, value, 1, 1_000_000_000, "a whole number of at least 1");
        return count === null ? {} : name === "batch" ? { batch: count } : { epochs: count };
      }
      default:
        return {};
    }
  }

  private whole(
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

  private choice(setting: string, value: Expression, known: readonly string[]): Choice | null {
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
  private arguments(choice: Choice, parameters: readonly string[]): Map<string, Expression> | null {
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

  private number(
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

  private loss(value: Expression): Partial<TrainSettings> {
    const choice = this.choice("loss", value, ["binary_cross_entropy"]);
    return choice === null ? {} : { labelWeights: this.labelWeights(choice) };
  }

  private labelWeights({ name: { name: callee }, arguments: given }: Choice): TrainSettings["labelWeights"] {
    const labels = [...this.declarations.labels.keys()];
    const weights = new Map<string, number>();
    for (const { name, value } of given) {
      if (isBroken(value)) continue;
      if (name === null) {
        const help = `name the label: \`${callee}(${labels[0] ?? "click"}: ${textOf(value.span)})\``;
        this.reporter.report(weightWithoutLabel, { got: written(value) }, value.span, { help });
      } else if (!labels.includes(name.name)) {
        const known = labels.length === 0 ? undefined : `labels: ${labels.join(", ")}`;
        this.reporter.report(unknownLabel, { name: name.name }, name.span, didYouMean(name, labels, known));
      } else if (weights.has(name.name))
        this.reporter.report(argumentTwice, { callee, name: name.name }, name.span, {
          help: "remove one of them",
        });
      else {
        const weight = readNumber(value);
        if (weight !== null && positive.test(weight)) weights.set(name.name, weight);
        else
          this.reporter.report(badWeight, { of: name.name, got: written(value) }, value.span, {
            help: `give it a positive weight; without one it is 1`,
          });
      }
    }
    return Object.fromEntries(weights);
  }

  private optimizer(value: Expression): Optimizer | null {
    const choice = this.choice("optimizer", value, ["adam", "adagrad", "sgd"]);
    if (choice === null) return null;
    switch (choice.name.name) {
      case "adam": {
        const given = this.arguments(choice, ["learning_rate", "beta1", "beta2", "epsilon"]);
        if (given === null) return null;
        const learningRate = this.number(given, "learning_rate", positive, 1e-3);
        const beta1 = this.number(given, "beta1", decay, 0.9);
        const beta2 = this.number(given, "beta2", decay, 0.999);
        const epsilon = this.number(given, "epsilon", positive, 1e-8);
        if (learningRate === null || beta1 === null || beta2 === null || epsilon === null) return null;
        return { kind: "adam", learningRate, beta1, beta2, epsilon };
      }
      case "adagrad": {
        const given = this.arguments(choice, ["learning_rate", "initial_accumulator", "epsilon"]);
        if (given === null) return null;
        const learningRate = this.number(given, "learning_rate", positive, 0.01);
        const initialAccumulator = this.number(given, "initial_accumulator", notNegative, 0.1);
        const epsilon = this.number(given, "epsilon", positive, 1e-8);
        if (learningRate === null || initialAccumulator === null || epsilon === null) return null;
        return { kind: "adagrad", learningRate, initialAccumulator, epsilon };
      }
      default: {
        const given = this.arguments(choice, ["learning_rate"]);
        if (given === null) return null;
        const learningRate = this.number(given, "learning_rate", positive, 0.01);
        return learningRate === null ? null : { kind: "sgd", learningRate };
      }
    }
  }

  private regularize(value: Expression): Partial<TrainSettings> {
    const choice = this.choice("regularizer", value, ["mini_batch_aware"]);
    if (choice === null) return {};
    const given = this.arguments(choice, ["lambda"]);
    if (given === null) return {};
    if (!given.has("lambda")) {
      this.reporter.report(missingArgument, { callee: choice.name.name, parameter: "lambda" }, value.span, {
        help: "say how strong it is: `mini_batch_aware(1e-2)`",
      });
      return {};
    }
    const lambda = this.number(given, "lambda", notNegative, 0);
    return lambda === null ? {} : { miniBatchAware: lambda };
  }

  private metrics(setting: TrainSetting): Partial<TrainSettings> {
    const metrics: Metric[] = [];
    const seen = new Map<string, Expression>();
    for (const value of setting.values) {
      const choice = this.choice("metric", value, ["auc", "gauc", "log_loss"]);
      if (choice === null) continue;
      const name = choice.name.name;
      const earlier = seen.get(name);
      if (earlier !== undefined) {
        this.reporter.report(duplicateMetric, { name }, value.span, {
          related: [at(earlier.span, "listed here already")],
          help: "remove one of them",
          fixes: withoutElement(value.span),
        });
        continue;
      }
      seen.set(name, value);
      const metric = this.metric(choice);
      if (metric !== null) metrics.push(metric);
    }
    if (setting.values.length > 0) return { metrics };
    this.reporter.report(
      badSettingValue,
      { name: "metrics", expected: "a list like `auc, log_loss`", got: "nothing" },
      setting.span,
    );
    return {};
  }

  private metric(choice: Choice): Metric | null {
    const name = choice.name.name;
    if (name !== "gauc") {
      if (this.arguments(choice, []) === null) return null;
      return name === "auc" ? { kind: "auc" } : { kind: "log_loss" };
    }
    const given = this.arguments(choice, ["by", "weight"]);
    if (given === null) return null;
    const by = given.get("by");
    if (by === undefined) {
      this.reporter.report(missingArgument, { callee: "gauc", parameter: "by" }, choice.value.span, {
        help: "name the feature that identifies the user: `gauc(by: user_id)`",
      });
      return null;
    }
    const group = this.group(by);
    const weight = this.weighting(given.get("weight"));
    return group === null || weight === null ? null : { kind: "gauc", by: group, weight };
  }

  private group(by: Expression): string | null {
    if (by.kind !== "name") {
      this.reporter.report(
        badSettingValue,
        { name: "by", expected: "the name of a feature", got: written(by) },
        by.span,
      );
      return null;
    }
    const { features, broken } = this.declarations;
    const feature = features.get(by.name);
    const users = [...features.values()].filter((each) => each.scope === "user" && hasRawIds(each.kind));
    const names = users.map((each) => each.name);
    const known =
      names.length === 0 ? "declare a user feature with ids" : `user features with ids: ${names.join(", ")}`;
    if (feature === undefined) {
      this.reporter.report(gaucByUnknown, { name: by.name }, by.span, didYouMean(by, names, known));
      return null;
    }
    if (broken.has(by.name)) return null;
    if (feature.scope === "user" && hasRawIds(feature.kind)) return feature.name;
    const what = partsOf(feature).length > 0 ? "a cross" : withoutIds(feature.kind);
    const scope =
      feature.scope === "user" ? what : `a${feature.scope === "item" ? "n item" : " context"} feature`;
    this.reporter.report(gaucByNotUser, { name: by.name, scope }, by.span, {
      related: [at(feature.span, "declared here")],
      help: known,
    });
    return null;
  }

  private weighting(value: Expression | undefined): GaucWeighting | null {
    if (value === undefined) return "impressions";
    const name = value.kind === "name" ? value.name : value.kind === "string" ? value.value : null;
    const found = WEIGHTINGS.find((weighting) => weighting === name);
    if (found !== undefined) return found;
    this.reporter.report(
      badSettingValue,
      { name: "weight", expected: "impressions, clicks or none", got: written(value) },
      value.span,
    );
    return null;
  }
}
