// The formats of data files, by file extension.

import { unknownFormat } from "../../diagnostics/catalog/data.ts";
import type { Help } from "../../diagnostics/diagnostic.ts";
export type DataFormat = "csv" | "tsv" | "parquet" | "json" | "json_lines";

const FORMATS: ReadonlyMap<string, DataFormat> = new Map([
  ["csv", "csv"],
  ["tsv", "tsv"],
  ["parquet", "parquet"],
  ["json", "json"],
  ["jsonl", "json_lines"],
  ["ndjson", "json_lines"],
]);

const ENDINGS = [...FORMATS.keys()].map((ending) => `.${ending}`).join(", ");

/** What to do about a file that cannot be read as rows; null where its path does not tell. */
export function helpForPath(path: string): Help | null {
  const elsewhere = /(?:^|\/)(s3|gs|https?|hdfs|abfss?|postgres(?:ql)?|mysql):\/?\//.exec(path);
  if (elsewhere !== null) return unknownFormat.helps.elsewhere();
  if (/[*?]/.test(path)) return unknownFormat.helps.oneFile();
  return formatOf(path) === undefined ? unknownFormat.helps.endings(ENDINGS) : null;
}

/** `.gz` after the ending says that the file is packed. */
export function formatOf(path: string): DataFormat | undefined {
  const endings = path.toLowerCase().replace(/\.gz$/, "");
  return FORMATS.get(endings.slice(endings.lastIndexOf(".") + 1));
}
