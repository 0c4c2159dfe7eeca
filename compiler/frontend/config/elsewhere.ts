// Rows that lie in no file of this machine, as one text that stands where the path of a file does: a table of
// a database (`shop.duckdb/clicks`), what a query gives (`sql:select …`, `sql@shop.duckdb:select …`), a file
// of a server (`https://…`), and standard input (`-`). Pure: nothing is opened here.

import { under } from "./paths.ts";

export const STANDARD_INPUT = "-";

export type Elsewhere = DatabaseSource | ServedAddress;

/** What a database gives. */
export type DatabaseSource = TableAddress | QueryAddress;

/** A table or a view of a database; null where it has only one. */
export interface TableAddress {
  readonly kind: "table";
  readonly database: string;
  readonly table: string | null;
}

export interface QueryAddress {
  readonly kind: "query";
  readonly sql: string;
  /** A database, whose tables the query reads, or a folder, which files in it are relative to. */
  readonly from: string;
}

/** A file that a server gives. */
export interface ServedAddress {
  readonly kind: "served";
  readonly url: string;
}

/** A list of addresses begins with a brace. */
const DATABASE = /^((?!\{).*\.(?:duckdb|ddb|sqlite3?|db3?))(?:\/([^/]+))?$/is;
const QUERY = /^sql(?:@([^:]*))?:(.*)$/is;

/** Null of what is a path, or a pattern of paths. */
export function elsewhereAt(address: string): Elsewhere | null {
  const query = QUERY.exec(address);
  if (query !== null) return { kind: "query", sql: query[2]!.trim(), from: plain(query[1] ?? ".") };
  if (/^https?:\/\//i.test(address)) return { kind: "served", url: address };
  const table = DATABASE.exec(address);
  return table === null ? null : { kind: "table", database: table[1]!, table: table[2] ?? null };
}

/** Whether rows of an address lie in no file of their own. */
export function isElsewhere(address: string): boolean {
  return address === STANDARD_INPUT || elsewhereAt(address) !== null;
}

/** The address of what a query gives. */
export function queryAddress(sql: string, from = "."): string {
  return `sql${from === "." ? "" : `@${from.replaceAll("%", "%25").replaceAll(":", "%3A")}`}:${sql.trim()}`;
}

/** Whether an address says itself where it lies, as `https://` and `s3://` do. */
export function hasScheme(address: string): boolean {
  return /^\w[\w+.-]+:\/\//.test(address);
}

/** An address that is relative to `folder`, from where that folder is relative to. */
export function addressUnder(folder: string, address: string): string {
  const query = elsewhereAt(address);
  // Another store, as `s3://`: Spark reads it by this address.
  if (address === STANDARD_INPUT || hasScheme(address)) return address;
  return query?.kind === "query"
    ? queryAddress(query.sql, under(folder, query.from))
    : under(folder, address);
}

/** The database that an address is of or that its query reads; null where there is none. */
export function databaseOf(elsewhere: Elsewhere): string | null {
  if (elsewhere.kind === "table") return elsewhere.database;
  if (elsewhere.kind === "served") return null;
  return isDatabase(elsewhere.from) ? elsewhere.from : null;
}

/** By its ending. */
export function isDatabase(path: string): boolean {
  return DATABASE.exec(path)?.[2] === undefined && DATABASE.test(path);
}

/** What messages call an address: of a query its beginning, of a server's file nothing that may be secret. */
export function nameOfAddress(address: string): string {
  if (address === STANDARD_INPUT) return "standard input";
  const query = elsewhereAt(address);
  if (query?.kind === "served")
    return address.replace(/^(https?:\/\/)[^/?#]*@/i, "$1").replace(/[?#].*$/s, "");
  if (query?.kind !== "query") return address;
  const line = query.sql.replaceAll(/\s+/g, " ");
  return `sql:${line.length <= LONGEST ? line : `${line.slice(0, LONGEST - 1)}…`}`;
}

const LONGEST = 60;

function plain(from: string): string {
  return from.replaceAll(/%3A/gi, ":").replaceAll("%25", "%") || ".";
}
