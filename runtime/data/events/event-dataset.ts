// Turns a log with provisional ids into the rows of the trainer: numbers are transformed, crosses computed,
// and measured rows get their labels and groups.

import { newArrays } from "../../../compiler/backends/contract/batch.ts";
import { type Column, type ColumnMemory, float32s, int32s } from "../../../compiler/data/columns.ts";
import type { FeatureColumns } from "../../../compiler/data/feature-columns.ts";
import { transformed, transformedColumn } from "../../../compiler/data/fitted-rows.ts";
import { checkedWeight } from "../../../compiler/data/label-columns.ts";
import { rowNumbers } from "../../../compiler/data/row-indices.ts";
import { RowValues } from "../../../compiler/data/row-reader.ts";
import { mapped } from "../../../compiler/data/row-stages.ts";
import { crossOf } from "../../../compiler/frontend/kinds/encoders.ts";
import { needsIds } from "../../../compiler/frontend/kinds/model-queries.ts";
import { type Fitted, featureNamed, type Model } from "../../../compiler/frontend/model/model.ts";
import { readerOfEvents } from "./gather-events.ts";
import type { EventExamples, EventRows, StoredEvents } from "./stored-events.ts";

/** The ids of `events` are final; its raw numbers no longer exist afterwards. */
export function transformedEvents(
  model: Model,
  fitted: Fitted,
  events: StoredEvents<Float64Array>,
  memory: ColumnMemory,
): StoredEvents {
  const { reader } = memory;
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
    transformedColumn(featureNamed(model, name), raw, fitted, memory);
  const { numbers } = events.events;
  const seenNumbers = new Map([...numbers].map(([name, raw]) => [name, column(name, raw)]));
  for (const label of model.labels.values()) {
    const by = label.weight?.name ?? "";
    const weights = seenNumbers.get(by) ?? events.events.labels.get(by);
    if (weights !== undefined)
      for (const { values } of reader.pieces(weights, float32s))
        for (const w of values) checkedWeight(label, w);
  }
  return {
    ...events,
    items: seen(events.items),
    users: seen(events.users),
    events: {
      ...events.events,
      numbers: seenNumbers,
    },
  };
}

/** The rows of `split` with the crosses of the network; `isMeasured` adds labels and groups. */
export function eventRows(
  model: Model,
  events: StoredEvents,
  split: EventExamples,
  isMeasured: boolean,
  memory: ColumnMemory,
): EventRows {
  const withCrosses = { ...split, crosses: crossesOf(model, events, split, memory) };
  const rows = { kind: "events", rows: split.rows, events, split: withCrosses } as const;
  if (!isMeasured) return { ...rows, labels: new Map(), groups: new Map() };
  const read = readerOfEvents(rows, memory.reader);
  const labels = new Map(read.labels.map((name) => [name, float32s(split.rows)]));
  const groups = mapped(read.groups, () => int32s(split.rows));
  for (const some of rowNumbers(split.rows)) {
    const values = new RowValues(read, some);
    const at = some[0]!;
    for (const [name, all] of labels) values.label(name, all.subarray(at, at + some.length));
    for (const [name, all] of groups) values.group(name, (length) => all.subarray(at, at + length));
  }
  return { ...rows, labels, groups };
}

/** The ids of each cross that the network reads, from the final ids of its parts. */
function crossesOf(
  model: Model,
  events: StoredEvents,
  split: EventExamples,
  { reader, store }: ColumnMemory,
): Map<string, Column<Int32Array>> {
  const read = readerOfEvents({ events, split }, reader);
  const crosses = new Map<string, Column<Int32Array>>();
  for (const feature of model.features.values()) {
    const cross = crossOf(feature);
    if (cross === null || !needsIds(model, feature)) continue;
    const writer = store.column(int32s, split.rows);
    for (const some of rowNumbers(split.rows)) {
      const values = new RowValues(read, some);
      const parts = cross.parts.map((part) => values.ids({ feature: part, history: null }, newArrays.ints));
      for (let i = 0; i < some.length; i++) writer.push(cross.idOf(parts.map((ids) => ids[i]!)));
    }
    crosses.set(feature.name, writer.finish());
  }
  return crosses;
}
