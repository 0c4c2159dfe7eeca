// Reads `train` into settings. Settings that are absent or wrong have the defaults below; wrong ones are
// reported.

import { shared } from "../../diagnostics/catalog/helps.ts";
import { badSettingValue, duplicateSetting, unknownSetting } from "../../diagnostics/catalog/model.ts";
import { unknownLabel } from "../../diagnostics/catalog/predictions.ts";
import { stopMetricNotMeasured } from "../../diagnostics/catalog/training.ts";
import { type Metric, metricOf, printMetric as writtenMetric } from "../../middle/metrics/registry.ts";
import { labelLosses } from "../../middle/training/label-losses.ts";
import { optimizers } from "../../middle/training/optimizers/registry.ts";
import { type Optioned, positive } from "../../middle/training/options.ts";
import { schedules } from "../../middle/training/schedules.ts";
import type { Schedule, TrainSettings } from "../../middle/training/settings.ts";
import type { Declarations } from "../elaborate/declarations.ts";
import { labelKindOf } from "../labels/registry.ts";
import { decimalPoint, isBroken, quoteExpression, readWhole } from "../syntax/constants.ts";
import type { Expression, Identifier, TrainItem, TrainSetting } from "../syntax/nodes.ts";
import { at, type Reporter } from "../syntax/reporter.ts";
import type { PartReader } from "./named-parts.ts";
import { LossReader } from "./train-loss.ts";
import { MetricsReader } from "./train-metrics.ts";
import { AVERAGES, OptimizersReader, REGULARIZERS } from "./train-optimizers.ts";
import { TrainSettingReader } from "./train-values.ts";

export const DEFAULT_SETTINGS: TrainSettings = {
  loss: { kind: "binary_cross_entropy", smoothing: 0, positive: 1 },
  optimizer: { kind: "adam", learningRate: 1e-3, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 },
  partOptimizers: [],
  schedule: { kind: "constant", warmup: 0 },
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

/** The syntax of an early stop: `early(metric: auc, patience: 2)`. */
export const EARLY_STOP = {
  name: "early",
  doc: "Training ends when a metric on the validation rows has not improved for `patience` epochs; the weights of the best epoch are kept.",
  options: {
    metric: "One of `metrics`; the default is the first one.",
    patience: "The number of epochs without improvement; the default is 1.",
    label: "The label whose predictions count; the default is that of the first prediction.",
  },
} as const;

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
  stop: { doc: "Ends the training early.", form: "early(patience: 2)" },
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

export function readTrain(
  item: TrainItem | null,
  declarations: Declarations,
  reporter: Reporter,
  parts: PartReader,
): TrainSettings {
  const reader = new TrainReader(declarations, reporter, parts);
  const settings = item === null ? DEFAULT_SETTINGS : reader.read(item);
  return settings.metrics === DEFAULT_SETTINGS.metrics
    ? reader.withStopMetric({ ...settings, metrics: defaultMetrics(declarations) })
    : reader.withStopMetric(settings);
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
  /** The metric that an early stop names. */
  private stopMetric: Identifier | null = null;
  /** The values of `metrics` in the text, mistaken ones too. */
  private writtenMetrics: readonly Expression[] = [];
  private readonly optimizers: OptimizersReader;

  constructor(declarations: Declarations, reporter: Reporter, parts: PartReader) {
    super(declarations, reporter);
    this.optimizers = new OptimizersReader(declarations, reporter, parts);
  }

  read(item: TrainItem): TrainSettings {
    const first = new Map<string, TrainSetting>();
    let settings = DEFAULT_SETTINGS;
    for (const setting of item.settings) {
      const name = setting.key.name;
      const earlier = first.get(name);
      if (earlier !== undefined) {
        this.reporter.report(duplicateSetting, { name }, setting.span, {
          related: [at(earlier.span, "already set here")],
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
      case "stop":
        return this.earlyStop(value);
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

  private earlyStop(value: Expression): Partial<TrainSettings> {
    const choice = this.choice("stop", value, [EARLY_STOP.name]);
    const given = choice === null ? null : this.arguments(choice, Object.keys(EARLY_STOP.options));
    if (choice === null || given === null) return {};
    const patience = given.get("patience");
    const epochs = patience === undefined ? 1 : readWhole(patience, 1, 1_000_000_000);
    if (epochs === null) {
      const expected = "a whole number of epochs, at least 1";
      const parameters = { name: "patience", expected, got: quoteExpression(patience!) };
      this.reporter.report(badSettingValue, parameters, patience!.span);
      return {};
    }
    const label = this.nameOf("label", "the name of a label", given.get("label"));
    const metric = this.nameOf("metric", "the name of a metric", given.get("metric"));
    if (label === "bad" || metric === "bad") return {};
    const labels = [...this.declarations.labels.keys()];
    if (label !== null && !labels.includes(label.name)) {
      const known = labels.length === 0 ? undefined : shared.available(labels);
      this.reporter.report(
        unknownLabel,
        { name: label.name },
        label.span,
        this.reporter.didYouMean(label, labels, known),
      );
      return {};
    }
    this.stopMetric = metric;
    const of = { label: label?.name ?? null, patience: epochs };
    // The available metrics are known only when all settings are read.
    return { earlyStop: { metric: DEFAULT_SETTINGS.metrics[0]!, ...of } };
  }

  private nameOf(option: string, expected: string, value: Expression | undefined): Identifier | null | "bad" {
    if (value === undefined) return null;
    if (value.kind === "name") return { name: value.name, span: value.span };
    this.reporter.report(
      badSettingValue,
      { name: option, expected, got: quoteExpression(value) },
      value.span,
    );
    return "bad";
  }

  /** Adds the metric of an early stop: the first metric if it names none. */
  withStopMetric(settings: TrainSettings): TrainSettings {
    const { earlyStop, metrics } = settings;
    if (earlyStop === null) return settings;
    const named = this.stopMetric;
    const fitting = this.fitting(earlyStop.label, metrics);
    const metric = named === null ? fitting[0] : ofAllRows(fitting.filter(({ kind }) => kind === named.name));
    if (metric !== undefined) return { ...settings, earlyStop: { ...earlyStop, metric } };
    if (named !== null && !this.isMistaken(named.name, metrics)) {
      const names = fitting.map(({ kind }) => kind);
      const help = stopMetricNotMeasured.helps.measured(names);
      const details = this.reporter.didYouMean(named, names, help);
      this.reporter.report(stopMetricNotMeasured, { metric: named.name }, named.span, details);
    }
    return { ...settings, earlyStop: null };
  }

  /** Whether `metrics` names the metric, but with a mistake, which is already reported. */
  private isMistaken(name: string, metrics: TrainSettings["metrics"]): boolean {
    if (metrics.some(({ kind }) => kind === name)) return false;
    return this.writtenMetrics.some(
      (value) => (value.kind === "call" ? value.callee.name : value.kind === "name" && value.name) === name,
    );
  }

  /** The metrics that measure `label`; all if it is null. */
  private fitting(label: string | null, metrics: TrainSettings["metrics"]): TrainSettings["metrics"] {
    const named = label === null ? undefined : this.declarations.labels.get(label);
    if (named === undefined) return metrics;
    const { outcome } = labelKindOf(named);
    return metrics.filter((metric) => metricOf(metric).fits.includes(outcome));
  }
}

/** The first metric over all rows, or else over the rows of some value. */
function ofAllRows(metrics: readonly Metric[]): Metric | undefined {
  return metrics.find(({ per }) => per === undefined) ?? metrics[0];
}
