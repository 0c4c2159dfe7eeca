// Rows that are not in a file of this machine, as one text in place of a file's path: a table of a database
// (`shop.duckdb/clicks`), the result of a query (`sql:select …`, `sql@shop.duckdb:select …`), a file on a
// server (`https://…`) or in an object store (`s3://…`, `gs://…`), and standard input (`-`). Pure: this file
// opens nothing.

import { under } from "./paths.ts";

export const STANDARD_INPUT = "-";

export type Elsewhere = DatabaseSource | ServedAddress;

/** Rows from a database. */
export type DatabaseSource = TableAddress | QueryAddress;

/** A table or a view of a database; null if the database has only one. */
export interface TableAddress {
  readonly kind: "table";
  readonly database: string;
  readonly table: string | null;
}

export interface QueryAddress {
  readonly kind: "query";
  readonly sql: string;
  /** The database whose tables the query reads, or the folder that its file names are relative to. */
  readonly from: string;
}

/** A file on a server or in an object store. */
export interface ServedAddress {
  readonly kind: "served";
  readonly url: string;
}

/** A name in a bucket of an object store: of an object, of a folder, or a pattern of these. */
export interface StoredName {
  readonly store: "s3" | "gs";
  readonly bucket: string;
  /** Empty for the whole bucket. */
  readonly key: string;
}

/** A list of addresses begins with a brace. */
const DATABASE = /^((?!\{).*\.(?:duckdb|ddb|sqlite3?|db3?))(?:\/([^/]+))?$/is;
const QUERY = /^sql(?:@([^:]*))?:(.*)$/is;

/** Null for a path or a pattern of paths. */
export function elsewhereAt(address: string): Elsewhere | null {
  const query = QUERY.exec(address);
  if (query !== null) return { kind: "query", sql: query[2]!.trim(), from: plain(query[1] ?? ".") };
  if (/^https?:\/\//i.test(address) || storedName(address) !== null) return { kind: "served", url: address };
  const table = DATABASE.exec(address);
  return table === null ? null : { kind: "table", database: table[1]!, table: table[2] ?? null };
}

/** Null unless the address begins with `s3://BUCKET` or `gs://BUCKET`. */
export function storedName(address: string): StoredName | null {
  const [, store, bucket, key] = /^(s3|gs):\/\/([^/]+)\/?(.*)$/is.exec(address) ?? [];
  if (store === undefined || bucket === undefined || key === undefined) return null;
  return { store: store.toLowerCase() === "s3" ? "s3" : "gs", bucket, key };
}

/** Tells whether the rows of an address are outside the files of this machine. */
export function isElsewhere(address: string): boolean {
  return address === STANDARD_INPUT || elsewhereAt(address) !== null;
}

/** The address of a query's result. */
export function queryAddress(sql: string, from = "."): string {
  return `sql${from === "." ? "" : `@${from.replaceAll("%", "%25").replaceAll(":", "%3A")}`}:${sql.trim()}`;
}

/** Tells whether an address has a scheme, like `https://` and `hdfs://`. */
export function hasScheme(address: string): boolean {
  return /^\w[\w+.-]+:\/\//.test(address);
}

/** Resolves an address that is relative to `folder`. */
export function addressUnder(folder: string, address: string): string {
  const query = elsewhereAt(address);
  // Another store, such as `hdfs://`: Spark reads it by this address.
  if (address === STANDARD_INPUT || hasScheme(address)) return address;
  return query?.kind === "query"
    ? queryAddress(query.sql, under(folder, query.from))
    : under(folder, address);
}

/** The database of an address or of its query; null if there is none. */
export function databaseOf(elsewhere: Elsewhere): string | null {
  if (elsewhere.kind === "table") return elsewhere.database;
  if (elsewhere.kind === "served") return null;
  return isDatabase(elsewhere.from) ? elsewhere.from : null;
}

/** Recognises a database by its ending. */
export function isDatabase(path: string): boolean {
  return DATABASE.exec(path)?.[2] === undefined && DATABASE.test(path);
}

/**
 * The name of an address in messages: the beginning of a query; for a file on a server, no part that may be
 * secret.
 */
export function nameOfAddress(address: string): string {
  if (address === STANDARD_INPUT) return "standard input";
  const query = elsewhereAt(address);
  if (query?.kind === "served" && storedName(address) === null)
    return address.replace(/^(https?:\/\/)[^/?#]*@/i, "$1").replace(/[?#].*$/s, "");
  if (query?.kind !== "query") return address;
  const line = query.sql.replaceAll(/\s+/g, " ");
  return `sql:${line.length <= LONGEST ? line : `${line.slice(0, LONGEST - 1)}…`}`;
}

const LONGEST = 60;

function plain(from: string): string {
  return from.replaceAll(/%3A/gi, ":").replaceAll("%25", "%") || ".";
}
