// Runs another program to its end and returns its output. A missing program is a result, not an exception.

import { type ChildProcessByStdio, spawn } from "node:child_process";
import { Socket } from "node:net";
import type { Readable } from "node:stream";
import { atEnd } from "../files/at-end.ts";

export interface CommandResult {
  /** Null if the program is not installed. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CommandOptions {
  readonly cwd?: string;
  readonly env: NodeJS.ProcessEnv;
  /** The program ends with this process at the latest. */
  readonly isInBackground?: boolean;
  /** Called every few seconds while the program runs. */
  readonly waiting?: (seconds: number) => void;
}

/** The system's errors for a program that is not installed, or that is not executable. */
export const NOT_STARTED = ["ENOENT", "EACCES", "ENOTDIR", "ENOEXEC", "ELOOP"];

const WAITING_INTERVAL = 10_000;

export function runCommand(
  program: string,
  args: readonly string[],
  options: CommandOptions,
): Promise<CommandResult> {
  return new Promise((resolve, reject) => {
    const started = Date.now();
    const child = spawn(program, args, {
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
      env: options.env,
      stdio: ["ignore", "pipe", "pipe"],
    });
    const timer = setInterval(
      () => options.waiting?.(Math.round((Date.now() - started) / 1000)),
      WAITING_INTERVAL,
    );
    const forget = options.isInBackground === true ? putInBackground(child, timer) : () => {};
    let stdout = "";
    let stderr = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
    child.on("error", (error: NodeJS.ErrnoException) => {
      clearInterval(timer);
      forget();
      if (NOT_STARTED.includes(error.code ?? "")) resolve({ code: null, stdout, stderr });
      else reject(error);
    });
    child.on("close", (code, signal) => {
      clearInterval(timer);
      forget();
      resolve({
        code: code ?? 128,
        stdout,
        stderr: signal === null ? stderr : `${stderr}\nended by ${signal}`,
      });
    });
  });
}

/** The program ends with this process at the latest. Returns what to call when it has ended. */
function putInBackground(
  child: ChildProcessByStdio<null, Readable, Readable>,
  timer: NodeJS.Timeout,
): () => void {
  timer.unref();
  child.unref();
  for (const stream of [child.stdout, child.stderr]) if (stream instanceof Socket) stream.unref();
  return atEnd(() => child.kill("SIGKILL"));
}

/**
 * The line of a program's output with the reason of a failure: the last that mentions an error, otherwise the
 * last.
 */
export function reasonLine(result: CommandResult): string {
  const lines = `${result.stdout}\n${result.stderr}`
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
  return lines.findLast((line) => /\berror\b/i.test(line)) ?? lines.at(-1) ?? "it gave no reason";
}
