// Permutes one input in rows: the rows together keep its values, but each gets another row's, so that the
// input no longer relates to the label.

import type { Random } from "../common/random.ts";
import { crossOf } from "../frontend/kinds/encoders.ts";
import { partsOf } from "../frontend/kinds/registry.ts";
import type { Model } from "../frontend/model/model.ts";
import { inputNames } from "../middle/programs/program.ts";
import { fieldsRead, type GraphInputs, readsFeature } from "./graph-inputs.ts";
import type { HistoryColumns, MemoryRows, SetRanges } from "./memory-rows.ts";

/** An input of a network with its name: `price`, `clicks`, `clicks.dwell`. */
export type NetworkInput =
  /** The row's own value of a feature, including in what is computed from it; steps of histories keep theirs. */
  | { readonly kind: "feature"; readonly name: string }
  /** All steps of a history together. */
  | { readonly kind: "history"; readonly name: string }
  /** The field of each step, permuted among all steps of all rows; the steps' other fields stay. */
  | { readonly kind: "field"; readonly history: string; readonly name: string };

export function partName(part: NetworkInput): string {
  return part.kind === "field" ? inputNames.field(part.history, part.name) : part.name;
}

/**
 * The inputs that a Graph reads: features, histories, and the fields of histories of which it reads several.
 */
export function partsRead(model: Model, inputs: GraphInputs): NetworkInput[] {
  const features = [...model.features.keys()].filter((name) => readsFeature(model, inputs, name));
  return [
    ...features.map((name): NetworkInput => ({ kind: "feature", name })),
    ...[...model.histories.values()].flatMap((history): NetworkInput[] => {
      if (!inputs.histories.has(history.name)) return [];
      const fields = fieldsRead(history, inputs);
      const own = fields.length < 2 ? [] : fields;
      return [
        { kind: "history", name: history.name },
        ...own.map(({ name }): NetworkInput => ({ kind: "field", history: history.name, name })),
      ];
    }),
  ];
}

export function permuted(model: Model, rows: MemoryRows, part: NetworkInput, random: Random): MemoryRows {
  switch (part.kind) {
    case "feature":
      return withFeature(model, rows, part.name, random.order(rows.rows));
    case "history": {
      const columns = rows.histories.get(part.name)!;
      const order = random.order(rows.rows);
      return withHistory(rows, part.name, {
        ...columns,
        start: taken(columns.start, order),
        end: taken(columns.end, order),
      });
    }
    case "field": {
      const columns = rows.histories.get(part.history)!;
      const { fields } = model.histories.get(part.history)!;
      return withHistory(rows, part.history, {
        ...columns,
        ...shuffled(columns, readFrom(fields, part.name), random),
      });
    }
  }
}

function withHistory(rows: MemoryRows, name: string, columns: HistoryColumns): MemoryRows {
  return { ...rows, histories: new Map([...rows.histories, [name, columns]]) };
}

function withFeature(model: Model, rows: MemoryRows, name: string, order: Int32Array): MemoryRows {
  const names = readFrom([...model.features.values()], name);
  const moved = movedIn(rows, names, order);
  const ids = new Map(moved.ids);
  for (const feature of model.features.values()) {
    if (!ids.has(feature.name) || !partsOf(feature).some((part) => names.includes(part.name))) continue;
    const cross = crossOf(feature)!;
    const parts = cross.parts.map((part) => ids.get(part)!);
    const own = new Int32Array(rows.rows);
    for (let row = 0; row < own.length; row++) own[row] = cross.idOf(parts.map((values) => values[row]!));
    ids.set(feature.name, own);
  }
  return { ...rows, ...moved, ids };
}

/** A feature or a field, and those that are computed from its values. */
function readFrom(
  all: readonly { readonly name: string; readonly source: string | null }[],
  name: string,
): readonly string[] {
  return [name, ...all.flatMap((each) => (each.source === name ? [each.name] : []))];
}

function movedIn(
  { ids, numbers, sets, rows }: Pick<MemoryRows, "ids" | "numbers" | "sets" | "rows">,
  names: readonly string[],
  order: Int32Array,
): Pick<MemoryRows, "ids" | "numbers" | "sets"> {
  const among = <T>(columns: ReadonlyMap<string, T>, move: (column: T) => T) =>
    new Map([...columns].map(([name, column]) => [name, names.includes(name) ? move(column) : column]));
  return {
    ids: among(ids, (column) => taken(column, order)),
    numbers: among(numbers, (column) => takenWide(column, order, column.length / rows)),
    sets: among(sets, (set) => takenSets(set, order)),
  };
}

/** The columns of a history with the values of fields permuted together among the steps that rows use. */
function shuffled(
  { steps, numbers, sets, start, end }: HistoryColumns,
  fields: readonly string[],
  random: Random,
): Pick<HistoryColumns, "steps" | "numbers" | "sets"> {
  const stored = end.reduce((most, each) => Math.max(most, each), 0);
  const isStep = new Uint8Array(stored);
  for (let row = 0; row < start.length; row++) isStep.fill(1, start[row]!, end[row]!);
  const places = Int32Array.from(isStep.keys()).filter((place) => isStep[place] === 1);
  const others = random.shuffle(places.slice());
  const order = Int32Array.from(isStep.keys());
  for (const [i, place] of places.entries()) order[place] = others[i]!;
  const { ids, ...rest } = movedIn({ ids: steps, numbers, sets, rows: stored }, fields, order);
  return { steps: ids, ...rest };
}

function taken(values: Int32Array, order: Int32Array): Int32Array {
  return order.map((row) => values[row]!);
}

function takenWide(values: Float32Array, order: Int32Array, width: number): Float32Array {
  const out = new Float32Array(order.length * width);
  for (const [row, from] of order.entries())
    out.set(values.subarray(from * width, (from + 1) * width), row * width);
  return out;
}

function takenSets({ start, end, ...values }: SetRanges, order: Int32Array): SetRanges {
  return { ...values, start: taken(start, order), end: taken(end, order) };
}
