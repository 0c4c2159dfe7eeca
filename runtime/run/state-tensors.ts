// The state for continuing a training as tensors: the optimizer's state, the row counts of running averages,
// and the number of occurrences of ids.

import { slotName } from "../../compiler/middle/programs/dense-update.ts";
import { followedStatistics, ROWS } from "../../compiler/middle/programs/moving-averages.ts";
import type { TrainingProgram } from "../../compiler/middle/programs/program.ts";
import { optimizerOf } from "../../compiler/middle/training/optimizers/registry.ts";
import { optimizerOfTable, optimizersIn } from "../../compiler/middle/training/parts.ts";
import type { TrainingCounts } from "../../compiler/train/counts.ts";
import type { TrainResult } from "../../compiler/train/epochs.ts";
import type { IdOccurrences } from "../../compiler/train/from/earlier.ts";
import type { Metadata, Tensor } from "./safetensors-bytes.ts";

/** The content of the file. */
export interface StateTensors {
  readonly tensors: ReadonlyMap<string, Tensor>;
  readonly metadata: Metadata;
}

export const STATE_VERSION = "1";
/** The keys of its texts. */
export const keys = {
  version: "dinc.state",
  optimizer: "dinc.optimizer",
  parts: "dinc.parts",
  anew: "dinc.anew",
  made: "dinc.made",
} as const;
/**
 * The prefixes of tensor names, as in `weight m:net.click.dense_1.kernel`, `table v:item_id`,
 * `counts:item_id`.
 */
export const prefixes = { weight: "weight ", table: "table ", counts: "counts:", days: "days:" } as const;

/** The state of a finished training; `made` counts its steps and those before it. */
export function stateTensors(
  { settings, weights, step }: TrainingProgram,
  { parameters, tables }: TrainResult,
  made: TrainingCounts,
  met: ReadonlyMap<string, IdOccurrences>,
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
  for (const { name, slot } of followedStatistics(step)) {
    const rows = parameters.get(slot);
    if (rows !== undefined) add(`${prefixes.weight}${ROWS}:${name}`, rows);
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
    [keys.version]: STATE_VERSION,
    [keys.optimizer]: JSON.stringify(settings.optimizer),
    ...(settings.partOptimizers.length === 0
      ? {}
      : { [keys.parts]: JSON.stringify(settings.partOptimizers) }),
    ...(settings.anew === null ? {} : { [keys.anew]: JSON.stringify(settings.anew.tables) }),
    [keys.made]: JSON.stringify(made),
  };
  return { tensors, metadata };
}
