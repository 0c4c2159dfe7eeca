// The public interface of tables of any format: opening, counting and sampling them, and leaving out bad
// rows.

export { copyOf, done, fingerprintOfCopy } from "./elsewhere/copies.ts";
export {
  type DataFile,
  type FilePart,
  isEmpty,
  rowLocationsOf,
  type SqlColumn,
} from "./formats/data-file.ts";
export { reasonIn } from "./formats/duckdb-problem.ts";
export type { SparkSource } from "./formats/file-format.ts";
export { formatIn } from "./formats/other-separator.ts";
export { fileFormats } from "./formats/registry.ts";
export { BadRowReport, type LeftOut } from "./tables/bad-rows.ts";
export { type CarriedColumn, CarriedColumns } from "./tables/carried-columns.ts";
export { DataFiles } from "./tables/data-files.ts";
export type { KnownFiles } from "./tables/known-files.ts";
export {
  type CountedColumn,
  FileCounts,
  latestOf,
  profileColumns,
  repeatedRows,
} from "./tables/profile-file.ts";
export { withFiles, withMemory } from "./tables/reading.ts";
export { MOST_DRAWN, RowSample } from "./tables/row-sample.ts";
export { readTitles, type Titles } from "./tables/titles.ts";
