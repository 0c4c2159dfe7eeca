// Combines several given tables: decides which one has the rows and which ones have one row for each item or
// user, and joins them. Values are compared as texts, so that the file format makes no difference.

import { formatCount } from "../../common/format-count.ts";
import type { TableMisfit } from "../../diagnostics/catalog/init.ts";
import { nameOfColumn } from "../../frontend/model/column-names.ts";
import { isKeyOf, plainness, saysIds } from "./words.ts";

export type TableRole = "rows" | "items" | "users";

export interface GivenTable<Column extends GivenColumn = GivenColumn> {
  /** The name of the file. */
  readonly name: string;
  /** The file's name in reasons, if the user knows the file by another name than `name`. */
  readonly path?: string;
  readonly rows: number;
  readonly columns: readonly Column[];
}

interface GivenColumn {
  readonly header: string;
  readonly cells: readonly unknown[];
}

export interface TakenTable {
  /** Null for a table that is left out. */
  readonly as: TableRole | null;
  /** The column that joins a table of items or users: its name there and in the rows. */
  readonly key: { readonly own: string; readonly rows: string } | null;
  readonly reason: string;
  /** Why it can't have the role that it was last tried for; null or absent if it is not for its content. */
  readonly misfit?: TableMisfit | null;
}

/** By the tables' names. `said` has the roles that the user states; null to leave a table out. */
export function takenAs(
  given: readonly GivenTable[],
  said: ReadonlyMap<string, TableRole | null>,
): ReadonlyMap<string, TakenTable> {
  const rows = rowsAmong(given, said);
  const taken = new Map<string, TakenTable>();
  // The user's roles take precedence.
  for (const role of ["items", "users"] as const)
    for (const table of given.toSorted((a, b) => Number(said.has(b.name)) - Number(said.has(a.name)))) {
      const wanted = said.get(table.name);
      if (table === rows || taken.get(table.name)?.as || (wanted !== undefined && wanted !== role)) continue;
      const found = rows === null ? "no file has the rows" : keyIn(table, rows, role);
      const other = [...taken].find(([, { as }]) => as === role);
      const before = taken.get(table.name);
      if (typeof found === "string" || "kind" in found) {
        const why = typeof found === "string" ? found : misfitText(found, role, rows!.name);
        const misfit = typeof found === "string" ? null : found;
        taken.set(table.name, { ...out(before === undefined ? why : `${before.reason}; ${why}`), misfit });
      } else if (other !== undefined) taken.set(table.name, out(`${other[0]} has the ${role} already`));
      else taken.set(table.name, { as: role, ...found });
    }
  for (const [name, wanted] of said) if (wanted === null) taken.set(name, out("you say so"));
  for (const table of given)
    if (table === rows) taken.set(table.name, { as: "rows", key: null, reason: whyRows(table, given, said) });
  // In the order of the files.
  return new Map(given.map(({ name }) => [name, taken.get(name) ?? out("another file has the rows")]));
}

function out(reason: string): TakenTable {
  return { as: null, key: null, reason };
}

/** The table that the user names; else the one with ids of users and of items; else the longest. */
function rowsAmong(
  given: readonly GivenTable[],
  said: ReadonlyMap<string, TableRole | null>,
): GivenTable | null {
  const free = given.filter(({ name }) => (said.get(name) ?? "rows") === "rows" && said.get(name) !== null);
  const rank = (table: GivenTable) => [
    Number(said.get(table.name) === "rows"),
    Number(hasBoth(table)),
    table.rows,
  ];
  const [first] = free.toSorted((a, b) => {
    const [x, y] = [rank(a), rank(b)];
    return y.map((each, i) => each - x[i]!).find((difference) => difference !== 0) ?? 0;
  });
  return first ?? null;
}

function whyRows(
  table: GivenTable,
  given: readonly GivenTable[],
  said: ReadonlyMap<string, TableRole | null>,
): string {
  if (said.get(table.name) === "rows") return "you say so";
  if (given.length === 1) return "the only file";
  return hasBoth(table) ? "it has ids of users and of items" : "it has the most rows";
}

function hasBoth(table: GivenTable): boolean {
  return keyOf(table, "user") !== null && keyOf(table, "item") !== null;
}

function keyOf({ columns }: GivenTable, of: "user" | "item"): GivenColumn | null {
  const plain = ({ header }: GivenColumn) => plainness(nameOfColumn(header)!, of);
  const keys = columns.filter(({ header }) => isKeyOf(nameOfColumn(header) ?? "", of));
  return keys.toSorted((a, b) => plain(b) - plain(a))[0] ?? null;
}

/** As a clause. */
function misfitText(misfit: TableMisfit, role: "items" | "users", rows: string): string {
  switch (misfit.kind) {
    case "no_key_in_rows":
      return `${rows} has no column that tells its ${role} apart`;
    case "no_key":
      return `it has no column ${misfit.key}, as ${rows} has`;
    case "empty_key":
      return `it has a row without ${misfit.key}`;
    case "key_twice":
      return `it has several rows of one ${misfit.key}`;
    case "no_common_id":
      return `none of its ${misfit.key} is one of ${rows}`;
    case "other_key":
    case "format":
      return `it is not read as ${rows} is`;
  }
}

