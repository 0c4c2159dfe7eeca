// Catalogue: what can go wrong where data are larger than memory. Codes DIN0602–DIN0609.

import { defineError } from "./define.ts";

export const memoryTooSmall = defineError<{ bytes: number }>({
  code: "DIN0602",
  name: "memory-too-small",
  message: ({ bytes }) =>
    `it cannot be read with ${Math.round(bytes / 1e6)} MB of memory: raise \`data.memory\` in dinc.yaml`,
  explanation:
    "`data.memory` bounds what reading an event log may take. Half of it is for DuckDB, which reads, unpacks and sorts the log and puts on disk what is more. Some things have to be in memory at once: pieces of all that has been sorted so far, so that the largest logs need more than the least, and a whole row group of a Parquet file. Raise `data.memory`, or write the log with smaller row groups (DuckDB: `COPY … (FORMAT parquet, ROW_GROUP_SIZE 100000)`).",
});

export const scratchUnwritable = defineError<{ folder: string; reason: string }>({
  code: "DIN0603",
  name: "scratch-unwritable",
  message: ({ folder, reason }) =>
    `what does not fit into \`data.memory\` cannot be put into ${folder}: ${reason}. Name a folder with room in TMPDIR, or raise \`data.memory\``,
  explanation:
    "Of an event log that is larger than `data.memory`, sorted columns lie in files of the temporary folder while training runs, some 20 bytes an event and more with each feature that events have. They go when training ends. The environment variable TMPDIR names another folder: `TMPDIR=/data/tmp dinc train …`.",
});

export const memoryOfRows = defineError<Record<string, never>>({
  code: "DIN0604",
  name: "memory-of-ready-rows",
  message: () => "`data.memory` bounds what an event log takes; ready rows are held in memory as they are",
  explanation:
    "Rows that are made from an event log are put together batch by batch, so that only the log has to be kept, in files where it is larger than `data.memory`. Ready rows are read into memory: 4 bytes for each id, number and step. A setting that had no effect would promise what does not happen.",
});
