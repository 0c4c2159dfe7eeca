// A copy of events that were read for several trainings: a training changes its ids and removes its numbers.

import {
  type Column,
  type ColumnMemory,
  float64s,
  int32s,
  lengthOf,
  type NumberArray,
  type NumbersOf,
} from "../../../compiler/data/columns.ts";
import type { FeatureColumns } from "../../../compiler/data/feature-columns.ts";
import { mapped } from "../../../compiler/data/row-stages.ts";
import type { StoredEvents } from "./stored-events.ts";

export function copiedEvents(
  { items, users, events, ...others }: StoredEvents<Float64Array>,
  memory: ColumnMemory,
): StoredEvents<Float64Array> {
  return {
    ...others,
    items: copiedFeatures(items),
    users: copiedFeatures(users),
    events: {
      ...events,
      ids: mapped(events.ids, (column) => copied(column, int32s, memory)),
      numbers: mapped(events.numbers, (column) => copied(column, float64s, memory)),
      sets: mapped(events.sets, ({ ids, ...others }) => ({ ids: copied(ids, int32s, memory), ...others })),
    },
  };
}

function copiedFeatures({ ids, sets, ...others }: FeatureColumns): FeatureColumns {
  return {
    ...others,
    ids: mapped(ids, copiedIds),
    sets: mapped(sets, ({ ids, ...others }) => ({ ids: copiedIds(ids), ...others })),
  };
}

/** In memory that threads share. */
function copiedIds(ids: Int32Array): Int32Array {
  const own = int32s(ids.length);
  own.set(ids);
  return own;
}

function copied<T extends NumberArray>(
  column: Column<T>,
  make: NumbersOf<T>,
  { store, reader }: ColumnMemory,
): Column<T> {
  const writer = store.column(make, lengthOf(column));
  for (const { values } of reader.pieces(column, make)) writer.append(values);
  return writer.finish();
}
