// JSON, which is a list of rows, and JSON Lines, with one row per line.

import { malformedFile } from "../../../compiler/diagnostics/catalog/data.ts";
import { diagnose, inData } from "../../../compiler/diagnostics/diagnostic.ts";
import { errorOf } from "../../duckdb/alone.ts";
import { FileFault } from "../../files/file-fault.ts";
import { isCompressed, refuseDamagedGzip } from "./compressed-file.ts";
import type { FileOrigin, FilePart } from "./data-file.ts";
import { problemIn, reasonAt } from "./duckdb-problem.ts";
import { beginsWithMark } from "./file-copies.ts";
import type { FileFormat, Opening } from "./file-format.ts";
import { jsonInSql } from "./file-sql.ts";
import { jsonRows } from "./json-scan.ts";
import { refuseOtherEncoding } from "./other-encoding.ts";
import { typedFile } from "./typed-file.ts";
import { readableOf, sortedLines, unreadableAt } from "./unreadable-rows.ts";

const common: Pick<FileFormat, "copy" | "check"> = {
  async copy(path, { copies }) {
    if (!(await beginsWithMark(path))) return null;
    return { location: await copies.withoutMark(path), delimiter: null };
  },

  async check(path) {
    if (isCompressed(path)) await refuseDamagedGzip(path);
    await refuseOtherEncoding(path, false);
  },
};

export const json: FileFormat = {
  ...common,
  open: (origin, opening) => opened(origin, opening, "json"),
  firstUnreadable: async () => null,

  async problemOf({ path, location }, _columns, error) {
    const { odd } = await jsonRows(location, "json");
    const known = odd === null ? null : { row: odd };
    return problemIn(path, (await errorOf(described(location, "json"))) ?? error, known);
  },

  spark: () => ({ source: "json", options: { multiLine: "true" } }),
};

export const jsonLines: FileFormat = {
  ...common,
  open: (origin, opening) => opened(origin, opening, "json_lines"),

  async firstUnreadable({ location }, { connection }) {
    const { unreadable, end } = await sortedLines(connection, location, jsonInSql(location, "json_lines"));
    return unreadable[0] ?? end;
  },

  async problemOf(origin, _columns, error, opening) {
    const { path, location } = origin;
    const first = await jsonLines.firstUnreadable(origin, opening);
    if (first === null) return problemIn(path, error);
    const reason = reasonAt(first.row, await errorOf(described(location, "json_lines")));
    return unreadableAt(path, { ...first, reason: reason ?? first.reason });
  },

  spark: () => ({ source: "json", options: {} }),
};

async function opened(origin: FileOrigin, opening: Opening, name: "json" | "json_lines"): Promise<FilePart> {
  const { path, location } = origin;
  const { connection, isTolerant } = opening;
  const { rows, isCut, noRecord } = await jsonRows(path, name);
  // An empty list or blank file, to which DuckDB would give a column.
  if (rows === 0 && !isCut) return typedFile(origin, "", 0, opening);
  if (isTolerant && name === "json_lines") {
    const sorted = await sortedLines(connection, location, jsonInSql(location, name));
    const { sql, rows, leftOut, unreadable } = readableOf(origin, sorted);
    return { ...(await typedFile(origin, sql, rows, opening)), leftOut, unreadable };
  }
  const file = await typedFile(origin, jsonInSql(path, name), rows, opening);
  const [only] = file.columns.values();
  // DuckDB's result for rows that aren't records.
  if (file.columns.size === 1 && only!.name === "json" && only!.typeName === "JSON")
    throw await opening.problemOf(origin, [], new Error("its rows are not all JSON objects"));
  if (noRecord !== null) {
    const first = name === "json" ? null : await jsonLines.firstUnreadable(origin, opening);
    throw unreadableAt(path, first ?? { row: noRecord, reason: "it is not a JSON object", column: null });
  }
  if (!isCut) return file;
  const reason = "it is cut short: the list of its rows has no end";
  throw new FileFault(path, (file) =>
    diagnose(malformedFile, { reason }, inData({ path: file.path, row: rows! })),
  );
}

/** A query that reads the whole file, because its column names have no place of their own. */
function described(location: string, name: "json" | "json_lines"): string {
  return `DESCRIBE SELECT * FROM ${jsonInSql(location, name)}`;
}
