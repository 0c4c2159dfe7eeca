// Finds the rows of a CSV and of JSON Lines that do not parse, so that they can be left out, and says how the others are
// read. They are the same whichever columns are asked for later.

import type { DuckDBConnection } from "@duckdb/node-api";
import { malformedFile } from "../../compiler/diagnostics/catalog/data.ts";
import { DiagnosticError, diagnose, inData } from "../../compiler/diagnostics/diagnostic.ts";
import { nothingLeft } from "./bad-rows.ts";
import { failing, quoted, reasonIn } from "./duckdb-problem.ts";
import { Findings } from "./findings.ts";

export interface Unreadable {
  /** Of the file, from 0. */
  readonly row: number;
  readonly reason: string;
}

export interface WithoutUnreadable {
  /** Table expression of the other rows. */
  readonly sql: string;
  /** In the order of the rows, at least one. */
  readonly unreadable: readonly Unreadable[];
}

/**
 * null where every row of the CSV that `sql` reads parses. Throws DiagnosticError where a quote is open over several lines:
 * which rows it swallowed cannot be told.
 */
export async function unreadableInCsv(
  connection: DuckDBConnection,
  path: string,
  sql: string,
): Promise<WithoutUnreadable | null> {
  const { sound, rejects } = await failing(path, async () => {
    // Of files that were read before.
    await connection.run("DROP TABLE IF EXISTS reject_errors; DROP TABLE IF EXISTS reject_scans");
    const counted = await connection.runAndReadAll(`SELECT count(*) FROM ${everyColumn(tolerant(sql))}`);
    const found = await connection.runAndReadAll(
      "SELECT line, any_value(error_message), any_value(csv_line) FROM reject_errors GROUP BY line ORDER BY line",
    );
    const [[sound]] = counted.getRows() as [[bigint]];
    return { sound, rejects: found.getRows() as [bigint, string, string][] };
  });
  if (rejects.length === 0) return null;
  const unreadable = rejects.map(([line, message, text]) => {
    // The first line names the columns.
    const row = Number(line) - 2;
    const reason = reasonIn(message);
    if (!text.includes("\n")) return { row, reason };
    const help =
      "it may have swallowed the rows behind it, so that nobody can tell what to leave out: mend the quote";
    const place = inData({ path, row: row + 1 });
    throw new DiagnosticError([diagnose(malformedFile, { reason }, place, { help })]);
  });
  if (sound === 0n) throw nothingReads(path, unreadable);
  // What is rejected again is known already.
  return { sql: everyColumn(tolerant(sql, ", rejects_limit=1")), unreadable };
}

/** Without `store_rejects` DuckDB loses rows behind one with a wrong quote. */
function tolerant(sql: string, more = ""): string {
  return sql.replace(/\)$/, `, store_rejects=true${more})`);
}

/** A mistake in a column that nobody reads would not be seen; this reads them all. */
function everyColumn(sql: string): string {
  return `(SELECT * FROM ${sql} WHERE length(concat_ws('', *COLUMNS(*))) >= 0)`;
}

/** null where every line is a JSON object. */
export async function unreadableLines(
  connection: DuckDBConnection,
  path: string,
): Promise<WithoutUnreadable | null> {
  // `read_json` itself loses objects beside a line that is none.
  const lines = `read_json_objects(${quoted(path)}, format='newline_delimited', ignore_errors=true)`;
  const objects = `${lines} WHERE json_type(json) = 'OBJECT'`;
  const found = await failing(path, () =>
    connection.runAndReadAll(
      `SELECT number, json IS NULL FROM (SELECT row_number() OVER () - 1 AS number, json FROM ${lines})
       WHERE json_type(json) IS DISTINCT FROM 'OBJECT' ORDER BY number`,
    ),
  );
  const unreadable = (found.getRows() as [bigint, boolean][]).map(([row, isBroken]) => ({
    row: Number(row),
    reason: isBroken ? "it is not JSON" : "it is not a JSON object",
  }));
  if (unreadable.length === 0) return null;
  const structure = await connection.runAndReadAll(
    `SELECT CAST(json_group_structure(json) AS VARCHAR) FROM ${objects}`,
  );
  const [[types]] = structure.getRows() as [[string | null]];
  if (types === null) throw nothingReads(path, unreadable);
  const records = `json_transform(json, ${quoted(types)})`;
  return { sql: `(SELECT unnest(${records}) FROM ${objects})`, unreadable };
}

function nothingReads(path: string, unreadable: readonly Unreadable[]): DiagnosticError {
  const findings = new Findings(path, { collects: true });
  for (const { row, reason } of unreadable) findings.unreadable(row, reason);
  return new DiagnosticError([nothingLeft(findings, unreadable.length)]);
}
