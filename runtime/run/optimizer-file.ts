// `state.safetensors` of a run: what the optimizer remembers and how often ids were met, for a training that goes on from it. Nothing
// else reads it, so it may be deleted. Reading trusts nothing in it.

import { stat } from "node:fs/promises";
import { join } from "node:path";
import { slotName } from "../../compiler/middle/programs/dense-update.ts";
import type { TrainingProgram } from "../../compiler/middle/programs/program.ts";
import { optimizerOf } from "../../compiler/middle/training/optimizers/registry.ts";
import { optimizerOfTable, optimizersIn } from "../../compiler/middle/training/parts.ts";
import type { Optimizer, PartOptimizer } from "../../compiler/middle/training/settings.ts";
import type { TrainResult } from "../../compiler/train/epochs.ts";
import type { Met, OptimizerState } from "../../compiler/train/from/earlier.ts";
import type { Made } from "../../compiler/train/trainer.ts";
import { requireUnchanged } from "../files/unchanged.ts";
import { type Manifest, runFiles } from "./run-folder.ts";
import { type Metadata, readSafetensors, SafetensorsError, type Tensor } from "./safetensors.ts";

/** What the file holds. */
export interface StateTensors {
  readonly tensors: ReadonlyMap<string, Tensor>;
  readonly metadata: Metadata;
}

const VERSION = "1";
const keys = {
  version: "dinc.state",
  optimizer: "dinc.optimizer",
  parts: "dinc.parts",
  made: "dinc.made",
} as const;
/** Names of tensors begin with what they are: `weight m:net.click.dense_1.kernel`, `table v:item_id`, `counts:item_id`. */
const prefixes = { weight: "weight ", table: "table ", counts: "counts:", days: "days:" } as const;

/** Of a finished training; `made` is what it and those before it made. */
export function stateTensors(
  { settings, weights, step }: TrainingProgram,
  { parameters, tables }: TrainResult,
  made: Made,
  met: ReadonlyMap<string, Met>,
): StateTensors {
  const tensors = new Map<string, Tensor>();
  const add = (name: string, values: Float32Array, dims: readonly number[] = [values.length]) =>
    tensors.set(name, { dims, values });
  for (const [place, optimizer] of optimizersIn(settings).entries())
    for (const { name: slot } of optimizerOf(optimizer).slots(optimizer)) {
      const packed = parameters.get(slotName(slot, place));
      let from = 0;
      for (const { name, size } of weights.filter((weight) => weight.place === place)) {
        const { dims } = step.parameters.get(name)!;
        if (packed !== undefined)
          add(`${prefixes.weight}${slot}:${name}`, packed.subarray(from, from + size), dims);
        from += size;
      }
    }
  for (const [name, { spec, slots }] of tables) {
    const optimizer = optimizerOfTable(settings, name);
    for (const [i, { name: slot }] of optimizerOf(optimizer).slots(optimizer).entries()) {
      const values = slots[i];
      if (values === undefined) continue;
      add(`${prefixes.table}${slot}:${name}`, values, [spec.rows, values.length / spec.rows]);
    }
  }
  for (const [name, { counts, days }] of met) {
    add(prefixes.counts + name, counts);
    add(prefixes.days + name, days);
  }
  const metadata = {
    [keys.version]: VERSION,
    [keys.optimizer]: JSON.stringify(settings.optimizer),
    ...(settings.partOptimizers.length === 0
      ? {}
      : { [keys.parts]: JSON.stringify(settings.partOptimizers) }),
    [keys.made]: JSON.stringify(made),
  };
  return { tensors, metadata };
}

/** What the run in `folder` keeps of its optimizer; null where it keeps nothing. `damaged` makes the error for a file that is not as it was written. */
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
    if (metadata[keys.version] !== VERSION)
      throw new SafetensorsError(`is of version ${metadata[keys.version] ?? "none"} of the format`);
    const counts = startingWith(prefixes.counts, tensors);
    const days = startingWith(prefixes.days, tensors);
    return {
      optimizer: JSON.parse(metadata[keys.optimizer]!) as Optimizer,
      partOptimizers: JSON.parse(metadata[keys.parts] ?? "[]") as PartOptimizer[],
      made: JSON.parse(metadata[keys.made]!) as Made,
      weights: bySlot(startingWith(prefixes.weight, tensors)),
      tables: bySlot(startingWith(prefixes.table, tensors)),
      met: new Map([...counts].map(([name, all]) => [name, { counts: all, days: days.get(name)! }])),
    };
  } catch (error) {
    if (error instanceof SafetensorsError) throw damaged(path, error.message);
    throw error;
  }
}

function startingWith(prefix: string, tensors: ReadonlyMap<string, Tensor>): Map<string, Float32Array> {
  const found = [...tensors].filter(([name]) => name.startsWith(prefix));
  return new Map(found.map(([name, { values }]) => [name.slice(prefix.length), values]));
}

/** From `m:net.click.dense_1.kernel` to what is called so in the slot `m`. */
function bySlot(named: ReadonlyMap<string, Float32Array>): Map<string, Map<string, Float32Array>> {
  const slots = new Map<string, Map<string, Float32Array>>();
  for (const [name, values] of named) {
    const colon = name.indexOf(":");
    const slot = name.slice(0, colon);
    slots.set(slot, (slots.get(slot) ?? new Map()).set(name.slice(colon + 1), values));
  }
  return slots;
}
