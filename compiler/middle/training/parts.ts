// Finds the optimizer of a weight or a table: that of the part that `for:` names, or that of the rest.
// Optimizers are numbered, the rest's is 0; the scalars and slots of the others have the number in their
// names. Tables that begin again have optimizers with numbers of their own, because their steps are counted again too.

import type { OptimizerSlot } from "./optimizers/define-optimizer.ts";
import { optimizerOf } from "./optimizers/registry.ts";
import type { ModelPart, Optimizer, TrainSettings } from "./settings.ts";
import { averageSlots } from "./weight-average.ts";

type Optimizing = Pick<TrainSettings, "optimizer" | "partOptimizers"> & Partial<Pick<TrainSettings, "anew">>;

/** The optimizers by number. */
export function optimizersIn({ optimizer, partOptimizers, anew = null }: Optimizing): readonly Optimizer[] {
  const all = [optimizer, ...partOptimizers.map((part) => part.optimizer)];
  return anew === null ? all : [...all, ...all];
}

/** Whether the steps of an optimizer are counted again in each epoch. */
export function isAnew({ partOptimizers }: Optimizing, place: number): boolean {
  return place > partOptimizers.length;
}

export function optimizerIndexOfTable(settings: Optimizing, table: string): number {
  const { partOptimizers } = settings;
  const place = partOptimizers.findIndex(({ part }) => part.tables.includes(table)) + 1;
  return beginsAnew(settings, table) ? place + partOptimizers.length + 1 : place;
}

export function beginsAnew({ anew = null }: Partial<Pick<TrainSettings, "anew">>, table: string): boolean {
  return anew?.tables.includes(table) === true;
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

/**
 * Whether a step changes all rows of a table, and not only those of the batch. A pull of all rows gives every
 * row a gradient, so that no optimizer leaves one out.
 */
export function changesAllRows(settings: Optimizing & Pick<TrainSettings, "l2">, table: string): boolean {
  return pullsAllRows(settings) || hasAllRows(optimizerOfTable(settings, table));
}

/** Whether `l2` is for all rows of tables. */
export function pullsAllRows({ l2 }: Pick<TrainSettings, "l2">): boolean {
  return l2.rows === "all" && l2.tables > 0;
}

/** Whether an optimizer is told to change all rows. */
export function hasAllRows(optimizer: Optimizer): boolean {
  return "rows" in optimizer && optimizer.rows === "all";
}

/**
 * The slots kept for each row of a table, in this order: those of its optimizer, then those of its average.
 */
export function tableSlots(
  settings: Optimizing & Pick<TrainSettings, "average">,
  table: string,
): readonly OptimizerSlot[] {
  const optimizer = optimizerOfTable(settings, table);
  const own = optimizerOf(optimizer).slots(optimizer);
  return settings.average === null ? own : [...own, ...averageSlots];
}

/** The name of a scalar, or of a slot of dense weights, of the optimizer at `place`. */
export function nameAt(place: number, name: string): string {
  return place === 0 ? name : `${place}.${name}`;
}

/** The scalars of the optimizer at `place`, from those of all optimizers. */
export function scalarsOf(
  settings: Optimizing,
  place: number,
  all: Readonly<Record<string, number>>,
): Readonly<Record<string, number>> {
  if (place === 0) return all;
  const { scalarNames } = optimizerOf(optimizersIn(settings)[place]!);
  return Object.fromEntries(scalarNames.map((name) => [name, all[nameAt(place, name)]!]));
}
