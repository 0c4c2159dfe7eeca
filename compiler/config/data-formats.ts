// Which files of rows there are, by their endings.

export type DataFormat = "csv" | "tsv" | "parquet" | "json" | "json_lines";

const FORMATS: ReadonlyMap<string, DataFormat> = new Map([
  ["csv", "csv"],
  ["tsv", "tsv"],
  ["parquet", "parquet"],
  ["json", "json"],
  ["jsonl", "json_lines"],
  ["ndjson", "json_lines"],
]);

/** `.gz` behind the ending says that the file is packed. */
export function formatOf(path: string): DataFormat | undefined {
  const endings = path.toLowerCase().replace(/\.gz$/, "");
  return FORMATS.get(endings.slice(endings.lastIndexOf(".") + 1));
}
