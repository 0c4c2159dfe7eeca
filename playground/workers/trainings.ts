// Trains the spec in the editor, on simulated clicks or the reader's rows. It makes one step after the other
// until the page stops it, sends news about ten times a second, and measures on rows that are not trained on.

import {
  check,
  hasErrors,
  type Model,
  openTraining,
  sourceFile,
  type Training,
  type TrainingEvent,
} from "../../compiler/train/index.ts";
import { measureOf, measureShown } from "./measured.ts";
import type { RowsChoice, ShownItem, ShownTarget, TrainingNews, WorkerRequest } from "./messages.ts";
import { MISTAKEN } from "./mistaken.ts";
import type { OwnFiles } from "./own-files.ts";
import { pageRows } from "./page-rows.ts";
import { mistakesOf, textOf } from "./problem-text.ts";
import { ServedModel } from "./ranker.ts";
import { requestOf } from "./request-of-rows.ts";
import type { ServedRun } from "./served-run.ts";
import { type ShownUserTable, shownIn, type TrainingInput } from "./shown-user.ts";
import { isThreaded } from "./threaded.ts";
import { withPairs } from "./weighted-cells.ts";

/** The milliseconds between two pieces of news. */
const NEWS = 100;
/**
 * AUC is measured first after this many steps, and then after intervals that grow by this factor: often while
 * the curve is steep.
 */
const FIRST_MEASURE = 10;
const MEASURE_GROWTH = 1.35;

/** One training row in this number is for early stopping. */
const VALIDATED_PART = 10;

/** The number of candidates in the picture. */
const SHOWN = 3;

function tell(news: TrainingNews): void {
  postMessage(news);
}

/** One training from start to end. A newer one replaces it. */
class Run {
  private readonly training: Training;
  private readonly rows: TrainingInput;
  /** The files of its rows, if any. */
  private readonly files: readonly File[];
  private shown: ShownUserTable;
  /** As the reader changed it. */
  private history: readonly ShownItem[];
  private isPaused = false;
  private isReplaced = false;
  private made = 0;
  private nextMeasure = FIRST_MEASURE;
  private since = performance.now();
  private losses: number[] = [];
  private samples = 0;
  /** The milliseconds of the steps that made these samples, without those of measuring and of pauses. */
  private spent = 0;
  private going: Promise<void> | null = null;
  /** The module with the weights that were measured last. */
  private served: ServedModel | null = null;

  constructor(training: Training, rows: TrainingInput, files: readonly File[]) {
    this.training = training;
    this.rows = rows;
    this.files = files;
    this.shown = shownIn(training.model, rows.some, { titles: rows.titles ?? null });
    this.history = this.shown.user.history;
    tell({ kind: "user", user: this.shown.user });
  }

  resume(): void {
    this.isPaused = false;
    this.since = performance.now();
    this.going ??= this.go().finally(() => {
      this.going = null;
    });
  }

  pause(): void {
    this.isPaused = true;
  }

  async step(): Promise<void> {
    this.pause();
    await this.going;
    if (this.training.isOver) return;
    this.since = performance.now();
    await this.one();
    this.news();
    await this.measure();
  }

  /** Uses the weights that were measured last, so that frequent requests do not delay the training. */
  rank(history: readonly ShownItem[]): void {
    const { shown, served } = this;
    this.history = history;
    if (served !== null) tell({ kind: "ranked", ...served.rank(shown, history, shown.user.candidates) });
  }

  user(who: string): void {
    this.shown = shownIn(this.training.model, this.rows.some, { who, titles: this.rows.titles ?? null });
    this.history = this.shown.user.history;
    tell({ kind: "user", user: this.shown.user });
    this.contributions();
  }

  async close(): Promise<void> {
    this.isReplaced = true;
    await this.going;
    await this.training.close();
  }

  async compile(target: ShownTarget): Promise<void> {
    const { compiledTo } = await import("./compiled.ts");
    const { runNameOf } = await import("./trained-run.ts");
    const { training } = this;
    const made = await this.between(async () =>
      compiledTo(target, { ...training.trained(), run: await runNameOf(training) }, true),
    );
    tell({ kind: "compiled", target, spec: training.model.file.text, ...made });
  }

