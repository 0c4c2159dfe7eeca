// Trains trials of a search: from where a trial stood to a number of epochs, measured on validation rows
// alone. Rows are read once for all trials that read the same features. Steps are those of `dinc train` with
// the same settings, bit by bit.

import { planBatches } from "../../compiler/data/batch-plan.ts";
import { scratchUnwritable } from "../../compiler/diagnostics/catalog/memory.ts";
import { fileUnwritable } from "../../compiler/diagnostics/catalog/run.ts";
import { DiagnosticError } from "../../compiler/diagnostics/diagnostic.ts";
import { lower } from "../../compiler/frontend/check/lower.ts";
import { requestDifference } from "../../compiler/frontend/config/rows-description.ts";
import { tablesOf } from "../../compiler/frontend/kinds/model-queries.ts";
import { measuredPredictions } from "../../compiler/frontend/labels/registry.ts";
import type { Model } from "../../compiler/frontend/model/model.ts";
import { trainingProgram } from "../../compiler/middle/programs/step.ts";
import { endOfEpoch } from "../../compiler/train/epochs.ts";
import { EventLoopYield } from "../../compiler/train/event-loop-yield.ts";
import { type Measure, measureHere } from "../../compiler/train/metrics/evaluate.ts";
import type { Evaluation } from "../../compiler/train/score.ts";
import type { TrainState } from "../../compiler/train/state.ts";
import { Trainer } from "../../compiler/train/trainer.ts";
import type { Assignment } from "../../compiler/tune/space.ts";
import { bytesInRoom, countsInBatch, occurrencesIn, openBatches } from "../data/batches.ts";
import { currentName } from "../driver/engine-names.ts";
import { throwIfStopped, type Watch } from "../driver/events.ts";
import { askedFor, type Prepared, preparedOf } from "../driver/prepare.ts";
import { bitsOf } from "../driver/train.ts";
import { chooseBackend } from "../engines/choose.ts";
import { unwritable } from "../files/unwritable.ts";
import { version } from "../files/version.ts";
import { identityOf, readCheckpoint, requireSame, writeCheckpoint } from "../run/checkpoint.ts";
import { readVectors } from "../train/vectors.ts";
import { type Base, optionsOf } from "./trial-options.ts";

/** What a trial is judged by, on validation rows. */
export interface TrialObjective {
  readonly label: string;
  /** What the metric is called among those of the spec. */
  readonly title: string;
}

export interface TrialRequest {
  /** Null for the settings of the spec and of dinc.yaml as they are. */
  readonly assignment: Assignment | null;
  /** The folder of prepared rows. */
  readonly rows: string;
  /** How many epochs it is to have behind it. */
  readonly epochs: number;
  /** Where its state is kept between two rungs. */
  readonly checkpoint: string;
  readonly objective: TrialObjective;
}

export interface TrialResult {
  /** On the validation rows; null where the training diverged, or could not be. */
  readonly value: number | null;
  /** Why there is none: a message with its code. */
  readonly problem: string | null;
  /** Epochs behind it, and the one whose weights a run would have. */
  readonly epochs: number;
  readonly kept: number;
  /** All metrics of the objective's prediction on the validation rows, of that epoch. */
  readonly metrics: Readonly<Record<string, number | null>>;
  /** Of all its training so far, evaluation not counted. */
  readonly seconds: number;
}

export class TrialTrainer {
  private readonly base: Base;
  private held: { readonly rows: string; readonly prepared: Prepared } | null = null;

  constructor(base: Base) {
    this.base = base;
  }

  /**
   * Throws `Stopped` where the signal says so, and DiagnosticError where the disk takes nothing any more;
   * what is wrong with the trial itself is a result.
   */
  async run(request: TrialRequest, watch: Watch): Promise<TrialResult> {
    try {
      return await this.trained(request, watch);
    } catch (error) {
      if (!(error instanceof DiagnosticError) || endsSearch(error)) throw error;
      return withoutResult(problemOf(error));
    }
  }

  close(): void {
    this.held?.prepared.close();
    this.held = null;
  }

