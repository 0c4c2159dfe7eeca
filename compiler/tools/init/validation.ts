// Chooses the validation rows of a draft. They should relate to the training rows as future rows will, and
// the network should know the ids that it reads. If every row has a time, these are the latest rows.
// Otherwise they are all rows of some users, unless the network reads user ids, which would then be unknown.
// In that case they are drawn at random.

import type { Keys, NamedColumn } from "./columns.ts";
import { orderOf } from "./events.ts";
import type { DraftFeature, DraftValidation } from "./plan.ts";
import type { DraftTable } from "./table.ts";
import { valuesOf } from "./values.ts";

/**
 * With this many rows, a twentieth is enough to decide when to stop, and the others are worth more in
 * training.
 */
const MANY_ROWS = 40_000;
/** The least number of rows for an early stop, and of users to draw validation users from. */
const LEAST_ROWS = 2000;
const LEAST_USERS = 100;
/** A column with this share as many values as users identifies them. */
const NEARLY_AN_ID = 0.5;

/**
 * The column that states the time of each row, in a form that training can put in order. `isTime` tells
 * whether a column holds times.
 */
export function orderingTime(
  columns: readonly NamedColumn[],
  isTime: (column: NamedColumn) => boolean,
): NamedColumn | null {
  return columns.find((time) => isTime(time) && isOrdered(time) && isSpread(time)) ?? null;
}

export function validationFor(
  table: DraftTable,
  columns: readonly NamedColumn[],
  { user }: Keys,
  features: readonly DraftFeature[],
  isTime: (column: NamedColumn) => boolean,
): DraftValidation {
  const path = table.splits?.valid ?? null;
  if (path !== null) return { kind: "file", path, reason: "its name says that its rows are for validation" };
  if (table.rows < LEAST_ROWS) return { kind: "none", reason: "there are too few rows to hold some out" };
  const times = columns.filter(isTime);
  const ordering = orderingTime(times, isTime);
  if (ordering !== null)
    return {
      kind: "latest",
      by: ordering.header,
      reason: `${ordering.header} says when, and the latest rows are like those to come`,
    };
  const share = table.total < MANY_ROWS ? 0.1 : 0.05;
  const users = user === null ? 0 : valuesOf(user).counts.size;
  const known = features.find(
    ({ name, scope, isRead, kind }) =>
      isRead &&
      kind.embed !== null &&
      (name === user?.name ||
        (scope === "user" &&
          valuesOf(columns.find((column) => column.name === name)!).counts.size >= NEARLY_AN_ID * users)),
  );
  const unsorted =
    times[0] === undefined
      ? ""
      : `; with a time in every row of ${times[0].header}, \`latest_by\` takes the latest`;
  if (user === null) return { kind: "random", share, reason: `no column tells users apart${unsorted}` };
  if (known !== undefined) {
    const reason = `users who are set aside as a whole would be unknown to the table of ${known.name}`;
    return { kind: "random", share, reason: `${reason}${unsorted}` };
  }
  if (users < LEAST_USERS)
    return { kind: "random", share, reason: `there are too few users to set some aside${unsorted}` };
  return {
    kind: "users",
    by: user.name,
    reason: `the network knows users by their actions, so users it has never seen are a fair test${unsorted}`,
  };
}

/** Tells whether training can order rows by the column: times, or numbers that count time in one unit. */
function isOrdered(column: NamedColumn): boolean {
  const order = orderOf(column);
  return typeof order === "object" && order.holds !== "numbers";
}

/**
 * Tells whether about a tenth of the rows is later than the others. Rows with the same time stay together.
 */
function isSpread(column: NamedColumn): boolean {
  const { counts, count } = valuesOf(column);
  return [...counts.values()].every((times) => times * 4 < count);
}
