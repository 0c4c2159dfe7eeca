// Opens a file with typed columns, as DuckDB describes them.

import { identifier, quoted } from "../../duckdb/sql-text.ts";
import { describing, expression, isListed } from "../../duckdb/values.ts";
import type { FileOrigin, FilePart, SqlColumn } from "./data-file.ts";
import type { Opening } from "./file-format.ts";
import { COMPLETE } from "./unreadable-rows.ts";

/** `sql` is its table expression, empty if there are no rows. */
export async function typedFile(
  origin: FileOrigin,
  sql: string,
  rows: number | null,
  opening: Opening,
): Promise<FilePart> {
  const columns = new Map<string, SqlColumn>();
  const table = { columns, ambiguous: new Set<string>() };
  if (sql === "") return { ...origin, ...table, sql, rows, ...COMPLETE };
  const described = await opening.rowsOf(origin, describing(`SELECT * FROM ${sql}`));
  const types = described.map(([name, type]) => [String(name), String(type)] as const);
  const asWritten = types.map(([name, type]) => [name, isJson(sql) ? textIfGuessed(type) : type] as const);
  for (const [name, type] of asWritten)
    columns.set(name, {
      name,
      type: isListed(type) ? "list" : "value",
      typeName: type,
      sql: expression(identifier(name), type),
      ...(type.startsWith("DECIMAL") ? { exact: `CAST(${identifier(name)} AS VARCHAR)` } : {}),
    });
  if (types.some(([name]) => name.includes("\0")))
    throw await opening.problemOf(origin, [], new Error(NUL_IN_NAME));
  const isGuessed = types.some(([, type], i) => type !== asWritten[i]![1]);
  return { ...origin, ...table, sql: isGuessed ? withTypes(sql, asWritten) : sql, rows, ...COMPLETE };
}

/** A query could not name it. */
const NUL_IN_NAME = "the name of a column holds a NUL byte";

function isJson(sql: string): boolean {
  return sql.startsWith("read_json(");
}

/**
 * JSON has no dates, times and UUIDs: DuckDB guesses them from texts, such as 3 April from `03-04-2026`, and
 * drops the rest.
 */
function textIfGuessed(type: string): string {
  return type.replace(/^(?:DATE|TIME|TIMESTAMP|TIMESTAMP WITH TIME ZONE|UUID)(?=(?:\[\])*$)/, "VARCHAR");
}

/** The expression that reads JSON with given types instead of those that DuckDB finds. */
function withTypes(sql: string, types: readonly (readonly [name: string, type: string])[]): string {
  const columns = types.map(([name, type]) => `${quoted(name)}: ${quoted(type)}`).join(", ");
  return sql.replace(/\)$/, `, columns={${columns.replaceAll("$", "$$$$")}})`);
}
