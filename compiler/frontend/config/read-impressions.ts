// Reads `data.impressions`. A history without a setting takes it from `log`, and `log` takes it from the rows
// themselves.

import type { Location } from "../../diagnostics/diagnostic.ts";
import { addressOf } from "./addresses.ts";
import type { impressions as described } from "./impression-settings.ts";
import type { Impressions, JoinedTable, PastEvents } from "./impressions.ts";
import type { Setting } from "./setting-kinds.ts";
import type { SettingReader } from "./setting-reader.ts";

type Of = typeof described.settings;
type Group = Of["log"]["settings"];
type History = Of["histories"]["group"]["settings"];
type Table = Of["tables"]["group"]["settings"];

/** Other settings of `data`. */
export interface Beside {
  /** The addresses of all rows. */
  readonly rows: readonly string[];
  readonly time: string | null;
  readonly timeZone: string | null;
  /** The location of `impressions`. */
  readonly location: Location;
  /** The address in a setting. */
  addressOf<S extends Group | History | Table>(
    reader: SettingReader<S>,
    path: Setting<readonly string[] | null>,
  ): string | null;
}

/** Null if there is none, or if a required setting is missing. */
export function readImpressions(reader: SettingReader<Of> | null, beside: Beside): Impressions | null {
  if (reader === null) return null;
  const of = reader.settings;
  const user = reader.value(of.user);
  const item = reader.value(of.item);
  const time = reader.value(of.time) ?? beside.time;
  const timeZone = reader.value(of.time_zone) ?? beside.timeZone;
  const durations = {
    delay: reader.value(of.delay),
    window: reader.value(of.window),
    gap: reader.value(of.gap),
  };
  const log = reader.section(of.log);
  const ownPath = log === null ? null : beside.addressOf(log, log.settings.path);
  const rows = [...new Set(beside.rows)];
  const whole: PastEvents = {
    history: null,
    location: beside.location,
    path: ownPath ?? addressOf(rows),
    isOfSplits: ownPath === null && rows.length > 1,
    user: log?.value(log.settings.user) ?? user ?? "",
    item: log?.value(log.settings.item) ?? item,
    time: log?.value(log.settings.time) ?? time,
    timeZone: log?.value(log.settings.time_zone) ?? timeZone,
    where: [],
    ...durations,
  };
  const named = reader.groups(of.histories).map(({ name, key, section }): PastEvents => {
    const own = section.settings;
    const path = beside.addressOf(section, own.log);
    return {
      history: name,
      location: key.location,
      path: path ?? whole.path,
      isOfSplits: path === null && whole.isOfSplits,
      user: section.value(own.user) ?? whole.user,
      item: section.value(own.item) ?? whole.item,
      time: section.value(own.time) ?? whole.time,
      timeZone: section.value(own.time_zone) ?? whole.timeZone,
      where: [...section.named(own.where)].map(([column, values]) => ({ column, values })),
      delay: section.value(own.delay) ?? durations.delay,
      window: section.value(own.window) ?? durations.window,
      gap: section.value(own.gap) ?? durations.gap,
    };
  });
  const tables = reader.groups(of.tables).flatMap(({ name, key, section }): JoinedTable[] => {
    const own = section.settings;
    const path = beside.addressOf(section, own.path);
    const tableKey = section.value(own.key);
    const column = section.value(own.column) ?? tableKey;
    const asOf = section.value(own.as_of);
    const zone = section.value(own.time_zone) ?? timeZone;
    if (path === null || tableKey === null || column === null) return [];
    return [{ name, location: key.location, path, key: tableKey, column, asOf, timeZone: zone }];
  });
  if (user === null) return null;
  const isSaid = reader.keyOf(of.histories) !== null;
  return { user, time, timeZone, histories: isSaid ? named : [whole], tables, location: beside.location };
}
