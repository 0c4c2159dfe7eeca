// Early stopping: after each epoch, one metric on the validation rows decides. Test rows are never used,
// because they would then no longer be a test. The weights of the best epoch are kept, and at the end they
// are restored to the session and the tables.

import type { ParameterValues, TrainingSession } from "../backends/contract/session.ts";
import { weightsIn } from "../data/label-columns.ts";
import type { MeasuredColumns } from "../data/memory-rows.ts";
import { stopMetricUndefined } from "../diagnostics/catalog/settings.ts";
import { DiagnosticError, diagnose, noLocation } from "../diagnostics/diagnostic.ts";
import { withoutValidation } from "../frontend/config/training-problems.ts";
import type { MeasuredPrediction } from "../frontend/labels/registry.ts";
import { type Metric, measure, metricOf, printMetric, titleOf } from "../middle/metrics/registry.ts";
import { LabelledScores } from "../middle/metrics/scored.ts";
import type { EarlyStop, TrainSettings } from "../middle/training/settings.ts";
import type { Judged } from "./averaged.ts";
import type { Evaluation, Split } from "./score.ts";
import type { HostTable } from "./tables.ts";

const SPLIT: Split = "valid";

/** How a training with an early stop ended. */
export interface EarlyStopped {
  readonly metric: string;
  readonly label: string;
  /** The epoch whose weights were kept, and the metric's value in it. */
  readonly epoch: number;
  readonly value: number;
  /** Whether further epochs were skipped. */
  readonly early: boolean;
}

/** The best epoch so far, with its weights. */
export interface BestEpoch {
  readonly epoch: number;
  readonly value: number;
  readonly parameters: ParameterValues;
  /** By trained table. */
  readonly tables: ReadonlyMap<string, Float32Array>;
}

export class EarlyStopping {
  private readonly settings: TrainSettings;
  private readonly stop: EarlyStop;
  private readonly label: string;
  /** The title of the metric among the measured ones. */
  private readonly title: string;
  private bestEpoch: BestEpoch | null;

  private constructor(
    settings: TrainSettings,
    stop: EarlyStop,
    { label, metrics }: MeasuredPrediction,
    best: BestEpoch | null,
  ) {
    this.settings = settings;
    this.stop = stop;
    this.label = label;
    this.title = titleOf(stop.metric, metrics);
    this.bestEpoch = best;
  }

  get best(): BestEpoch | null {
    return this.bestEpoch;
  }

  /**
   * Null if the settings have no early stop. Throws DiagnosticError if there is nothing to decide by: no
   * validation rows, or rows that do not define the metric. `best` is the best epoch of a training that
   * continues.
   */
  static of(
    settings: TrainSettings,
    predictions: readonly MeasuredPrediction[],
    evaluate: readonly { readonly split: Split; readonly data: MeasuredColumns }[],
    best: BestEpoch | null,
  ): EarlyStopping | null {
    const { earlyStop } = settings;
    if (earlyStop === null) return null;
    const judged =
      predictions.find(({ label, metrics }) =>
        earlyStop.label === null ? metrics.some(isDeeply(earlyStop.metric)) : label === earlyStop.label,
      ) ?? predictions[0]!;
    const { label, width, outcome } = judged;
    const stopping = new EarlyStopping(settings, earlyStop, judged, best);
    const valid = evaluate.find(({ split }) => split === SPLIT);
    if (valid === undefined) throw new DiagnosticError([withoutValidation(noLocation)]);
    // Labels and groups decide whether a metric is defined; scores do not.
    const { rows, labels: truth, groups } = valid.data;
    const scores = new Float32Array(rows * width);
    const own = truth.get(label) ?? new Float32Array(rows);
    const scored = new LabelledScores(scores, own, groups, outcome, weightsIn(truth, label));
    if (!Number.isFinite(measure(earlyStop.metric, scored).value)) {
      const parameters = { metric: stopping.title, label, rows };
      throw new DiagnosticError([diagnose(stopMetricUndefined, parameters, noLocation)]);
    }
    return stopping;
  }

  /** Keeps the weights, as evaluated, if `epoch` is the best so far. */
  observe(epoch: number, evaluations: readonly Evaluation[], judged: () => Judged): void {
    const value = this.valueOf(evaluations);
    if (this.bestEpoch !== null && !this.isBetter(value, this.bestEpoch.value)) return;
    const { parameters, tables } = judged();
    const before = this.bestEpoch?.tables;
    const trained = [...tables].filter(([, { spec }]) => !spec.options.frozen);
    const kept = trained.map(([name, { values }]) => [name, copied(values, before?.get(name))] as const);
    this.bestEpoch = { epoch, value, parameters, tables: new Map(kept) };
  }

  /** Tells whether training ends after `epoch`. */
  isOver(epoch: number): boolean {
    return this.bestEpoch !== null && epoch - this.bestEpoch.epoch >= this.stop.patience;
  }

  /** Restores the best weights, if `epoch` was the last one. */
  restore(
    epoch: number,
    session: TrainingSession,
    tables: ReadonlyMap<string, HostTable>,
  ): EarlyStopped | null {
    if (this.bestEpoch === null) return null;
    const { parameters, tables: kept, ...best } = this.bestEpoch;
    if (best.epoch !== epoch) {
      session.write(parameters);
      for (const [name, values] of kept) tables.get(name)!.values.set(values);
    }
    const early = epoch < this.settings.epochs;
    return { metric: this.title, label: this.label, ...best, early };
  }

  private valueOf(evaluations: readonly Evaluation[]): number {
    const own = evaluations.find(({ split, label }) => split === SPLIT && label === this.label);
    return own?.values[this.title] ?? Number.NaN;
  }

  private isBetter(value: number, than: number): boolean {
    return metricOf(this.stop.metric).better === "higher" ? value > than : value < than;
  }
}

function isDeeply(metric: Metric): (other: Metric) => boolean {
  return (other) => printMetric(other) === printMetric(metric);
}

/** Copies into `target` if there is one, because tables are large. */
function copied(values: Float32Array, target: Float32Array | undefined): Float32Array {
  if (target === undefined) return values.slice();
  target.set(values);
  return target;
}

/** `stopped after epoch 5 of 20: valid auc was best in epoch 3, 0.81234; the run has the weights of epoch 3` */
export function describeStop(
  { metric, label, epoch, value, early }: EarlyStopped,
  epochs: { readonly trained: number; readonly wanted: number },
  labels: readonly string[],
): string {
  const of = labels.length > 1 ? `${label} ` : "";
  const ended = early
    ? `stopped early, after epoch ${epochs.trained} of ${epochs.wanted}`
    : `trained all ${epochs.wanted} epochs`;
  return `${ended}: ${of}${metric} on the validation rows was best in epoch ${epoch}, ${value.toFixed(5)}; the run has the weights of epoch ${epoch}`;
}
