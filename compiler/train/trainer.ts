// A training, step by step: epochs of shuffled batches, one session run per step, the row optimizer if the
// session holds no tables, and an early stop. The caller decides when to make a step, and evaluates between
// epochs.

import type { Batch } from "../backends/contract/batch.ts";
import type { ParameterValues, TrainingBackend, TrainingSession } from "../backends/contract/session.ts";
import type { BatchStream } from "../data/batch-stream.ts";
import type { MeasuredColumns } from "../data/memory-rows.ts";
import { type CumulativeShares, cumulativeShares } from "../data/noise.ts";
import type { CountedIds } from "../data/occurrences.ts";
import { afterSteps, MemoryOrders, type RowOrders } from "../data/row-order.ts";
import { warmupTooLong } from "../diagnostics/catalog/settings.ts";
import { DiagnosticError, diagnose, noLocation } from "../diagnostics/diagnostic.ts";
import type { MeasuredPrediction } from "../frontend/labels/registry.ts";
import type { TableSpec } from "../frontend/model/model.ts";
import type { TrainingProgram } from "../middle/programs/program.ts";
import { drawsOf, tableUses } from "../middle/programs/table-uses.ts";
import { beginsAnew, pullsAllRows } from "../middle/training/parts.ts";
import { fallsAfter, learningRateAt, scalarsAt } from "../middle/training/schedules.ts";
import type { TrainSettings } from "../middle/training/settings.ts";
import { averaged, type Judged, put } from "./averaged.ts";
import { NO_COUNTS, type TrainingCounts } from "./counts.ts";
import { type EarlyStopped, EarlyStopping } from "./early-stop.ts";
import { initialParameters, type LabelNumbers, withLabelNumbers } from "./initial.ts";
import { addStep, meanLosses } from "./loss-curve.ts";
import { Monitored } from "./monitored.ts";
import { notFiniteLoss, requireFinite } from "./not-finite.ts";
import type { Evaluation, Split } from "./score.ts";
import { type EpochResult, NOT_BEGUN, type RunningEpoch, type TrainState } from "./state.ts";
import {
  type Beginning,
  beginAnew,
  decayOf,
  type HostTable,
  type InitialVectors,
  initialTable,
  RowGatherer,
  updateTables,
} from "./tables.ts";

export interface TrainerOptions<Rows extends MeasuredColumns> {
  readonly program: TrainingProgram;
  readonly backend: TrainingBackend;
  readonly tables: readonly TableSpec[];
  /** By table: given initial vectors of its rows. */
  readonly vectors?: ReadonlyMap<string, InitialVectors>;
  readonly train: Rows;
  /** In order. */
  readonly predictions: readonly MeasuredPrediction[];
  /** The rows to evaluate after each epoch. */
  readonly evaluate: readonly { readonly split: Split; readonly data: Rows }[];
  readonly batches: BatchStream<Rows>;
  /** The bytes of a usual batch in a session's room; without it, batches are copied. */
  readonly batchBytes?: number;
  /** Makes the order of rows of each epoch; in memory by default. */
  readonly orders?: RowOrders;
  /** By table: what it began with, optimizer's state included, if this training continues from a run. */
  readonly earlier?: ReadonlyMap<string, Beginning>;
  /** The counts of earlier trainings, if this one continues from their weights. */
  readonly before?: TrainingCounts;
  /** Counts the occurrences of ids in the training rows. */
  readonly occurrences: (counted: readonly CountedIds[]) => readonly Float64Array[];
  /** The numbers that a label's transforms learn from the training rows, by index in its pipe; absent if none learns. */
  readonly labelNumbers?: LabelNumbers;
}

export interface StepProgress {
  readonly kind: "step";
  readonly epoch: number;
  readonly step: number;
  /** The steps of one epoch, and the number of epochs. */
  readonly steps: number;
  readonly epochs: number;
  /** The mean over the epoch's examples so far. */
  readonly loss: number;
  /** The loss of this step alone. */
  readonly stepLoss: number;
  /** That of everything without an optimizer of its own. */
  readonly learningRate: number;
  readonly samplesPerSecond: number;
  /** The seconds of training left, without evaluations. */
  readonly remaining: number;
}

