// Reads `train` into settings. Settings that are absent or wrong have the defaults below; wrong ones are
// reported.

import { shared } from "../../diagnostics/catalog/helps.ts";
import { badSettingValue, duplicateSetting, unknownSetting } from "../../diagnostics/catalog/model.ts";
import type { Monitor } from "../../middle/metrics/monitor.ts";
import { printMetric as writtenMetric } from "../../middle/metrics/registry.ts";
import { labelLosses } from "../../middle/training/label-losses.ts";
import { optimizers } from "../../middle/training/optimizers/registry.ts";
import { notNegative, type Optioned, positive, someEpochs } from "../../middle/training/options.ts";
import { schedules } from "../../middle/training/schedules.ts";
import type { EarlyStop, Schedule, TrainSettings } from "../../middle/training/settings.ts";
import type { Declarations } from "../elaborate/declarations.ts";
import { labelKindOf } from "../labels/registry.ts";
import { decimalPoint, isBroken } from "../syntax/constants.ts";
import type { Expression, TrainItem, TrainSetting } from "../syntax/nodes.ts";
import { at, type Reporter } from "../syntax/reporter.ts";
import type { PartReader } from "./named-parts.ts";
import { LossReader } from "./train-loss.ts";
import { MetricsReader } from "./train-metrics.ts";
import { MonitorReader } from "./train-monitor.ts";
import { AVERAGES, OptimizersReader, REGULARIZERS, TABLES } from "./train-optimizers.ts";
import { type Choice, TrainSettingReader } from "./train-values.ts";

export const DEFAULT_SETTINGS: TrainSettings = {
  loss: { kind: "binary_cross_entropy", smoothing: 0, positive: 1 },
  optimizer: { kind: "adam", learningRate: 1e-3, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 },
  partOptimizers: [],
  schedule: { kind: "constant", warmup: 0 },
  anew: null,
  clipNorm: null,
  miniBatchAware: null,
  l2: { dense: 0, tables: 0 },
  shrinkages: [],
  average: null,
  batch: 256,
  epochs: 1,
  earlyStop: null,
  metrics: [{ kind: "auc" }, { kind: "log_loss" }],
  seed: 2026,
};

/** Ways to limit a gradient. */
const CLIPS: Readonly<Record<string, Optioned<number>>> = {
  norm: {
    doc: "All gradients of a step are multiplied by min(1, `most` / (‖g‖ + 1e-6)), where ‖g‖ is the norm of all gradients together, including those of tables.",
    options: ["most"],
    read: (given) => given.required("most", positive, "norm(1.0)"),
  },
};

const STOPS: Readonly<Record<string, Optioned<EarlyStop>>> = {
  early: {
    doc: "Training ends when a metric on the validation rows has not improved for `patience` epochs; the weights of the best epoch are kept.",
    options: ["metric", "patience", "label", "min_delta"],
    read: (given) => ({
      monitor: given.monitor(),
      patience: given.number("patience", someEpochs, 1),
      minDelta: given.number("min_delta", notNegative, 0),
    }),
  },
};

/** A setting of `train`: its meaning, and its choices if its values are names. */
export interface SettingDefinition {
  /** Markdown. */
  readonly doc: string;
  /** Typical values, as one would write them first. */
  readonly form: string;
  readonly choices?: Readonly<Record<string, Optioned<unknown>>>;
}

/** In the order in which messages list them. compiler/middle/metrics has the choices of `metrics`. */
export const SETTINGS = {
  loss: {
    doc: "The loss of labels, computed from the logits of their predictions; weights of labels are given along with its options. The default is `binary_cross_entropy`.",
    form: "binary_cross_entropy",
    choices: labelLosses,
  },
  optimizer: {
    doc: "The rule by which a step changes weights and tables: one for the whole model, and with `for:` others for its parts. The default is `adam(1e-3)`.",
    form: "adam(learning_rate: 1e-3)",
    choices: optimizers,
  },
  schedule: {
    doc: "The factor of the optimizer's learning rate in each step. The default is `constant`.",
    form: "cosine(warmup: 500)",
    choices: schedules,
  },
  tables: {
    doc: "What becomes of the tables after an epoch. By default they go on.",
    form: "anew",
    choices: TABLES,
  },
  clip: { doc: "Limits the gradients of a step.", form: "norm(5.0)", choices: CLIPS },
  regularize: { doc: "Pulls weights to 0.", form: "mini_batch_aware(1e-2)", choices: REGULARIZERS },
  average: {
    doc: "An average of the weights over the steps, which is evaluated, saved and compiled; training itself continues without it. By default, the weights of the last step are used.",
    form: "ema(0.999)",
    choices: AVERAGES,
  },
  batch: { doc: "Rows in a step.", form: String(DEFAULT_SETTINGS.batch) },
  epochs: {
    doc: "The number of passes over the training rows; with an early stop, the largest number.",
    form: "2",
  },
  stop: { doc: "Ends the training early.", form: "early(patience: 2)", choices: STOPS },
  metrics: {
    doc: "The measures of predictions on the validation and test rows, after each epoch and in `dinc eval`.",
    form: "auc, log_loss",
  },
  seed: {
    doc: "Determines the initial weights and the order of rows.",
    form: String(DEFAULT_SETTINGS.seed),
  },
} as const satisfies Readonly<Record<string, SettingDefinition>>;

