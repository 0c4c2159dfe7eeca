// The index of a pandas table in the metadata of its Parquet file.

import { fileInSql } from "../../duckdb/sql-text.ts";
import type { FilePart } from "./data-file.ts";
import type { Opening } from "./file-format.ts";

/** The names of the columns that hold it; none in files that pandas did not write. An index that counts rows without gaps isn't a column. */
export async function pandasIndexOf(
  part: FilePart,
  opening: Pick<Opening, "rowsOf">,
): Promise<ReadonlySet<string>> {
  const metadata = `parquet_kv_metadata(${fileInSql(part.location)})`;
  const query = `SELECT decode(value) FROM ${metadata} WHERE decode(key) = 'pandas'`;
  const [[text] = []] = await opening.rowsOf(part, query);
  return new Set(text === undefined ? [] : indexIn(String(text)));
}

function indexIn(metadata: string): string[] {
  try {
    const { index_columns: names } = JSON.parse(metadata) as { readonly index_columns?: unknown };
    return Array.isArray(names) ? names.filter((name) => typeof name === "string") : [];
  } catch {
    return [];
  }
}
