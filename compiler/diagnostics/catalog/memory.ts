// Catalogue: what can go wrong where data are larger than memory. Codes DIN0602–DIN0609.

import { defineError } from "./define.ts";

export const memoryTooSmall = defineError<{ bytes: number }>({
  code: "DIN0602",
  name: "memory-too-small",
  message: ({ bytes }) =>
    `it cannot be read with ${Math.round(bytes / 1e6)} MB of memory: raise \`data.memory\` in dinc.yaml`,
  explanation:
    "`data.memory` bounds what reading data may take. Half of it is for DuckDB, which reads and unpacks files, sorts an event log and puts on disk what is more. Some things have to be in memory at once: pieces of all that has been sorted so far, so that the largest logs need more than the least, and a whole row group of a Parquet file. Raise `data.memory`, or write the file with smaller row groups (DuckDB: `COPY … (FORMAT parquet, ROW_GROUP_SIZE 100000)`).",
});

export const scratchUnwritable = defineError<{ folder: string; reason: string }>({
  code: "DIN0603",
  name: "scratch-unwritable",
  message: ({ folder, reason }) =>
    `what does not fit into \`data.memory\` cannot be put into ${folder}: ${reason}. Name a folder with room in TMPDIR, or raise \`data.memory\``,
  explanation:
    "Of data that are larger than `data.memory`, columns lie in files of the temporary folder while training runs: some 20 bytes an event of a log, and more with each feature that events have; 4 bytes for each id, number and step of ready rows. They go when training ends. The environment variable TMPDIR names another folder: `TMPDIR=/data/tmp dinc train …`.",
});

export const tooManyValues = defineError<{ most: number }>({
  code: "DIN0605",
  name: "too-many-values",
  message: ({ most }) =>
    `a column of lists has more than ${most.toLocaleString("en")} values in all, which is as many as can be counted here`,
  explanation:
    "Of histories, sets and texts that ready rows hold, the values of all rows stand one after the other, and each row has where its own end: a number of 32 bits. Rows beyond that need a shorter history a row, or an event log, which holds every step once, however many rows have it in their histories.",
});
