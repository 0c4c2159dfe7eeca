// The formats of data files, with their names and first bytes. `runtime/data/formats` has a file for each,
// which opens it.

export interface FormatFacts<Name extends string = string> {
  readonly name: Name;
  /** The endings of file names, the usual one first. */
  readonly endings: readonly string[];
  /** Endings that files without rows have, too: a folder of rows leaves such files out. */
  readonly sharedEndings?: readonly string[];
  /** Files of one family can form one table. */
  readonly family: string;
  /** The default separator of a line's values; null if columns have types of their own. */
  readonly delimiter: string | null;
  /** True if one of several files may lack a column, which is then empty. */
  readonly mayLackColumns: boolean;
  /** The first bytes of standard input in this format; null if they don't identify it. */
  readonly begins: string | null;
  /** The DuckDB function that reads it; null if DuckDB does not. */
  readonly sqlFunction: string | null;
  /** Whether it is a ZIP archive, which isn't a compression of rows. */
  readonly isArchive?: boolean;
  /** Whether its last bytes say where each column is, so that others need not be fetched. */
  readonly hasFooter?: boolean;
}

const text = { family: "text", mayLackColumns: false, begins: null, sqlFunction: "read_csv" };
const json = { family: "json", mayLackColumns: true, delimiter: null, sqlFunction: "read_json" };

const list = [
  { name: "csv", endings: ["csv"], sharedEndings: ["txt"], delimiter: ",", ...text },
  { name: "tsv", endings: ["tsv"], delimiter: "\t", ...text },
  {
    name: "parquet",
    endings: ["parquet"],
    family: "parquet",
    delimiter: null,
    mayLackColumns: false,
    begins: null,
    sqlFunction: "read_parquet",
    hasFooter: true,
  },
  {
    name: "arrow",
    endings: ["arrow", "feather", "arrows", "ipc", "ftr"],
    family: "arrow",
    delimiter: null,
    mayLackColumns: false,
    begins: "ARROW1",
    sqlFunction: null,
  },
  {
    name: "numpy",
    endings: ["npz"],
    family: "numpy",
    delimiter: null,
    mayLackColumns: false,
    begins: null,
    sqlFunction: null,
    isArchive: true,
  },
  { name: "json", endings: ["json"], begins: "[", ...json },
  { name: "json_lines", endings: ["jsonl", "ndjson"], begins: "{", ...json },
] as const satisfies readonly FormatFacts[];

export type DataFormat = (typeof list)[number]["name"];

export const dataFormats: readonly FormatFacts<DataFormat>[] = list;
