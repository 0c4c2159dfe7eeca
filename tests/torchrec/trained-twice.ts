// The same training by dinc and by a package: what both begin with, and what they came to.

import { open, readFile } from "node:fs/promises";
import { expect } from "vitest";
import { lower } from "../../compiler/frontend/check/lower.ts";
import { trainingProgram } from "../../compiler/middle/programs/step.ts";
import { initialParameters } from "../../compiler/train/initial.ts";
import { initialTable } from "../../compiler/train/tables.ts";
import { readModel } from "../../runtime/driver/read-spec.ts";
import { readSafetensors, writePieces } from "../../runtime/run/safetensors.ts";
import { safetensorsPieces, type Tensor } from "../../runtime/run/safetensors-bytes.ts";

export type Tensors = ReadonlyMap<string, Tensor>;

/** The weights with which `dinc train` begins on prepared rows, as those of a run. */
export async function beginning(spec: string, rows: string): Promise<Tensors> {
  const model = await readModel(spec);
  const { step } = trainingProgram(lower(model), model);
  const { train } = model;
  const { tables } = JSON.parse(await readFile(`${rows}/prepared.json`, "utf8"));
  const known = tables as { readonly feature: string; readonly rows: number }[];
  const tensors = new Map<string, Tensor>();
  for (const [name, table] of model.tables) {
    const { rows: count } = known.find(({ feature }) => feature === table.feature)!;
    const { values } = initialTable({ ...table, rows: count }, train, null);
    tensors.set(`table.${name}`, { dims: [count, table.width], values });
  }
  const values = initialParameters(step, train.seed);
  for (const { name, dims, role } of step.parameters.values())
    if (role !== "slot") tensors.set(name, { dims, values: values.get(name)! });
  return tensors;
}

export async function writeTensors(path: string, tensors: Tensors): Promise<void> {
  const file = await open(path, "w");
  await writePieces(file, safetensorsPieces(tensors));
  await file.close();
}

export interface Trained {
  /** By step. */
  readonly losses: readonly number[];
  readonly weights: Tensors;
}

/** The training of a package, and the text of its golden rows. */
export interface Left extends Trained {
  readonly golden: string;
}

export async function leftBy(out: string): Promise<Left> {
  const line = (await readFile(`${out}/metrics.jsonl`, "utf8")).split("\n")[0]!;
  const { tensors } = await readSafetensors(`${out}/weights.safetensors`);
  const golden = await readFile(`${out}/golden.json`, "utf8");
  return { losses: JSON.parse(line).curve, weights: tensors, golden };
}

/** The largest difference of two numbers at one place. */
export function farthest(a: ArrayLike<number>, b: ArrayLike<number>): number {
  expect(a).toHaveLength(b.length);
  return Array.from(a).reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]!)), 0);
}
