// Commands in this process, for tests of what they do. What is about the process itself (exit codes, streams, signals, the
// built command line) is tested with `run` of spawn.ts.

import { Readable } from "node:stream";
import { expect } from "vitest";
import { perform } from "../../runtime/cli/main.ts";
import type { Terminal } from "../../runtime/cli/terminal.ts";
import { type Ran, type RunOptions, root } from "./spawn.ts";

export interface HereOptions extends Omit<RunOptions, "env"> {
  /** Gets every message while the command runs. */
  readonly heard?: (message: string) => void;
}

/** What Ctrl-C does to the command that runs here: to be called from `heard`, so that it is the same time in every run. */
export function interruptHere(): void {
  process.listeners("SIGINT").at(-1)!("SIGINT");
}

/** Fails with what the command said where it did not end well. */
export function expectSuccess({ code, err }: Pick<Ran, "code" | "err">): void {
  expect(code, err).toBe(0);
}

/** The command before, so that one runs at a time. */
let last: Promise<unknown> = Promise.resolve();

/** As `run`, without a process: what belongs to a process (its folder, standard input) is this one's for the while. */
export function runHere(args: readonly string[], options: HereOptions = {}): Promise<Ran> {
  const ran = last.then(() => performHere(args, options));
  last = ran.catch(() => {});
  return ran;
}

async function performHere(
  args: readonly string[],
  { cwd = root, input = "", heard = () => {} }: HereOptions,
): Promise<Ran> {
  const written = { stdout: "", stderr: "" };
  const terminal: Terminal = {
    out: (text) => {
      written.stdout += text;
    },
    say: (message) => {
      written.stderr += `${message}\n`;
      heard(message);
    },
    progress: () => {},
    color: { messages: false, data: false },
    interactive: false,
  };
  const restore = [
    inFolder(cwd),
    withStream("stdin", Readable.from(input === "" ? [] : [Buffer.from(input)])),
  ];
  try {
    const code = await perform(args, terminal);
    return { code, out: written.stdout, err: written.stderr };
  } finally {
    for (const back of restore) back();
  }
}

function inFolder(folder: string): () => void {
  const before = process.cwd();
  process.chdir(folder);
  return () => process.chdir(before);
}

function withStream(name: "stdin", stream: Readable): () => void {
  const before = Object.getOwnPropertyDescriptor(process, name)!;
  Object.defineProperty(process, name, { ...before, get: () => stream });
  return () => Object.defineProperty(process, name, before);
}
