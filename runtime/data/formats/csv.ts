// CSV and TSV: texts in lines, with the column names in the first line.

import type { CsvFormat } from "../../../compiler/frontend/config/csv-format.ts";
import { isRowsName } from "../../../compiler/frontend/config/data-formats.ts";
import { csvHeader, headerProblem } from "./csv-header.ts";
import { csvRows, endsInLongLine, STRAY_QUOTE } from "./csv-scan.ts";
import type { FileOrigin, FilePart, SqlColumn } from "./data-file.ts";
import { problemIn } from "./duckdb-problem.ts";
import { needsCopy, UNIT_SEPARATOR } from "./file-copies.ts";
import type { FileFormat } from "./file-format.ts";
import { csvInSql } from "./file-sql.ts";
import { refuseOtherEncoding } from "./other-encoding.ts";
import { refuseOtherSeparator } from "./other-separator.ts";
import { COMPLETE, readableOf, sortedCsv, unreadableAt } from "./unreadable-rows.ts";

const NO_TABLE = "it has one name only, and a text that isn't a table may have this ending";

export const csv: FileFormat = {
  async copy(path, { csv, copies }) {
    if (!needsCopy(csv)) return null;
    const location = await copies.copyOf(path, csv);
    const { delimiter } = csv;
    return { location, delimiter: delimiter !== null && delimiter.length > 1 ? UNIT_SEPARATOR : delimiter };
  },

  check: (path) => refuseOtherEncoding(path, true),

  async open(of, { isTolerant, csv: { decimal } }) {
    const { delimiter } = of;
    const isLongEnd = await endsInLongLine(of.path);
    const { names, hasStrayQuote } = await csvHeader(of.path, delimiter);
    await refuseOtherSeparator(of.path, delimiter, names);
    if (names.length < 2 && !isRowsName(of.path)) throw headerProblem(of.path, NO_TABLE);
    if (hasStrayQuote) throw headerProblem(of.path, STRAY_QUOTE);
    const origin = { ...of, names };
    const table = columnsOf(names, decimal);
    const tooLong = isLongEnd && !isTolerant ? await firstUnreadable(origin) : null;
    if (tooLong !== null) throw unreadableAt(of.path, tooLong);
    const sql = csvInSql(of.path, delimiter, names.length);
    if (!isTolerant || names.length === 0) return { ...origin, ...table, sql, rows: null, ...COMPLETE };
    return {
      ...origin,
      ...table,
      ...readableOf(origin, await sortedCsv(origin.location, sql, delimiter, names)),
    };
  },

  firstUnreadable,

  async problemOf(origin, _columns, error) {
    const first = await firstUnreadable(origin);
    return first === null ? problemIn(origin.path, error) : unreadableAt(origin.path, first);
  },

  spark: ({ delimiter, encoding }) => sparkSource(delimiter ?? ",", encoding),
};

export const tsv: FileFormat = {
  ...csv,
  spark: ({ delimiter, encoding }) => sparkSource(delimiter ?? "\t", encoding),
};

function columnsOf(
  names: readonly string[],
  decimal: CsvFormat["decimal"],
): Pick<FilePart, "columns" | "ambiguous"> {
  const written = decimal === "," ? { hasDecimalComma: true } : {};
  const columns = new Map<string, SqlColumn>();
  const ambiguous = new Set<string>();
  for (const [i, name] of names.entries())
    if (columns.has(name)) ambiguous.add(name);
    else columns.set(name, { name, type: "value", typeName: "text", sql: `c${i}`, ...written });
  return { columns, ambiguous };
}

async function firstUnreadable({
  location,
  names,
  delimiter,
}: FileOrigin): ReturnType<FileFormat["firstUnreadable"]> {
  const { unreadable, end } = await csvRows(location, delimiter, names, "first");
  return unreadable[0] ?? end;
}

function sparkSource(sep: string, encoding: CsvFormat["encoding"]): ReturnType<FileFormat["spark"]> {
  const coded = encoding === null ? {} : { encoding };
  // Without these options, Spark would apply one file's header to all files, and accept lines of other
  // lengths.
  const strict = { enforceSchema: "false", mode: "FAILFAST", columnPruning: "false" };
  return { source: "csv", options: { header: "true", quote: '"', escape: '"', ...strict, ...coded, sep } };
}
