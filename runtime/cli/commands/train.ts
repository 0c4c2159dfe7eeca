// dinc train: reads data, trains, evaluates after each epoch, and leaves a complete run folder or none.

import type { EngineName } from "../../../compiler/backends/choices.ts";
import { DiagnosticError } from "../../../compiler/diagnostics/diagnostic.ts";
import type { BadRowPolicy } from "../../../compiler/frontend/config/choices.ts";
import { positionText } from "../../../compiler/train/state.ts";
import { type DriverEvent, Stopped } from "../../driver/events.ts";
import { intervalNotes } from "../../driver/metric-notes.ts";
import { duration } from "../../driver/text-table.ts";
import { resume, type TrainedRun, train as trainModel } from "../../driver/train.ts";
import { epochTable } from "../epoch-table.ts";
import { exitCodes } from "../exit-codes.ts";
import { configAt, modelOptions, type SpecOptions, specAt } from "../spec-options.ts";
import { keptText, StopOnSignal } from "../stop-on-signal.ts";
import type { Terminal } from "../terminal.ts";
import { gigabytes, terminalWatch } from "../terminal-watch.ts";

export interface TrainCommandOptions extends SpecOptions {
  readonly out: string;
  readonly force?: boolean;
  readonly resume?: boolean;
  /** Seconds. */
  readonly checkpointEvery: number;
  readonly config?: string;
  readonly rows?: string;
  readonly set: readonly string[];
  readonly backend: EngineName | "auto";
  readonly threads?: number;
  readonly wideVectors?: boolean;
  readonly seed?: number;
  readonly limit?: number;
  readonly onBadRow?: BadRowPolicy;
  readonly tensorboard?: string;
  readonly mlflow?: string;
}

export async function train(
  specPath: string | undefined,
  options: TrainCommandOptions,
  terminal: Terminal,
): Promise<number> {
  const { out, tensorboard } = options;
  const stop = new StopOnSignal(out, terminal);
  try {
    const result = await trained(specPath, options, stop, terminal);
    if (result === null) {
      terminal.say(`${out} is complete: there is nothing to resume`);
      return exitCodes.clean;
    }
    terminal.out(epochTable(result.epochs));
    for (const note of [...result.notes, ...intervalNotes(result.evaluations)]) terminal.say(note);
    if (tensorboard !== undefined) terminal.say(`curves: tensorboard --logdir ${tensorboard}`);
    const took = `${duration(result.seconds)} and ${gigabytes(result.peakMemory)} of memory in all`;
    terminal.say(`run: ${out} (${took}; report: ${out}/report.html)`);
    terminal.say(`next: dinc compile ${out} --target ts --out ${out.replace(/\/+$/, "")}-ranker`);
    return exitCodes.clean;
  } catch (error) {
    if (error instanceof DiagnosticError && stop.kept !== null) terminal.say(keptText(stop.kept));
    if (!(error instanceof Stopped)) throw error;
    terminal.say(stoppedText(error));
    return stop.code;
  } finally {
    stop.release();
  }
}

async function trained(
  specPath: string | undefined,
  { checkpointEvery, resume: isResuming = false, ...options }: TrainCommandOptions,
  stop: StopOnSignal,
  terminal: Terminal,
): Promise<TrainedRun | null> {
  const watch = terminalWatch(terminal);
  const onEvent = (event: DriverEvent) => {
    stop.take(event);
    watch.onEvent(event);
    if (event.kind === "training" && event.from === null && isResuming)
      terminal.say("there is no interrupted training: beginning with the first step");
  };
  const config = configAt(options.config);
  const spec = specPath === undefined ? null : await specAt(specPath);
  return (isResuming ? resume : trainModel)(spec, {
    ...options,
    ...modelOptions(options),
    ...(config === null ? {} : { config }),
    checkpointSeconds: checkpointEvery,
    signal: stop.signal,
    onEvent,
  });
}

function stoppedText({ at, checkpoint }: Stopped): string {
  if (at === null) return "stopped before the first step";
  const where = `stopped after ${positionText(at)}`;
  if (checkpoint === null) return `${where}, which is not kept`;
  const isKept = checkpoint.at.epoch === at.epoch && checkpoint.at.steps === at.steps;
  return isKept
    ? `${where}: go on with the same command and --resume`
    : `${where}, which is not kept; ${keptText(checkpoint)}`;
}
