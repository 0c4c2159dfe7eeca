// Catalogue: folders of prepared rows. Codes DIN0650–DIN0669.

import { option, wording } from "../../common/option-text.ts";
import { shellCommand } from "../../common/shell.ts";
import { defineError, defineWarning } from "./define.ts";

const again = (folder: string) =>
  `prepare again: \`${shellCommand`dinc prepare -c dinc.yaml --out ${folder} --force`}\``;

export const preparedMissing = defineError<{ path: string }>({
  code: "DIN0650",
  name: "prepared-missing",
  message: ({ path }) => `${path} holds no prepared rows: it has no prepared.json`,
  help: ({ path }) => `write them: \`${shellCommand`dinc prepare -c dinc.yaml --out ${path}`}\``,
  explanation:
    "--rows names the folder that `dinc prepare --out ROWS` writes. Such a folder is complete or absent; a folder called ROWS.partial-… was left by a process that was killed.",
});

export const preparedDamaged = defineError<{ folder: string; path: string; reason: string }>({
  code: "DIN0651",
  name: "prepared-damaged",
  message: ({ path, reason }) => `the prepared rows are damaged: ${path} ${reason}`,
  help: ({ folder }) => `copy the folder again, or ${again(folder)}`,
  explanation:
    "prepared.json states the size and the hash of every file of the folder, and its own. One of these files is missing, cut short, changed, or not in its format, so the rows are not those that were prepared.",
});

export const preparedVersion = defineError<{ folder: string; path: string; version: string; read: string }>({
  code: "DIN0652",
  name: "prepared-version",
  message: ({ path, version, read }) =>
    `${path} is written in version ${version} of its format; this dinc reads ${read}`,
  help: ({ folder }) => again(folder),
  explanation:
    "Another version of dinc wrote these rows. Update dinc, or prepare the rows again with this one.",
});

export const preparedDiffers = defineError<{
  folder: string;
  /** `the feature \`price\``, `data.separator` */
  what: string;
  /** How the rows were prepared, and how they are required; null if it is absent. */
  there: string | null;
  here: string | null;
}>({
  code: "DIN0653",
  name: "prepared-differs",
  message: ({ folder, what, there, here }) => {
    if (there === null) return `the rows in ${folder} were prepared without ${what}`;
    if (here === null) return `the rows in ${folder} were prepared with ${what}, which no longer exists`;
    return `the rows in ${folder} were prepared with ${what} as \`${there}\`, which is now \`${here}\``;
  },
  help: ({ folder }) => again(folder),
  explanation:
    "Prepared rows are encoded: ids, transformed numbers and histories depend on every feature, history and label of the spec and on the settings of `data` in dinc.yaml. Rows of another spec or other settings would silently train another model. Everything else may change: `net`, `train { … }`, widths of embeddings, and in dinc.yaml paths, `data.memory` and `train`.",
});

export const preparedOfOthers = defineError<{ folder: string; run: string; what: string }>({
  code: "DIN0654",
  name: "prepared-of-others",
  message: ({ folder, run, what }) => `${what} in ${folder} differ from those of the training of ${run}`,
  help: () =>
    wording`score raw rows with ${option("data")} or ${option("config")}, or rows that were prepared for this run's training`,
  explanation:
    "A run depends on the ids of its own training, and on the values that its transforms learned there. Prepared rows have the ids and numbers of their own preparation. They fit a run that was trained on the same folder, or on the raw data that the folder was prepared from.",
});

export const outputNotPrepared = defineError<{ path: string }>({
  code: "DIN0655",
  name: "output-not-prepared",
  message: ({ path }) => `${path} holds something other than prepared rows, so dinc does not replace it`,
  help: () => wording`name another ${option("out")}`,
  explanation:
    "--force replaces a folder of prepared rows as a whole. If the folder holds anything else, replacing it would delete files that dinc did not write.",
});

export const preparedExists = defineError<{ path: string }>({
  code: "DIN0656",
  name: "prepared-exists",
  message: ({ path }) => `${path} already holds prepared rows`,
  help: () => wording`name another ${option("out")}, or replace them with ${option("force", true)}`,
  explanation:
    "Preparing rows takes time, and trainings may be reading them, so dinc never replaces them unasked. With --force the old rows stay until the new ones are complete.",
});

const INSTEAD_OF = {
  clock:
    "let Spark write the hour or the weekday as a whole number, and declare that as an `int`: `int(0..23)`",
  weights: "leave the weights out: remove `weighted`, and let Spark write a list of the values alone",
  ids: "use `id(min_count: …)` for it",
} as const;

export const planLacks = defineError<{
  feature: string;
  kind: string;
  /** The part that a plan for Spark cannot compute. */
  needs: "clock" | "weights" | "ids";
}>({
  code: "DIN0657",
  name: "plan-lacks",
  message: ({ feature, kind }) =>
    `\`${feature}\` cannot be in a plan for Spark, because ${kind} have no expression in Spark's SQL`,
  help: ({ needs }) => wording`prepare the rows without ${option("plan")}, or ${INSTEAD_OF[needs]}`,
  explanation:
    "`dinc prepare --plan spark` prints SQL that encodes values as dinc does. Hashed ids, texts and crosses are MurmurHash3 of bytes, which Spark's SQL lacks (its own `hash` is another function). The values of a file would have to be in the SQL. Spark has its own rules for time zones. Sets whose values have weights have no expressions either.",
});

export const unsealable = defineError<{ folder: string; path: string; reason: string }>({
  code: "DIN0658",
  name: "unsealable",
  message: ({ path, reason }) => `the output of Spark cannot be sealed: ${path} ${reason}`,
  help: ({ folder }) =>
    `run the SQL of \`${shellCommand`dinc prepare … --out ${folder} --plan spark`}\` to its end, then seal again`,
  explanation:
    "`dinc prepare --seal` reads the output of the plan in the folder: Parquet files of each split, with the columns that docs/prepared-rows.md lists, vocabularies, and the fitted values of transforms. It checks types, ids, labels and lengths of histories, and writes prepared.json last. Some of it is missing or wrong, for instance because the plan was not run to its end, or belongs to another spec.",
});

export const onlyFirstEpoch = defineWarning<{ epochs: number }>({
  code: "DIN0659",
  name: "only-first-epoch",
  message: ({ epochs }) =>
    `these rows are in the order of the first of ${epochs} epochs, and a PyTorch package would use this order in every epoch`,
  help: () =>
    wording`compare one epoch (\`${option("set", "train.epochs=1")}\`), or leave out \`${option("order", "trained")}\`, so that each epoch is shuffled`,
  explanation:
    "`--order trained` is for comparing another trainer with dinc step by step: its first epoch has the same batches as dinc's first. A folder stores its rows in one order only. So a package of `--target torchrec` would have the same batches in every later epoch, while `dinc train` shuffles the rows of any folder for each epoch.",
});
