// The order in which an event log is read, for the tests: by user the items, the earliest first.

import { ColumnReader } from "../../compiler/data/columns.ts";
import { FittingEncoders } from "../../compiler/frontend/kinds/encoders.ts";
import { readEventLog } from "../../runtime/data/events/event-log.ts";
import { SpillingStore } from "../../runtime/data/storage/spilling-store.ts";
import type { DataFiles } from "../../runtime/data/tables/data-files.ts";
import { eventsOf } from "./files.ts";
import { dinModel } from "./models.ts";

export interface ReadOrder {
  /** The items of a user, in their order. */
  readonly items: (user: string) => readonly string[];
  readonly orderedBy: string;
  readonly ties: number;
}

/** `files` stays open. */
export async function readOrder(
  files: DataFiles,
  path: string,
  timeZone: string | null = null,
  order = "t",
): Promise<ReadOrder> {
  const config = eventsOf(path);
  const log = await readEventLog(
    {
      files,
      memory: { store: new SpillingStore(Number.POSITIVE_INFINITY, () => ""), reader: new ColumnReader() },
      model: dinModel(),
      encoders: new FittingEncoders(),
    },
    { ...config, events: { ...config.events, order, timeZone } },
    { uses: [], tables: { items: null, users: null }, window: null, samples: [], labels: null },
  );
  const { item, items, users, first, orderedBy, ties } = log;
  log.close();
  const sorted = item.kind === "memory" ? [...item.values] : [];
  const of = (user: string) => {
    const number = users.find(user);
    return sorted.slice(first[number], first[number + 1]).map((each) => items.at(each));
  };
  return { items: of, orderedBy, ties };
}
