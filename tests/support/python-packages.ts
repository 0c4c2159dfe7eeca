// Python packages for tests. If they are missing, pip installs them into a folder of the user's cache, as
// `dinc native install` does with TensorFlow: the system's Python stays unchanged, and any python3 with pip
// works.

import { existsSync } from "node:fs";
import { mkdir, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { cacheRoot } from "../../runtime/native/cache-folder.ts";
import { reasonLine, runCommand } from "../../runtime/native/run-command.ts";

/** The folder of the packages, for PYTHONPATH; for example `["onnx==1.23.2"]`. */
export async function pythonPackages(packages: readonly string[]): Promise<string> {
  const python = await runCommand("python3", ["-c", "import sys; print(sys.implementation.cache_tag)"], {
    env: process.env,
  });
  if (python.code !== 0) throw new Error("this test needs python3 with pip: install both");
  const names = packages.map((each) => each.replace("==", "-")).join("-");
  const folder = join(
    cacheRoot(),
    "tests",
    `${names}-${python.stdout.trim()}-${process.platform}-${process.arch}`,
  );
  if (existsSync(folder)) return folder;
  const partial = `${folder}.${process.pid}`;
  await mkdir(dirname(folder), { recursive: true });
  const pip = ["-m", "pip", "install", "--only-binary=:all:", "--no-cache-dir", "--target", partial];
  const result = await runCommand("python3", [...pip, ...packages], { env: process.env });
  if (result.code !== 0)
    throw new Error(`pip does not install ${packages.join(", ")}: ${reasonLine(result)}`);
  // Another test may have finished first.
  await rename(partial, folder).catch(() => rm(partial, { recursive: true, force: true }));
  return folder;
}
