// Columns whose cells are next to the scores of an event log's rows. Each is read from the file that the
// model reads it from, or would. The row of an event has the event's cells. The row of a drawn item has the
// cells of the item, the user and the time. Anything else that the log says is about the event, not about the
// item, and is missing.

import { type ColumnReader, lengthOf } from "../../../compiler/data/columns.ts";
import type { Raw } from "../../../compiler/data/raw-values.ts";
import { rowNumbers } from "../../../compiler/data/row-indices.ts";
import { columnNamed } from "../../../compiler/data/table.ts";
import type { EventsConfig } from "../../../compiler/frontend/config/config.ts";
import type { Interner } from "../../../compiler/frontend/kinds/interner.ts";
import type { Model } from "../../../compiler/frontend/model/model.ts";
import type { DataFile } from "../formats/data-file.ts";
import type { CarriedColumns } from "../tables/carried-columns.ts";
import type { DataFiles } from "../tables/data-files.ts";
import { indicesOf } from "./gather-events.ts";
import type { EventExamples, StoredEvents } from "./stored-events.ts";

type Place = "log" | "items" | "users";

/** The cell of a drawn item's row: that of its event, of the item's first event, the item's key, or none. */
type OfDrawn = "event" | "item" | "key" | "nothing";

interface Kept {
  readonly name: string;
  readonly place: Place;
  readonly ofDrawn: OfDrawn;
}

export class CarriedOfEvents {
  readonly log: CarriedColumns;
  readonly items: CarriedColumns;
  readonly users: CarriedColumns;
  private readonly carried: CarriedColumns;
  private readonly kept: readonly Kept[];

  private constructor(carried: CarriedColumns, kept: readonly Kept[]) {
    this.carried = carried;
    this.kept = kept;
    const some = (place: Place) =>
      carried.some(kept.flatMap((each) => (each.place === place ? [each.name] : [])));
    this.log = some("log");
    this.items = some("items");
    this.users = some("users");
  }

  /** If no file has a name, it is looked for in the log, which reports it. */
  static async open(
    files: DataFiles,
    { events, items: itemsTable, users: usersTable }: EventsConfig,
    model: Model,
    carried: CarriedColumns,
  ): Promise<CarriedOfEvents> {
    const log = await files.file(events.path);
    const items = itemsTable && (await files.file(itemsTable.path));
    const users = usersTable && (await files.file(usersTable.path));
    const has = (file: DataFile | null, name: string) =>
      file !== null && columnNamed(file, name) !== undefined;
    const isKey = (name: string, key: string) => columnNamed(log, name) === columnNamed(log, key);
    const kept = carried.names.map((name): Kept => {
      const scope = model.features.get(name)?.scope;
      const isOfTable =
        (scope === "item" && has(items, name)) || (scope === "user" && has(users, name)) || !has(log, name);
      const isOfItems = has(items, name) && (scope !== "user" || !has(users, name));
      const place = !isOfTable ? "log" : isOfItems ? "items" : has(users, name) ? "users" : "log";
      const isOfMoment = scope === "user" || scope === "context";
      const ofDrawn = isKey(name, events.item)
        ? "key"
        : isOfMoment || isKey(name, events.user) || isKey(name, events.order)
          ? "event"
          : scope === "item"
            ? "item"
            : "nothing";
      return { name, place, ofDrawn };
    });
    return new CarriedOfEvents(carried, kept);
  }

  /** Called when the log and the tables are read. */
  gather(
    events: StoredEvents<Float64Array>,
    split: EventExamples,
    items: Interner,
    reader: ColumnReader,
  ): void {
    const of = { log: this.log, items: this.items, users: this.users };
    const cells = { log: allOf(this.log), items: allOf(this.items), users: allOf(this.users) };
    const columns = this.kept.map(({ name, place, ofDrawn }) => {
      const at = of[place].names.indexOf(name);
      return { place, ofDrawn, column: of[place].columns[at]!, cells: cells[place][at]!, own: [] as Raw[] };
    });
    const lines = events.events.row!;
    const first = split.each > 1 ? firstRows(events, items.size, reader) : new Int32Array(0);
    for (const rows of rowNumbers(split.rows)) {
      const { user, item, event } = indicesOf(events, split, reader, rows);
      for (const { place, ofDrawn, cells, own } of columns)
        for (let i = 0; i < rows.length; i++) {
          const isDrawn = rows[i]! % split.each !== 0;
          const number = item[i]!;
          const line =
            isDrawn && ofDrawn !== "event" ? (first[number] ?? -1) : reader.int32(lines, event[i]!);
          if (place === "items") own.push(cells[number]!);
          else if (place === "users") own.push(cells[user[i]!]!);
          else if (isDrawn && ofDrawn === "nothing") own.push(null);
          else own.push(line >= 0 ? cells[line]! : ofDrawn === "key" ? items.at(number) : null);
        }
    }
    this.carried.give(
      columns.map(({ column }) => column),
      columns.map(({ own }) => own),
    );
  }
}

function allOf(carried: CarriedColumns): readonly (readonly Raw[])[] {
  return carried.take(Number.POSITIVE_INFINITY);
}

/** By item: the row in the file of its first event; −1 if it has none. */
function firstRows(
  { item, events }: StoredEvents<Float64Array>,
  items: number,
  reader: ColumnReader,
): Int32Array {
  const first = new Int32Array(items).fill(-1);
  for (let event = 0; event < lengthOf(item); event++) {
    const number = reader.int32(item, event);
    const line = reader.int32(events.row!, event);
    if (first[number]! < 0 || line < first[number]!) first[number] = line;
  }
  return first;
}
