// Which optimizer has a weight or a table: that of a part which `for:` names, or that of the rest. Optimizers
// have places, the rest's is 0; scalars and slots of the others have the place in their names.

import type { OptimizerSlot } from "./optimizers/define-optimizer.ts";
import { optimizerOf } from "./optimizers/registry.ts";
import type { ModelPart, Optimizer, TrainSettings } from "./settings.ts";
import { averageSlots } from "./weight-average.ts";

type Optimizing = Pick<TrainSettings, "optimizer" | "partOptimizers">;

/** By place. */
export function optimizersIn({ optimizer, partOptimizers }: Optimizing): readonly Optimizer[] {
  return [optimizer, ...partOptimizers.map((part) => part.optimizer)];
}

export function optimizerIndexOfTable({ partOptimizers }: Optimizing, table: string): number {
  return partOptimizers.findIndex(({ part }) => part.tables.includes(table)) + 1;
}

export function optimizerIndexOfWeight({ partOptimizers }: Optimizing, weight: string): number {
  return partOptimizers.findIndex(({ part }) => hasWeight(part, weight)) + 1;
}

export function hasWeight({ weights }: ModelPart, weight: string): boolean {
  return weights.some((name) => weight === name || weight.startsWith(`${name}.`));
}

export function optimizerOfTable(settings: Optimizing, table: string): Optimizer {
  return optimizersIn(settings)[optimizerIndexOfTable(settings, table)]!;
}

/** What is kept beside the rows of a table, in this order: what its optimizer remembers, then what its average needs. */
export function tableSlots(
  settings: Optimizing & Pick<TrainSettings, "average">,
  table: string,
): readonly OptimizerSlot[] {
  const optimizer = optimizerOfTable(settings, table);
  const own = optimizerOf(optimizer).slots(optimizer);
  return settings.average === null ? own : [...own, ...averageSlots];
}

/** What a scalar, or the slot of dense weights, of the optimizer at `place` is called. */
export function nameAt(place: number, name: string): string {
  return place === 0 ? name : `${place}.${name}`;
}

/** The scalars of the optimizer at `place` among those of all. */
export function scalarsOf(
  settings: Optimizing,
  place: number,
  all: Readonly<Record<string, number>>,
): Readonly<Record<string, number>> {
  if (place === 0) return all;
  const { scalarNames } = optimizerOf(optimizersIn(settings)[place]!);
  return Object.fromEntries(scalarNames.map((name) => [name, all[nameAt(place, name)]!]));
}
