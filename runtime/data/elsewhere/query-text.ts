// Checks a query before it runs: it must be one SELECT, and its files are collected. Nothing that could
// write, install or fetch is run; the DuckDB instance can access no other files.

import type { DuckDBConnection } from "@duckdb/node-api";
import { dataFileMissing } from "../../../compiler/diagnostics/catalog/data.ts";
import { queryFailed, queryRefused } from "../../../compiler/diagnostics/catalog/sources.ts";
import { DiagnosticError, diagnose, type Help, inData } from "../../../compiler/diagnostics/diagnostic.ts";
import { formatOf, helpForMissing } from "../../../compiler/frontend/config/data-formats.ts";
import { under } from "../../../compiler/frontend/config/paths.ts";
import { identifier, quoted } from "../../duckdb/sql-text.ts";
import { realPathOf, rowFilesAt } from "../../files/row-files.ts";

/** A query that may be run. */
export interface CheckedQuery {
  /** With the absolute paths of its files. */
  readonly sql: string;
  /** Their names in messages. */
  readonly files: readonly string[];
  /** Their paths in the query. */
  readonly paths: readonly string[];
}

/** Table functions that read files, which are their first argument. */
const READS =
  /^(read_csv|read_csv_auto|read_parquet|parquet_scan|read_json|read_json_auto|read_ndjson|read_ndjson_auto)$/;

/** Other functions without side effects. */
const HARMLESS = /^(range|generate_series|unnest|repeat|repeat_row|generate_subscripts|json_each|json_tree)$/;

/**
 * Throws DiagnosticError, with `name` as the name of the query, for queries that are not run. Files are
 * relative to `folder`; names in `tables`, those of its database, are not files.
 */
export async function checkedQuery(
  connection: DuckDBConnection,
  sql: string,
  {
    folder,
    name,
    tables,
  }: { readonly folder: string; readonly name: string; readonly tables: ReadonlySet<string> },
): Promise<CheckedQuery> {
  const plain = sql.replace(/(?<![;\s])[;\s]+$/, "");
  const found = await connection.runAndReadAll(`SELECT json_serialize_sql(${quoted(plain)})`);
  const tree = JSON.parse(String(found.getRows()[0]![0])) as Tree;
  const refused = (reason: string, help?: Help) =>
    new DiagnosticError([
      diagnose(queryRefused, { reason }, inData({ path: name }), help === undefined ? {} : { help }),
    ]);
  const { select, reads, asText, otherFormat } = queryRefused.helps;
  if (plain === "") throw refused("it is empty", select());
  if (tree.error) {
    if (tree.error_type === "not implemented") throw refused("it isn't a SELECT", select());
    throw new DiagnosticError([
      diagnose(queryFailed, { reason: tree.error_message ?? "it isn't SQL" }, inData({ path: name })),
    ]);
  }
  if (tree.statements?.length !== 1) throw refused("it is not one SELECT, but several statements", select());
  const walk = new Files(tables);
  walk.visit(tree.statements[0]);
  if (walk.unknown !== null) throw refused(`it calls \`${walk.unknown}\``, reads());
  if (walk.unquoted !== null) throw refused(`\`${walk.unquoted}\` isn't a table`, asText());
  if (walk.computed !== null) throw refused(`\`${walk.computed}\` gets a file that is computed`, asText());
  const [files, paths]: [string[], string[]] = [[], []];
  const whole = (address: string): readonly string[] => {
    const path = under(folder, address);
    const at = rowFilesAt(path);
    if ("problem" in at) {
      const help = helpForMissing(address);
      const parameters = { path: help === null ? path : address, reason: at.problem };
      throw new DiagnosticError([
        diagnose(dataFileMissing, parameters, inData({ path: name }), help === null ? {} : { help }),
      ]);
    }
    const unread = at.files.find((file) => formatOf(file)?.sqlFunction === null);
    if (unread !== undefined) throw refused(`DuckDB does not read ${unread}`, otherFormat());
    const real = at.files.map(realPathOf);
    files.push(...at.files);
    paths.push(...real);
    return real;
  };
  return { sql: replaced(plain, walk.places, whole), files, paths };
}

interface Tree {
  readonly error: boolean;
  readonly error_type?: string;
  readonly error_message?: string;
  readonly statements?: readonly unknown[];
}

