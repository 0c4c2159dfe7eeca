// dinc train: reads data, trains, and evaluates after each epoch. The run folder is complete or absent.

import type { EngineName } from "../../../compiler/backends/choices.ts";
import type { Period } from "../../../compiler/common/calendar.ts";
import { shellCommand } from "../../../compiler/common/shell.ts";
import { UsageError } from "../../../compiler/common/usage-error.ts";
import { DiagnosticError } from "../../../compiler/diagnostics/diagnostic.ts";
import type { BadRowPolicy } from "../../../compiler/frontend/config/choices.ts";
import { positionText } from "../../../compiler/train/state.ts";
import { trainEach } from "../../driver/each.ts";
import { type DriverEvent, Stopped } from "../../driver/events.ts";
import { explainFrom } from "../../driver/explain-from.ts";
import { trainFolds } from "../../driver/folds.ts";
import { intervalNotes } from "../../driver/metric-notes.ts";
import { refuseOptions } from "../../driver/repeated-options.ts";
import { deviationsApart } from "../../driver/seed-noise.ts";
import { trainSeeds } from "../../driver/seeds.ts";
import { duration } from "../../driver/text-table.ts";
import { resume, train as trainModel } from "../../driver/train.ts";
import type { TrainedRun } from "../../driver/train-run.ts";
import { summaryOf } from "../../run/run-summary.ts";
import { continuationText } from "../continuation-text.ts";
import { epochTable } from "../epoch-table.ts";
import { exitCodes } from "../exit-codes.ts";
import { foldTable } from "../fold-table.ts";
import { continueOptions, type FromCommandOptions, withoutUndefined } from "../from-options.ts";
import { linearTable } from "../linear-table.ts";
import { nextCommand } from "../next-command.ts";
import { periodNotes, periodTable } from "../period-table.ts";
import { seedTable } from "../seed-table.ts";
import { configAt, modelOptions, type SpecOptions, specAt } from "../spec-options.ts";
import { keptText, StopOnSignal } from "../stop-on-signal.ts";
import type { Terminal } from "../terminal.ts";
import { gigabytes, terminalWatch } from "../terminal-watch.ts";

export interface TrainCommandOptions extends SpecOptions, FromCommandOptions {
  readonly out?: string;
  readonly force?: boolean;
  readonly resume?: boolean;
  /** Seconds. */
  readonly checkpointEvery: number;
  readonly config?: string;
  readonly rows?: string;
  readonly set: readonly string[];
  readonly backend: EngineName | "auto";
  readonly threads?: number;
  readonly seed?: number;
  readonly limit?: number;
  readonly onBadRow?: BadRowPolicy;
  readonly linear?: string;
  readonly tensorboard?: string;
  readonly mlflow?: string;
  readonly each?: Period;
  readonly complete?: boolean;
  readonly folds?: number;
  readonly seeds?: number;
  readonly explain?: boolean;
  readonly format?: "pretty" | "json";
  /** False for `--no-state`. */
  readonly state?: boolean;
}

export async function train(
  specPath: string | undefined,
  options: TrainCommandOptions,
  terminal: Terminal,
): Promise<number> {
  if (options.explain === true) return explain(specPath, options, terminal);
  const { out, tensorboard } = options;
  if (out === undefined) throw new UsageError("train writes a run folder: name it with --out");
  const stop = new StopOnSignal(out, terminal);
  try {
    if (options.complete === true && options.each === undefined)
      throw new UsageError("--complete is about the last period of --each: name that");
    if (options.seeds !== undefined)
      return await runSeeds(specPath, out, options.seeds, options, stop, terminal);
    if (options.each !== undefined)
      return await runEach(specPath, out, options.each, options, stop, terminal);
    if (options.folds !== undefined)
      return await runFolds(specPath, out, options.folds, options, stop, terminal);
    const result = await runOne(specPath, out, options, stop, terminal);
    if (result === null) terminal.say(`${out} is complete: there is nothing to resume`);
    else if (result.epochs.length > 0) terminal.out(epochTable(result.epochs));
    const { linear } = options;
    if (linear !== undefined) terminal.out(linearTable(await summaryOf(out), await summaryOf(linear)));
    if (result === null) return exitCodes.clean;
    for (const note of [...result.notes, ...intervalNotes(result.evaluations)]) terminal.say(note);
    if (tensorboard !== undefined) terminal.say(shellCommand`curves: tensorboard --logdir ${tensorboard}`);
    const took = `${duration(result.seconds)} and ${gigabytes(result.peakMemory)} of memory in all`;
    terminal.say(`run: ${out} (${took}; report: ${out}/report.html)`);
    terminal.say(nextCommand(out));
    return exitCodes.clean;
  } catch (error) {
    if (error instanceof DiagnosticError && stop.kept !== null) terminal.say(keptText(stop.kept));
    if (!(error instanceof Stopped)) throw error;
    const { each, folds, seeds } = options;
    const again = each === undefined && folds === undefined && seeds === undefined ? " and --resume" : "";
    terminal.say(stoppedText(error, `the same command${again}`));
    return stop.code;
  } finally {
    stop.release();
  }
}

/** `--explain`: prints what the training would keep of the run that it continues. */
async function explain(
  specPath: string | undefined,
  options: TrainCommandOptions,
  terminal: Terminal,
): Promise<number> {
  const { from } = options;
  if (from === undefined)
    throw new UsageError("--explain shows what a training would keep of a run: name the run with --from");
  const spec = specPath === undefined ? null : await specAt(specPath);
  const continuation = await explainFrom(spec, { ...trainingOptions(options), ...terminalWatch(terminal) });
  terminal.out(
    options.format === "json"
      ? `${JSON.stringify({ version: 1, from, ...continuation }, null, 2)}\n`
      : continuationText(from, continuation),
  );
  return exitCodes.clean;
}

