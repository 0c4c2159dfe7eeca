// The training loop: epochs of shuffled batches, one session run a step, the row optimizer on the host, evaluation
// after each epoch. It writes no file; what it returns is complete.

import type {
  ParameterValues,
  TrainingBackend,
  TrainingSession,
} from "../../compiler/backends/contract/session.ts";
import { append } from "../../compiler/common/arrays.ts";
import { warmupTooLong } from "../../compiler/diagnostics/catalog/settings.ts";
import { DiagnosticError, diagnose, noLocation } from "../../compiler/diagnostics/diagnostic.ts";
import type { TableSpec } from "../../compiler/frontend/model/model.ts";
import type { TrainingProgram } from "../../compiler/middle/programs/program.ts";
import { tableUses } from "../../compiler/middle/programs/table-uses.ts";
import { scalarsAt } from "../../compiler/middle/training/schedules.ts";
import type { TrainSettings } from "../../compiler/middle/training/settings.ts";
import type { BatchStream } from "../data/batch-stream.ts";
import { RowOrders, skip } from "../data/row-order.ts";
import { occurrencesIn, type RowSource } from "../data/row-source.ts";
import { EarlyStopping, type Stopped } from "./early-stop.ts";
import { EventLoopYield } from "./event-loop-yield.ts";
import { initialParameters } from "./initial.ts";
import { addStep, meanLosses } from "./loss-curve.ts";
import { resamplesFor } from "./metrics/bootstrap.ts";
import { type Measure, measureInPlace } from "./metrics/metrics-thread.ts";
import { notFiniteLoss, requireFinite } from "./not-finite.ts";
import { type Evaluation, type EvaluationProgress, evaluateScores, type Split, score } from "./score.ts";
import {
  type Checkpoints,
  type EpochResult,
  NOT_BEGUN,
  type RunningEpoch,
  TrainingStopped,
  type TrainState,
} from "./state.ts";
import {
  decayOf,
  type HostTable,
  type InitialRows,
  initialTable,
  RowGatherer,
  updateTables,
} from "./tables.ts";

export interface TrainOptions {
  readonly program: TrainingProgram;
  readonly backend: TrainingBackend;
  readonly tables: readonly TableSpec[];
  /** By table: vectors that its rows begin as. */
  readonly vectors?: ReadonlyMap<string, InitialRows>;
  readonly train: RowSource;
  /** Labels of the predictions, in their order. */
  readonly labels: readonly string[];
  /** Evaluated after each epoch, in this order. */
  readonly evaluate: readonly { readonly split: Split; readonly data: RowSource }[];
  readonly batches: BatchStream;
  /** Makes the order of rows of each epoch; in memory where not given. */
  readonly orders?: RowOrders;
  /** Computes the metrics; in this thread where not given. */
  readonly measure?: Measure;
  readonly checkpoints?: Checkpoints;
  readonly onProgress?: (event: ProgressEvent) => void;
}

export type ProgressEvent =
  | {
      readonly kind: "step";
      readonly epoch: number;
      readonly step: number;
      /** Steps of one epoch, and the number of epochs. */
      readonly steps: number;
      readonly epochs: number;
      /** Mean over the epoch's examples so far. */
      readonly loss: number;
      /** Of this step alone. */
      readonly stepLoss: number;
      readonly samplesPerSecond: number;
      /** Seconds of training left, evaluations not counted. */
      readonly remaining: number;
    }
  | {
      readonly kind: "evaluation";
      readonly epoch: number;
      readonly split: Split;
      readonly progress: EvaluationProgress;
    }
  | { readonly kind: "epoch"; readonly epoch: EpochResult };

export interface TrainResult {
  readonly epochs: readonly EpochResult[];
  /** The epoch after which tables and parameters were as they are here: the last one, or with an early stop the best. */
  readonly kept: number;
  /** Null without an early stop. */
  readonly stopped: Stopped | null;
  readonly tables: ReadonlyMap<string, HostTable>;
  /** Every parameter, slots included. */
  readonly parameters: ParameterValues;
  /** Of training, evaluation not counted. */
  readonly seconds: number;
  readonly samplesPerSecond: number;
}

/**
 * Throws DiagnosticError when the loss stops being a number: what came of such a training is not worth keeping, but a
 * checkpoint from before stays; and before the first step, where there is nothing that an early stop could go by, or the
 * warm-up would outlast the training. Throws TrainingStopped when the person asked for it.
 */