/** A file that a query names, with its position. */
interface Place {
  /** The byte offset of the name's first character. */
  readonly at: number;
  readonly address: string;
  /** Set if the name is used alone, as a table, with the table's alias. */
  readonly asTable: { readonly alias: string | null } | null;
}

/** Walks through the tree that DuckDB makes of a query. */
class Files {
  readonly places: Place[] = [];
  /** The first function that may have side effects. */
  unknown: string | null = null;
  /** The first function whose file is an expression. */
  computed: string | null = null;
  /** The first file that is written like the table of a schema. */
  unquoted: string | null = null;
  private readonly tables: Set<string>;

  constructor(tables: ReadonlySet<string>) {
    this.tables = new Set(tables);
  }

  visit(node: unknown): void {
    if (Array.isArray(node)) for (const each of node) this.visit(each);
    else if (typeof node === "object" && node !== null) {
      const of = node as Record<string, unknown>;
      // The definitions of a WITH come before everything else of its SELECT.
      const { map = [] } = (of.cte_map ?? {}) as { readonly map?: readonly { readonly key: string }[] };
      for (const { key } of map) this.tables.add(key);
      if (of.type === "BASE_TABLE") this.table(of);
      else if (of.type === "TABLE_FUNCTION") this.tableFunction(of.function as Record<string, unknown>);
      for (const each of Object.values(of)) this.visit(each);
    }
  }

  private table({ table_name, schema_name, alias, query_location }: Record<string, unknown>): void {
    const address = String(table_name);
    const dotted = `${schema_name}.${address}`;
    if (schema_name !== "" && formatOf(dotted) !== undefined && !this.tables.has(address))
      this.unquoted ??= dotted;
    // DuckDB takes a table name for a file if it has such an ending and there is no such table; dinc decides
    // by its characters.
    if (schema_name !== "" || this.tables.has(address) || !/[./*?]/.test(address)) return;
    const called = alias === "" ? stemOf(address) : null;
    this.places.push({ at: Number(query_location), address, asTable: { alias: called } });
  }

  private tableFunction({ function_name, children }: Record<string, unknown>): void {
    const name = String(function_name);
    if (HARMLESS.test(name)) return;
    if (!READS.test(name)) {
      this.unknown ??= name;
      return;
    }
    const [first] = children as readonly Record<string, unknown>[];
    const texts =
      first?.function_name === "list_value" ? (first.children as Record<string, unknown>[]) : [first];
    for (const each of texts) {
      const { value } = (each?.value ?? {}) as { value?: unknown };
      if (each?.class !== "CONSTANT" || typeof value !== "string") this.computed ??= name;
      else this.places.push({ at: Number(each.query_location), address: value, asTable: null });
    }
  }
}

/** The query with absolute paths, which DuckDB finds wherever it runs. */
function replaced(
  sql: string,
  places: readonly Place[],
  whole: (address: string) => readonly string[],
): string {
  const bytes = Buffer.from(sql);
  const parts: string[] = [];
  let from = 0;
  for (const { at, address, asTable } of [...places].sort((a, b) => a.at - b.at)) {
    const found = whole(address);
    const paths = found.map(quoted);
    const list = `[${paths.join(", ")}]`;
    parts.push(bytes.toString("utf8", from, at));
    if (asTable === null) parts.push(paths.length === 1 ? paths[0]! : list);
    else
      parts.push(
        `${readerOf(found[0]!)}(${list})${asTable.alias === null ? "" : ` AS ${identifier(asTable.alias)}`}`,
      );
    from = endOfName(bytes, at);
  }
  return [...parts, bytes.toString("utf8", from)].join("");
}

/** DuckDB's name of a file that is used as a table. */
function stemOf(address: string): string {
  return address.slice(address.lastIndexOf("/") + 1).replace(/\..*$/s, "");
}

function readerOf(address: string): string {
  return formatOf(address)?.sqlFunction ?? "read_csv";
}

/** The end of a text or a quoted name that begins at a byte. */
function endOfName(bytes: Buffer, at: number): number {
  const quote = bytes[at];
  for (let i = at + 1; i < bytes.length; i++) {
    if (bytes[i] !== quote) continue;
    if (bytes[i + 1] !== quote) return i + 1;
    i += 1;
  }
  return bytes.length;
}
