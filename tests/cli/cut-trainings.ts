// Trainings in processes, which a test ends at a moment that it knows by what they say and write.

import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll } from "vitest";
import { writeSmallTraining } from "./small-training.ts";
import { root } from "./spawn.ts";

export class CutTrainings {
  readonly folder = mkdtempSync(join(tmpdir(), "dinc-resume-"));
  private readonly backend: "node" | "wasm";

  constructor(backend: "node" | "wasm") {
    this.backend = backend;
    afterAll(() => rmSync(this.folder, { recursive: true }));
    writeSmallTraining(this.folder, 3, 300);
  }

  /** Arguments of `dinc train`. */
  arguments(out: string, ...more: readonly string[]): string[] {
    return ["train", "--backend", this.backend, "--out", out, ...more];
  }

  start(out: string, ...more: readonly string[]): ChildProcess & { said: () => string } {
    const args = [join(root, "bin/dinc.js"), ...this.arguments(out, "--checkpoint-every", "0.02", ...more)];
    const child = spawn(process.execPath, args, { cwd: this.folder, stdio: ["ignore", "ignore", "pipe"] });
    let said = "";
    child.stderr!.on("data", (chunk: Buffer) => (said += chunk.toString()));
    return Object.assign(child, { said: () => said });
  }

  /** Names in the folder that begin with the run's. */
  beside(out: string): string[] {
    return readdirSync(this.folder).filter((name) => name.startsWith(out));
  }
}

/** Until `condition`, or the process has ended. */
export async function until(child: ChildProcess, condition: () => boolean): Promise<void> {
  while (!condition() && child.exitCode === null && child.signalCode === null) await sleep(2);
}
