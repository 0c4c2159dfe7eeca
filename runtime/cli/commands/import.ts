// dinc import: turns a trained TorchRec package, or the checkpoint of another library, into a run folder, which is
// complete or absent.

import type { EngineName } from "../../../compiler/backends/choices.ts";
import { formatCount } from "../../../compiler/common/format-count.ts";
import { UsageError } from "../../../compiler/common/usage-error.ts";
import { importRun } from "../../driver/import.ts";
import { importCheckpoint } from "../../driver/import-checkpoint.ts";
import { intervalNotes } from "../../driver/metric-notes.ts";
import { duration } from "../../driver/text-table.ts";
import { epochTable } from "../epoch-table.ts";
import { exitCodes } from "../exit-codes.ts";
import { nextCommand } from "../next-command.ts";
import { modelOptions } from "../spec-options.ts";
import type { Terminal } from "../terminal.ts";
import { gigabytes, terminalWatch } from "../terminal-watch.ts";

export interface ImportCommandOptions {
  readonly out: string;
  readonly rows?: string;
  readonly force?: boolean;
  readonly backend: EngineName | "auto";
  readonly threads?: number;
  readonly from?: string;
  readonly spec?: string;
  readonly dataset?: string;
  readonly map?: string;
  readonly golden?: string;
  readonly tolerance: number;
  readonly separator?: string;
  readonly param: readonly string[];
  readonly variant?: string;
}

export async function importTraining(
  folder: string,
  options: ImportCommandOptions,
  terminal: Terminal,
): Promise<number> {
  const { out, from } = options;
  if (from !== undefined) return importModel(folder, from, options, terminal);
  requireNoneOf(checkpointOptions, options);
  const run = await importRun(folder, { ...options, ...terminalWatch(terminal) });
  terminal.out(epochTable(run.epochs));
  for (const note of [...run.notes, ...intervalNotes(run.evaluations)]) terminal.say(note);
  const took = `${duration(run.seconds)} and ${gigabytes(run.peakMemory)} of memory in all`;
  terminal.say(`run: ${out} (${took}; report: ${out}/report.html)`);
  terminal.say(nextCommand(out));
  return exitCodes.clean;
}

/** The options that only a checkpoint has. */
const checkpointOptions = ["spec", "dataset", "map", "golden", "separator", "variant"] as const;

function requireNoneOf(names: typeof checkpointOptions, options: ImportCommandOptions): void {
  const given = names.find((name) => options[name] !== undefined);
  if (given !== undefined)
    throw new UsageError(`--${given} is for a checkpoint of another library: name it with --from`);
}

async function importModel(
  checkpoint: string,
  from: string,
  options: ImportCommandOptions,
  terminal: Terminal,
): Promise<number> {
  const { spec, out, rows, param, variant, ...others } = options;
  if (spec === undefined)
    throw new UsageError("--from needs the spec of the network that was trained: --spec");
  if (rows !== undefined) throw new UsageError("--rows is for the training of a TorchRec package");
  const watch = terminalWatch(terminal);
  const imported = await importCheckpoint(checkpoint, {
    ...{ ...others, from, spec, out },
    ...modelOptions({ param, ...(variant === undefined ? {} : { variant }) }),
    ...watch,
  });
  const { library, tables, weights, golden } = imported;
  terminal.say(`${library}: ${tables} tables and ${weights} weights, each in its place`);
  if (golden !== null)
    terminal.say(
      `${formatCount(golden.rows)} scored rows: the largest difference is ${golden.largest.toExponential(1)}`,
    );
  terminal.say(`run: ${out}`);
  terminal.say(nextCommand(out));
  return exitCodes.clean;
}
