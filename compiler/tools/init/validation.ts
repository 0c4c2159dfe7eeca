// Chooses the validation rows of a draft. They should relate to the training rows as future rows will, and
// the network should know the ids that it reads. With times in every row these are the latest rows. If the
// network does not read user ids, they are all rows of some users, because the ids of such users would be
// unknown. Otherwise they are drawn at random.

import type { Keys, NamedColumn } from "./columns.ts";
import { orderOf } from "./events.ts";
import type { DraftFeature, DraftValidation } from "./plan.ts";
import type { DraftTable } from "./table.ts";
import { valuesOf } from "./values.ts";

/** Rows that an early stop has to go by, and users that validation rows are drawn from. */
const LEAST_ROWS = 2000;
const LEAST_USERS = 100;
/** A column with this share of the users' values identifies them as their id does. */
const NEARLY_AN_ID = 0.5;

/** `isTime` says which columns hold times. */
export function validationFor(
  table: DraftTable,
  columns: readonly NamedColumn[],
  { user }: Keys,
  features: readonly DraftFeature[],
  isTime: (column: NamedColumn) => boolean,
): DraftValidation {
  if (table.rows < LEAST_ROWS) return { kind: "none", reason: "there are too few rows to hold some out" };
  const times = columns.filter(isTime);
  const ordering = times.find((time) => isOrdered(time) && isSpread(time));
  if (ordering !== undefined)
    return {
      kind: "latest",
      by: ordering.header,
      reason: `${ordering.header} says when, and the latest rows are like those to come`,
    };
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
  if (user === null) return { kind: "random", reason: `no column tells users apart${unsorted}` };
  if (known !== undefined) {
    const reason = `users that are kept aside as a whole would be unknown to the table of ${known.name}`;
    return { kind: "random", reason: `${reason}${unsorted}` };
  }
  if (users < LEAST_USERS)
    return { kind: "random", reason: `there are too few users to set some aside${unsorted}` };
  return {
    kind: "users",
    by: user.name,
    reason: `the network knows users by what they did, so that those it has not met are fair to ask about${unsorted}`,
  };
}

/** Whether training can put the rows in order by it: times, or numbers that count time in one unit. */
function isOrdered(column: NamedColumn): boolean {
  const order = orderOf(column);
  return typeof order === "object" && order.holds !== "numbers";
}

/** Whether about a tenth of the rows is later than the others: rows of one time stay together. */
function isSpread(column: NamedColumn): boolean {
  const { counts, count } = valuesOf(column);
  return [...counts.values()].every((times) => times * 4 < count);
}