export class Trainer<Rows extends MeasuredColumns> {
  readonly session: TrainingSession;
  readonly tables: ReadonlyMap<string, HostTable>;
  private readonly options: TrainerOptions<Rows>;
  /** By input with ids that are not drawn alike. */
  private readonly shares: ReadonlyMap<string, CumulativeShares>;
  private readonly orders: RowOrders;
  private readonly stopping: EarlyStopping | null;
  private readonly plateau: Monitored | null;
  /** The number of times that the plateau has lowered the learning rate. */
  private falls: number;
  private readonly gatherer: RowGatherer;
  private readonly earlier: ReadonlyMap<string, Beginning>;
  private readonly done: EpochResult[];
  private measured: readonly Evaluation[];
  private epochNow: RunningEpoch;
  /** The remaining batches of the running epoch; null before its first step in this session. */
  private stream: AsyncIterator<Batch> | null = null;
  /** The parameters, while the session has their averages. */
  private trained: ParameterValues | null = null;
  /** The outcome, once the training is over. */
  private finished: { readonly stopped: EarlyStopped | null } | null = null;
  /** The start of the current time of training; null while not training. */
  private since: number | null = null;

  /**
   * Opens a session with initial weights, or those of `from`. Throws DiagnosticError if an early stop has
   * nothing to decide by, or the warm-up would outlast the training.
   */
  static async open<Rows extends MeasuredColumns>(
    options: TrainerOptions<Rows>,
    from: TrainState | null = null,
  ): Promise<Trainer<Rows>> {
    const { program, backend, predictions, evaluate, train } = options;
    const { settings } = program;
    checkWarmup(settings, train.rows);
    const stopping = EarlyStopping.of(settings, predictions, evaluate, from?.best ?? null);
    const { schedule } = settings;
    const plateau =
      schedule.kind === "plateau"
        ? Monitored.of("schedule plateau", schedule.monitor, predictions, evaluate)
        : null;
    const begun = initialTables(options, from);
    const initial = withLabelNumbers(
      program,
      from?.parameters ?? initialParameters(program.step, settings.seed),
      options.labelNumbers,
    );
    const session = await backend.open(program, initial, begun, options.batchBytes);
    return new Trainer(options, session, heldBy(session, begun), stopping, plateau, from);
  }

  private constructor(
    options: TrainerOptions<Rows>,
    session: TrainingSession,
    tables: ReadonlyMap<string, HostTable>,
    stopping: EarlyStopping | null,
    plateau: Monitored | null,
    from: TrainState | null,
  ) {
    this.options = options;
    this.session = session;
    this.tables = tables;
    this.stopping = stopping;
    this.plateau = plateau;
    this.shares = sharesOf(options);
    this.orders = options.orders ?? new MemoryOrders();
    this.gatherer = new RowGatherer(tables);
    this.earlier = copiesOf(options);
    this.done = [...(from?.epochs ?? [])];
    this.falls = this.fallen();
    this.measured = from?.begun ?? [];
    const running = from?.running ?? NOT_BEGUN;
    this.epochNow = { ...running, terms: new Map(running.terms), curve: [...running.curve] };
  }

  /** The evaluations before the first step. */
  get begun(): readonly Evaluation[] {
    return this.measured;
  }

  set begun(evaluations: readonly Evaluation[]) {
    this.measured = evaluations;
  }

  /** The finished epochs. */
  get epochs(): readonly EpochResult[] {
    return this.done;
  }

  /** The running epoch, after them. */
  get running(): RunningEpoch {
    return this.epochNow;
  }

  /** Steps of one epoch. */
  get steps(): number {
    return Math.ceil(this.options.train.rows / this.settings.batch);
  }

  /** Whether all steps of the running epoch are made. It is then evaluated, and `endEpoch` ends it. */
  get isEpochDone(): boolean {
    return this.epochNow.steps >= this.steps;
  }

