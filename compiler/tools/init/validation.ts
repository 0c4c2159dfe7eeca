// Chooses the validation rows of a draft. They should relate to the training rows as future rows will, and the network should
// know the ids that it reads. With timestamps these are the latest rows. If the network does not read user ids, they are all rows
// of some users, because the ids of such users would be unknown. Otherwise they are drawn at random.

import type { Keys, NamedColumn } from "./columns.ts";
import type { DraftFeature, DraftValidation } from "./plan.ts";
import type { Table } from "./table.ts";
import { numberOfCell, valuesOf } from "./values.ts";

/** Rows that an early stop has to go by, and users that validation rows are drawn from. */
const LEAST_ROWS = 2000;
const LEAST_USERS = 100;
/** A column with this share of the users' values identifies them as their id does. */
const NEARLY_AN_ID = 0.5;

/** `isTime` says which columns hold times. */
export function validationFor(
  table: Table,
  columns: readonly NamedColumn[],
  { user }: Keys,
  features: readonly DraftFeature[],
  isTime: (column: NamedColumn) => boolean,
): DraftValidation {
  if (table.rows < LEAST_ROWS) return { kind: "none", reason: "there are too few rows to hold some out" };
  const times = columns.filter(isTime);
  const ordering = times.find(isAscending);
  if (ordering !== undefined)
    return {
      kind: "last",
      reason: `rows are in the order of ${ordering.header}, and the latest are like those to come`,
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
      : `; where the file is sorted by ${times[0].header}, \`rows: last\` takes the latest`;
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

/** Whether no row is before the one above it. */
function isAscending({ cells }: NamedColumn): boolean {
  const texts = cells.filter((cell) => typeof cell === "string");
  if (texts.length < cells.length) return false;
  const numbers = texts.map(numberOfCell);
  const areNumbers = numbers.every((x) => Number.isFinite(x));
  // Texts are in the order of their times where they are written alike.
  if (!areNumbers && texts.some((text) => text.length !== texts[0]!.length || /[+-]\d\d:?\d\d$/.test(text)))
    return false;
  const before = (a: number, b: number) => (areNumbers ? numbers[a]! < numbers[b]! : texts[a]! < texts[b]!);
  return texts[0] !== texts.at(-1) && texts.every((_, row) => row === 0 || !before(row, row - 1));
}
