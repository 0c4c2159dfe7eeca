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

const ENDINGS = [...FORMATS.keys()].map((ending) => `.${ending}`).join(", ");

/** What to do about a file that cannot be read as rows; null where its path does not tell. */
export function helpForPath(path: string): string | null {
  const elsewhere = /(?:^|\/)(s3|gs|https?|hdfs|abfss?|postgres(?:ql)?|mysql):\/?\//.exec(path);
  if (elsewhere !== null) return "dinc reads files of this machine: fetch it first, and name the copy";
  if (/[*?]/.test(path))
    return "name one file: dinc reads one for each split; DuckDB or pandas joins parts into one Parquet";
  return formatOf(path) === undefined
    ? `its ending says how it is read: ${ENDINGS}, each with .gz or without`
    : null;
}

/** `.gz` after the ending says that the file is packed. */
export function formatOf(path: string): DataFormat | undefined {
  const endings = path.toLowerCase().replace(/\.gz$/, "");
  return FORMATS.get(endings.slice(endings.lastIndexOf(".") + 1));
}
