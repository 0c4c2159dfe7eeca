// Runs Python on PyTorch and TorchRec, by torchrun where there are several processes, in the environment that
// `dinc torch install` makes.

import { spawn } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { cp } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { installedTorch } from "../../runtime/native/torch-folder.ts";
import { type Ended, torchEnvironment } from "./python.ts";

const installed = installedTorch();

/** Why tests that need PyTorch are skipped here; null where they run. */
export const noTorch: string | null = installed
  ? null
  : "PyTorch and TorchRec are not installed: `dinc torch install` does it";

if (noTorch !== null) console.warn(`skipped: ${noTorch}`);

/** Why the test of Ray is skipped here; null where it runs. `dinc torch install` doesn't install Ray. */
export const noRay: string | null =
  installed === null
    ? noTorch
    : readdirSync(join(installed.build, "lib")).some((python) =>
          existsSync(join(installed.build, "lib", python, "site-packages", "ray")),
        )
      ? null
      : "Ray is not installed: `.ci/install-for-tests ray` does it";

if (noRay !== null && noRay !== noTorch) console.warn(`skipped: ${noRay}`);

const runtime = fileURLToPath(new URL("../../runtime/torchrec", import.meta.url));

/** The files of runtime/torchrec as a package `training` in `folder`. */
export async function copyRuntime(folder: string): Promise<void> {
  await cp(runtime, join(folder, "training"), { recursive: true });
}

export interface RunningRanks {
  readonly pid: number;
  readonly ended: Promise<Ended>;
}

/**
 * Starts `args` (a script or `-m module`) in so many processes, in `folder`, in which Python finds packages,
 * and in `packages` of it.
 */
export function startRanks(
  ranks: number,
  args: readonly string[],
  folder: string,
  packages: readonly string[] = [],
): RunningRanks {
  const torchrun = ["--standalone", `--nproc-per-node=${ranks}`, "--monitor-interval=0.1"];
  return start(installed!.torchrun, [...torchrun, ...args], folder, packages);
}

/** Runs a module in one process, which may start others. */
export function runPython(
  module: string,
  args: readonly string[],
  folder: string,
  packages: readonly string[],
) {
  return start(installed!.python, ["-m", module, ...args], folder, packages).ended;
}

function start(
  program: string,
  args: readonly string[],
  folder: string,
  packages: readonly string[],
): RunningRanks {
  const path = [folder, ...packages.map((name) => join(folder, name))].join(":");
  const child = spawn(program, args, {
    cwd: folder,
    env: {
      ...torchEnvironment(),
      PYTHONPATH: path,
      // Ray's own records, in a place of a short name: those of its sockets have a limit.
      ...{ RAY_TMPDIR: folder, RAY_USAGE_STATS_ENABLED: "0" },
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let [stdout, stderr] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, stdout, stderr }));
  });
  return { pid: child.pid!, ended };
}

export function runRanks(...started: Parameters<typeof startRanks>): Promise<Ended> {
  return startRanks(...started).ended;
}

/** Of this folder. */
export function script(name: string): string {
  return join(dirname(fileURLToPath(import.meta.url)), name);
}
