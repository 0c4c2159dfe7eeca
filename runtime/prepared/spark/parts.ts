// Selects the rows that a plan for Spark reads and keeps aside: the window of time, and the parts for
// validation and test.

import { type EpochUnit, FIRST_EPOCH_SECOND, parts } from "../../../compiler/common/epoch-units.ts";
import type { ExamplePart, HeldOutPart, RowsConfig } from "../../../compiler/frontend/config/config.ts";
import { RowWindow } from "../../data/read-data.ts";
import { name, orderAsDouble } from "./values.ts";

/** Names a setting that Spark cannot apply exactly like dinc, with an alternative; null if there is none. */
export function partsLack({
  validate,
  holdOut,
  window,
}: RowsConfig): { readonly what: string; readonly instead: string } | null {
  if (window?.timeZone != null && window.timeZone !== "UTC")
    return {
      what: "a window by the clocks of a time zone",
      instead: "write times with their UTC offset, `since` and `until` too, and leave `data.time_zone` out",
    };
  const isByTime = (part: ExamplePart | null) => part?.fold !== undefined && orderOf(part) !== null;
  return isByTime(validate) || isByTime(holdOut)
    ? {
        what: "folds by time",
        instead: "keep a `share` of the latest rows, or write a plan for each fold's `data.until`",
      }
    : null;
}

/** The columns of staged rows that decide which rows belong to a part. */
const COLUMNS = { valid: name("dinc valid by"), test: name("dinc test by") } as const;
type Side = keyof typeof COLUMNS;

/** The additional columns of the training file to select; the rows themselves have their `key`. */
export function partColumns({ validate, holdOut }: RowsConfig): string[] {
  const sides = [
    ["test", holdOut],
    ["valid", validate],
  ] as const;
  return sides.flatMap(([side, part]) => {
    if (part === null) return [];
    if ("latestBy" in part) return [`${orderAsDouble(part.latestBy)} AS ${COLUMNS[side]}`];
    return "by" in part ? [`CAST(${name(part.by)} AS STRING) AS ${COLUMNS[side]}`] : [];
  });
}

/**
 * Views of the parts of staged rows `all`: the test part first, then the validation part of the remaining
 * rows.
 */
export function partViews(
  { validate, holdOut }: RowsConfig,
  all: string,
  staged: (split: "train" | "valid" | "test") => string,
): string[] {
  const view = (of: string, from: string, where: string) =>
    `CREATE OR REPLACE TEMPORARY VIEW ${of} AS SELECT * FROM ${from} WHERE ${where}`;
  const isFirst = holdOut !== null && validate !== null;
  const rest = isFirst ? name("dinc rows without test") : staged("train");
  const statements: string[] = [];
  const part = (side: Side, of: ExamplePart, from: string, to: string, scale: number) => {
    const chosen = chosenBy(side, of, from, all, scale);
    statements.push(view(staged(side), from, chosen), view(to, from, `NOT (${chosen})`));
  };
  if (holdOut !== null) part("test", holdOut, all, rest, 1);
  if (validate !== null)
    part("valid", validate, isFirst ? rest : all, staged("train"), 1 / (1 - (holdOut?.share ?? 0)));
  return statements;
}

/** A condition on the rows of `from`; each of its rows represents `scale` rows of `all`. */
function chosenBy(side: Side, part: ExamplePart, from: string, all: string, scale: number): string {
  const order = orderOf(part);
  if (order === null) {
    const drawn = "by" in part ? `coalesce(${COLUMNS[side]}, CAST(key AS STRING))` : "key";
    return drawnBy(drawn, part, side, scale);
  }
  // Counts like dinc: the latest of these rows, as many as the share of all rows, and all rows with the same
  // time as the earliest of them.
  const ordered = order === "key" ? "key" : COLUMNS[side];
  const counted = `SELECT ${ordered} AS at, sum(count(*)) OVER (ORDER BY ${ordered}) AS upto, sum(count(*)) OVER () AS rows FROM ${from} GROUP BY ${ordered}`;
  const taken = `(SELECT floor(${part.share}D * count(*) + 0.5D) FROM ${all})`;
  return `${ordered} >= (SELECT min(at) FROM (${counted}) WHERE upto > rows - ${taken})`;
}

/** The order by which the latest rows form a part; null if its rows are drawn. */
function orderOf(part: ExamplePart): "time" | "key" | null {
  if ("latestBy" in part) return "time";
  return "rows" in part && part.rows === "last" ? "key" : null;
}

/** The condition that a value is drawn. */
export function drawnBy(
  value: string,
  { share, fold, seed }: HeldOutPart,
  side: Side = "valid",
  scale = 1,
): string {
  const draw = `pmod(xxhash64(${value}, ${seed}, '${side}'), 1000000)`;
  const at = (place: number) => Math.round(place * 1e6);
  if (fold === undefined) return `${draw} < ${at(share * scale)}`;
  return `${draw} >= ${at((fold.number - 1) / fold.of)} AND ${draw} < ${at(fold.number / fold.of)}`;
}

/** The condition that a row is in today's window; null if all rows are. */
export function inWindow({ window }: RowsConfig): string | null {
  if (window === null) return null;
  const { facts, bounds } = new RowWindow(window, Date.now());
  const value = orderAsDouble(facts.time);
  const { since, until } = bounds;
  const compared = (since ?? until!).isTime ? inSeconds(value) : value;
  return [
    ...(since === null ? [] : [`${compared} >= ${since.value}D`]),
    ...(until === null ? [] : [`${compared} < ${until.value}D`]),
  ].join(" AND ");
}

/** Converts a time in any unit to seconds since 1970. */
function inSeconds(value: string): string {
  const cases = (Object.keys(parts) as EpochUnit[])
    .filter((unit) => unit !== "seconds")
    .reverse()
    .map((unit) => `WHEN ${value} >= ${FIRST_EPOCH_SECOND * parts[unit]}D THEN ${value} / ${parts[unit]}D`);
  return `(CASE ${cases.join(" ")} ELSE ${value} END)`;
}
