// From a log whose vocabularies are only numbered to rows as the trainer sees them: numbers are transformed, crosses
// computed, and what is to be measured has its labels and groups.

import { crossOf } from "../../compiler/frontend/kinds/encoders.ts";
import { needsIds } from "../../compiler/frontend/kinds/model-queries.ts";
import { type Fitted, featureNamed, type Model } from "../../compiler/frontend/model/model.ts";
import { sharedFloat32, sharedInt32 } from "./builders.ts";
import { type Column, type ColumnReader, type ColumnStore, int32s, PIECE } from "./columns.ts";
import type { FeatureColumns } from "./feature-columns.ts";
import { taken } from "./item-columns.ts";
import { valuesAt } from "./places.ts";
import { transformed, transformedColumn } from "./raw-rows.ts";
import { groupsAt, labelsOf, type Places, placesOf } from "./row-taker.ts";
import type { EventRows, SplitRows, StoredEvents } from "./stored-events.ts";

/** The ids of `events` are final; its raw numbers are gone afterwards. */
export function transformedEvents(
  model: Model,
  fitted: Fitted,
  events: StoredEvents<Float64Array>,
  reader: ColumnReader,
  store: ColumnStore,
): StoredEvents {
  const seen = (columns: FeatureColumns): FeatureColumns<Float32Array> => ({
    ...columns,
    numbers: new Map(
      [...columns.numbers].map(([name, values]) => [
        name,
        transformed(featureNamed(model, name), values, fitted),
      ]),
    ),
  });
  const column = (name: string, raw: Column<Float64Array>): Column<Float32Array> =>
    transformedColumn(featureNamed(model, name), raw, fitted, reader, store);
  const { numbers } = events.events;
  return {
    ...events,
    items: seen(events.items),
    users: seen(events.users),
    events: {
      ...events.events,
      numbers: new Map([...numbers].map(([name, raw]) => [name, column(name, raw)])),
    },
  };
}

/** The rows of `split`, with the crosses that the net reads; `isMeasured` gives them labels and groups. */
export function eventRows(
  model: Model,
  events: StoredEvents,
  split: SplitRows,
  isMeasured: boolean,
  reader: ColumnReader,
  store: ColumnStore,
): EventRows {
  const crosses = crossesOf(model, events, split, reader, store);
  const rows = { rows: split.rows, events, split: { ...split, crosses } };
  if (!isMeasured) return { ...rows, labels: new Map(), groups: new Map() };
  const labels = sharedFloat32(split.rows);
  const groups = new Map<string, Int32Array>();
  for (const some of inPieces(split)) {
    labelsOf(split, some, labels.subarray(some[0]!, some[0]! + some.length));
    const places = placesOf(events, split, reader, some);
    for (const [name, values] of groupsAt(events, places, reader, (n) => new Int32Array(n))) {
      const all = groups.get(name) ?? sharedInt32(split.rows);
      all.set(values, some[0]!);
      groups.set(name, all);
    }
  }
  return { ...rows, labels: new Map([[split.label, labels]]), groups };
}

/** All rows of a split by their numbers; each piece lives until the next. */
function* inPieces({ rows }: Pick<SplitRows, "rows">): Generator<Int32Array> {
  const buffer = new Int32Array(Math.min(PIECE, rows));
  for (let from = 0; from < rows; from += PIECE) {
    const some = buffer.subarray(0, Math.min(PIECE, rows - from));
    for (let i = 0; i < some.length; i++) some[i] = from + i;
    yield some;
  }
}

/** By cross that the net reads: its ids, from the final ones of its parts. */
function crossesOf(
  model: Model,
  events: StoredEvents,
  split: SplitRows,
  reader: ColumnReader,
  store: ColumnStore,
): Map<string, Column<Int32Array>> {
  const crosses = new Map<string, Column<Int32Array>>();
  for (const feature of model.features.values()) {
    const cross = crossOf(feature);
    if (cross === null || !needsIds(model, feature)) continue;
    const writer = store.column(int32s, split.rows);
    for (const some of inPieces(split)) {
      const places = placesOf(events, split, reader, some);
      const parts = cross.parts.map((part) => idsAt(events, part, places, reader));
      for (let i = 0; i < some.length; i++) writer.push(cross.idOf(parts.map((ids) => ids[i]!)));
    }
    crosses.set(feature.name, writer.finish());
  }
  return crosses;
}

function idsAt(
  { items, users, events }: StoredEvents,
  feature: string,
  { user, item, event }: Places,
  reader: ColumnReader,
): Int32Array {
  const make = (length: number) => new Int32Array(length);
  const [ofItems, ofUsers] = [items.ids.get(feature), users.ids.get(feature)];
  if (ofItems !== undefined) return taken(ofItems, item, make);
  if (ofUsers !== undefined) return taken(ofUsers, user, make);
  return valuesAt(reader, events.ids.get(feature)!, event, make);
}