  private async trained(request: TrialRequest, watch: Watch): Promise<TrialResult> {
    const { objective, epochs: until } = request;
    const { model, prepared } = await this.preparedFor(request);
    const { train, valid, fitted, fingerprint, orders } = prepared.data;
    const forward = lower(model);
    const tables = tablesOf(model, fitted);
    const choice = currentName(this.base.backend ?? "auto", "caller", watch);
    const backend = await chooseBackend(
      choice === "auto" ? { trainedBy: null, graph: trainingProgram(forward, model).step } : choice,
      this.base,
    );
    const counts = countsInBatch(prepared.data, planBatches(forward, tables), model.train.batch);
    const program = trainingProgram(forward, model, counts);
    const plan = planBatches(program.step, tables, backend.parts);
    const vectors = await readVectors(model, fitted, tables, () => {});
    const identity = identityOf({
      ...{ program, tables, data: fingerprint, backend: bitsOf(backend), compiler: version() },
    });
    const batches = openBatches(plan);
    try {
      const options = {
        ...{ program, backend, tables, vectors, train, orders },
        predictions: measuredPredictions(model),
        evaluate: valid === null ? [] : [{ split: "valid" as const, data: valid }],
        batches: batches.stream,
        batchBytes: bytesInRoom(prepared.data, plan, model.train.batch),
        occurrences: (counted: Parameters<typeof occurrencesIn>[0]) => occurrencesIn(counted, train),
        measure: withoutIntervals,
      };
      const found = await readCheckpoint(request.checkpoint).catch(() => null);
      if (found !== null) requireSame(request.checkpoint, found, identity, program);
      const trainer = await Trainer.open(options, found?.state ?? null);
      try {
        const turns = new EventLoopYield();
        let isChanged = false;
        while (!trainer.isOver && trainer.epochs.length < until) {
          isChanged = true;
          while (!trainer.isEpochDone) {
            await trainer.step();
            await turns.take();
            throwIfStopped(watch);
          }
          await endOfEpoch(trainer, options);
        }
        const { state } = trainer;
        if (isChanged && !trainer.isOver)
          await writeCheckpoint(request.checkpoint, { identity, state }).catch((error: unknown) => {
            throw unwritable(request.checkpoint, error);
          });
        return resultOf(state, objective);
      } finally {
        await trainer.close();
      }
    } finally {
      await batches.close();
    }
  }

  /** The model of a trial, and rows of its features. */
  private async preparedFor({
    assignment,
    rows,
  }: TrialRequest): Promise<{ readonly model: Model; readonly prepared: Prepared }> {
    // How many rows there are, and what became of bad ones, was decided when they were encoded.
    const { source, limit: _, onBadRow: __, ...base } = this.base;
    const options = { ...optionsOf(base, assignment), rows };
    const asked = await askedFor(source, options);
    if (this.held?.rows !== rows) {
      this.close();
      this.held = { rows, prepared: await preparedOf(asked, options) };
    }
    const { path, description } = asked.rows!;
    const otherwise = requestDifference(path, description.reads, asked.model, asked.source);
    if (otherwise !== null) throw new DiagnosticError([otherwise]);
    return { model: asked.model, prepared: this.held.prepared };
  }
}

/** Whether a trial failed for a reason that is none of its settings': what was not tried is no finding. */
export function endsSearch({ diagnostics }: DiagnosticError): boolean {
  return diagnostics.some(({ code }) => code === fileUnwritable.code || code === scratchUnwritable.code);
}

/** What is wrong with a trial, with its code: `the loss became NaN at step 12 (epoch 1); training stopped (DIN0507)`. */
export function problemOf({ diagnostics }: DiagnosticError): string {
  const { message, code } = diagnostics[0]!;
  return `${message} (${code})`;
}

export function withoutResult(problem: string): TrialResult {
  return { value: null, problem, epochs: 0, kept: 0, metrics: {}, seconds: 0 };
}

/** Many trials are compared by values, and intervals take longer than these. */
const withoutIntervals: Measure = (request, onProgress) =>
  measureHere({ ...request, resampling: { ...request.resampling, resamples: 0 } }, onProgress);

function resultOf({ epochs, best }: TrainState, { label, title }: TrialObjective): TrialResult {
  const kept = best?.epoch ?? epochs.length;
  const own = epochs[kept - 1]?.evaluations.find(isOf(label));
  const value = own?.values[title];
  const seconds = epochs.reduce((sum, epoch) => sum + epoch.seconds, 0);
  const finite = (number: number) => (Number.isFinite(number) ? number : null);
  return {
    value: value === undefined ? null : finite(value),
    problem:
      value === undefined
        ? `the model does not measure ${title} of ${label}`
        : Number.isFinite(value)
          ? null
          : `the validation rows do not define ${title}`,
    ...{ epochs: epochs.length, kept },
    metrics: Object.fromEntries(
      Object.entries(own?.values ?? {}).map(([name, each]) => [name, finite(each)]),
    ),
    seconds,
  };
}

const isOf = (label: string) => (evaluation: Evaluation) =>
  evaluation.split === "valid" && evaluation.label === label;
