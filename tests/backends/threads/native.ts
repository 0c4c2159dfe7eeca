// Trainings in native code, in a process of their own, by compilers that a test chooses.

import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { SimdForm } from "../../../compiler/backends/wasm/training/form.ts";
import type { NativeCodeOutcome } from "../../../runtime/engines/options.ts";

export class NativeTrainings {
  readonly folder = mkdtempSync(join(tmpdir(), "dinc-native-"));
  readonly cache = join(this.folder, "cache");
  private scripts = 0;

  /** A compiler that is a shell script. */
  compiler(script: string): string {
    this.scripts += 1;
    const path = join(this.folder, `compiler-${this.scripts}`);
    writeFileSync(path, `#!/bin/sh\n${script}\n`);
    chmodSync(path, 0o755);
    return path;
  }

  run(trainings: readonly NativeTraining[], node = process.execPath): NativeResult[] {
    const child = join(import.meta.dirname, "native.mjs");
    const { status, stdout, stderr } = spawnSync(node, [child, JSON.stringify(trainings)], {
      ...{ encoding: "utf8", env: { ...process.env, DINC_CACHE: this.cache } },
    });
    if (status !== 0) throw new Error(`status ${status}: ${stderr}`);
    return JSON.parse(stdout) as NativeResult[];
  }

  end(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export interface NativeTraining {
  /** A file of given.ts. */
  readonly path: string;
  readonly threads: number;
  /** The value of CC; null for WebAssembly. */
  readonly compiler: string | null;
  /**
   * The compiler runs in the background, for so many milliseconds at most; steps go on until it is known whether they are
   * computed by its code, or until the file `until` is there.
   */
  /** As many steps as the training before. */
  readonly isAsBefore?: true;
  readonly background?: { readonly patience: number; readonly until?: string };
}

export interface NativeResult {
  readonly form: SimdForm;
  readonly present: number;
  readonly kind: "wasm" | "native";
  readonly steps: number;
  readonly hash: string;
  readonly scores: string;
  readonly told: readonly NativeCodeOutcome[];
}
