// A format whose files have a row a line, `name=value` with blanks between them.

import { readFile } from "node:fs/promises";
import { malformedFile } from "../../../compiler/diagnostics/catalog/data.ts";
import { DiagnosticError, diagnose, inData } from "../../../compiler/diagnostics/diagnostic.ts";
import type { FormatFacts } from "../../../compiler/frontend/config/data-format-list.ts";
import { problemIn } from "../../../runtime/data/formats/duckdb-problem.ts";
import type { FileFormat } from "../../../runtime/data/formats/file-format.ts";
import { typedFile } from "../../../runtime/data/formats/typed-file.ts";
import { quoted } from "../../../runtime/duckdb/sql-text.ts";

export const toyFacts: FormatFacts = {
  name: "toy",
  endings: ["toy"],
  family: "toy",
  delimiter: null,
  mayLackColumns: false,
  begins: "~",
  sqlFunction: "read_text",
};

export const toy: FileFormat = {
  copy: async () => null,
  check: async () => {},

  async open(origin, opening) {
    const lines = (await readFile(origin.location, "utf8")).trimEnd().split("\n");
    const rows = lines.map((line, row) => {
      const cells = line.split(" ").map((cell) => cell.split("="));
      if (cells.every(({ length }) => length === 2)) return new Map(cells as [string, string][]);
      const reason = "a value has no name";
      throw new DiagnosticError([
        diagnose(malformedFile, { reason }, inData({ path: origin.path, row: row + 1 })),
      ]);
    });
    const names = [...rows[0]!.keys()];
    const tuple = (row: ReadonlyMap<string, string>) =>
      names.map((name) => quoted(row.get(name)!)).join(", ");
    const values = rows.map((row) => `(${tuple(row)})`).join(", ");
    return typedFile(
      origin,
      `(SELECT * FROM (VALUES ${values}) AS t(${names.join(", ")}))`,
      rows.length,
      opening,
    );
  },

  firstUnreadable: async () => null,
  problemOf: async ({ path }, _columns, error) => problemIn(path, error),
  spark: () => ({ source: "toy", options: {} }),
};
