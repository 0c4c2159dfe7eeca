// Events and cancellation of a call of the driver.

import { otherFormDiffers } from "../../compiler/diagnostics/catalog/threads.ts";
import { type Diagnostic, diagnose, noLocation } from "../../compiler/diagnostics/diagnostic.ts";
import type { ProgressEvent } from "../../compiler/train/epochs.ts";
import type { Continuation } from "../../compiler/train/from/continuation.ts";
import type { EvaluationProgress, Split } from "../../compiler/train/score.ts";
import type { TrainingPosition } from "../../compiler/train/state.ts";
import type { WindowFacts } from "../data/read-data.ts";
import type { LeftOut } from "../data/tables.ts";
import type { PartFacts } from "../data/training-data.ts";
import type { EngineOptions, EngineWatch, NativeCodeOutcome } from "../engines/options.ts";
import type { ReadVectors } from "../train/vectors.ts";
import type { TrainedPeriod } from "./trained-period.ts";

/** The options of every call that may take long. */
export interface Watch {
  /**
   * If aborted, the call ends as soon as it can and throws `Stopped`. Files that it was writing are complete
   * or absent.
   */
  readonly signal?: AbortSignal;
  /** Receives events as they happen. Errors that it throws are passed on to the caller. */
  readonly onEvent?: (event: DriverEvent) => void;
}

export type DriverEvent =
  /** Warnings; errors are thrown. */
  | { readonly kind: "diagnostics"; readonly diagnostics: readonly Diagnostic[] }
  /** The engine of the model, chosen before data are read. */
  | {
      readonly kind: "backend";
      readonly model: string;
      readonly name: string;
      /** Its description, with versions. */
      readonly description: string;
      /** The reason for the choice, as a clause; null if it was requested. */
      readonly reason: string | null;
    }
  | {
      readonly kind: "native-code";
      readonly outcome: Exclude<NativeCodeOutcome, { readonly kind: "differs" }>;
    }
  /** The current activity, in a line that the next one replaces. */
  | { readonly kind: "activity"; readonly text: string }
  /** One of several trainings begins: of the full model, or `without` a part. */
  | {
      readonly kind: "ablating";
      readonly without: string | null;
      readonly number: number;
      readonly of: number;
    }
  /** The training of the linear model begins, after that of the model. */
  | { readonly kind: "linear" }
  /** One of several trainings begins, each with different validation rows. */
  | { readonly kind: "fold"; readonly number: number; readonly of: number }
  /** One of several trainings begins, each on the rows of one period. */
  | { readonly kind: "period"; readonly name: string; readonly number: number; readonly of: number }
  /** The run of a period is written, with its report. */
  | { readonly kind: "period-trained"; readonly period: TrainedPeriod }
  /** One of several trainings begins, each with another seed. */
  | { readonly kind: "seed"; readonly seed: number; readonly number: number; readonly of: number }
  /** The rows of a training are read and its encoders fitted. */
  | ({ readonly kind: "data" } & DataSummary)
  /** A table is initialised with vectors from a file. */
  | ({ readonly kind: "vectors" } & ReadVectors)
  /** A run of MLflow follows the training; `page` is its address. */
  | { readonly kind: "mlflow"; readonly page: string }
  /** The fate of each part of the run that the training continues from. */
  | { readonly kind: "from"; readonly run: string; readonly continuation: Continuation }
  /**
   * The first step comes next; `from` is the checkpoint of an interrupted training that continues, `epochs`
   * the total number.
   */
  | { readonly kind: "training"; readonly from: KeptCheckpoint | null; readonly epochs: number }
  | ProgressEvent
  /** A checkpoint was due; if it could not be written, the previous one stays. */
  | {
      readonly kind: "checkpoint";
      readonly path: string;
      readonly at: TrainingPosition;
      readonly written: boolean;
    }
  /** The number of rows of a split that are written to a folder of prepared rows so far. */
  | {
      readonly kind: "rows-written";
      readonly path: string;
      readonly split: Split;
      readonly rows: number;
      readonly of: number;
    }
  /** The work is done, and its result is being written. */
  | { readonly kind: "writing"; readonly path: string }
  /** Metrics of a run are being computed. */
  | { readonly kind: "measuring"; readonly progress: EvaluationProgress }
  /**
   * The number of rows scored so far, 0 at the beginning; `share` of all, 0 to 1, is null if the total is
   * unknown.
   */
  | { readonly kind: "scored"; readonly rows: number; readonly share: number | null }
  /** Bad rows that were left out of files. */
  | { readonly kind: "left-out"; readonly files: readonly LeftOut[] };

export interface DataSummary {
  /** By split; null if there is none. */
  readonly rows: Readonly<Record<Split, number | null>>;
  /** The number of values of each vocabulary. */
  readonly vocabularies: Readonly<Record<string, number>>;
  /** The bytes of columns that did not fit into `data.memory`, and their folder while the process runs. */
  readonly onDisk: { readonly bytes: number; readonly folder: string };
  /** The rows of the training file that were read; null if all were. */
  readonly window: WindowFacts | null;
  /**
   * The numbers of rows and users in the parts of the training rows, with their times; null if none are kept
   * aside.
   */
  readonly parts: PartFacts | null;
  /** The column that orders the events of a log; null for example rows. */
  readonly orderedBy: string | null;
}

/** The caller's signal ended a call. */
export class Stopped extends Error {
  override readonly name = "Stopped";
  /** The last step of the training; null if there was none yet. */
  readonly at: TrainingPosition | null;
  /** The existing checkpoint, from which `resume` continues. */
  readonly checkpoint: KeptCheckpoint | null;
  /** The folder of a run with the weights so far; null before the end of the first step. */
  readonly run: string | null;

  constructor(
    at: TrainingPosition | null = null,
    checkpoint: KeptCheckpoint | null = null,
    run: string | null = null,
  ) {
    super("stopped by the caller's signal");
    this.at = at;
    this.checkpoint = checkpoint;
    this.run = run;
  }
}

export interface KeptCheckpoint {
  readonly path: string;
  readonly at: TrainingPosition;
}

export function tellDiagnostics(diagnostics: readonly Diagnostic[], { onEvent }: Watch): void {
  if (diagnostics.length > 0) onEvent?.({ kind: "diagnostics", diagnostics });
}

/** Throws `Stopped` if the caller asked for it. */
export function throwIfStopped({ signal }: Watch): void {
  if (signal?.aborted) throw new Stopped();
}

/**
 * Returns the result of `work`, unless the caller's signal comes first: then nothing waits for it any longer.
 */
export async function unlessStopped<T>(work: Promise<T>, { signal }: Watch): Promise<T> {
  if (signal === undefined) return work;
  let stop = () => {};
  const stopped = new Promise<never>((_, reject) => {
    stop = () => reject(new Stopped());
    if (signal.aborted) stop();
    else signal.addEventListener("abort", stop);
  });
  work.catch(() => {});
  try {
    return await Promise.race([work, stopped]);
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

/** The options of an engine, with its findings reported as events. */
export function withFindingEvents<T extends EngineOptions & Watch>(options: T): T & EngineWatch {
  const { onEvent } = options;
  return {
    ...options,
    onNativeCode: (outcome) => {
      if (outcome.kind === "differs")
        tellDiagnostics([diagnose(otherFormDiffers, outcome, noLocation)], options);
      else onEvent?.({ kind: "native-code", outcome });
    },
  };
}
