// dinc runs FOLDER: a table of many runs, sorted by a metric on validation rows, best first.

import { type ListedRun, type ListedRuns, type ListOptions, listRuns } from "../../driver/list-runs.ts";
import { exitCodes } from "../exit-codes.ts";
import { runsText } from "../runs-text.ts";
import type { Terminal } from "../terminal.ts";
import { terminalWatch } from "../terminal-watch.ts";

export interface RunsOptions extends ListOptions {
  readonly format: "pretty" | "json";
}

export async function runs(
  folder: string,
  { format, ...options }: RunsOptions,
  terminal: Terminal,
): Promise<number> {
  const found = await listRuns(folder, { ...options, ...terminalWatch(terminal) });
  if (format === "json") terminal.out(`${JSON.stringify(asJson(found), null, 2)}\n`);
  else {
    const { table, notes } = runsText(found);
    terminal.out(table);
    for (const note of notes) terminal.say(note);
  }
  return exitCodes.clean;
}

function asJson({ folder, runs: all, of, sortedBy, seeds }: ListedRuns): object {
  const plain = ({ columns, ...run }: ListedRun) => ({ ...run, columns: Object.fromEntries(columns) });
  return { version: 1, folder, of, sortedBy, seeds, runs: all.map(plain) };
}
