// dinc serve RUN: answers requests over HTTP until Ctrl-C or SIGTERM.

import { type ServeOptions, serve as serveRun } from "../../driver/serve.ts";
import { exitCodes } from "../exit-codes.ts";
import type { Terminal } from "../terminal.ts";
import { terminalWatch } from "../terminal-watch.ts";

export type ServeCommandOptions = Omit<ServeOptions, "onEvent">;

export async function serve(run: string, options: ServeCommandOptions, terminal: Terminal): Promise<number> {
  await serveRun(run, { ...options, ...terminalWatch(terminal) }, (sentence) => terminal.say(sentence));
  return exitCodes.clean;
}