  /** Whether there are no further epochs: all are done, or the early stop applies. */
  get isOver(): boolean {
    return this.done.length >= this.settings.epochs || this.stopping?.isOver(this.done.length) === true;
  }

  /** The state that later steps depend on. Throws DiagnosticError if a weight is not finite. */
  get state(): TrainState {
    return {
      begun: this.measured,
      epochs: this.done,
      running: this.epochNow,
      tables: this.tables,
      parameters: this.sound(),
      best: this.stopping?.best ?? null,
    };
  }

  /**
   * Makes the next step of the running epoch, which must not be done. Throws DiagnosticError if the loss is
   * not finite, or a thread that computes a part of it ends; nothing may be trained afterwards.
   */
  async step(): Promise<StepProgress> {
    const { program, train: data } = this.options;
    const { epochs, optimizer } = this.settings;
    const { steps, epochNow: before } = this;
    this.since ??= performance.now();
    this.stream ??= this.opened();
    const { value: batch } = (await this.stream.next()) as IteratorYieldResult<Batch>;
    const epoch = this.done.length + 1;
    const step = before.steps + 1;
    const begun = (epoch - 1) * steps;
    const number = begun + step;
    if (step === 1 && epoch > 1) this.beginTables(epoch, begun);
    const { before: earlier, falls } = this;
    const notOfTables = begun + earlier.steps - earlier.tableSteps;
    const scalars = scalarsAt(program.settings, number, epochs * steps, earlier.steps, falls, notOfTables);
    const isHeld = this.session.holds !== null;
    const rows = isHeld ? {} : this.gatherer.gather(batch);
    const { loss, terms, gradients } = this.session.step({ batch, rows, scalars });
    if (!Number.isFinite(loss)) throw notFiniteLoss(loss, number, epoch, optimizer, batch.inputs, terms);
    if (!isHeld) updateTables(this.tables, this.settings, batch, gradients, scalars);
    const sums = new Map(before.terms);
    for (const [name, term] of Object.entries(terms))
      sums.set(name, (sums.get(name) ?? 0) + term * batch.size);
    const curve = [...before.curve];
    addStep(curve, step, steps, loss, batch.size);
    const now = performance.now();
    const samples = before.samples + batch.size;
    const seconds = before.seconds + (now - this.since) / 1000;
    this.since = now;
    this.epochNow = {
      steps: step,
      samples,
      loss: before.loss + loss * batch.size,
      terms: sums,
      curve,
      seconds,
    };
    // An evaluation streams batches too, and there may be only one stream.
    if (this.isEpochDone) await this.leaveStream();
    const samplesPerSecond = samples / seconds;
    return {
      kind: "step",
      ...{ epoch, step, steps, epochs },
      loss: this.epochNow.loss / samples,
      stepLoss: loss,
      learningRate: this.learningRate,
      samplesPerSecond,
      remaining: ((epochs - epoch + 1) * data.rows - samples) / samplesPerSecond,
    };
  }

  /** The time until the next step does not count as training. */
  pause(): void {
    this.since = null;
  }

  /** Ends the running epoch, all of whose steps are made, with its evaluations. */
  async endEpoch(evaluations: readonly Evaluation[]): Promise<EpochResult> {
    await this.leaveStream();
    const result = this.endedHere(evaluations);
    this.done.push(result);
    this.falls = this.fallen();
    this.epochNow = NOT_BEGUN;
    this.stopping?.observe(result.epoch, evaluations, () => this.judged());
    return result;
  }

  /** The result of the running epoch if it ended after its current step, with evaluations. */
  endedHere(evaluations: readonly Evaluation[]): EpochResult {
    const result = { epoch: this.done.length + 1, ...resultOf(this.epochNow), evaluations };
    return this.plateau === null ? result : { ...result, learningRate: this.learningRate };
  }

