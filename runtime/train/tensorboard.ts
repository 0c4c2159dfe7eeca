// Event files for TensorBoard: loss, learning rate and speed by step; losses and metrics by epoch. tfjs-node writes them.

import { eventsUnwritable, eventsWithoutNative } from "../../compiler/diagnostics/catalog/event-files.ts";
import { fileUnwritable } from "../../compiler/diagnostics/catalog/run.ts";
import {
  type Diagnostic,
  DiagnosticError,
  diagnose,
  noLocation,
} from "../../compiler/diagnostics/diagnostic.ts";
import { learningRateAt } from "../../compiler/middle/training/schedules.ts";
import type { TrainSettings } from "../../compiler/middle/training/settings.ts";
import { useTensorflow } from "../engines/native-module.ts";
import { makeFolders } from "../files/atomic.ts";
import { isOfSystem } from "../files/file-problem.ts";
import { unwritable } from "../files/unwritable.ts";
import { loadNative, type NativeModule, type SummaryFileWriter } from "../native/load.ts";
import type { ProgressEvent } from "./loop.ts";
import { lossColumns } from "./metrics/metric-columns.ts";
import type { Evaluation } from "./score.ts";
import type { EpochResult } from "./state.ts";

/** TensorBoard draws at most 1,000 points of a curve; to write more costs more than the steps themselves. */
const MOST_POINTS = 1000;
const FLUSH_MILLIS = 10_000;
const MOST_WAITING = 1000;

export interface EventFiles {
  /** Writes what there is to write of an event. */
  readonly take: (event: ProgressEvent) => void;
  readonly close: () => void;
}

/** What writes event files. Throws DiagnosticError where native TensorFlow is missing. */
export async function eventFileWriter(): Promise<NativeModule> {
  const native = await loadNative();
  if (native === null) throw new DiagnosticError([diagnose(eventsWithoutNative, {}, noLocation)]);
  return native;
}

/**
 * Begins an event file in the folder `path`, which may have those of the sittings before. Throws DiagnosticError where the
 * folder cannot be written. What cannot be written later is said once, and training goes on.
 */
export async function openEventFiles(
  path: string,
  native: NativeModule,
  settings: TrainSettings,
  say: (diagnostic: Diagnostic) => void,
): Promise<EventFiles> {
  try {
    await makeFolders(path);
    return new Writing(path, native, settings, say);
  } catch (error) {
    if (isOfSystem(error)) throw unwritable(path, error);
    throw new DiagnosticError([diagnose(fileUnwritable, { path, reason: reasonOf(error) }, noLocation)]);
  }
}

class Writing implements EventFiles {
  private readonly path: string;
  private readonly native: NativeModule;
  private readonly settings: TrainSettings;
  private readonly say: (diagnostic: Diagnostic) => void;
  /** null once it could not write. */
  private writer: SummaryFileWriter | null;

  constructor(
    path: string,
    native: NativeModule,
    settings: TrainSettings,
    say: (diagnostic: Diagnostic) => void,
  ) {
    [this.path, this.native, this.settings, this.say] = [path, native, settings, say];
    useTensorflow(native);
    this.writer = native.tf.node.summaryFileWriter(path, MOST_WAITING, FLUSH_MILLIS);
  }

  readonly take = (event: ProgressEvent): void => {
    if (event.kind === "step") this.takeStep(event);
    if (event.kind === "epoch") this.takeEpoch(event.epoch);
  };

  readonly close = (): void => this.writing((writer) => writer.flush());

  private takeStep(event: Extract<ProgressEvent, { kind: "step" }>): void {
    const { epoch, epochs, step, steps, stepLoss, samplesPerSecond } = event;
    const all = epochs * steps;
    const t = (epoch - 1) * steps + step;
    // The same steps in every sitting.
    if (t % Math.ceil(all / MOST_POINTS) !== 0) return;
    this.writing((writer) => {
      writer.scalar("step/loss", stepLoss, t);
      writer.scalar("step/learning_rate", learningRateAt(this.settings, t, all), t);
      writer.scalar("step/samples_per_second", samplesPerSecond, t);
    });
  }

  private takeEpoch(result: EpochResult): void {
    this.writing((writer) => {
      for (const [name, loss] of lossColumns(result))
        writer.scalar(`epoch/${name.replaceAll(" ", "_")}`, loss, result.epoch);
      writer.scalar("epoch/samples_per_second", result.samplesPerSecond, result.epoch);
      for (const evaluation of result.evaluations)
        for (const [tag, value] of metricsOf(evaluation, result.evaluations))
          writer.scalar(tag, value, result.epoch);
      writer.flush();
    });
  }

  private writing(write: (writer: SummaryFileWriter) => void): void {
    if (this.writer === null) return;
    useTensorflow(this.native);
    try {
      write(this.writer);
    } catch (error) {
      this.writer = null;
      this.say(diagnose(eventsUnwritable, { path: this.path, reason: reasonOf(error) }, noLocation));
    }
  }
}

/** `test/auc`, with the prediction where there are several: `test/click/auc`. What the rows do not define is left out. */
function metricsOf(
  { split, label, values }: Evaluation,
  all: readonly Evaluation[],
): [tag: string, value: number][] {
  const several = all.some((other) => other.label !== label);
  return Object.entries(values)
    .filter(([, value]) => Number.isFinite(value))
    .map(([metric, value]) => [[split, ...(several ? [label] : []), metric].join("/"), value]);
}

/** TensorFlow's words, without its numbers. */
function reasonOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  const [sentence] = /(?<=Message: ).*/.exec(text) ?? text.split("\n");
  return sentence!;
}
