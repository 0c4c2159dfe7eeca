// Catalogue: refusals and limits of the operating system. Codes DIN0625–DIN0639.

import { formatCount } from "../../common/format-count.ts";
import { option, wording } from "../../common/option-text.ts";
import { defineError, helps } from "./define.ts";

/** Advice if the system refuses to write. */
export const writing = helps({
  folderGone: () => "the working directory no longer exists: change to another",
  full: () => "make room there, or name a path on another disk",
  notAllowed: () => "name a path that you may write to",
  noFolder: () => "make its folder first, or name another path",
  elsewhere: () => "name another path",
  openFiles: () => "allow more open files with `ulimit -n 1024`",
  temporary: (purpose: string) =>
    `${purpose}: set TMPDIR to a folder with room that you may write to, as in \`TMPDIR=/data/tmp dinc …\``,
});

export const systemRefused = defineError<{ reason: string }>({
  code: "DIN0625",
  name: "system-refused",
  message: ({ reason }) => `the system refused: ${reason}`,
  explanation:
    "A file that dinc needs cannot be opened, read or written: the disk is full, a folder is read-only or gone, too many files are open, or dinc is not completely installed. The text comes from the system, and names the file if the system does. Files that dinc writes are complete or absent, so the command can be run again.",
});

export const outOfMemory = defineError<Record<never, never>>({
  code: "DIN0626",
  name: "out-of-memory",
  message: () => "the system gives dinc no more memory",
  help: () =>
    "give tables fewer rows or narrower vectors, use smaller batches, or a machine with more memory",
  explanation:
    "The memory of the machine has no room for an array or a thread that the command needs. Close other programs, lower `data.memory` and `batch`, give tables fewer rows (`hash`, `min_count`) or narrower vectors (`embed`), or use a machine with more memory. A page of a browser has less memory than `dinc train` on the same machine. Files that dinc writes are complete or absent, so the command can be run again.",
});

export const tooManyRows = defineError<{ rows: number; targets: number; perPositive: number; most: number }>({
  code: "DIN0627",
  name: "too-many-rows",
  message: ({ rows, targets, perPositive, most }) =>
    `${formatCount(targets)} targets with \`per_positive: ${perPositive}\` give ${formatCount(rows)} rows; at most ${formatCount(most)} can be trained on`,
  help: () =>
    wording`use a smaller \`data.examples.negatives.per_positive\`, or fewer rows with ${option("limit")}`,
  explanation:
    "Rows are counted in 32 bits. Each target of an event log has `data.examples.negatives.per_positive` rows of label 0. Use fewer (the DIN paper has 1), or take only the first rows with `--limit`.",
});

export const tooManyIds = defineError<{
  /** Null if it is unknown. */
  feature: string | null;
  most: number;
}>({
  code: "DIN0628",
  name: "too-many-ids",
  message: ({ feature, most }) =>
    `${feature === null ? "a feature" : `\`${feature}\``} has more than ${formatCount(most)} values, which is the most that a vocabulary holds`,
  help: () =>
    "leave out rare ones with `id(min_count: n)`, or use `id(hash: n)` or `id(size: n)`, which have no vocabulary",
  explanation:
    "dinc finds the id of a value in a map, and a map of JavaScript has at most 16,777,216 entries. Rare values teach a model nothing: `min_count` gives them the id of unknown values. Hashed ids, and whole numbers as ids, need no map, and their tables may be larger.",
});
