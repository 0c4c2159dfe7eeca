// Reads a training's optimizer state, `state.safetensors`, and checks everything in it. Nothing else reads
// this file, so it may be deleted.

import { stat } from "node:fs/promises";
import { join } from "node:path";
import type { Optimizer, PartOptimizer } from "../../compiler/middle/training/settings.ts";
import type { TrainingCounts } from "../../compiler/train/counts.ts";
import type { OptimizerState } from "../../compiler/train/from/earlier.ts";
import { requireUnchanged } from "../files/unchanged.ts";
import { type Manifest, runFiles } from "./run-folder.ts";
import { readSafetensors, SafetensorsError } from "./safetensors.ts";
import { startingWith } from "./safetensors-bytes.ts";
import { keys, prefixes, STATE_VERSION } from "./state-tensors.ts";

/**
 * The optimizer's state in the run `folder`; null if it was not kept. `damaged` makes the error for a file
 * that was changed.
 */
export async function readState(
  folder: string,
  { files }: Manifest,
  damaged: (path: string, reason: string) => Error,
): Promise<OptimizerState | null> {
  const path = join(folder, runFiles.state);
  const expected = Object.hasOwn(files, runFiles.state) ? files[runFiles.state] : undefined;
  if (expected === undefined || (await stat(path).catch(() => null)) === null) return null;
  await requireUnchanged(path, expected, "training", damaged);
  try {
    const { tensors, metadata } = await readSafetensors(path);
    if (metadata[keys.version] !== STATE_VERSION)
      throw new SafetensorsError(`is of version ${metadata[keys.version] ?? "none"} of the format`);
    const counts = startingWith(prefixes.counts, tensors);
    const days = startingWith(prefixes.days, tensors);
    return {
      optimizer: JSON.parse(metadata[keys.optimizer]!) as Optimizer,
      partOptimizers: JSON.parse(metadata[keys.parts] ?? "[]") as PartOptimizer[],
      anew: JSON.parse(metadata[keys.anew] ?? "[]") as string[],
      made: countsIn(metadata[keys.made]!),
      weights: bySlot(startingWith(prefixes.weight, tensors)),
      tables: bySlot(startingWith(prefixes.table, tensors)),
      met: new Map([...counts].map(([name, all]) => [name, { counts: all, days: days.get(name)! }])),
    };
  } catch (error) {
    if (error instanceof SafetensorsError) throw damaged(path, error.message);
    throw error;
  }
}

/** Before steps of tables were counted apart, they were those of all weights. */
function countsIn(text: string): TrainingCounts {
  const made = JSON.parse(text) as Omit<TrainingCounts, "tableSteps"> & Partial<TrainingCounts>;
  return { ...made, tableSteps: made.tableSteps ?? made.steps };
}

/** Groups names such as `m:net.click.dense_1.kernel` by slot (`m`), then by parameter. */
function bySlot(named: ReadonlyMap<string, Float32Array>): Map<string, Map<string, Float32Array>> {
  const slots = new Map<string, Map<string, Float32Array>>();
  for (const [name, values] of named) {
    const colon = name.indexOf(":");
    const slot = name.slice(0, colon);
    slots.set(slot, (slots.get(slot) ?? new Map()).set(name.slice(colon + 1), values));
  }
  return slots;
}
