// onnx's own checker, which is a Python package.

import { join } from "node:path";
import { reasonLine, runCommand } from "../../runtime/native/run-command.ts";
import { pythonPackages } from "../support/python-packages.ts";

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
    env: { ...process.env, PYTHONPATH: await pythonPackages([`onnx==${VERSION}`]) },
  });
  if (result.code !== 0) throw new Error(`the checker failed: ${reasonLine(result)}`);
  return result.stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Checked);
}
