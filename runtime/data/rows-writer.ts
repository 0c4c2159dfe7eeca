// Puts example rows into columns as they are read, a few thousand at a time.

import { kindOf } from "../../compiler/frontend/kinds/registry.ts";
import { type Feature, featureNamed, type Model } from "../../compiler/frontend/model/model.ts";
import {
  type Column,
  type ColumnStore,
  type ColumnWriter,
  float32s,
  float64s,
  inMemory,
  int32s,
} from "./columns.ts";
import { widthOf } from "./item-columns.ts";
import type { SetColumn } from "./memory-rows.ts";
import { BoundsWriter, SetsWriter } from "./set-writer.ts";
import { mapped, type PlacedColumns, type StoredRows, type StoredSteps } from "./stored-rows.ts";
import { featureOfField, type RawPlaces, type UnfittedRows } from "./unfitted-rows.ts";

type FeatureOf = (name: string) => Feature;

export class RowsWriter {
  private readonly model: Model;
  private readonly store: ColumnStore;
  private readonly own: PlacesWriter;
  private readonly histories = new Map<string, { bounds: BoundsWriter; steps: PlacesWriter }>();
  private readonly labels = new Map<string, ColumnWriter<Float32Array>>();
  private readonly groups = new Map<string, ColumnWriter<Int32Array>>();
  private rows = 0;

  constructor(model: Model, store: ColumnStore) {
    this.model = model;
    this.store = store;
    this.own = new PlacesWriter(store, (name) => featureNamed(model, name));
  }

  /** Rows with the same columns as those before. */
  add(raw: UnfittedRows): void {
    this.rows += raw.rows;
    this.own.add(raw);
    for (const [name, { start: _, end, steps: ids, ...columns }] of raw.histories) {
      const history = cached(this.histories, name, () => ({
        bounds: new BoundsWriter(this.store),
        steps: new PlacesWriter(this.store, (field) => featureOfField(this.model, name, field)),
      }));
      history.bounds.add(end);
      history.steps.add({ ids, ...columns });
    }
    for (const [name, values] of raw.labels)
      cached(this.labels, name, () => this.store.growing(float32s)).append(values);
    for (const [name, values] of raw.groups)
      cached(this.groups, name, () => this.store.growing(int32s)).append(values);
  }

  finish(): StoredRows<Float64Array> {
    return {
      rows: this.rows,
      ...this.own.finish(),
      histories: mapped(
        this.histories,
        ({ bounds, steps }): StoredSteps<Float64Array> => ({ bounds: bounds.finish(), ...steps.finish() }),
      ),
      labels: mapped(this.labels, (writer) => writer.finish()),
      groups: mapped(this.groups, (writer) => writer.finish()),
    };
  }
}

/** What rows or steps have. */
class PlacesWriter {
  private readonly store: ColumnStore;
  private readonly featureOf: FeatureOf;
  private readonly ids = new Map<string, ColumnWriter<Int32Array>>();
  private readonly numbers = new Map<string, ColumnWriter<Float64Array>>();
  private readonly vectors = new Map<string, ColumnWriter<Float32Array>>();
  private readonly sets = new Map<string, SetsWriter>();

  constructor(store: ColumnStore, featureOf: FeatureOf) {
    this.store = store;
    this.featureOf = featureOf;
  }

  add({ ids, numbers, sets }: RawPlaces): void {
    const { store } = this;
    for (const [name, values] of ids) cached(this.ids, name, () => store.growing(int32s)).append(values);
    for (const [name, values] of numbers)
      if (isVector(this.featureOf(name)))
        cached(this.vectors, name, () => store.growing(float32s)).append(Float32Array.from(values));
      else cached(this.numbers, name, () => store.growing(float64s)).append(values);
    for (const [name, values] of sets) cached(this.sets, name, () => new SetsWriter(store)).add(values);
  }

  finish(): PlacedColumns<Float64Array> {
    return {
      ids: mapped(this.ids, (writer) => writer.finish()),
      numbers: mapped(this.numbers, (writer) => writer.finish()),
      vectors: mapped(this.vectors, (writer, name) => ({
        values: writer.finish(),
        width: widthOf(this.featureOf(name)),
      })),
      sets: mapped(this.sets, (writer) => writer.finish()),
    };
  }
}

/** Rows that are in memory, over the same arrays. */
export function heldRows(model: Model, raw: UnfittedRows): StoredRows<Float64Array> {
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

function held({ ids, numbers, sets }: RawPlaces, featureOf: FeatureOf): PlacedColumns<Float64Array> {
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
    sets: mapped(sets, ({ ids, end }) => ({ ids: inMemory(ids), bounds: boundsOf(end) })),
  };
}

function boundsOf(end: SetColumn["end"]): Column<Int32Array> {
  const bounds = int32s(end.length + 1);
  bounds.set(end, 1);
  return inMemory(bounds);
}

function isVector({ kind }: Feature): boolean {
  return kindOf(kind).gives === "vector";
}

function cached<T>(map: Map<string, T>, key: string, make: () => T): T {
  let value = map.get(key);
  if (value === undefined) map.set(key, (value = make()));
  return value;
}