const SETTING_NAMES = Object.keys(SETTINGS);
/** The settings that are read after all others, in this order. */
const LAST: readonly string[] = ["stop", "schedule"];

export function readTrain(
  item: TrainItem | null,
  declarations: Declarations,
  reporter: Reporter,
  parts: PartReader,
): TrainSettings {
  const reader = new TrainReader(declarations, reporter, parts);
  const settings = { ...DEFAULT_SETTINGS, metrics: defaultMetrics(declarations) };
  return item === null ? settings : reader.read(item, settings);
}

/** The default metrics of every kind of label in the model. */
function defaultMetrics({ labels }: Declarations): TrainSettings["metrics"] {
  if (labels.size === 0) return DEFAULT_SETTINGS.metrics;
  const all = [...labels.values()].flatMap((label) => labelKindOf(label).metrics);
  return all.filter(
    (metric, i) => all.findIndex((other) => writtenMetric(other) === writtenMetric(metric)) === i,
  );
}

class TrainReader extends TrainSettingReader {
  private settings = DEFAULT_SETTINGS;
  /** The values of `metrics` in the text, mistaken ones too. */
  private writtenMetrics: readonly Expression[] = [];
  private readonly optimizers: OptimizersReader;

  constructor(declarations: Declarations, reporter: Reporter, parts: PartReader) {
    super(declarations, reporter);
    this.optimizers = new OptimizersReader(declarations, reporter, parts);
  }

  read(item: TrainItem, defaults: TrainSettings): TrainSettings {
    const first = new Map<string, TrainSetting>();
    this.settings = defaults;
    for (const setting of item.settings) {
      const name = setting.key.name;
      const earlier = first.get(name);
      if (earlier === undefined) first.set(name, setting);
      else
        this.reporter.report(duplicateSetting, { name }, setting.span, {
          related: [at(earlier.span, "already set here")],
        });
    }
    // An early stop compares epochs by some of the metrics, and a plateau by default like the early stop.
    const order = ["metrics", ...[...first.keys()].filter((name) => !LAST.includes(name)), ...LAST];
    for (const setting of new Set(order.flatMap((name) => first.get(name) ?? [])))
      this.settings = { ...this.settings, ...this.setting(setting) };
    return this.settings;
  }

  protected override monitor(choice: Choice, options: ReadonlyMap<string, Expression>): Monitor | null {
    const { metrics, earlyStop } = this.settings;
    const reader = new MonitorReader(this.declarations, this.reporter, metrics, this.writtenMetrics);
    const { name } = choice.name;
    const setting = name in STOPS ? `stop ${name}` : `schedule ${name}`;
    return reader.read(setting, options, earlyStop?.monitor ?? null);
  }

  private setting(setting: TrainSetting): Partial<TrainSettings> {
    const name = setting.key.name;
    if (setting.values.some(isBroken)) return {};
    if (!SETTING_NAMES.includes(name)) {
      this.reporter.report(
        unknownSetting,
        { name },
        setting.key.span,
        this.reporter.didYouMean(setting.key, SETTING_NAMES, shared.available(SETTING_NAMES), "setting"),
      );
      return {};
    }
    if (name === "metrics") {
      this.writtenMetrics = setting.values;
      return new MetricsReader(this.declarations, this.reporter).metrics(setting);
    }
    if (setting.values.length > 0) {
      if (name === "regularize") return this.optimizers.regularizers(setting.values);
      if (name === "optimizer") return this.optimizers.optimizers(setting.values);
    }
    const [value, extra] = setting.values;
    if (value === undefined || extra !== undefined) {
      const got = value === undefined ? "nothing" : "several values";
      const help = extra === undefined ? null : (decimalPoint(extra.span) ?? shared.writeOne());
      this.reporter.report(
        badSettingValue,
        { name, expected: "one value", got },
        extra?.span ?? setting.span,
        help === null ? {} : { help },
      );
      return {};
    }
    switch (name) {
      case "loss":
        return new LossReader(this.declarations, this.reporter).loss(value);
      case "tables":
        return this.optimizers.tables(value);
      case "average":
        return this.optimizers.average(value);
      case "schedule": {
        const schedule = this.optioned<Schedule>("schedule", value, schedules);
        return schedule === null ? {} : { schedule };
      }
      case "clip": {
        const clipNorm = this.optioned("clip", value, CLIPS);
        return clipNorm === null ? {} : { clipNorm };
      }
      case "stop": {
        const earlyStop = this.optioned("stop", value, STOPS);
        return earlyStop === null ? {} : { earlyStop };
      }
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
}
