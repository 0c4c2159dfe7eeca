// dinc predict RUN: scores rows as they are read. A file is complete or absent, whatever ends the command;
// standard output receives rows as they are scored.

import { predictTo } from "../../driver/predict.ts";
import { duration, thousands } from "../../driver/text-table.ts";
import { exitCodes } from "../exit-codes.ts";
import type { RowsCommandOptions } from "../rows-options.ts";
import type { Terminal } from "../terminal.ts";
import { terminalWatch } from "../terminal-watch.ts";

export interface PredictCommandOptions extends RowsCommandOptions {
  readonly out: string;
}

export async function predict(
  folder: string,
  options: PredictCommandOptions,
  terminal: Terminal,
): Promise<number> {
  const { out } = options;
  const watch = terminalWatch(terminal);
  let started = performance.now();
  const leaveSignals = watchSignals(out, terminal);
  try {
    const scored = await predictTo(folder, out === "-" ? async (text) => terminal.out(text) : out, {
      ...options,
      onEvent: (event) => {
        if (event.kind === "scored" && event.rows === 0) started = performance.now();
        watch.onEvent(event);
      },
    });
    const seconds = (performance.now() - started) / 1000;
    if (out !== "-") terminal.say(`${thousands(scored)} rows scored in ${duration(seconds)}: ${out}`);
    return exitCodes.clean;
  } finally {
    leaveSignals();
  }
}

/**
 * A signal ends the process at once, and removes the incomplete file. Returns a function that stops watching.
 */
function watchSignals(out: string, terminal: Terminal): () => void {
  const stop = (signal: "SIGINT" | "SIGTERM") => {
    terminal.say(
      out === "-" ? "stopped: not all rows were written" : `stopped: nothing was written to ${out}`,
    );
    process.exit(signal === "SIGINT" ? exitCodes.interrupted : exitCodes.terminated);
  };
  process.on("SIGINT", stop).on("SIGTERM", stop);
  return () => process.off("SIGINT", stop).off("SIGTERM", stop);
}
