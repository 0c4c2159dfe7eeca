// Rows of a data file for a draft: all of them, or a random sample of the whole file.

import { numberOfText } from "../../compiler/common/number-text.ts";
import { mayBeOdd } from "../../compiler/common/odd-values.ts";
import { findColumn } from "../../compiler/data/feature-columns.ts";
import { Findings, type RowLocations, rowInFile } from "../../compiler/data/findings.ts";
import { withPoint } from "../../compiler/data/number-format.ts";
import { isOfTexts } from "../../compiler/data/table.ts";
import { malformedFile, noRows } from "../../compiler/diagnostics/catalog/data.ts";
import { DiagnosticError, diagnose, inData } from "../../compiler/diagnostics/diagnostic.ts";
import type { CsvFormat } from "../../compiler/frontend/config/csv-format.ts";
import { nameOfAddress } from "../../compiler/frontend/config/elsewhere.ts";
import { requireHeader } from "../../compiler/tools/init/draft.ts";
import type { DraftCell, DraftTable } from "../../compiler/tools/init/table.ts";
import {
  BadRowReport,
  type DataFile,
  type DataFiles,
  type FilePart,
  isEmpty,
  rowLocationsOf,
  type SqlColumn,
  withFiles,
} from "../data/tables.ts";
import { textsOf } from "./cells.ts";

/** Enough to recognise a column; more would only take longer. */
export const LOOKED_AT = 200_000;
const SEED = 2026;
/** A name that no column of a file has. */
const ROW = "dinc_row_of_the_file";

/** Throws DiagnosticError if the file cannot be read, is empty, or has no column names. */
export async function sampleTable(
  address: string,
  report: (line: string) => void = () => {},
  lookedAt = LOOKED_AT,
  csv: CsvFormat | null = null,
): Promise<DraftTable> {
  const format = csv ?? undefined;
  const read = (badRows: BadRowReport) =>
    withFiles(address, { report, badRows, csv: format }, (files) => tableIn(files, address, lookedAt));
  try {
    return await read(new BadRowReport());
  } catch (error) {
    // A few rows that do not parse are reported, and the others are used.
    if (
      !(error instanceof DiagnosticError) ||
      error.diagnostics.every(({ code }) => code !== malformedFile.code)
    )
      throw error;
    const table = await read(new BadRowReport("skip"));
    if ((table.unreadable ?? []).length > mayBeOdd(table.total)) throw error;
    return table;
  }
}

async function tableIn(files: DataFiles, address: string, lookedAt: number): Promise<DraftTable> {
  const file = await files.file(address);
  const path = nameOfAddress(address);
  const total = await files.count(file);
  if (total === 0) {
    const what = isEmpty(file) ? "the file is empty" : "the file has column names only";
    throw new DiagnosticError([diagnose(noRows, { what }, inData({ path }))]);
  }
  if (file.columns.size === 0) {
    const findings = new Findings(path);
    for (const name of file.unfit!.keys()) findColumn(file, name, "a draft would read", findings);
    findings.throwIfAny();
  }
  // Depends only on the number of the row, so that a file in another format gives the same rows.
  const hashes = `SELECT hash(range + ${SEED}) AS hash FROM range(1, ${total + 1}) ORDER BY hash LIMIT ${lookedAt}`;
  const drawn = (part: FilePart, before: number): FilePart => {
    const numbered = `SELECT *, row_number() OVER () + ${before} AS ${ROW} FROM ${part.sql}`;
    const chosen = `hash(${ROW} + ${SEED}) <= (SELECT max(hash) FROM (${hashes}))`;
    const selected = part.selected === undefined ? {} : { selected: `${part.selected}, ${ROW}` };
    return { ...part, ...selected, sql: `(SELECT * FROM (${numbered}) WHERE ${chosen})`, rows: null };
  };
  const parts: FilePart[] = [];
  const starts = [0];
  for (const part of total <= lookedAt ? [] : file.parts) {
    const before = starts.at(-1)!;
    parts.push(drawn(part, before));
    starts.push(before + (await files.count({ ...file, parts: [part] })));
  }
  const source = parts.length === 0 ? file : { ...file, parts, rows: lookedAt };
  const columns = [...file.columns.values()].filter(({ name }) => !file.ambiguous.has(name));
  const cells = columns.map((): DraftCell[] => []);
  const unlike = columns.map(() => new Set<number>());
  const texts = columns.map(({ typeName }) => textsOf(typeName));
  const number: SqlColumn = { name: ROW, type: "value", typeName: "DOUBLE", sql: `CAST(${ROW} AS DOUBLE)` };
  const numbers: number[] = [];
  const scanned = parts.length === 0 ? columns : [...columns, number];
  const rows = await files.scan(source, scanned, (chunk) => {
    for (const [i, { cells: column }] of chunk.columns.entries()) {
      if (i === columns.length) numbers.push(...(column as number[]));
      else
        for (const cell of column) {
          const text = texts[i]!(cell);
          const pointed = columns[i]!.hasDecimalComma === true ? pointedIn(text) : text;
          if (pointed === null && text !== null) unlike[i]!.add(cells[i]!.length);
          cells[i]!.push(pointed ?? text);
        }
    }
  });
  const index = await files.pandasIndex(file);
  const table: DraftTable = {
    ...{ path, rows, total, ambiguous: [...file.ambiguous] },
    columns: columns.map(({ name, typeName }, i) => ({
      ...{ header: name, typeName: typeOf(typeName, cells[i]!), cells: cells[i]! },
      ...(unlike[i]!.size === 0 ? {} : { unlike: unlike[i]! }),
      ...(index.has(name) ? { isIndex: true as const } : {}),
    })),
    places: parts.length === 0 ? placesIn(file) : drawnPlaces(file, starts, numbers),
    unreadable: file.parts.flatMap(({ path: of, unreadable }) =>
      unreadable.map(({ row, reason }) => ({ place: { path: of, row }, reason })),
    ),
  };
  if (columns.every(isOfTexts)) requireHeader(table);
  return table;
}

/** In JSON Lines, a column with a few unlike values has the type JSON. */
function typeOf(typeName: string, cells: readonly DraftCell[]): string {
  if (typeName !== "JSON") return typeName;
  const there = cells.filter((cell) => cell !== null);
  const lists = there.filter(Array.isArray).length;
  if (lists === 0) return "VARCHAR";
  return there.length - lists <= mayBeOdd(there.length) ? "VARCHAR[]" : typeName;
}

/** Replaces a decimal comma by a point; null if the number already has a point. */
function pointedIn(cell: DraftCell): DraftCell {
  if (typeof cell !== "string") return cell;
  const pointed = withPoint(cell);
  return pointed === null && !Number.isNaN(numberOfText(cell)) ? null : (pointed ?? cell);
}

/** The locations of the rows of a file. */
function placesIn(file: DataFile): RowLocations {
  const { leftOut = [], places } = rowLocationsOf(file);
  return { at: (row) => places!.at(rowInFile(row, leftOut)) };
}

/**
 * The locations of drawn rows: `numbers` counts all rows of the files from 1, and each file begins at one of
 * `starts`.
 */
function drawnPlaces(
  { parts }: DataFile,
  starts: readonly number[],
  numbers: readonly number[],
): RowLocations {
  return {
    at: (row) => {
      const number = numbers[row]! - 1;
      const at = parts.findIndex((_, i) => number < starts[i + 1]!);
      const { path, leftOut } = parts[at]!;
      return { path, row: rowInFile(number - starts[at]!, leftOut) };
    },
  };
}
