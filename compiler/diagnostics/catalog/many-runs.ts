// Catalogue: lists of runs, and comparisons of runs on the same rows. Codes DIN0820–DIN0824.

import { type OptionText, option, type Wording, wording } from "../../common/option-text.ts";
import { shellCommand } from "../../common/shell.ts";
import { defineError, defineWarning, withHelps } from "./define.ts";
import { shared } from "./helps.ts";

export const noRuns = defineError<{ path: string; isFile?: boolean }>({
  code: "DIN0820",
  name: "no-runs",
  message: ({ path, isFile }) =>
    isFile ? `${path} is a file, not a folder of runs` : `there is no run in ${path}`,
  help: ({ path, isFile }) =>
    isFile
      ? "name a folder, or none for the current one: `dinc runs .`"
      : `\`${shellCommand`dinc train --out ${`${path.replace(/(?<!\/)\/+$/, "")}/my-run`}`}\` puts one there`,
  explanation:
    "`dinc runs FOLDER` lists the runs in a folder and in the folders within it, up to five levels down. A run has manifest.json and model.din; hidden folders and node_modules are not searched.",
});

export const runUnlisted = defineWarning<{ path: string; reason: Wording }>({
  code: "DIN0821",
  name: "run-unlisted",
  message: ({ path, reason }) => wording`${path} is left out of the list: ${reason}`,
  help: () => "copy the run again or train again; the other runs are listed",
  explanation:
    "A folder has the files of a run, but its manifest.json or metrics.jsonl is damaged, or was written by a newer dinc. Its data cannot be trusted, so it is not in the table.",
});

export const unknownRunColumn = withHelps(
  defineError<{ column: string; option: OptionText }>({
    code: "DIN0822",
    name: "unknown-run-column",
    message: ({ column, option }) => wording`${option}: no run has a \`${column}\``,
    explanation:
      "`--sort` and `--filter` name columns of `dinc runs`: `run`, `model`, `epoch`, `seconds`, metrics as `valid.auc` and `test.auc`, settings as `settings.batch`, and params as `params.rate`. `--format json` shows all columns.",
  }),
  { didYouMean: shared.didYouMean, available: shared.available },
);

export const rowsDiffer = defineError<{ a: string; b: string; how: string }>({
  code: "DIN0823",
  name: "other-rows-scored",
  message: ({ a, b, how }) => `${a} and ${b} were not scored on the same rows: ${how}`,
  help: () =>
    wording`score rows that both runs can read, with the same labels and users; \`${option("onBadRow", "fail")}\` names the first row that one of them cannot read`,
  explanation:
    "A paired test compares two runs row by row: each draw of users selects the same rows for both. If one run leaves rows out, or takes labels and users from other columns, the two scores would not be comparable, so dinc does not test them.",
});

export const nothingInCommon = defineError<{ a: string; b: string; what: string }>({
  code: "DIN0824",
  name: "nothing-in-common",
  message: ({ a, b, what }) => `${a} and ${b} have no ${what} in common, so there is nothing to test`,
  help: () => "train both with the same `label`, and with at least one metric in common, arguments included",
  explanation:
    "`dinc diff A B --data ROWS` tests the metrics that both specs name in `train { metrics … }`, for predictions that both make. `ndcg(at: 5)` and `ndcg(at: 10)` are two metrics.",
});
