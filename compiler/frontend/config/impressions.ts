// Impressions: the past of a row's user that becomes the histories of a spec, and the tables that add further
// columns. Pure.

import type { Location } from "../../diagnostics/diagnostic.ts";
import { type Padding, paddingOf } from "./padding.ts";

/** The setting `impressions` of `data`. */
export interface Impressions {
  /**
   * The columns of the row's user and time; the time is null if neither it nor `data.time` is named, which
   * `impressionProblems` reports.
   */
  readonly user: string;
  readonly time: string | null;
  /** The time zone of times without a UTC offset; null is UTC. */
  readonly timeZone: string | null;
  /** The sources of the steps of histories. */
  readonly histories: readonly PastEvents[];
  readonly tables: readonly JoinedTable[];
  /** Its location in the settings. */
  readonly location: Location;
}

/** The events that are the steps of a history. */
export interface PastEvents {
  /** The history of the spec, and where dinc.yaml names it; null means every history. */
  readonly history: string | null;
  readonly location: Location;
  /** The log and its columns. */
  readonly path: string;
  /** True if no log is named, so that the rows of several splits are the log. */
  readonly isOfSplits: boolean;
  readonly user: string;
  readonly time: string | null;
  readonly timeZone: string | null;
  /** The item column, by which `gap` recognises repetitions. */
  readonly item: string | null;
  /** Only events with all of these values are steps: the accepted values by column. */
  readonly where: readonly { readonly column: string; readonly values: readonly string[] }[];
  /** An event becomes visible this long after it happened. */
  readonly delay: Duration | null;
  /** An event stops being visible this long after it happened. */
  readonly window: Duration | null;
  /** An event of the same item is not a step if it follows the last counted one within this time. */
  readonly gap: Duration | null;
}

/** A table that gives each row one of its rows, by key. */
export interface JoinedTable {
  /** Its name in dinc.yaml. */
  readonly name: string;
  readonly location: Location;
  readonly path: string;
  readonly key: string;
  /** The name of the key column in the rows. */
  readonly column: string;
  /** The column of the time from which a row is valid; null if each key has one row for all times. */
  readonly asOf: string | null;
  readonly timeZone: string | null;
}

/** A time span, or a difference of numbers that are not times. */
export type Duration =
  | { readonly kind: "time"; readonly seconds: number; readonly text: string }
  | { readonly kind: "number"; readonly value: number; readonly text: string };

const SECONDS: Readonly<Record<string, number>> = { ms: 0.001, s: 1, min: 60, h: 3600, d: 86_400 };

export const DURATION = /^\d+(\.\d+)? ?(ms|s|min|h|d)$/;

/** Null if it isn't a duration. */
export function readDuration(given: unknown): Duration | null {
  if (typeof given === "number")
    return given >= 0 && Number.isFinite(given)
      ? { kind: "number", value: given, text: String(given) }
      : null;
  if (typeof given !== "string" || !DURATION.test(given)) return null;
  const [, count, unit] = /^([\d.]+) ?(\w+)$/.exec(given)!;
  return { kind: "time", seconds: Number(count) * SECONDS[unit!]!, text: `${count} ${unit}` };
}

/** The events of each history of a spec. */
export type PastOfHistory = PastEvents & { readonly history: string };

export function pastsOf({ histories }: Impressions, names: Iterable<string>): readonly PastOfHistory[] {
  return histories.flatMap((past) => {
    const { history } = past;
    return history === null ? [...names].map((name) => ({ ...past, history: name })) : [{ ...past, history }];
  });
}

/**
 * `data.padding` for the histories that are columns of the rows: a history made from events has no padding.
 */
export function paddingInRows(
  { padding, impressions }: { readonly padding?: Padding; readonly impressions?: Impressions },
  histories: Iterable<string>,
): Padding | undefined {
  if (padding === undefined || impressions === undefined) return padding;
  const names = [...histories];
  const made = new Set(pastsOf(impressions, names).map(({ history }) => history));
  const rest = names.flatMap((name) => {
    const values = made.has(name) ? null : paddingOf(padding, name);
    return values === null ? [] : [[name, values] as const];
  });
  return rest.length === 0 ? undefined : Object.fromEntries(rest);
}

/** Describes how the rows are made, as texts to compare. */
export function impressionTexts({
  user,
  time,
  timeZone,
  histories,
  tables,
}: Impressions): Record<string, string> {
  const zone = (each: string | null) => (each === null ? [] : [`time_zone: ${each}`]);
  const said: Record<string, string> = {
    rows: [`user: ${user}`, `time: ${time}`, ...zone(timeZone)].join(", "),
  };
  for (const each of histories)
    said[`histories.${each.history ?? "*"}`] = [
      `user: ${each.user}`,
      `time: ${each.time}`,
      ...zone(each.timeZone),
      ...each.where.map(({ column, values }) => `where ${column}: ${values.join(" or ")}`),
      ...(["delay", "window", "gap"] as const).flatMap((key) => {
        const duration = each[key];
        return duration === null ? [] : [`${key}: ${duration.text}`];
      }),
      ...(each.gap === null ? [] : [`item: ${each.item}`]),
    ].join(", ");
  for (const { name, key, column, asOf, timeZone: own } of tables)
    said[`tables.${name}`] = [
      `key: ${key}`,
      `column: ${column}`,
      ...(asOf === null ? [] : [`as_of: ${asOf}`]),
      ...zone(own),
    ].join(", ");
  return said;
}
