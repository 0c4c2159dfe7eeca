// Rows that were read into memory, as columns over the same arrays.

import { type Feature, featureNamed, type Model } from "../frontend/model/model.ts";
import { type Column, float32s, inMemory, int32s } from "./columns.ts";
import { isVector, widthOf } from "./feature-columns.ts";
import { featureOfField } from "./fitted-rows.ts";
import type { SetRanges } from "./memory-rows.ts";
import { mapped, type RawColumns, type ReadPiece, type ReadRows, type StoredColumns } from "./row-stages.ts";

export function rowsOfPiece(model: Model, raw: ReadPiece): ReadRows {
  return {
    rows: raw.rows,
    ...held(raw, (name) => featureNamed(model, name)),
    histories: mapped(raw.histories, ({ end, steps: ids, ...columns }, name) => ({
      bounds: boundsOf(end),
      ...held({ ids, ...columns }, (field) => featureOfField(model, name, field)),
    })),
    labels: mapped(raw.labels, inMemory),
    groups: mapped(raw.groups, inMemory),
  };
}

function held(
  { ids, numbers, sets }: RawColumns,
  featureOf: (name: string) => Feature,
): StoredColumns<Float64Array> {
  const [vectors, single] = [true, false].map(
    (wanted) => new Map([...numbers].filter(([name]) => isVector(featureOf(name)) === wanted)),
  );
  return {
    ids: mapped(ids, inMemory),
    numbers: mapped(single!, inMemory),
    vectors: mapped(vectors!, (values, name) => {
      const seen = float32s(values.length);
      seen.set(values);
      return { values: inMemory(seen), width: widthOf(featureOf(name)) };
    }),
    sets: mapped(sets, ({ ids, weights, end }) => ({
      ids: inMemory(ids),
      weights: weights && inMemory(weights),
      bounds: boundsOf(end),
    })),
  };
}

function boundsOf(end: SetRanges["end"]): Column<Int32Array> {
  const bounds = int32s(end.length + 1);
  bounds.set(end, 1);
  return inMemory(bounds);
}