export async function train(options: TrainOptions): Promise<TrainResult> {
  const { program, backend, checkpoints } = options;
  const from = checkpoints?.from ?? null;
  const { settings } = program;
  checkWarmup(settings, options.train.rows);
  const stopping = EarlyStopping.of(settings, options.labels, options.evaluate, from?.best ?? null);
  const begun = initialTables(options, from);
  const session = await backend.open(
    program,
    from?.parameters ?? initialParameters(program.step, settings.seed),
    begun,
  );
  const tables = heldBy(session, begun);
  try {
    const epochs = [...(from?.epochs ?? [])];
    const orders = options.orders ?? new RowOrders();
    const stateAt = (running: RunningEpoch): TrainState => {
      const parameters = session.read();
      requireFinite(parameters, tables, running.steps, epochs.length + 1, settings.optimizer);
      return { epochs, running, tables, parameters, best: stopping?.best ?? null };
    };
    const keep = async (running: RunningEpoch, isEnd: boolean): Promise<void> => {
      if (checkpoints === undefined) return;
      const isAsked = checkpoints.stopping();
      if (!isAsked && !isEnd && !checkpoints.due()) return;
      const state = stateAt(running);
      await checkpoints.save(state);
      if (isAsked) throw new TrainingStopped(state);
    };
    let running = from?.running ?? NOT_BEGUN;
    while (epochs.length < settings.epochs && stopping?.isOver(epochs.length) !== true) {
      const epoch = epochs.length + 1;
      running = await trainEpoch(epoch, running, session, tables, options, orders, (now) => keep(now, false));
      requireFinite(session.read(), tables, running.steps, epoch, settings.optimizer);
      const evaluations = await evaluateEpoch(epoch, session, tables, options, () => keep(running, false));
      const result: EpochResult = { epoch, ...resultOf(running), evaluations };
      epochs.push(result);
      running = NOT_BEGUN;
      options.onProgress?.({ kind: "epoch", epoch: result });
      stopping?.observe(epoch, evaluations, session, tables);
      await keep(running, true);
    }
    const stopped = stopping?.restore(epochs.length, session, tables) ?? null;
    const kept = stopped?.epoch ?? epochs.length;
    const seconds = epochs.reduce((sum, epoch) => sum + epoch.seconds, 0);
    const samplesPerSecond = (options.train.rows * epochs.length) / seconds;
    return { epochs, kept, stopped, tables, parameters: session.read(), seconds, samplesPerSecond };
  } finally {
    session.dispose();
  }
}

/** The model's tables as they begin, or as they were kept. */
function initialTables(options: TrainOptions, from: TrainState | null): ReadonlyMap<string, HostTable> {
  const { program, vectors } = options;
  const { optimizer, seed } = program.settings;
  const specs = options.tables.filter((spec) => program.tables.includes(spec.name));
  const decays = decaysOf(specs, options);
  return new Map(
    specs.map((spec, i) => {
      const given = vectors?.get(spec.name) ?? null;
      const table = initialTable(spec, optimizer, decays[i]!, seed, given);
      const kept = from?.tables.get(spec.name);
      return [spec.name, kept === undefined ? table : { ...table, ...kept }];
    }),
  );
}

/** The tables, where the session keeps them itself. */
function heldBy(
  { holds }: TrainingSession,
  tables: ReadonlyMap<string, HostTable>,
): ReadonlyMap<string, HostTable> {
  if (holds === null) return tables;
  return new Map([...tables].map(([name, table]) => [name, { ...table, ...holds.get(name)! }]));
}

/** `batches` of an evaluation, which changes nothing: it is left where the person wants to stop, and done again later. */
function interruptible(
  batches: BatchStream,
  stop: () => Promise<void>,
  checkpoints: Checkpoints | undefined,
): BatchStream {
  if (checkpoints === undefined) return batches;
  return async function* (...request) {
    for await (const batch of batches(...request)) {
      if (checkpoints.stopping()) await stop();
      yield batch;
    }
  };
}

/** The same of what is measured: it goes on in its thread until that is closed, and nobody waits for it. */
function interruptibleMeasure(
  measure: Measure,
  stop: () => Promise<void>,
  checkpoints: Checkpoints | undefined,
): Measure {
  if (checkpoints === undefined) return measure;
  return async (request, onProgress) => {
    const answer = measure(request, onProgress);
    let timer: NodeJS.Timeout | undefined;
    const stopping = new Promise<null>((resolve) => {
      timer = setInterval(() => {
        if (checkpoints.stopping()) resolve(null);
      }, STOPPING_INTERVAL_MS);
    });
    try {
      const first = await Promise.race([answer, stopping]);
      if (first !== null) return first;
      answer.catch(() => {}); // that its thread was closed
      await stop();
      return await answer;
    } finally {
      clearInterval(timer);
    }
  };
}

const STOPPING_INTERVAL_MS = 50;

