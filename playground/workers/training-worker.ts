// Trains what the page has in its editor, on simulated clicks. Steps are made one after the other until the page says otherwise; the
// page gets news some ten times a second, and AUC on rows that the training does not see.

import {
  check,
  DiagnosticError,
  type EncodedRows,
  hasErrors,
  openTraining,
  render,
  sourceFile,
  type Training,
  type TrainingEvent,
} from "../../compiler/train/index.ts";
import type { ShownItem, TrainingNews, TrainingRequest } from "./messages.ts";
import { compiled, ServedModel } from "./ranker.ts";
import { type Simulated, simulatedClicks } from "./simulated.ts";

/** Milliseconds between two pieces of news. */
const NEWS = 100;
/** AUC is measured after so many steps, and then after so many more by as much: often while the curve is steep. */
const FIRST_MEASURE = 10;
const MEASURE_GROWTH = 1.35;

/** Candidates whose weights are shown while it trains. */
const SHOWN = 3;

function tell(news: TrainingNews): void {
  postMessage(news);
}

/** One training from its start to its end. A newer one takes its place. */
class Run {
  private readonly training: Training;
  private readonly test: EncodedRows;
  private readonly data: Simulated;
  private isPaused = false;
  private isReplaced = false;
  private made = 0;
  private nextMeasure = FIRST_MEASURE;
  private since = performance.now();
  private losses: number[] = [];
  private samples = 0;
  private going: Promise<void> | null = null;
  /** Of the weights that were measured last. */
  private served: ServedModel | null = null;

  constructor(training: Training, test: EncodedRows, data: Simulated) {
    this.training = training;
    this.test = test;
    this.data = data;
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
    await this.one();
    this.news();
    await this.measure();
  }

  /** With the weights that were measured last, so that a page that asks often does not hold up the training. */
  rank(history: readonly ShownItem[]): void {
    const { user, rowsOf } = this.data.shown;
    if (this.served === null) return;
    const rows = rowsOf(history, user.candidates);
    tell({ kind: "ranked", ...this.served.rank(rows), weights: this.served.weights(rows) });
  }

  async close(): Promise<void> {
    this.isReplaced = true;
    await this.going;
    await this.training.close();
  }

  async compile(): Promise<void> {
    const wasPaused = this.isPaused;
    this.pause();
    await this.going;
    const { files } = await compiled(this.training);
    const texts = [...files].filter((entry): entry is [string, string] => typeof entry[1] === "string");
    tell({ kind: "compiled", files: new Map(texts) });
    if (!wasPaused) this.resume();
  }

  private async go(): Promise<void> {
    try {
      while (!this.isPaused && !this.isReplaced && !this.training.isOver) {
        await this.one();
        if (performance.now() - this.since >= NEWS) this.news();
        if (this.made >= this.nextMeasure) {
          this.nextMeasure = Math.ceil(this.made * MEASURE_GROWTH);
          await this.measure();
        }
      }
      if (!this.training.isOver || this.isReplaced) return;
      this.news();
      await this.measure();
      tell({ kind: "over" });
    } catch (error) {
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
    tell({
      kind: "progress",
      step: this.made,
      epoch: Math.min(this.training.position.epoch, this.training.model.train.epochs),
      loss: this.losses.reduce((sum, loss) => sum + loss, 0) / this.losses.length,
      samplesPerSecond: (1000 * this.samples) / Math.max(now - this.since, 1),
    });
    this.since = now;
    this.losses = [];
    this.samples = 0;
  }

  private async measure(): Promise<void> {
    const [click] = await this.training.evaluate(this.test, {
      metrics: [{ kind: "auc" }, { kind: "log_loss" }],
    });
    const { auc = Number.NaN, log_loss = Number.NaN } = click?.values ?? {};
    tell({ kind: "measured", step: this.made, auc, logLoss: log_loss });
    const { user, rowsOf } = this.data.shown;
    this.served = await ServedModel.of(this.training);
    tell({
      kind: "weights",
      weights: this.served.weights(rowsOf(user.history, user.candidates.slice(0, SHOWN))),
    });
    this.since = performance.now();
  }
}

async function opened(spec: string, seed: number): Promise<Run | null> {
  const file = sourceFile("model.din", spec);
  const { value: model, diagnostics } = check(file);
  if (model === null || hasErrors(diagnostics)) {
    tell({ kind: "failed", text: "The spec has mistakes: the editor shows where." });
    return null;
  }
  const data = simulatedClicks(seed);
  const isThreaded = globalThis.crossOriginIsolated && navigator.hardwareConcurrency > 1;
  const newWorker = () => new Worker(new URL("./thread-worker.js", import.meta.url), { type: "module" });
  const training = await openTraining(model, {
    train: data.train,
    seed,
    ...(isThreaded ? { threads: { newWorker } } : {}),
    onEvent: (event: TrainingEvent) => {
      if (event.kind === "diagnostics") for (const { message } of event.diagnostics) console.warn(message);
    },
  });
  const test = training.encode(data.test);
  tell({
    kind: "started",
    rows: training.rows,
    testRows: test.rows,
    steps: training.steps,
    epochs: model.train.epochs,
    best: data.best,
    isThreaded,
    user: data.shown.user,
  });
  return new Run(training, test, data);
}

function failed(error: unknown): void {
  const text =
    error instanceof DiagnosticError
      ? render(error.diagnostics, "pretty")
      : error instanceof Error
        ? error.message
        : String(error);
  tell({ kind: "failed", text });
}

let run: Run | null = null;
/** One request after the other. */
let turn: Promise<void> = Promise.resolve();

addEventListener("message", ({ data: request }: MessageEvent<TrainingRequest>) => {
  turn = turn.then(() => answer(request)).catch(failed);
});

async function answer(request: TrainingRequest): Promise<void> {
  switch (request.kind) {
    case "start":
      await run?.close();
      run = null;
      run = await opened(request.spec, request.seed);
      run?.resume();
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
    case "compile":
      await run?.compile();
      break;
    case "rank":
      run?.rank(request.history);
      break;
  }
}
