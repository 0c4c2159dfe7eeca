// Event files for TensorBoard: loss, learning rate and speed by step; losses and metrics by epoch.

import { eventsUnwritable } from "../../compiler/diagnostics/catalog/event-files.ts";
import { type Diagnostic, diagnose, noLocation } from "../../compiler/diagnostics/diagnostic.ts";
import { learningRateAt } from "../../compiler/middle/training/schedules.ts";
import type { TrainSettings } from "../../compiler/middle/training/settings.ts";
import type { ProgressEvent } from "../../compiler/train/epochs.ts";
import type { Evaluation } from "../../compiler/train/score.ts";
import type { EpochResult } from "../../compiler/train/state.ts";
import { makeFolders } from "../files/atomic.ts";
import { isOfSystem, systemWords } from "../files/file-problem.ts";
import { unwritable } from "../files/unwritable.ts";
import type { EventFile } from "./event-file.ts";
import { lossColumns } from "./metrics/metric-columns.ts";

/** TensorBoard draws at most 1,000 points of a curve; to write more costs more than the steps themselves. */
const MOST_POINTS = 1000;

export interface EventFiles {
  /** Writes the scalars of an event. */
  readonly take: (event: ProgressEvent) => void;
  readonly close: () => void;
}

/**
 * Begins an event file in the folder `path`, which may have those of the sittings before. Throws DiagnosticError where the
 * folder cannot be written. A later failure is reported once, and training goes on.
 */
export async function openEventFiles(
  path: string,
  settings: TrainSettings,
  say: (diagnostic: Diagnostic) => void,
): Promise<EventFiles> {
  try {
    await makeFolders(path);
    const { EventFile } = await import("./event-file.ts");
    return new Writing(path, new EventFile(path), settings, say);
  } catch (error) {
    throw unwritable(path, error);
  }
}

class Writing implements EventFiles {
  private readonly path: string;
  private readonly settings: TrainSettings;
  private readonly say: (diagnostic: Diagnostic) => void;
  /** null once it could not write. */
  private file: EventFile | null;

  constructor(path: string, file: EventFile, settings: TrainSettings, say: (diagnostic: Diagnostic) => void) {
    [this.path, this.file, this.settings, this.say] = [path, file, settings, say];
  }

  readonly take = (event: ProgressEvent): void => {
    if (event.kind === "step") this.takeStep(event);
    if (event.kind === "epoch") this.takeEpoch(event.epoch);
  };

  readonly close = (): void => {
    this.writing((file) => file.flush());
    this.file?.close();
    this.file = null;
  };

  private takeStep(event: Extract<ProgressEvent, { kind: "step" }>): void {
    const { epoch, epochs, step, steps, stepLoss, samplesPerSecond } = event;
    const all = epochs * steps;
    const t = (epoch - 1) * steps + step;
    // The same steps in every sitting.
    if (t % Math.ceil(all / MOST_POINTS) !== 0) return;
    this.writing((file) => {
      file.scalar("step/loss", stepLoss, t);
      file.scalar("step/learning_rate", learningRateAt(this.settings, t, all), t);
      file.scalar("step/samples_per_second", samplesPerSecond, t);
    });
  }

  private takeEpoch(result: EpochResult): void {
    this.writing((file) => {
      for (const [name, loss] of lossColumns(result))
        file.scalar(`epoch/${name.replaceAll(" ", "_")}`, loss, result.epoch);
      file.scalar("epoch/samples_per_second", result.samplesPerSecond, result.epoch);
      for (const evaluation of result.evaluations)
        for (const [tag, value] of metricsOf(evaluation, result.evaluations))
          file.scalar(tag, value, result.epoch);
      file.flush();
    });
  }

  private writing(write: (file: EventFile) => void): void {
    const { file, path } = this;
    if (file === null) return;
    try {
      write(file);
    } catch (error) {
      if (!isOfSystem(error)) throw error;
      this.file = null;
      file.close();
      this.say(diagnose(eventsUnwritable, { path, reason: systemWords(error) }, noLocation));
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
