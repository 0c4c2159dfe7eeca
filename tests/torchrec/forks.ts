// One process with PyTorch and TorchRec for all tests of a worker: what a test runs is a fork of it. Importing both takes five
// seconds of processor time. Where a test is about processes, it starts them as people do, by torchrun.ts.

import { type ChildProcessByStdio, spawn } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface, type Interface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { beforeAll } from "vitest";
import { countSeconds } from "../support/seconds-elsewhere.ts";
import { type Ended, torchEnvironment, torchPython } from "./python.ts";

export interface ForkOptions {
  /** Where it runs; Python finds packages there, and in `packages` of it. */
  readonly folder: string;
  readonly packages?: readonly string[];
  /** Processes that are told of each other as torchrun does; 0 for one that is told nothing. */
  readonly ranks?: number;
}

interface Answer {
  readonly code: number;
  readonly seconds: number;
}

class Forks {
  private readonly process: ChildProcessByStdio<Writable, Readable, null>;
  private readonly lines: Interface;
  private said: Promise<unknown> = Promise.resolve();

  constructor() {
    const script = join(import.meta.dirname, "forks.py");
    this.process = spawn(torchPython()!, [script], {
      env: torchEnvironment(),
      stdio: ["pipe", "pipe", "inherit"],
    });
    this.lines = createInterface(this.process.stdout);
    // It ends with its standard input, so that no worker waits for it.
    this.process.unref();
    for (const stream of [this.process.stdin, this.process.stdout]) (stream as unknown as Unref).unref();
  }

  /** One request at a time. */
  ask(request: object): Promise<Answer> {
    const answer = this.said.then(() => this.next(request));
    this.said = answer.catch(() => {});
    return answer;
  }

  private next(request: object): Promise<Answer> {
    return new Promise((resolve, reject) => {
      // While somebody waits for it, the worker does.
      const stream = this.process.stdout as unknown as Unref;
      stream.ref();
      const ended = () => reject(new Error("forks.py has ended"));
      this.process.once("exit", ended);
      this.lines.once("line", (line) => {
        this.process.off("exit", ended);
        stream.unref();
        resolve(JSON.parse(line) as Answer);
      });
      this.process.stdin.write(`${JSON.stringify(request)}\n`);
    });
  }
}

interface Unref {
  ref(): void;
  unref(): void;
}

let forks: Forks | null = null;

// On a busy machine it imports for a minute, which is no test's time.
if (torchPython() !== null) beforeAll(() => started(), 300_000);

async function started(): Promise<Forks> {
  if (forks === null) {
    forks = new Forks();
    await forks.ask({ arguments: [] });
  }
  return forks;
}

/** Runs a script or `-m module`, as `python` would. */
export async function runFork(
  args: readonly string[],
  { folder, packages = [], ranks = 0 }: ForkOptions,
): Promise<Ended> {
  const output = await mkdtemp(join(tmpdir(), "dinc-forks-"));
  try {
    const path = [folder, ...packages.map((name) => join(folder, name))];
    const request = { arguments: args, folder, path, environment: torchEnvironment(), ranks, output };
    const { code, seconds } = await (await started()).ask(request);
    countSeconds(seconds);
    const [stdout, stderr] = await Promise.all(
      ["stdout", "stderr"].map((name) => readFile(join(output, name), "utf8")),
    );
    return { code, stdout: stdout!, stderr: stderr! };
  } finally {
    await rm(output, { recursive: true, force: true });
  }
}

/** Gives the JSON that a script prints for `input`, which it reads as JSON from a file. */
export async function ran(script: string, input: unknown): Promise<unknown> {
  const folder = await mkdtemp(join(tmpdir(), "dinc-torch-"));
  try {
    const path = join(folder, "input.json");
    await writeFile(path, JSON.stringify(input));
    const { code, stdout, stderr } = await runFork([script, path], { folder });
    if (code !== 0) throw new Error(`${script} failed: ${stderr}`);
    return JSON.parse(stdout);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