/** The metrics of every split, as the weights are now. */
async function evaluateEpoch(
  epoch: number,
  session: TrainingSession,
  tables: ReadonlyMap<string, HostTable>,
  options: TrainOptions,
  stop: () => Promise<void>,
): Promise<Evaluation[]> {
  const { metrics, seed } = options.program.settings;
  const { checkpoints } = options;
  const batches = interruptible(options.batches, stop, checkpoints);
  const measure = interruptibleMeasure(options.measure ?? measureInPlace, stop, checkpoints);
  const evaluations: Evaluation[] = [];
  for (const { split, data } of options.evaluate) {
    const onProgress = (progress: EvaluationProgress) =>
      options.onProgress?.({ kind: "evaluation", epoch, split, progress });
    const scores = await score(session, tables, data, batches, options.labels, (rows) =>
      onProgress({ kind: "scoring", rows, of: data.rows }),
    );
    const measures = {
      metrics,
      resampling: { seed, resamples: resamplesFor(data.rows) },
      measure,
      onProgress,
    };
    append(evaluations, await evaluateScores(split, data, scores, measures));
  }
  return evaluations;
}

function checkWarmup({ schedule: { warmup }, batch, epochs }: TrainSettings, rows: number): void {
  const steps = Math.ceil(rows / batch) * epochs;
  if (warmup === 0 || warmup < steps) return;
  throw new DiagnosticError([diagnose(warmupTooLong, { warmup, steps }, noLocation)]);
}

/** Of each table; ids are counted for all of them at once, as an event log is gone through for it. */
function decaysOf(
  specs: readonly TableSpec[],
  { program, train: data }: TrainOptions,
): readonly HostTable["decay"][] {
  const { miniBatchAware: lambda, l2 } = program.settings;
  if (lambda === null) return specs.map(() => (l2.tables === 0 ? null : l2.tables));
  const uses = tableUses(program.step);
  const counted = specs.map(({ name, rows: ids }) => ({
    ids,
    uses: uses.filter(({ table }) => table === name),
  }));
  return occurrencesIn(counted, data).map((counts) => decayOf(lambda, counts));
}

/** Goes on after `from`; what comes back has all steps of the epoch. `after` is called after each. */
async function trainEpoch(
  epoch: number,
  from: RunningEpoch,
  session: TrainingSession,
  tables: ReadonlyMap<string, HostTable>,
  { program, train: data, batches, onProgress }: TrainOptions,
  orders: RowOrders,
  after: (running: RunningEpoch) => Promise<void>,
): Promise<RunningEpoch> {
  const { optimizer, batch: batchSize, epochs, seed } = program.settings;
  const steps = Math.ceil(data.rows / batchSize);
  const gatherer = new RowGatherer(tables);
  const turns = new EventLoopYield();
  const started = performance.now() - 1000 * from.seconds;
  let { steps: step, samples, loss: sum } = from;
  const sums = new Map(from.terms);
  const curve = [...from.curve];
  const running = (): RunningEpoch => ({
    steps: step,
    samples,
    loss: sum,
    terms: sums,
    curve,
    seconds: (performance.now() - started) / 1000,
  });
  const order = skip(orders.ofEpoch(data.rows, seed, epoch), step * batchSize);
  const streams = { seed, step: (epoch - 1) * steps + step + 1 };
  for await (const batch of batches(data, order, batchSize, streams)) {
    step += 1;
    const scalars = scalarsAt(program.settings, (epoch - 1) * steps + step, epochs * steps);
    const isHeld = session.holds !== null;
    const rows = isHeld ? {} : gatherer.gather(batch);
    const { loss, terms, gradients } = session.step({ batch, rows, scalars });
    if (!Number.isFinite(loss))
      throw notFiniteLoss(loss, (epoch - 1) * steps + step, epoch, optimizer, batch.inputs);
    if (!isHeld) updateTables(tables, optimizer, batch, gradients, scalars);
    samples += batch.size;
    sum += loss * batch.size;
    addStep(curve, step, steps, loss, batch.size);
    for (const [name, term] of Object.entries(terms))
      sums.set(name, (sums.get(name) ?? 0) + term * batch.size);
    const samplesPerSecond = (1000 * samples) / (performance.now() - started);
    const remaining = ((epochs - epoch + 1) * data.rows - samples) / samplesPerSecond;
    onProgress?.({
      kind: "step",
      epoch,
      step,
      steps,
      epochs,
      loss: sum / samples,
      stepLoss: loss,
      samplesPerSecond,
      remaining,
    });
    await turns.take();
    await after(running());
  }
  return running();
}

function resultOf({
  steps,
  samples,
  loss,
  terms,
  curve,
  seconds,
}: RunningEpoch): Omit<EpochResult, "epoch" | "evaluations"> {
  return {
    loss: loss / samples,
    terms: new Map([...terms].map(([name, total]) => [name, total / samples])),
    steps,
    curve: meanLosses(curve),
    seconds,
    samplesPerSecond: samples / seconds,
  };
}
