// Trains trials of a search from their last checkpoint to a number of epochs, and measures them only on
// validation rows. Rows are read once for all trials that use the same features. Steps are the same, bit by
// bit, as those of `dinc train` with the same settings.

import { planBatches } from "../../compiler/data/batch-plan.ts";
import { scratchUnwritable } from "../../compiler/diagnostics/catalog/memory.ts";
import { fileUnwritable } from "../../compiler/diagnostics/catalog/run.ts";
import { studyDiffers } from "../../compiler/diagnostics/catalog/tune.ts";
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
import { bytesInRoom, countsInBatch, labelNumbersIn, occurrencesIn, openBatches } from "../data/batches.ts";
import { currentName } from "../driver/engine-names.ts";
import { throwIfStopped, type Watch } from "../driver/events.ts";
import { type Prepared, prepareRequest } from "../driver/prepare.ts";
import { bitsOf } from "../driver/train-run.ts";
import { requestTraining } from "../driver/training-request.ts";
import { chooseBackend } from "../engines/choose.ts";
import { unwritable } from "../files/unwritable.ts";
import { version } from "../files/version.ts";
import { identityOf, readCheckpoint, requireSame, writeCheckpoint } from "../run/checkpoint.ts";
import { readVectors } from "../train/vectors.ts";
import { type Base, optionsOf } from "./trial-options.ts";

/** The measure of a trial, on validation rows. */
export interface TrialObjective {
  readonly label: string;
  /** Such as `auc + gauc`. */
  readonly title: string;
  /** The weights of its metrics by their names among those of the spec. */
  readonly terms: Readonly<Record<string, number>>;
}

export interface TrialRequest {
  /** Null for the settings of the spec and of dinc.yaml. */
  readonly assignment: Assignment | null;
  /** The folder of prepared rows. */
  readonly rows: string;
  /** The total number of epochs to reach. */
  readonly epochs: number;
  /** The path of its state between two rungs. */
  readonly checkpoint: string;
  readonly objective: TrialObjective;
}

export interface TrialResult {
  /** The value on validation rows; null if the training diverged or failed. */
  readonly value: number | null;
  /** The reason for a missing value: a message with its code. */
  readonly problem: string | null;
  /** The number of epochs so far, and the epoch whose weights a run would have. */
  readonly epochs: number;
  readonly kept: number;
  /** All metrics of the objective's prediction on the validation rows, after that epoch. */
  readonly metrics: Readonly<Record<string, number | null>>;
  /** The time of all training so far, without evaluation. */
  readonly seconds: number;
}

export class TrialTrainer {
  private readonly base: Base;
  private held: { readonly rows: string; readonly prepared: Prepared } | null = null;

  constructor(base: Base) {
    this.base = base;
  }

  /**
   * Throws `Stopped` if the signal requests it, and DiagnosticError if the disk is full; mistakes of the
   * trial itself are a result.
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
    const counts = countsInBatch(
      prepared.data,
      planBatches(forward, tables, 1, model.train),
      model.train.batch,
    );
    const program = trainingProgram(forward, model, counts);
    const plan = planBatches(program.step, tables, backend.parts, program.settings);
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
        labelNumbers: labelNumbersIn(model, train),
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

  /** The model of a trial, with the rows of its features. */
  private async preparedFor({
    assignment,
    rows,
  }: TrialRequest): Promise<{ readonly model: Model; readonly prepared: Prepared }> {
    // The number of rows and the treatment of bad ones were decided when the rows were encoded.
    const { source, limit: _, onBadRow: __, ...base } = this.base;
    const options = { ...optionsOf(base, assignment), rows };
    const request = await requestTraining(source, options);
    if (this.held?.rows !== rows) {
      this.close();
      this.held = { rows, prepared: await prepareRequest(request, options) };
    }
    const { path, description } = request.rows!;
    const otherwise = requestDifference(path, description.reads, request.model, request.source);
    if (otherwise !== null) throw new DiagnosticError([otherwise]);
    return { model: request.model, prepared: this.held.prepared };
  }
}

/**
 * Whether a trial failed for a reason other than its settings, so that its failure says nothing about them.
 */
export function endsSearch({ diagnostics }: DiagnosticError): boolean {
  const all = [fileUnwritable, scratchUnwritable, studyDiffers];
  return diagnostics.some(({ code }) => all.some((each) => each.code === code));
}

/**
 * The error of a trial with its code: `the loss became NaN at step 12 (epoch 1); training stopped (DIN0507)`.
 */
export function problemOf({ diagnostics }: DiagnosticError): string {
  const { message, code } = diagnostics[0]!;
  return `${message} (${code})`;
}

export function withoutResult(problem: string): TrialResult {
  return { value: null, problem, epochs: 0, kept: 0, metrics: {}, seconds: 0 };
}

/** The search compares only values, and computing intervals would take longer than that. */
const withoutIntervals: Measure = (request, onProgress) =>
  measureHere({ ...request, resampling: { ...request.resampling, resamples: 0 } }, onProgress);

function resultOf({ epochs, best }: TrainState, { label, title, terms }: TrialObjective): TrialResult {
  const kept = best?.epoch ?? epochs.length;
  const own = epochs[kept - 1]?.evaluations.find(isOf(label));
  const parts = Object.entries(terms).map(([name, weight]) => weight * (own?.values[name] ?? Number.NaN));
  const isMeasured = Object.keys(terms).every((name) => own?.values[name] !== undefined);
  const value = isMeasured ? parts.reduce((sum, part) => sum + part) : undefined;
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
