// Rows that are impressions: what of their user's past becomes the histories of a spec, and which tables tell
// more about them. Pure.

import type { Location } from "../../diagnostics/diagnostic.ts";
import { type Padding, paddingOf } from "./padding.ts";

/** `impressions` of `data`. */
export interface Impressions {
  /**
   * Of the rows: the column of who, and that of when; null where neither it nor `data.time` is named, which
   * `impressionProblems` reports.
   */
  readonly user: string;
  readonly time: string | null;
  /** Of times without a UTC offset; null is UTC. */
  readonly timeZone: string | null;
  /** Where the steps of histories come from. */
  readonly histories: readonly PastEvents[];
  readonly tables: readonly JoinedTable[];
  /** Where it is written. */
  readonly location: Location;
}

/** The events that are the steps of a history. */
export interface PastEvents {
  /** The history of the spec, and where dinc.yaml names it; null means every one. */
  readonly history: string | null;
  readonly location: Location;
  /** The log, and its columns. */
  readonly path: string;
  /** Whether no log is named, and it is the rows of several splits. */
  readonly isOfSplits: boolean;
  readonly user: string;
  readonly time: string | null;
  readonly timeZone: string | null;
  /** What counts as a repetition, if `gap` is given. */
  readonly item: string | null;
  /** Events with all of these values are steps; by column what the value is like. */
  readonly where: readonly { readonly column: string; readonly values: readonly string[] }[];
  /** Events are seen from this long after them on. */
  readonly delay: Duration | null;
  /** Events are seen until this long after them. */
  readonly window: Duration | null;
  /** An event of the same item less than that after the last one that counts is no step. */
  readonly gap: Duration | null;
}

/** A table of which each row gets one, by its key. */
export interface JoinedTable {
  /** Its name in dinc.yaml. */
  readonly name: string;
  readonly location: Location;
  readonly path: string;
  readonly key: string;
  /** What rows call the key. */
  readonly column: string;
  /** The column of when a row begins to hold; null where each key has one row for all times. */
  readonly asOf: string | null;
  readonly timeZone: string | null;
}

/** A time span of times, or a difference of numbers that are no times. */
export type Duration =
  | { readonly kind: "time"; readonly seconds: number; readonly text: string }
  | { readonly kind: "number"; readonly value: number; readonly text: string };

const SECONDS: Readonly<Record<string, number>> = { ms: 0.001, s: 1, min: 60, h: 3600, d: 86_400 };

export const DURATION = /^\d+(\.\d+)? ?(ms|s|min|h|d)$/;

/** Null for what is none. */
export function readDuration(given: unknown): Duration | null {
  if (typeof given === "number")
    return given >= 0 && Number.isFinite(given)
      ? { kind: "number", value: given, text: String(given) }
      : null;
  if (typeof given !== "string" || !DURATION.test(given)) return null;
  const [, count, unit] = /^([\d.]+) ?(\w+)$/.exec(given)!;
  return { kind: "time", seconds: Number(count) * SECONDS[unit!]!, text: `${count} ${unit}` };
}

/** Those of a history of its own, by the histories that a spec has. */
export type PastOfHistory = PastEvents & { readonly history: string };

export function pastsOf({ histories }: Impressions, names: Iterable<string>): readonly PastOfHistory[] {
  return histories.flatMap((past) => {
    const { history } = past;
    return history === null ? [...names].map((name) => ({ ...past, history: name })) : [{ ...past, history }];
  });
}

/** `data.padding` of the histories that lie in the rows: one that is made of events has no padding. */
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

/** How the rows are made, as texts to compare. */
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
