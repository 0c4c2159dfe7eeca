// Tables of items and users beside the rows that a draft is made from: read whole, joined to the sampled
// rows, and described as dinc.yaml names them. If a table does not fit, that is a diagnostic, because the
// user named its role.

import { option, wording } from "../../compiler/common/option-text.ts";
import { tablesUnjoined, tableUnfit } from "../../compiler/diagnostics/catalog/init.ts";
import { DiagnosticError, diagnose, inData } from "../../compiler/diagnostics/diagnostic.ts";
import type { CsvFormat } from "../../compiler/frontend/config/csv-format.ts";
import { formatOf } from "../../compiler/frontend/config/data-formats.ts";
import type { DraftPlan, Guess } from "../../compiler/tools/init/plan.ts";
import type { DraftColumn, DraftTable, Unjoined } from "../../compiler/tools/init/table.ts";
import {
  joined,
  joinQuery,
  type QueriedFile,
  type QueriedTable,
  type TableRole,
  takenAs,
} from "../../compiler/tools/init/tables.ts";
import type { DraftPaths } from "../../compiler/tools/init/write.ts";
import { formatIn } from "../data/tables.ts";
import { sampleTable } from "./sample-table.ts";

/** The tables that the user names. */
export interface TablesBeside {
  readonly items?: string;
  readonly users?: string;
}

export interface JoinedTables {
  /** The rows with the columns of the tables. */
  readonly table: DraftTable;
  readonly guesses: readonly Guess[];
  readonly paths: Pick<DraftPaths, "tables" | "query">;
  /** Throws DiagnosticError if a draft with this plan can't have the tables. */
  require(plan: DraftPlan): void;
}

const ROLES = ["items", "users"] as const;

/**
 * Reads the tables and joins them to `rows`, which were read with the format `csv`. `writtenIn` gives a path as dinc.yaml
 * names it. Throws DiagnosticError for a table that can't be read or does not fit.
 */
export async function joinTables(
  rows: DraftTable,
  beside: TablesBeside,
  csv: CsvFormat | null,
  report: (text: string) => void,
  writtenIn: (path: string) => string,
): Promise<JoinedTables> {
  const given = ROLES.flatMap((role) => {
    const path = beside[role];
    return path === undefined ? [] : [{ role, path }];
  });
  const tables = new Map<string, { readonly role: (typeof ROLES)[number]; readonly table: DraftTable }>();
  for (const { role, path } of given) {
    if (await isSeparatedOtherwise(path, csv)) throw unfit(role, rows, path, { kind: "format" });
    tables.set(role, { role, table: await sampleTable(path, report, Number.MAX_SAFE_INTEGER, csv) });
  }
  const named = [
    { name: "rows", path: rows.path, rows: rows.rows, columns: rows.columns },
    ...[...tables].map(([name, { table }]) => ({ name, rows: table.rows, columns: table.columns })),
  ];
  const said = new Map<string, TableRole>(named.map(({ name }) => [name, name as TableRole]));
  const taken = takenAs(named, said);
  for (const { role, table } of tables.values()) {
    const { misfit = null } = taken.get(role)!;
    if (misfit !== null) throw unfit(role, rows, table.path, misfit, table);
  }
  const columns = joined<DraftColumn>(named, taken, ({ unlike: _, ...column }, cells, of) => ({
    ...column,
    cells,
    of,
  }));
  const keyOf = (role: string) => taken.get(role)!.key!;
  const unjoined = given.flatMap(({ role, path }): Unjoined[] => {
    const { own, rows: key } = keyOf(role);
    const ids = new Set(
      tables
        .get(role)!
        .table.columns.find(({ header }) => header === own)!
        .cells.map(String),
    );
    const { cells } = rows.columns.find(({ header }) => header === key)!;
    const lacking = cells.flatMap((cell, row) => (cell === null || ids.has(String(cell)) ? [] : [row]));
    return lacking.length === 0 ? [] : [{ column: key, table: path, rows: lacking }];
  });
  const queried = given.map(({ role, path }): QueriedTable => {
    const { table } = tables.get(role)!;
    return { ...queriedFile(path, table, csv, writtenIn), as: role, key: keyOf(role) };
  });
  const isQueried = !given.some(({ path }) => !isFile(path)) && isFile(rows.path) && readsPlainly(csv);
  return {
    table: { ...rows, columns, ...(unjoined.length === 0 ? {} : { unjoined }) },
    guesses: given.map(({ role, path }) => ({
      column: path,
      is: `the table of ${role}`,
      reason: taken.get(role)!.reason,
      change: wording`a draft without ${option(role)}`,
    })),
    paths: {
      tables: Object.fromEntries(
        given.map(({ role, path }) => [role, { path: writtenIn(path), key: keyOf(role) }]),
      ),
      query: joinQuery(queriedFile(rows.path, rows, csv, writtenIn), queried),
    },
    require: (plan) => {
      const { rows: data } = plan;
      if (data.kind === "events") {
        const ids = { items: data.item, users: data.user };
        for (const { role, path } of given) {
          const { own, rows: key } = keyOf(role);
          if (key !== ids[role])
            throw unfit(role, rows, path, { kind: "other_key", key: own, rows: ids[role] });
        }
      } else if (data.impressions === null && !isQueried) {
        const reason = readsPlainly(csv)
          ? "they are not all files"
          : "a query reads CSVs as UTF-8 with decimal points";
        const parameters = { data: rows.path, reason };
        throw new DiagnosticError([diagnose(tablesUnjoined, parameters, inData({ path: rows.path }))]);
      }
    },
  };
}

function unfit(
  role: "items" | "users",
  rows: DraftTable,
  path: string,
  misfit: Parameters<typeof tableUnfit.message>[0]["misfit"],
  table: DraftTable | null = null,
): DiagnosticError {
  const found = "row" in misfit && table !== null ? table.places!.at(misfit.row) : null;
  const place = found === null ? { path } : { path: found.path, row: found.row + 1 };
  const column = "key" in misfit && misfit.kind !== "no_key" ? { column: misfit.key } : {};
  return new DiagnosticError([
    diagnose(tableUnfit, { role, rows: rows.path, misfit }, inData({ ...place, ...column })),
  ]);
}

function queriedFile(
  path: string,
  { columns, unreadable = [] }: DraftTable,
  csv: CsvFormat | null,
  writtenIn: (path: string) => string,
): QueriedFile & { readonly columns: readonly string[] } {
  const delimiter = formatOf(path)?.delimiter ?? null;
  return {
    path: writtenIn(path),
    columns: columns.map(({ header }) => header),
    csv:
      delimiter === null
        ? null
        : { delimiter: csv?.delimiter ?? delimiter, skipsRows: unreadable.length > 0 },
  };
}

/** Tells whether a query can name it. */
function isFile(path: string): boolean {
  return formatOf(path) !== undefined && !/^https?:/i.test(path);
}

function readsPlainly(csv: CsvFormat | null): boolean {
  return csv === null || (csv.decimal === "." && csv.encoding === null);
}

/** `data.csv` gives the format of all files. */
async function isSeparatedOtherwise(path: string, csv: CsvFormat | null): Promise<boolean> {
  const own = formatOf(path)?.delimiter ?? null;
  if (own === null) return false;
  const found = await formatIn(path).catch(() => null);
  const delimiter = found?.delimiter ?? own;
  return found === null ? false : delimiter !== (csv?.delimiter ?? own);
}
