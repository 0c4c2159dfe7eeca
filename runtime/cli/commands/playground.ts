// dinc playground [RUN]: serves the playground's page until Ctrl-C, with a run or without one.

import { type PlaygroundOptions, playground as serve } from "../../driver/playground.ts";
import { exitCodes } from "../exit-codes.ts";
import type { Terminal } from "../terminal.ts";
import { terminalWatch } from "../terminal-watch.ts";

export interface PlaygroundCommandOptions extends Omit<PlaygroundOptions, "config" | "signal" | "onEvent"> {
  readonly config?: string;
  readonly open: boolean;
}

export async function playground(
  run: string | undefined,
  { open, ...options }: PlaygroundCommandOptions,
  terminal: Terminal,
): Promise<number> {
  const page = await serve(run ?? null, { ...options, ...terminalWatch(terminal) });
  terminal.out(`${page.address}\n`);
  terminal.say("the playground is there until Ctrl-C");
  if (open) page.open();
  return new Promise((resolve) => {
    const end = () => {
      page.close();
      resolve(exitCodes.clean);
    };
    process.once("SIGINT", end);
    process.once("SIGTERM", end);
  });
}
