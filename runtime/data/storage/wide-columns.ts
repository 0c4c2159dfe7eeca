// Vectors and sets of events. They stay in the order of the file; only their row numbers are sorted.

import {
  type Column,
  type ColumnReader,
  type ColumnWriter,
  float32s,
  int32s,
} from "../../../compiler/data/columns.ts";
import { type ColumnUse, type FeatureColumns, isVector } from "../../../compiler/data/feature-columns.ts";
import { columnsOfSets, type StoredSets } from "../../../compiler/data/row-stages.ts";
import type { Feature } from "../../../compiler/frontend/model/model.ts";
import { SetsWriter } from "./set-writer.ts";
import type { SpillingStore } from "./spilling-store.ts";

/** The columns that are sorted with the events; vectors and sets are not. */
export function sortedUses(uses: readonly ColumnUse[]): ColumnUse[] {
  return uses.filter(({ feature }) => !isWide(feature));
}

function isWide(feature: Feature): boolean {
  return feature.set !== null || isVector(feature);
}

/** By row in the file. */
export interface WideValues {
  /** Each vector is `width` consecutive numbers. */
  readonly vectors: ReadonlyMap<string, Column<Float32Array>>;
  readonly sets: ReadonlyMap<string, StoredSets>;
}

/** Writes vectors and sets of events, in the order of the file. */
export class WideColumns {
  private readonly vectors = new Map<string, ColumnWriter<Float32Array>>();
  private readonly sets = new Map<string, SetsWriter>();

  constructor(uses: readonly ColumnUse[], store: SpillingStore) {
    for (const { feature } of uses)
      if (feature.set !== null) this.sets.set(feature.name, new SetsWriter(store, feature.set.weighted));
      else if (isWide(feature)) this.vectors.set(feature.name, store.growing(float32s));
  }

  get isEmpty(): boolean {
    return this.vectors.size === 0 && this.sets.size === 0;
  }

  add({ numbers, sets }: FeatureColumns): void {
    for (const [name, writer] of this.vectors) for (const x of numbers.get(name)!) writer.push(x);
    for (const [name, writer] of this.sets) writer.add(sets.get(name)!);
  }

  /** Removes columns that are no longer needed. */
  discard(store: SpillingStore): void {
    for (const writer of this.vectors.values()) store.remove(writer.finish());
    for (const writer of this.sets.values())
      for (const column of columnsOfSets(writer.finish())) store.remove(column);
  }

  finish(store: SpillingStore, reader: ColumnReader): WideValues {
    return {
      vectors: new Map(
        [...this.vectors].map(([name, writer]) => [name, store.settled(writer.finish(), reader, float32s)]),
      ),
      sets: new Map(
        [...this.sets].map(([name, writer]) => {
          const { ids, weights, bounds } = writer.finish();
          const settled = (column: Column<Int32Array>) => store.settled(column, reader, int32s);
          const floats = weights && store.settled(weights, reader, float32s);
          return [name, { ids: settled(ids), weights: floats, bounds: settled(bounds) }];
        }),
      ),
    };
  }
}
