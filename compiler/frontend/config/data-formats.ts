// The formats of data files, by file extension.

import { unknownFormat } from "../../diagnostics/catalog/data.ts";
import type { Help } from "../../diagnostics/diagnostic.ts";
import { elsewhereAt, isDatabase } from "./elsewhere.ts";

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

/** What to do about rows that are not there; null where their address does not tell. */
export function helpForMissing(address: string): Help | null {
  if (/(?:^|\/)(s3|gs|https?|hdfs|abfss?|postgres(?:ql)?|mysql):\/?\//.test(address))
    return unknownFormat.helps.elsewhere();
  const hasOther = /\.\w+$/.test(address) && !address.endsWith(".din");
  return formatOf(address) === undefined && hasOther ? helpForFormat() : null;
}

/** What to do about a file whose name does not say how it is read. */
export function helpForFormat(path = ""): Help {
  return isDatabase(path) ? unknownFormat.helps.alone() : unknownFormat.helps.endings(ENDINGS);
}

/** By the last ending; `.gz` after it says that the file is packed. */
export function formatOf(path: string): DataFormat | undefined {
  if (elsewhereAt(path) !== null) return undefined;
  const endings = path.toLowerCase().replace(/\.gz$/, "");
  return FORMATS.get(endings.slice(endings.lastIndexOf(".") + 1));
}

/** As what rows are typed: those of a database or a query have types, as those of a Parquet file. */
export function typedAs(address: string): DataFormat | undefined {
  return elsewhereAt(address) === null ? formatOf(address) : "parquet";
}