/** How a table of items or users joins the rows, or why it does not. */
function keyIn(
  table: GivenTable,
  rows: GivenTable,
  role: "items" | "users",
): (Pick<TakenTable, "key" | "reason"> & { readonly key: object }) | TableMisfit {
  const of = role === "items" ? "item" : "user";
  const theirs = keyOf(rows, of);
  if (theirs === null) return { kind: "no_key_in_rows" };
  const own =
    table.columns.find(({ header }) => header === theirs.header) ??
    keyOf(table, of) ??
    table.columns.find(({ header }) => saysIds(nameOfColumn(header) ?? "-"));
  if (own === undefined)
    return { kind: "no_key", key: theirs.header, columns: table.columns.map(({ header }) => header) };
  const key = own.header;
  const ids = new Set<string>();
  for (const [row, cell] of own.cells.entries()) {
    if (cell === null || cell === "") return { kind: "empty_key", key, row };
    const value = String(cell);
    if (ids.has(value)) return { kind: "key_twice", key, value, row };
    ids.add(value);
  }
  const wanted = new Set(theirs.cells.flatMap((cell) => (cell === null ? [] : [String(cell)])));
  const there = [...wanted].filter((id) => ids.has(id)).length;
  if (there === 0) {
    const [first = ""] = ids;
    const [other = ""] = wanted;
    return { kind: "no_common_id", key, ids: [first, other] };
  }
  const share = `${formatCount(there)} of the ${formatCount(wanted.size)} of ${rows.path ?? rows.name}`;
  return {
    key: { own: key, rows: theirs.header },
    reason: `a row for each ${key}, ${share} among them`,
  };
}

/**
 * The columns of the rows, and those of the items and users tables for each row. A column whose name already
 * exists is skipped.
 */
export function joined<Column extends GivenColumn>(
  given: readonly GivenTable<Column>[],
  taken: ReadonlyMap<string, TakenTable>,
  withCells: (column: Column, cells: readonly Column["cells"][number][], of: "items" | "users") => Column,
): readonly Column[] {
  const rows = given.find(({ name }) => taken.get(name)?.as === "rows");
  if (rows === undefined) return [];
  const columns = new Map(rows.columns.map((column) => [column.header, column]));
  for (const { name, columns: own } of given) {
    const { as = null, key = null } = taken.get(name) ?? {};
    if (key === null || as === null || as === "rows") continue;
    const ids = own.find(({ header }) => header === key.own)!.cells;
    const places = new Map(ids.map((id, place) => [String(id), place]));
    const theirs = rows.columns.find(({ header }) => header === key.rows)!.cells;
    const at = theirs.map((id) => places.get(String(id)) ?? null);
    for (const column of own)
      if (column.header !== key.own && !columns.has(column.header))
        columns.set(
          column.header,
          withCells(
            column,
            at.map((place) => (place === null ? null : column.cells[place])),
            as,
          ),
        );
  }
  return [...columns.values()];
}

/** A file as a query reads it; `csv` is null for a format with types, and a `delimiter` of null is found by DuckDB. */
export interface QueriedFile {
  readonly path: string;
  readonly csv: { readonly delimiter: string | null; readonly skipsRows: boolean } | null;
}

/** A table of items or users, joined by its column `own` to the column `rows` of the rows. */
export interface QueriedTable extends QueriedFile {
  readonly as: "items" | "users";
  readonly key: { readonly own: string; readonly rows: string };
  readonly columns: readonly string[];
}

/** The query that gives the rows with the columns of the tables, by the rule of `joined`. */
export function joinQuery(
  rows: QueriedFile & { readonly columns: readonly string[] },
  tables: readonly QueriedTable[],
): string {
  const there = new Set(rows.columns);
  const columns = ["r.*"];
  const joins = tables.map((table) => {
    const { as, key } = table;
    for (const header of table.columns)
      if (header !== key.own && !there.has(header)) {
        there.add(header);
        columns.push(`${as}.${quoted(header, '"')}`);
      }
    // Ids are compared as texts, as elsewhere.
    const areTexts = rows.csv !== null && table.csv !== null;
    const id = (of: string, column: string) =>
      areTexts ? `${of}.${quoted(column, '"')}` : `CAST(${of}.${quoted(column, '"')} AS VARCHAR)`;
    return `LEFT JOIN ${sourceOf(table)} AS ${as} ON ${id("r", key.rows)} = ${id(as, key.own)}`;
  });
  return `SELECT ${columns.join(", ")} FROM ${sourceOf(rows)} AS r ${joins.join(" ")}`;
}

/** Without types, a CSV has the texts that dinc reads: `007` stays `007`. */
function sourceOf({ path, csv }: QueriedFile): string {
  const name = quoted(path, "'");
  if (csv === null) return name;
  const delimiter = csv.delimiter === null ? "" : `, delim = ${quoted(csv.delimiter, "'")}`;
  const skips = csv.skipsRows ? ", ignore_errors = true" : "";
  return `read_csv(${name}, all_varchar = true, header = true${delimiter}${skips})`;
}

function quoted(text: string, by: string): string {
  return by + text.replaceAll(by, by + by) + by;
}