/** The model, the data and the continued run, as the driver's options. */
function trainingOptions(options: Omit<TrainCommandOptions, "checkpointEvery">) {
  const { config: named, set, rows, backend, threads, seed, limit } = options;
  const { onBadRow, linear, tensorboard, mlflow, force, state } = options;
  const config = configAt(named);
  return {
    ...withoutUndefined({
      rows,
      threads,
      seed,
      limit,
      onBadRow,
      linear,
      tensorboard,
      mlflow,
      force,
      state,
    }),
    ...{ set, backend },
    ...modelOptions(options),
    ...continueOptions(options),
    ...(config === null ? {} : { config }),
  };
}

/** Shows events, and passes them to `stop`. */
function watching(stop: StopOnSignal, terminal: Terminal): (event: DriverEvent) => void {
  const watch = terminalWatch(terminal);
  return (event) => {
    stop.take(event);
    watch.onEvent(event);
  };
}

/** `--each`: trains a run for each day, and prints a table of them. */
async function runEach(
  specPath: string | undefined,
  out: string,
  each: Period,
  options: TrainCommandOptions,
  stop: StopOnSignal,
  terminal: Terminal,
): Promise<number> {
  refuseOptions("each", options);
  const spec = specPath === undefined ? null : await specAt(specPath);
  const { rows: _, ...asked } = trainingOptions(options);
  const result = await trainEach(spec, {
    ...asked,
    ...{ out, each, complete: options.complete === true },
    ...{ signal: stop.signal, checkpointSeconds: options.checkpointEvery },
    onEvent: watching(stop, terminal),
  });
  if (options.format === "json") terminal.out(`${JSON.stringify({ version: 1, ...result }, null, 2)}\n`);
  else {
    terminal.out(periodTable(each, result));
    for (const note of periodNotes(result)) terminal.say(note);
  }
  return exitCodes.clean;
}

/** `--folds`: trains a run for each fold, and prints a table of them with the means of their metrics. */
async function runFolds(
  specPath: string | undefined,
  out: string,
  folds: number,
  options: TrainCommandOptions,
  stop: StopOnSignal,
  terminal: Terminal,
): Promise<number> {
  refuseOptions("folds", options);
  const spec = specPath === undefined ? null : await specAt(specPath);
  const result = await trainFolds(spec, {
    ...trainingOptions(options),
    ...{ out, folds, signal: stop.signal, checkpointSeconds: options.checkpointEvery },
    onEvent: watching(stop, terminal),
  });
  if (options.format === "json") terminal.out(`${JSON.stringify({ version: 1, ...result }, null, 2)}\n`);
  else {
    terminal.out(foldTable(result));
    terminal.say(
      `runs: ${out}/fold-1 to ${out}/fold-${folds} (${shellCommand`dinc runs ${out}`}; means: ${out}/folds.json)`,
    );
  }
  return exitCodes.clean;
}

/**
 * `--seeds`: trains a run for each seed, and prints a table of them with means and deviations of their
 * metrics.
 */
async function runSeeds(
  specPath: string | undefined,
  out: string,
  seeds: number,
  options: TrainCommandOptions,
  stop: StopOnSignal,
  terminal: Terminal,
): Promise<number> {
  refuseOptions("seeds", options);
  const spec = specPath === undefined ? null : await specAt(specPath);
  const result = await trainSeeds(spec, {
    ...trainingOptions(options),
    ...{ out, seeds, signal: stop.signal, checkpointSeconds: options.checkpointEvery },
    onEvent: watching(stop, terminal),
  });
  if (options.format === "json") terminal.out(`${JSON.stringify({ version: 1, ...result }, null, 2)}\n`);
  else {
    terminal.out(seedTable(result));
    terminal.say(
      `± is the deviation of one training: if two differ by less than ${deviationsApart(seeds).toFixed(1)} times that, it may be chance (${out}/seeds.json)`,
    );
    terminal.say(`the run in the middle: ${result.middle}`);
    terminal.say(nextCommand(result.middle));
  }
  return exitCodes.clean;
}

async function runOne(
  specPath: string | undefined,
  out: string,
  { checkpointEvery, resume: isResuming = false, ...options }: TrainCommandOptions,
  stop: StopOnSignal,
  terminal: Terminal,
): Promise<TrainedRun | null> {
  const watch = watching(stop, terminal);
  const onEvent = (event: DriverEvent) => {
    watch(event);
    if (event.kind === "training" && event.from === null && isResuming)
      terminal.say("there is no interrupted training: beginning with the first step");
  };
  const spec = specPath === undefined ? null : await specAt(specPath);
  return (isResuming ? resume : trainModel)(spec, {
    ...trainingOptions(options),
    out,
    checkpointSeconds: checkpointEvery,
    signal: stop.signal,
    onEvent,
  });
}

function stoppedText(stopped: Stopped, again: string): string {
  const { run } = stopped;
  return run === null
    ? positionAndNext(stopped, again)
    : `${positionAndNext(stopped, again)}\n${run} is a run with the weights so far`;
}

function positionAndNext({ at, checkpoint }: Stopped, again: string): string {
  if (at === null) return "stopped before the first step";
  const where = `stopped after ${positionText(at)}`;
  if (checkpoint === null) return `${where}, which is not kept`;
  const isKept = checkpoint.at.epoch === at.epoch && checkpoint.at.steps === at.steps;
  return isKept ? `${where}: continue with ${again}` : `${where}, which is not kept; ${keptText(checkpoint)}`;
}
