// Early stopping: after each epoch, metrics on the validation rows decide. The weights of the best epoch are kept,
// and at the end they are restored to the session and the tables.

import type { ParameterValues, TrainingSession } from "../backends/contract/session.ts";
import type { MeasuredPrediction } from "../frontend/labels/registry.ts";
import { isGain } from "../middle/metrics/monitor.ts";
import type { EarlyStop, TrainSettings } from "../middle/training/settings.ts";
import type { Judged } from "./averaged.ts";
import { type EvaluatedSplit, Monitored } from "./monitored.ts";
import type { Evaluation } from "./score.ts";
import type { HostTable } from "./tables.ts";

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
  private readonly monitored: Monitored;
  private bestEpoch: BestEpoch | null;

  private constructor(
    settings: TrainSettings,
    stop: EarlyStop,
    monitored: Monitored,
    best: BestEpoch | null,
  ) {
    this.settings = settings;
    this.stop = stop;
    this.monitored = monitored;
    this.bestEpoch = best;
  }

  get best(): BestEpoch | null {
    return this.bestEpoch;
  }

  /**
   * Null if the settings have no early stop. Throws DiagnosticError like `Monitored.of`. `best` is the best epoch of
   * a training that continues.
   */
  static of(
    settings: TrainSettings,
    predictions: readonly MeasuredPrediction[],
    evaluate: readonly EvaluatedSplit[],
    best: BestEpoch | null,
  ): EarlyStopping | null {
    const { earlyStop } = settings;
    if (earlyStop === null) return null;
    const monitored = Monitored.of("stop early", earlyStop.monitor, predictions, evaluate);
    return new EarlyStopping(settings, earlyStop, monitored, best);
  }

  /** Keeps the weights, as evaluated, if `epoch` is the best so far. */
  observe(epoch: number, evaluations: readonly Evaluation[], judged: () => Judged): void {
    const value = this.monitored.valueOf(evaluations);
    const { monitor, minDelta } = this.stop;
    if (this.bestEpoch !== null && !isGain(monitor, value, this.bestEpoch.value, minDelta)) return;
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
    const { title: metric, label } = this.monitored;
    return { metric, label, ...best, early };
  }
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