  /**
   * Restores the weights to keep: the last ones, or with an early stop those of the best epoch. A running epoch
   * counts as ended. No step may follow.
   */
  finish(): EarlyStopped | null {
    if (this.finished !== null) return this.finished.stopped;
    const { session, tables } = this;
    if (this.settings.average !== null) put(this.judged(), session, tables);
    const epoch = this.done.length + (this.epochNow.steps === 0 ? 0 : 1);
    const stopped = this.stopping?.restore(epoch, session, tables) ?? null;
    this.finished = { stopped };
    return stopped;
  }

  /** While `use` runs, the session has the evaluated weights; `use` gets the tables that belong to them. */
  async withJudged<T>(use: (tables: ReadonlyMap<string, HostTable>) => Promise<T>): Promise<T> {
    if (this.settings.average === null || this.finished !== null) return use(this.tables);
    const trained = this.session.read();
    const { parameters, tables } = this.judged();
    this.trained = trained;
    this.session.write(parameters);
    try {
      return await use(tables);
    } finally {
      this.session.write(trained);
      this.trained = null;
    }
  }

  /** The weights that are evaluated and kept: the current ones, or their averages over the steps. */
  judged(): Judged {
    const { average } = this.settings;
    const parameters = this.trained ?? this.session.read();
    if (average === null || this.finished !== null || this.made === 0)
      return { parameters, tables: this.tables };
    return averaged({ parameters, tables: this.tables }, this.options.program, this.made, this.tablesBegan);
  }

  /** Every trained parameter, slots included. Throws DiagnosticError if a weight is not finite. */
  sound(): TrainState["parameters"] {
    const parameters = this.trained ?? this.session.read();
    const { steps } = this.epochNow;
    requireFinite(parameters, this.tables, steps, this.done.length + 1, this.settings.optimizer);
    return parameters;
  }

  /** Nothing may be trained afterwards. */
  async close(): Promise<void> {
    try {
      await this.leaveStream();
    } finally {
      this.session.dispose();
    }
  }

  /** The number of steps before tables last began again: at the first step of an epoch, not at the end of one. */
  private get tablesBegan(): number {
    const { steps } = this.epochNow;
    return (this.done.length - (steps === 0 ? 1 : 0)) * this.steps;
  }

  private beginTables(epoch: number, steps: number): void {
    const { vectors } = this.options;
    for (const [name, table] of this.tables) {
      if (!beginsAnew(this.settings, name)) continue;
      const [earlier, given] = [this.earlier.get(name) ?? null, vectors?.get(name) ?? null];
      beginAnew(table, this.settings, { earlier, given, epoch, steps });
    }
  }

  /** The learning rate of the last step. */
  private get learningRate(): number {
    return learningRateAt(this.settings, this.made, this.settings.epochs * this.steps, this.falls);
  }

  /** It follows from the finished epochs, so a checkpoint need not have it. */
  private fallen(): number {
    const { plateau } = this;
    if (plateau === null) return 0;
    const values = this.done.map(({ evaluations }) => plateau.valueOf(evaluations));
    return fallsAfter(this.settings.schedule, values);
  }

  /** The number of steps of this training. */
  private get made(): number {
    return this.done.length * this.steps + this.epochNow.steps;
  }

  private get before(): TrainingCounts {
    return this.options.before ?? NO_COUNTS;
  }

  private get settings(): TrainSettings {
    return this.options.program.settings;
  }

  /** The batches of the running epoch from its current step on. */
  private opened(): AsyncIterator<Batch> {
    const { train, batches } = this.options;
    const { seed, batch: size } = this.settings;
    const epoch = this.done.length + 1;
    const { steps: step } = this.epochNow;
    const { before } = this;
    const all = this.orders.ofEpoch(train.rows, seed, before.epochs + epoch, size);
    const { order, sizes } = afterSteps(all, step, size);
    const streams = {
      ...{ seed, step: before.steps + (epoch - 1) * this.steps + step + 1 },
      shares: this.shares,
    };
    return batches(train, order, sizes, streams, this.session.room)[Symbol.asyncIterator]();
  }

  private async leaveStream(): Promise<void> {
    this.since = null;
    const { stream } = this;
    this.stream = null;
    await stream?.return?.();
  }
}

