// Writes example rows into columns while they are read, a few thousand at a time.

import { cached } from "../../../compiler/common/maps.ts";
import { type ColumnWriter, float32s, float64s, int32s } from "../../../compiler/data/columns.ts";
import { isVector, widthOf } from "../../../compiler/data/feature-columns.ts";
import { featureOfField } from "../../../compiler/data/fitted-rows.ts";
import {
  mapped,
  type RawColumns,
  type ReadPiece,
  type ReadRows,
  type StoredColumns,
  type StoredSteps,
} from "../../../compiler/data/row-stages.ts";
import { type Feature, featureNamed, type Model } from "../../../compiler/frontend/model/model.ts";
import { BoundsWriter, SetsWriter } from "../storage/set-writer.ts";
import type { SpillingStore } from "../storage/spilling-store.ts";

type FeatureOf = (name: string) => Feature;

export class RowsWriter {
  private readonly model: Model;
  private readonly store: SpillingStore;
  private readonly own: PlacesWriter;
  private readonly histories = new Map<string, { bounds: BoundsWriter; steps: PlacesWriter }>();
  private readonly labels = new Map<string, ColumnWriter<Float32Array>>();
  private readonly groups = new Map<string, ColumnWriter<Int32Array>>();
  private rows = 0;

  constructor(model: Model, store: SpillingStore) {
    this.model = model;
    this.store = store;
    this.own = new PlacesWriter(store, (name) => featureNamed(model, name));
  }

  /** Adds rows with the same columns as before. */
  add(raw: ReadPiece): void {
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

  finish(): ReadRows {
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

/** Writes the values of rows or steps. */
class PlacesWriter {
  private readonly store: SpillingStore;
  private readonly featureOf: FeatureOf;
  private readonly ids = new Map<string, ColumnWriter<Int32Array>>();
  private readonly numbers = new Map<string, ColumnWriter<Float64Array>>();
  private readonly vectors = new Map<string, ColumnWriter<Float32Array>>();
  private readonly sets = new Map<string, SetsWriter>();

  constructor(store: SpillingStore, featureOf: FeatureOf) {
    this.store = store;
    this.featureOf = featureOf;
  }

  add({ ids, numbers, sets }: RawColumns): void {
    const { store } = this;
    for (const [name, values] of ids) cached(this.ids, name, () => store.growing(int32s)).append(values);
    for (const [name, values] of numbers)
      if (isVector(this.featureOf(name)))
        cached(this.vectors, name, () => store.growing(float32s)).append(Float32Array.from(values));
      else cached(this.numbers, name, () => store.growing(float64s)).append(values);
    for (const [name, values] of sets)
      cached(this.sets, name, () => new SetsWriter(store, values.weights !== null)).add(values);
  }

  finish(): StoredColumns<Float64Array> {
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
