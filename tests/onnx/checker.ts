// onnx's own checker, which is a Python package. Where it is not there yet, pip puts it into a folder of the user's cache, as
// `dinc native install` does with TensorFlow: nothing of the system's Python changes, and any python3 with pip will do.

import { existsSync } from "node:fs";
import { mkdir, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { cacheRoot } from "../../runtime/native/cache-folder.ts";
import { reasonLine, runCommand } from "../../runtime/native/run-command.ts";

const VERSION = "1.23.2";
const script = join(import.meta.dirname, "check.py");

export interface Checked {
  /** What is wrong, in words. */
  readonly wrong: readonly string[];
  /** How many values had a declared type, and how many sizes of their axes were inferred too. */
  readonly values: number;
  readonly sizes: number;
}

/** What the checker says of model files, in their order. */
export async function checkModels(paths: readonly string[]): Promise<readonly Checked[]> {
  const result = await runCommand("python3", [script, ...paths], {
    env: { ...process.env, PYTHONPATH: await installed() },
  });
  if (result.code !== 0) throw new Error(`the checker failed: ${reasonLine(result)}`);
  return result.stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Checked);
}

/** The folder that the package lies in. */
async function installed(): Promise<string> {
  const python = await runCommand("python3", ["-c", "import sys; print(sys.implementation.cache_tag)"], {
    env: process.env,
  });
  if (python.code !== 0) throw new Error("onnx's checker needs python3 with pip: install both");
  const tag = `${python.stdout.trim()}-${process.platform}-${process.arch}`;
  const folder = join(cacheRoot(), "tests", `onnx-${VERSION}-${tag}`);
  if (existsSync(folder)) return folder;
  const partial = `${folder}.${process.pid}`;
  await mkdir(dirname(folder), { recursive: true });
  const pip = ["-m", "pip", "install", "--only-binary=:all:", "--no-cache-dir", "--target", partial];
  const result = await runCommand("python3", [...pip, `onnx==${VERSION}`], { env: process.env });
  if (result.code !== 0) throw new Error(`pip does not install onnx ${VERSION}: ${reasonLine(result)}`);
  // Another test may have been faster.
  await rename(partial, folder).catch(() => rm(partial, { recursive: true, force: true }));
  return folder;
}
