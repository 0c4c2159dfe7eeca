// Chooses the table of a database, and reports ambiguous tables and columns.

import { shared } from "../../../compiler/diagnostics/catalog/helps.ts";
import { databaseUnreadable, queryRefused } from "../../../compiler/diagnostics/catalog/sources.ts";
import { DiagnosticError, diagnose, type Help, inData } from "../../../compiler/diagnostics/diagnostic.ts";
import { suggest } from "../../../grammar/closest-word.ts";

export interface FoundTable {
  readonly schema: string;
  readonly table: string;
}

/** The table with a name, such as `clicks` or `log.clicks`; without a name, the only one. */
export function chosen(
  database: string,
  asked: string | null,
  tables: readonly FoundTable[],
  name: string,
): FoundTable {
  const spelt = ({ schema, table }: FoundTable) => (schema === "main" ? table : `${schema}.${table}`);
  const all = tables.map(spelt);
  if (tables.length === 0) throw unreadable(database, name, "it has no tables");
  const found = tables.filter(
    (each) => asked === null || [spelt(each), `${each.schema}.${each.table}`].includes(asked),
  );
  if (found.length === 1) return found[0]!;
  const help = databaseUnreadable.helps.tables(database, all.slice(0, MOST_SHOWN));
  if (asked === null)
    throw unreadable(database, name, `it has ${tables.length} tables, and none is named`, help);
  const near = suggest(asked, all);
  const instead = near === null ? help : shared.didYouMean(`${database}/${near}`);
  throw unreadable(database, name, `it has no table \`${asked}\``, instead);
}

const MOST_SHOWN = 8;

export function unreadable(database: string, name: string, reason: string, help?: Help): DiagnosticError {
  const location = inData({ path: name });
  return new DiagnosticError([
    diagnose(databaseUnreadable, { database, reason }, location, help === undefined ? {} : { help }),
  ]);
}

/** Throws DiagnosticError if two columns of a query have the same name. */
export function requireOwnNames(names: readonly string[], name: string): void {
  const twice = names.find((each, i) => names.indexOf(each) !== i);
  if (twice === undefined) return;
  const reason = `two of its columns are called \`${twice}\``;
  const help = queryRefused.helps.ownName(twice);
  throw new DiagnosticError([diagnose(queryRefused, { reason }, inData({ path: name }), { help })]);
}
