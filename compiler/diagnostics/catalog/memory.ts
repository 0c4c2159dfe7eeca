// Catalogue: data larger than memory. Codes DIN0602–DIN0609 and DIN0629.

import { formatCount } from "../../common/format-count.ts";
import { defineError } from "./define.ts";

export const memoryTooSmall = defineError<{
  bytes: number;
  /** Whether settings have given the limit, or could. */
  hasSetting: boolean;
}>({
  code: "DIN0602",
  name: "memory-too-small",
  message: ({ bytes }) => `it cannot be read with ${Math.round(bytes / 1e6)} MB of memory`,
  help: ({ hasSetting }) =>
    hasSetting
      ? "raise `data.memory` in dinc.yaml"
      : "name a part of the rows, or write the file with smaller row groups if it is Parquet (DuckDB: `COPY … (FORMAT parquet, ROW_GROUP_SIZE 100000)`)",
  explanation:
    "`data.memory` limits the memory for reading data. Half of it is for DuckDB, which reads and decompresses files, and for sorting an event log; what does not fit is put on disk. Some things must be in memory at once: pieces of everything sorted so far, and a whole row group of a Parquet file. So the largest logs need more than the minimum. Raise `data.memory`, or write the file with smaller row groups (DuckDB: `COPY … (FORMAT parquet, ROW_GROUP_SIZE 100000)`).",
});

export const longValues = defineError<{ rows: number; bytes: number; most: number }>({
  code: "DIN0629",
  name: "long-values",
  message: ({ rows, bytes, most }) =>
    `the ${formatCount(rows)} rows from this one on contain ${megabytes(bytes)} of texts and lists; the limit is ${megabytes(most)}`,
  help: ({ bytes }) =>
    `shorten these values: a history needs no more than its latest steps. Or raise \`data.memory\` to ${Math.ceil(bytes / 5e8)}GB`,
  explanation:
    "dinc reads 2,048 rows at a time, and half of `data.memory` is for them. Usually they take a few hundred kilobytes. If a cell holds a million characters, or a list of a million numbers, they take gigabytes, although the file may be small: Parquet stores a repeated text once, and gzip compresses one to a thousandth. Such a cell is mostly a mistake: a quote that is never closed, a whole document in a column of ids, a history of all actions of a robot.",
});

export const scratchUnwritable = defineError<{ folder: string; reason: string }>({
  code: "DIN0603",
  name: "scratch-unwritable",
  message: ({ folder, reason }) => `data beyond \`data.memory\` cannot be written to ${folder}: ${reason}`,
  help: () => "set TMPDIR to a folder with enough space, or raise `data.memory`",
  explanation:
    "If data are larger than `data.memory`, their columns are kept in files of the temporary folder while training runs: some 20 bytes per event of a log, and more for each feature of events; 4 bytes for each id, number and step of example rows. They are removed when training ends. The environment variable TMPDIR names another folder: `TMPDIR=/data/tmp dinc train …`.",
});

export const tooManyValues = defineError<{ most: number }>({
  code: "DIN0605",
  name: "too-many-values",
  message: ({ most }) =>
    `a column of lists has more than ${formatCount(most)} values in total, which is the limit`,
  explanation:
    "The histories, sets and texts of example rows are stored as one sequence of all values, with the end of each row as a 32-bit number. For more rows, use shorter histories, or an event log, which stores every step once, however many histories contain it.",
});

function megabytes(bytes: number): string {
  return `${formatCount(Math.round(bytes / 1e6))} MB`;
}
