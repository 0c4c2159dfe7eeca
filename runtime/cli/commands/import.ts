// dinc import FOLDER: turns a trained TorchRec package back into a run folder, which is complete or absent.

import type { EngineName } from "../../../compiler/backends/choices.ts";
import { importRun } from "../../driver/import.ts";
import { intervalNotes } from "../../driver/metric-notes.ts";
import { duration } from "../../driver/text-table.ts";
import { epochTable } from "../epoch-table.ts";
import { exitCodes } from "../exit-codes.ts";
import { nextCommand } from "../next-command.ts";
import type { Terminal } from "../terminal.ts";
import { gigabytes, terminalWatch } from "../terminal-watch.ts";

export interface ImportCommandOptions {
  readonly out: string;
  readonly rows?: string;
  readonly force?: boolean;
  readonly backend: EngineName | "auto";
  readonly threads?: number;
}

export async function importTraining(
  folder: string,
  options: ImportCommandOptions,
  terminal: Terminal,
): Promise<number> {
  const { out } = options;
  const run = await importRun(folder, { ...options, ...terminalWatch(terminal) });
  terminal.out(epochTable(run.epochs));
  for (const note of [...run.notes, ...intervalNotes(run.evaluations)]) terminal.say(note);
  const took = `${duration(run.seconds)} and ${gigabytes(run.peakMemory)} of memory in all`;
  terminal.say(`run: ${out} (${took}; report: ${out}/report.html)`);
  terminal.say(nextCommand(out));
  return exitCodes.clean;
}