/** The model's initial or saved tables. */
function initialTables<Rows extends MeasuredColumns>(
  options: TrainerOptions<Rows>,
  from: TrainState | null,
): ReadonlyMap<string, HostTable> {
  const { program, vectors } = options;
  const specs = options.tables.filter((spec) => program.tables.includes(spec.name));
  const decays = decaysOf(specs, options);
  return new Map(
    specs.map((spec, i) => {
      const given = vectors?.get(spec.name) ?? null;
      const table = initialTable(spec, program.settings, decays[i]!, given);
      const kept = from?.tables.get(spec.name);
      if (spec.options.init.kind === "frequency")
        return [spec.name, { ...table, values: frequenciesOf(spec, options) }];
      return [spec.name, kept === undefined ? table : { ...table, ...kept }];
    }),
  );
}

/** Copies of the earlier tables that begin again, because the training may change the tables in place. */
function copiesOf<Rows extends MeasuredColumns>({
  earlier = new Map(),
  program: { settings },
}: TrainerOptions<Rows>): ReadonlyMap<string, Beginning> {
  if (settings.epochs === 1) return new Map();
  const anew = [...earlier].filter(([name]) => beginsAnew(settings, name));
  return new Map(
    anew.map(([name, { values, slots }]) => [
      name,
      { values: values.slice(), slots: slots.map((slot) => slot.slice()) },
    ]),
  );
}

/** The tables, if the session holds them. */
function heldBy(
  { holds }: TrainingSession,
  tables: ReadonlyMap<string, HostTable>,
): ReadonlyMap<string, HostTable> {
  if (holds === null) return tables;
  return new Map([...tables].map(([name, table]) => [name, { ...table, ...holds.get(name)! }]));
}

function checkWarmup({ schedule: { warmup }, batch, epochs }: TrainSettings, rows: number): void {
  const steps = Math.ceil(rows / batch) * epochs;
  if (warmup === 0 || warmup < steps) return;
  throw new DiagnosticError([diagnose(warmupTooLong, { warmup, steps }, noLocation)]);
}

/**
 * The decay of each table. Ids are counted for all tables at once, because that takes a pass over an event
 * log.
 */
function decaysOf<Rows extends MeasuredColumns>(
  specs: readonly TableSpec[],
  { program, occurrences }: TrainerOptions<Rows>,
): readonly HostTable["decay"][] {
  const { miniBatchAware: lambda, l2 } = program.settings;
  // A pull of all rows is in the Graph.
  const pull = l2.tables === 0 || pullsAllRows(program.settings) ? null : l2.tables;
  if (lambda === null) return specs.map(() => pull);
  const uses = tableUses(program.step);
  const counted = specs.map(({ name, rows: ids }) => ({
    ids,
    uses: uses.filter(({ table }) => table === name),
  }));
  return occurrences(counted).map((counts) => decayOf(lambda, counts));
}

/** See `RandomStreams.shares`. */
function sharesOf<Rows extends MeasuredColumns>({
  program,
  occurrences,
  tables,
}: TrainerOptions<Rows>): ReadonlyMap<string, CumulativeShares> {
  return new Map(
    drawsOf(program.step).flatMap(({ input, feature, power, tables: own }) => {
      if (power === 0) return [];
      const table = own[0]!;
      const ids = tables.find(({ name }) => name === table)!.rows;
      const use = { input: feature, table, feature, history: null, set: false };
      const shares = cumulativeShares(occurrences([{ ids, uses: [use] }])[0]!, power);
      return shares === null ? [] : [[input, shares] as const];
    }),
  );
}

/** For each id of a table, the share of the training rows that contain it. */
function frequenciesOf<Rows extends MeasuredColumns>(
  { name, rows: ids }: TableSpec,
  { program, occurrences, train }: TrainerOptions<Rows>,
): Float32Array {
  const uses = tableUses(program.step).filter(({ table }) => table === name);
  const [counts] = occurrences([{ ids, uses }]);
  return Float32Array.from(counts!, (count) => count / train.rows);
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
