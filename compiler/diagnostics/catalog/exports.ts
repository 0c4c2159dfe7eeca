// Catalogue: what `dinc export embeddings` cannot write. Codes DIN0880–DIN0889.

import { defineError } from "./define.ts";

export const noSuchTable = defineError<{ table: string | null; tables: readonly string[] }>({
  code: "DIN0880",
  name: "no-such-table",
  message: ({ table, tables }) =>
    table !== null
      ? `the run has no table \`${table}\` that its predictions read`
      : tables.length === 0
        ? "the run has no table of embeddings that its predictions read"
        : "which table is to be written is not said, and the run has several",
  help: ({ tables }) =>
    tables.length === 0 ? null : `tables of the run: ${tables.map((name) => `--table ${name}`).join(", ")}`,
  explanation:
    "`dinc export embeddings` writes the vectors of one table, that of `--table`. A table has the name of the feature that it belongs to; features with `share` and bound fields of histories use the table of another, and have none of their own.",
});

export const rowsWithoutIds = defineError<{ table: string; tables: readonly string[] }>({
  code: "DIN0881",
  name: "rows-without-ids",
  message: ({ table }) => `no row of \`${table}\` belongs to one value: several values share each`,
  help: ({ tables }) =>
    tables.length === 0
      ? "learn the values, with `id` or `id(min_count: …)`"
      : `take another table: ${tables.map((name) => `--table ${name}`).join(", ")}`,
  explanation:
    "Hashed ids, words of a text, bins of a number and crosses give one row to many values, so no id can stand beside its vector. A vector index needs vectors of single items.",
});
