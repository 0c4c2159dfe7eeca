// The evaluated weights of a training, if they are averages over its steps.

import type { ParameterValues, TrainingSession } from "../backends/contract/session.ts";
import { slotName } from "../middle/programs/dense-update.ts";
import { averageSlots, followedStatistics } from "../middle/programs/moving-averages.ts";
import type { TrainingProgram } from "../middle/programs/program.ts";
import { beginsAnew } from "../middle/training/parts.ts";
import { AVERAGE, averageOf, averageOfRows } from "../middle/training/weight-average.ts";
import type { HostTable } from "./tables.ts";

export interface Judged {
  /** Every parameter, slots included. */
  readonly parameters: ParameterValues;
  readonly tables: ReadonlyMap<string, HostTable>;
}

/**
 * The averages after `steps` steps; for statistics of layers, over the steps that had rows for them, and for tables
 * that begin again, over those after `begun`.
 */
export function averaged(
  { parameters, tables }: Judged,
  { settings, weights, step }: TrainingProgram,
  steps: number,
  begun: number,
): Judged {
  const { average } = settings;
  if (average === null) return { parameters, tables };
  const places = new Map<number, number>();
  const found = new Map(parameters);
  for (const { name, size, place } of weights) {
    const from = places.get(place) ?? 0;
    const sum = parameters.get(slotName(AVERAGE, place))!;
    found.set(name, averageOf(sum.subarray(from, from + size), average, steps));
    places.set(place, from + size);
  }
  for (const { name } of followedStatistics(step)) {
    const slots = averageSlots(name);
    const [sum, added] = [parameters.get(slots.sum)!, parameters.get(slots.weight)!];
    const width = sum.length / added.length;
    const now = parameters.get(name)!;
    const mean = (each: number, i: number) => each / added[Math.floor(i / width)]!;
    found.set(
      name,
      sum.map((each, i) => (added[Math.floor(i / width)] === 0 ? now[i]! : mean(each, i))),
    );
  }
  const rows = [...tables].map(([name, table]) => {
    const { frozen } = table.spec.options;
    if (frozen) return [name, table] as const;
    const since = beginsAnew(settings, name) ? begun : 0;
    return [name, { ...table, values: averageOfRows(table, average, steps, since) }] as const;
  });
  return { parameters: found, tables: new Map(rows) };
}

/** Puts the weights into the session and the tables of a training. */
export function put(
  { parameters, tables: values }: Judged,
  session: TrainingSession,
  tables: ReadonlyMap<string, HostTable>,
): void {
  session.write(parameters);
  for (const [name, table] of tables)
    if (values.get(name) !== table) table.values.set(values.get(name)!.values);
}
