// Reads `train` into settings. What is not set has the defaults below; a setting that is wrong is reported and left
// at its default.

import type { Expression, TrainItem, TrainSetting } from "../ast/nodes.ts";
import { argumentTwice, missingArgument } from "../diagnostics/catalog/expressions.ts";
import {
  badSettingValue,
  duplicateSetting,
  unknownLabel,
  unknownSetting,
} from "../diagnostics/catalog/model.ts";
import { badWeight, weightWithoutLabel } from "../diagnostics/catalog/training.ts";
import { textOf } from "../source/source-file.ts";
import { isBroken, readNumber, written } from "./constants.ts";
import type { Declarations } from "./declarations.ts";
import type { Optimizer, TrainSettings } from "./model.ts";
import { at, didYouMean, type Reporter } from "./reporter.ts";
import { MetricsReader } from "./train-metrics.ts";
import { type Choice, decay, notNegative, positive, SettingReader } from "./train-values.ts";

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
export function readTrain(
  item: TrainItem | null,
  declarations: Declarations,
  reporter: Reporter,
): TrainSettings {
  const reader = new TrainReader(declarations, reporter);
  return item === null ? DEFAULT_SETTINGS : reader.read(item);
}

class TrainReader extends SettingReader {
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
    if (name === "metrics") return new MetricsReader(this.declarations, this.reporter).metrics(setting);
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
}
