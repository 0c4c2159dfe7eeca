// Rows of a data file to draft a spec from: all of them, or as many as it takes, drawn by chance from the whole file.

import { noRows } from "../../compiler/diagnostics/catalog/data.ts";
import { withoutHeader } from "../../compiler/diagnostics/catalog/init.ts";
import { DiagnosticError, diagnose, inData } from "../../compiler/diagnostics/diagnostic.ts";
import type { Table } from "../../compiler/init/table.ts";
import { DataFiles } from "../data/data-files.ts";
import type { RawCell } from "../data/raw-values.ts";

/** As many show what a column holds; more would only take longer. */
export const LOOKED_AT = 200_000;
const SEED = 2026;

/** Throws DiagnosticError where the file cannot be read, is empty, or has no names of columns. */
export async function sampleTable(
  path: string,
  report: (line: string) => void = () => {},
  lookedAt = LOOKED_AT,
): Promise<Table> {
  const files = await DataFiles.open(report);
  try {
    const file = await files.file(path);
    const total = await files.count(file);
    if (total === 0) {
      const what = file.columns.size === 0 ? "the file is empty" : "the file has column names only";
      throw new DiagnosticError([diagnose(noRows, { what }, inData({ path }))]);
    }
    const drawn = `(SELECT * FROM ${file.sql} USING SAMPLE reservoir(${lookedAt} ROWS) REPEATABLE (${SEED}))`;
    const source = total <= lookedAt ? file : { ...file, sql: drawn, rows: lookedAt };
    const columns = [...file.columns.values()].filter(({ name }) => !file.ambiguous.has(name));
    const cells = columns.map((): RawCell[] => []);
    const rows = await files.scan(source, columns, (chunk) => {
      for (const [i, column] of chunk.columns.entries()) for (const cell of column) cells[i]!.push(cell);
    });
    const table = {
      ...{ path, rows, total, ambiguous: [...file.ambiguous] },
      columns: columns.map(({ name, typeName }, i) => ({ header: name, typeName, cells: cells[i]! })),
    };
    if (file.textOnly) requireHeader(table);
    return table;
  } finally {
    await files.close();
  }
}

/** A number is no name, but for numbers that count the columns, as pandas has them; nor are most of them values, too. */
function requireHeader({ path, columns }: Table): void {
  const headers = columns.map(({ header }) => header);
  const isNumber = (text: string) => text.trim() !== "" && Number.isFinite(Number(text));
  const areCounted = headers.every((header, i) => header === String(i));
  const numbers = areCounted ? [] : headers.filter(isNumber);
  const values = columns.filter(({ header, cells }) => header !== "" && cells.includes(header));
  const bad = numbers.length > 0 ? numbers : values.map(({ header }) => header);
  if (numbers.length === 0 && values.length * 2 < columns.length) return;
  const shown = bad.slice(0, 3).map((text) => JSON.stringify(text));
  const help = `put a line with the names of the ${columns.length} columns above the others`;
  throw new DiagnosticError([
    diagnose(withoutHeader, { values: shown.join(", ") }, inData({ path }), { help }),
  ]);
}
