// Files that are given together: which has the rows, which are tables beside them, and what all of them have as one table.

import { expect, test } from "vitest";
import { type GivenTable, joined, type TableRole, takenAs } from "../../compiler/tools/init/tables.ts";

const table = (name: string, columns: Readonly<Record<string, readonly unknown[]>>): GivenTable => ({
  ...{ name, rows: Object.values(columns)[0]!.length },
  columns: Object.entries(columns).map(([header, cells]) => ({ header, cells })),
});

const log = table("log.csv", { user_id: ["u", "v", "u"], item_id: [1, 2, 3], year: [1, 2, 3] });
const items = table("items.parquet", { item_id: [3n, 1n], genre: ["a", "b"], year: [5, 6] });
const users = table("users.csv", { user_id: ["u", "v"], age: ["7", "8"] });

const said = (...pairs: readonly (readonly [string, TableRole | null])[]) => new Map(pairs);
const roles = (given: readonly GivenTable[], says = said()) =>
  [...takenAs(given, says)].map(([, { as }]) => as);

test("ids of users and items make the rows, and one row for each of them a table", () => {
  expect(roles([items, log, users])).toEqual(["items", "rows", "users"]);
  const why = [...takenAs([items, log], said()).values()].map(({ reason }) => reason);
  expect(why).toEqual([
    "a row for each item_id, 2 of the 3 of log.csv among them",
    "it has ids of users and of items",
  ]);
});

test("a table that does not fit says why", () => {
  const reasonOf = (other: GivenTable) => takenAs([log, other], said()).get(other.name)!.reason;
  expect(reasonOf(table("twice", { item_id: [1, 1], a: [1, 2] }))).toMatch(
    /^it has several rows of one item_id/,
  );
  expect(reasonOf(table("others", { item_id: [8, 9], a: [1, 2] }))).toMatch(
    /^none of its item_id is one of log/,
  );
  expect(reasonOf(table("none", { day: [8, 9] }))).toMatch(/^it has no column item_id, as log.csv has/);
});

test("what the person says goes before what is found", () => {
  const more = table("more.csv", { item_id: [1, 2, 3], tag: [1, 2, 3] });
  expect(roles([items, more, log])).toEqual(["items", null, "rows"]);
  expect(roles([items, more, log], said(["more.csv", "items"]))).toEqual([null, "items", "rows"]);
  expect(roles([items, more, log], said(["items.parquet", null]))).toEqual([null, "items", "rows"]);
  expect(roles([users], said(["users.csv", null]))).toEqual([null]);
});

test("a row has what the tables say of its item and user, and keeps what it has itself", () => {
  const given = [items, log, users];
  const tables = new Map<string, string>();
  const columns = joined(given, takenAs(given, said()), (column, cells, of) => {
    tables.set(column.header, of);
    return { ...column, cells };
  });
  expect(Object.fromEntries(tables)).toEqual({ genre: "items", age: "users" });
  expect(Object.fromEntries(columns.map(({ header, cells }) => [header, cells]))).toEqual({
    user_id: ["u", "v", "u"],
    item_id: [1, 2, 3],
    year: [1, 2, 3],
    genre: ["b", null, "a"],
    age: ["7", "8", "7"],
  });
});
