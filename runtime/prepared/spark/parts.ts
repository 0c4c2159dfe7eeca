// Which rows a plan for Spark reads, and which it keeps aside: the window of time, and the parts for
// validation and for a test.

import { type EpochUnit, FIRST_EPOCH_SECOND, parts } from "../../../compiler/common/epoch-units.ts";
import type { ExamplePart, HeldOutPart, RowsConfig } from "../../../compiler/frontend/config/config.ts";
import { RowWindow } from "../../data/read-data.ts";
import { name, orderAsDouble } from "./values.ts";

/** What Spark cannot do as dinc does, and what to do instead; null where there is nothing. */
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

/** The columns of staged rows by which a part is chosen. */
const COLUMNS = { valid: name("dinc valid by"), test: name("dinc test by") } as const;
type Side = keyof typeof COLUMNS;

/** What is selected of the training file beside the rows themselves, which have their `key`. */
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

/** Views of each part: of staged rows `all`, first those of the test, then those of the others for validation. */
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

/** A condition on rows of `from`; a row of it stands for `scale` rows of `all`. */
function chosenBy(side: Side, part: ExamplePart, from: string, all: string, scale: number): string {
  const order = orderOf(part);
  if (order === null) {
    const drawn = "by" in part ? `coalesce(${COLUMNS[side]}, CAST(key AS STRING))` : "key";
    return drawnBy(drawn, part, side, scale);
  }
  // As dinc counts: the latest of these rows, as many as the share of all rows, and those of the same time as the first of them.
  const ordered = order === "key" ? "key" : COLUMNS[side];
  const counted = `SELECT ${ordered} AS at, sum(count(*)) OVER (ORDER BY ${ordered}) AS upto, sum(count(*)) OVER () AS rows FROM ${from} GROUP BY ${ordered}`;
  const taken = `(SELECT floor(${part.share}D * count(*) + 0.5D) FROM ${all})`;
  return `${ordered} >= (SELECT min(at) FROM (${counted}) WHERE upto > rows - ${taken})`;
}

/** Whether a part is of the latest rows, and by what; null where it is drawn. */
function orderOf(part: ExamplePart): "time" | "key" | null {
  if ("latestBy" in part) return "time";
  return "rows" in part && part.rows === "last" ? "key" : null;
}

/** Whether a value is drawn. */
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

/** Which rows of the training file are in the window, which is that of today; null where all are. */
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

/** A number that counts time in some unit, or seconds since 1970, as seconds. */
function inSeconds(value: string): string {
  const cases = (Object.keys(parts) as EpochUnit[])
    .filter((unit) => unit !== "seconds")
    .reverse()
    .map((unit) => `WHEN ${value} >= ${FIRST_EPOCH_SECOND * parts[unit]}D THEN ${value} / ${parts[unit]}D`);
  return `(CASE ${cases.join(" ")} ELSE ${value} END)`;
}
