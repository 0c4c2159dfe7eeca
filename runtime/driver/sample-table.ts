// Rows of a data file to draft a spec from: all of them, or as many as it takes, drawn by chance from the whole file.

import { withPoint } from "../../compiler/data/number-format.ts";
import { isOfTexts } from "../../compiler/data/table.ts";
import { noRows } from "../../compiler/diagnostics/catalog/data.ts";
import { DiagnosticError, diagnose, inData } from "../../compiler/diagnostics/diagnostic.ts";
import type { CsvFormat } from "../../compiler/frontend/config/csv-format.ts";
import { nameOfAddress } from "../../compiler/frontend/config/elsewhere.ts";
import { requireHeader } from "../../compiler/tools/init/draft.ts";
import type { Cell, Table } from "../../compiler/tools/init/table.ts";
import type { FilePart, SqlColumn } from "../data/data-file.ts";
import { DataFiles } from "../data/data-files.ts";
import { textsOf } from "./cells.ts";

/** As many show what a column holds; more would only take longer. */
export const LOOKED_AT = 200_000;
const SEED = 2026;
/** No column of a file. */
const ROW = "dinc_row_of_the_file";

/** Throws DiagnosticError where the file cannot be read, is empty, or has no names of columns. */
export async function sampleTable(
  address: string,
  report: (line: string) => void = () => {},
  lookedAt = LOOKED_AT,
  csv: CsvFormat | null = null,
): Promise<Table> {
  const files = await DataFiles.open(report, undefined, null, csv ?? undefined);
  try {
    const file = await files.file(address);
    const path = nameOfAddress(address);
    const total = await files.count(file);
    if (total === 0) {
      const what = file.columns.size === 0 ? "the file is empty" : "the file has column names only";
      throw new DiagnosticError([diagnose(noRows, { what }, inData({ path }))]);
    }
    // By the number of the row alone, so that a file of another format gives the same rows.
    const hashes = `SELECT hash(range + ${SEED}) AS hash FROM range(1, ${total + 1}) ORDER BY hash LIMIT ${lookedAt}`;
    const drawn = (part: FilePart, before: number): FilePart => {
      const numbered = `SELECT *, row_number() OVER () + ${before} AS ${ROW} FROM ${part.sql}`;
      const chosen = `hash(${ROW} + ${SEED}) <= (SELECT max(hash) FROM (${hashes}))`;
      return { ...part, sql: `(SELECT * EXCLUDE (${ROW}) FROM (${numbered}) WHERE ${chosen})`, rows: null };
    };
    const parts: FilePart[] = [];
    let before = 0;
    for (const part of total <= lookedAt ? [] : file.parts) {
      parts.push(drawn(part, before));
      before += await files.count({ ...file, parts: [part] });
    }
    const source = total <= lookedAt ? file : { ...file, parts, rows: lookedAt };
    const columns = [...file.columns.values()].filter(({ name }) => !file.ambiguous.has(name));
    const cells = columns.map((): Cell[] => []);
    const texts = columns.map(({ typeName }) => textsOf(typeName));
    const rows = await files.scan(source, columns, (chunk) => {
      for (const [i, values] of chunk.columns.entries())
        for (const cell of values) cells[i]!.push(textIn(columns[i]!, texts[i]!(cell)));
    });
    const table = {
      ...{ path, rows, total, ambiguous: [...file.ambiguous] },
      columns: columns.map(({ name, typeName }, i) => ({ header: name, typeName, cells: cells[i]! })),
    };
    if (columns.every(isOfTexts)) requireHeader(table);
    return table;
  } finally {
    await files.close();
  }
}

/** A number with a decimal comma is one with a point for whoever looks at it. */
function textIn({ hasDecimalComma = false }: SqlColumn, cell: Cell): Cell {
  return hasDecimalComma && typeof cell === "string" ? (withPoint(cell) ?? cell) : cell;
}
