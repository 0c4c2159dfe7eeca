// Native code that crashes ends the process with its last checkpoint on disk, and `--resume` goes on from it without native
// code, to the weights of a training in WebAssembly.

import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { compilerNames } from "../support/c-code.ts";
import { expectSuccess } from "./run-here.ts";
import { writeSmallTraining } from "./small-training.ts";
import { run } from "./spawn.ts";

const folder = mkdtempSync(join(tmpdir(), "dinc-native-crash-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The compiled functions stop the process when one of them is called that often. */
const CALLS = 1500;

test.skipIf(compilerNames.length === 0)("a crash leaves a checkpoint, from which WebAssembly goes on", () => {
  writeSmallTraining(folder, 2);
  const compiler = join(folder, "compiler");
  writeFileSync(
    compiler,
    `#!/bin/sh
case "$*" in *-shared*) for each do case $each in *.c)
  sed -i 's/^  char \\*M = arguments/  static int calls; if (++calls > ${CALLS}) __builtin_trap();\\n&/' "$each";;
esac; done;; esac
exec ${compilerNames[0]} "$@"
`,
  );
  chmodSync(compiler, 0o755);
  const train = (out: string, backend: string, ...more: readonly string[]) =>
    run(
      [
        ...["train", "-c", "dinc.yaml", "--out", out, "--backend", backend, "--threads", "1"],
        ...["--checkpoint-every", "0.0001", ...more],
      ],
      { cwd: folder, env: { CC: compiler, DINC_CACHE: join(folder, "cache") } },
    );
  expectSuccess(train("whole", "wasm"));
  expect(train("crashed", "native").err).toMatch(/ended by SIG(ILL|TRAP)/);
  expect(readdirSync(folder)).toContain("crashed.checkpoint");
  const resumed = train("crashed", "wasm", "--resume");
  expect(resumed.code, resumed.err).toBe(0);
  expect(resumed.out + resumed.err).toMatch(/going on after step \d+ of epoch/);
  const weights = (out: string) => readFileSync(join(folder, out, "weights.safetensors"));
  expect(weights("crashed").equals(weights("whole"))).toBe(true);
  expect(readdirSync(folder).filter((name) => name.startsWith("crashed"))).toEqual(["crashed"]);
});
