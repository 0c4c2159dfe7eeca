// Events and cancellation of a call of the driver.

import { wideVectorsDiffer } from "../../compiler/diagnostics/catalog/threads.ts";
import { type Diagnostic, diagnose, noLocation } from "../../compiler/diagnostics/diagnostic.ts";
import type { ProgressEvent } from "../../compiler/train/epochs.ts";
import type { Continuation } from "../../compiler/train/from/continuation.ts";
import type { EvaluationProgress, Split } from "../../compiler/train/score.ts";
import type { TrainingPosition } from "../../compiler/train/state.ts";
import type { WindowFacts } from "../data/read-data.ts";
import type { LeftOut } from "../data/tables.ts";
import type { PartFacts } from "../data/training-data.ts";
import type { EngineOptions, EngineWatch } from "../engines/options.ts";
import type { ReadVectors } from "../train/vectors.ts";

/** What every call takes that may last. */
export interface Watch {
  /** Aborted: the call ends as soon as it can and throws `Stopped`. What it was writing is there in full or not at all. */
  readonly signal?: AbortSignal;
  /** Gets what is worth knowing, as it happens. What it throws comes out of the call. */
  readonly onEvent?: (event: DriverEvent) => void;
}

export type DriverEvent =
  /** Warnings; errors are thrown. */
  | { readonly kind: "diagnostics"; readonly diagnostics: readonly Diagnostic[] }
  /** What runs the model, chosen before data are read. */
  | {
      readonly kind: "backend";
      readonly model: string;
      readonly name: string;
      /** With versions. */
      readonly description: string;
      /** Why it was chosen, as a clause; null where it was asked for. */
      readonly reason: string | null;
    }
  /**
   * Vectors of 256 bits were asked for: from here on they are used, or they make no step faster, or V8 cannot
   * compile the model with them.
   */
  | { readonly kind: "wide-vectors"; readonly found: "taken" | "slower" | "missing" }
  /** What is being done, in a line that the next one replaces. */
  | { readonly kind: "activity"; readonly text: string }
  /** One of several trainings begins: of the model as it is, or `without` something. */
  | {
      readonly kind: "ablating";
      readonly without: string | null;
      readonly number: number;
      readonly of: number;
    }
  /** One of several trainings begins, each with other validation rows. */
  | { readonly kind: "fold"; readonly number: number; readonly of: number }
  /** One of several trainings begins, each with another seed. */
  | { readonly kind: "seed"; readonly seed: number; readonly number: number; readonly of: number }
  /** The rows of a training are read and its encoders fitted. */
  | ({ readonly kind: "data" } & DataSummary)
  /** A table begins as vectors of a file. */
  | ({ readonly kind: "vectors" } & ReadVectors)
  /** A run of MLflow follows the training; `page` is its address. */
  | { readonly kind: "mlflow"; readonly page: string }
  /** What becomes of the run that the training goes on from. */
  | { readonly kind: "from"; readonly run: string; readonly continuation: Continuation }
  /**
   * The first step comes next; `from` is the checkpoint of an earlier training that goes on, `epochs` how
   * many there will be in all.
   */
  | { readonly kind: "training"; readonly from: KeptCheckpoint | null; readonly epochs: number }
  | ProgressEvent
  /** The checkpoint was to be written: where it could not be, the one from before stays. */
  | {
      readonly kind: "checkpoint";
      readonly path: string;
      readonly at: TrainingPosition;
      readonly written: boolean;
    }
  /** The work is done; what came of it is being written. */
  | { readonly kind: "writing"; readonly path: string }
  /** Metrics of a run are being computed. */
  | { readonly kind: "measuring"; readonly progress: EvaluationProgress }
  /**
   * Rows that were scored so far, 0 at the beginning; `share` of all, 0 to 1, is null where nobody knows how
   * many there are.
   */
  | { readonly kind: "scored"; readonly rows: number; readonly share: number | null }
  /** Bad rows that were left out of files. */
  | { readonly kind: "left-out"; readonly files: readonly LeftOut[] };

export interface DataSummary {
  /** By split; null where there is none. */
  readonly rows: Readonly<Record<Split, number | null>>;
  /** By vocabulary: how many values it has. */
  readonly vocabularies: Readonly<Record<string, number>>;
  /** Bytes of columns that did not fit into `data.memory`, and the folder in which they lie while the process runs. */
  readonly onDisk: { readonly bytes: number; readonly folder: string };
  /** Which rows of the training file were read; null where all were. */
  readonly window: WindowFacts | null;
  /** How many rows and users the parts of the training rows have, and from which times; null where none are kept aside. */
  readonly parts: PartFacts | null;
  /** What put the events of a log in order; null of example rows. */
  readonly orderedBy: string | null;
}

/** The caller's signal ended a call. */
export class Stopped extends Error {
  override readonly name = "Stopped";
  /** After which step a training stands; null where there was none yet. */
  readonly at: TrainingPosition | null;
  /** The checkpoint that there is, from which `resume` goes on. */
  readonly checkpoint: KeptCheckpoint | null;

  constructor(at: TrainingPosition | null = null, checkpoint: KeptCheckpoint | null = null) {
    super("stopped by the caller's signal");
    this.at = at;
    this.checkpoint = checkpoint;
  }
}

export interface KeptCheckpoint {
  readonly path: string;
  readonly at: TrainingPosition;
}

export function tellDiagnostics(diagnostics: readonly Diagnostic[], { onEvent }: Watch): void {
  if (diagnostics.length > 0) onEvent?.({ kind: "diagnostics", diagnostics });
}

/** Throws `Stopped` where the caller asked for it. */
export function throwIfStopped({ signal }: Watch): void {
  if (signal?.aborted) throw new Stopped();
}

/** What `work` gives, unless the caller's signal comes first: then nobody waits for it any more. */
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

/** The options of an engine, with what it finds out told as events. */
export function toldBy<T extends EngineOptions & Watch>(options: T): T & EngineWatch {
  const { onEvent } = options;
  return {
    ...options,
    onWideVectors: (outcome) => {
      if (outcome.kind === "differs")
        tellDiagnostics([diagnose(wideVectorsDiffer, outcome, noLocation)], options);
      else onEvent?.({ kind: "wide-vectors", found: outcome.kind });
    },
  };
}