  async report(): Promise<void> {
    const { runOf } = await import("./trained-run.ts");
    const { report } = await this.between(() => runOf(this.training, []));
    tell({ kind: "report", html: report });
  }

  async archive(): Promise<void> {
    const { archived } = await import("./run-archive.ts");
    const { training, rows, files } = this;
    tell({ kind: "archive", ...(await this.between(() => archived(training, rows.test, files))) });
  }

  async page(): Promise<void> {
    const { pageOf } = await import("./page-file.ts");
    const { training, shown, history, made } = this;
    const request = requestOf(training.model, shown.rowsOf(history, shown.user.candidates));
    const titles = this.rows.titles ?? null;
    tell({ kind: "page", ...(await this.between(() => pageOf(training, made, request, titles))) });
  }

  /** One request at a time interrupts the training. */
  private async between<T>(ask: () => Promise<T>): Promise<T> {
    const wasPaused = this.isPaused;
    this.pause();
    await this.going;
    try {
      return await ask();
    } finally {
      if (!wasPaused && !this.training.isOver) this.resume();
    }
  }

  private async go(): Promise<void> {
    try {
      while (!this.isPaused && !this.isReplaced && !this.training.isOver) {
        const begun = performance.now();
        await this.one();
        if (this.made === 1 || performance.now() - this.since >= NEWS) this.news();
        if (this.made >= this.nextMeasure) {
          this.nextMeasure = Math.ceil(this.made * MEASURE_GROWTH);
          await this.measure();
        }
        if (pace !== null) await pause(begun + 1000 / pace - performance.now());
      }
      if (!this.training.isOver || this.isReplaced) return;
      this.news();
      await this.measure();
      tell({ kind: "over" });
    } catch (error) {
      // No step follows.
      this.isPaused = true;
      failed(error);
    }
  }

  private async one(): Promise<void> {
    const { stepLoss } = await this.training.step();
    this.made += 1;
    this.losses.push(stepLoss);
    this.samples += this.training.model.train.batch;
  }

  private news(): void {
    if (this.losses.length === 0) return;
    const now = performance.now();
    this.spent += now - this.since;
    tell({
      kind: "progress",
      step: this.made,
      epoch: Math.min(this.training.position.epoch, this.training.model.train.epochs),
      loss: this.losses.reduce((sum, loss) => sum + loss, 0) / this.losses.length,
      samplesPerSecond: (1000 * this.samples) / Math.max(this.spent, 1),
    });
    this.since = now;
    this.losses = [];
  }

  private async measure(): Promise<void> {
    // Ends a period, so that measuring does not count as training time.
    this.news();
    const { training } = this;
    tell({ kind: "measured", step: this.made, ...(await measureShown(training, training.test!)) });
    const trained = training.trained();
    if (this.served === null) this.served = await ServedModel.of(trained);
    else await this.served.take(trained);
    this.contributions();
    this.since = performance.now();
  }

  private contributions(): void {
    const { shown, served, history } = this;
    if (served === null) return;
    const candidates = shown.user.candidates.slice(0, SHOWN);
    tell({ kind: "contributions", ...served.contributions(shown.rowsOf, history, candidates) });
  }
}

function modelIn(spec: string): Model | null {
  const { value: model, diagnostics } = check(sourceFile("model.din", spec));
  return hasErrors(diagnostics) ? null : model;
}

async function opened(spec: Model, seed: number, given: RowsChoice): Promise<Run> {
  const made = await rowsFor(spec, seed, given);
  const { model, train, valid, test, best } = made;
  const rows = { ...made, some: withPairs(model, made.some) };
  const newWorker = () => new Worker(new URL("./thread-worker.js", import.meta.url), { type: "module" });
  const training = await openTraining(model, {
    ...{ train, test, seed, intervals: false },
    ...(valid === null ? {} : { valid }),
    ...(isThreaded ? { threads: { newWorker } } : {}),
    onEvent: (event: TrainingEvent) => {
      if (event.kind === "diagnostics") for (const { message } of event.diagnostics) console.warn(message);
    },
  });
  tell({
    kind: "started",
    rows: training.rows,
    testRows: training.test!.rows,
    of: rows.name,
    steps: training.steps,
    epochs: model.train.epochs,
    measure: measureOf(model),
    best,
    isThreaded,
  });
  return new Run(training, rows, given === "own" ? (own?.data?.files ?? []) : []);
}

