// Parquet: typed columns and a known number of rows.

import { fileInSql } from "../../duckdb/sql-text.ts";
import { isCompressed, refuseDamagedGzip } from "./compressed-file.ts";
import { problemIn } from "./duckdb-problem.ts";
import type { FileFormat } from "./file-format.ts";
import { pandasIndexOf } from "./pandas-index.ts";
import { parquetFault } from "./parquet-fault.ts";
import { typedFile } from "./typed-file.ts";

export const parquet: FileFormat = {
  copy: async () => null,

  async check(path) {
    if (isCompressed(path)) await refuseDamagedGzip(path);
  },

  async open(origin, opening) {
    const file = fileInSql(origin.location);
    const [[rows]] = (await opening.rowsOf(
      origin,
      `SELECT num_rows FROM parquet_file_metadata(${file})`,
    )) as [[unknown]];
    return typedFile(origin, `read_parquet(${file}, hive_partitioning=false)`, Number(rows), opening);
  },

  firstUnreadable: async () => null,

  problemOf: async ({ path, location }, columns, error) =>
    problemIn(path, error, await parquetFault(location, columns)),

  indexColumns: pandasIndexOf,

  spark: () => ({ source: "parquet", options: {} }),
};
