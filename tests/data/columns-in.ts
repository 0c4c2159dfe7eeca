// The columns of a data file with all cells, and the diagnostics of one that is refused.

import { DiagnosticError } from "../../compiler/diagnostics/diagnostic.ts";
import { renderPretty } from "../../compiler/diagnostics/render/pretty.ts";
import { withFiles } from "../../runtime/data/tables.ts";

/** The columns with their types. Throws DiagnosticError if the file cannot be read. */
export async function columnsIn(path: string) {
  return withFiles(path, {}, async (files) => {
    const file = await files.file(path);
    const columns = [...file.columns.values()];
    const cells: unknown[][] = columns.map(() => []);
    await files.scan(file, columns, (chunk) => {
      for (const [i, column] of chunk.columns.entries()) cells[i]!.push(...column.cells);
    });
    return Object.fromEntries(
      columns.map(({ name, type, typeName }, i) => [name, { type, typeName, cells: cells[i]! }]),
    );
  });
}

/** The diagnostics, without the name of `folder`; `read` if there are none. */
export async function saidOfFile(path: string, folder: string): Promise<string> {
  const error = await columnsIn(path).then(
    () => null,
    (error: unknown) => error,
  );
  if (error === null) return "read";
  if (!(error instanceof DiagnosticError)) throw error;
  return renderPretty(error.diagnostics).replaceAll(`${folder}/`, "");
}