async function rowsFor(model: Model, seed: number, given: RowsChoice): Promise<TrainingInput> {
  if (given === "own" && own !== null && own.data !== null) return own.rows(model, seed);
  const { train, ...made } = pageRows(model, seed);
  const stops = model.train.earlyStop !== null;
  const part = (isValid: boolean) => train.filter((_, i) => (i % VALIDATED_PART === 0) === isValid);
  return {
    ...{ ...made, some: made.test },
    train: stops ? part(false) : train,
    valid: stops ? part(true) : null,
  };
}

function failed(error: unknown): void {
  tell({ kind: "failed", text: textOf(error), mistakes: mistakesOf(error) });
}

let run: Run | null = null;
/** The run of the page's server, which replaces trainings. */
let trained: ServedRun | null = null;
/** Steps per second; null for as many as possible. */
let pace: number | null = null;
/** The reader's files, once there are any. */
let own: OwnFiles | null = null;
/** The last model that training was requested for. */
let asked: Model | null = null;
/** Handles one request after the other. */
let turn: Promise<void> = Promise.resolve();

function pause(milliseconds: number): Promise<void> {
  return new Promise((done) => setTimeout(done, Math.max(0, milliseconds)));
}

type AnsweredRequest = Exclude<WorkerRequest, { readonly kind: "simulate" }>;

/** Answers by news. A mistake is news too. */
export function take(request: AnsweredRequest): void {
  turn = turn.then(() => answer(request)).catch(failed);
}

async function answer(request: AnsweredRequest): Promise<void> {
  switch (request.kind) {
    case "start":
      await run?.close();
      run = null;
      asked = modelIn(request.spec);
      if (asked === null) tell({ kind: "failed", text: MISTAKEN, mistakes: [] });
      else run = await opened(asked, request.seed, request.rows);
      run?.resume();
      break;
    case "open":
      await openFiles(request.files);
      break;
    case "take":
      if (own !== null) tell(own.take(request.name, request.as));
      break;
    case "forget":
      own = null;
      break;
    case "pause":
      run?.pause();
      break;
    case "resume":
      run?.resume();
      break;
    case "step":
      await run?.step();
      break;
    case "pace":
      pace = request.steps;
      break;
    case "compile":
      await compile(request.target);
      break;
    case "report":
    case "archive":
    case "page":
      await takeAlong(request.kind);
      break;
    case "rank":
      if (trained === null) run?.rank(request.history);
      else tell({ kind: "ranked", ...trained.rank(request.history) });
      break;
    case "user":
      if (trained === null) run?.user(request.name);
      else tell({ kind: "user", user: trained.show(request.name) });
      break;
    case "serve":
      trained = await (await import("./served-run.ts")).ServedRun.of(request.address);
      tell({ kind: "user", user: trained.user });
      break;
  }
}

async function openFiles(files: readonly File[]): Promise<void> {
  try {
    own ??= new (await import("./own-files.ts")).OwnFiles();
    tell(await own.add(files));
  } catch (error) {
    tell({ kind: "refused", text: textOf(error), files: [] });
  }
}

async function takeAlong(kind: "report" | "archive" | "page"): Promise<void> {
  try {
    if (run === null) tell({ kind, problem: asked === null ? MISTAKEN : "Nothing trains." });
    else await run[kind]();
  } catch (error) {
    tell({ kind, problem: textOf(error) });
  }
}

/** Without a training, the weights are random, but the code is the same. */
async function compile(target: ShownTarget): Promise<void> {
  const spec = trained?.spec ?? asked?.file.text ?? "";
  try {
    if (trained !== null) tell({ kind: "compiled", target, spec, ...(await trained.compiled(target)) });
    else if (run !== null) await run.compile(target);
    else if (asked === null) tell({ kind: "compiled", target, spec, problem: MISTAKEN });
    else {
      const { compiledTo, untrained } = await import("./compiled.ts");
      tell({ kind: "compiled", target, spec, ...(await compiledTo(target, untrained(asked), false)) });
    }
  } catch (error) {
    tell({ kind: "compiled", target, spec, problem: textOf(error) });
  }
}
