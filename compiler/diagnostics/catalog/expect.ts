// Catalogue: expectations of data. Codes DIN0840–DIN0859.

import { option, wording } from "../../common/option-text.ts";
import { defineError } from "./define.ts";

export const dataUnexpected = defineError<{ path: string; failed: readonly string[] }>({
  code: "DIN0840",
  name: "data-unexpected",
  message: ({ path, failed }) => `${path} does not meet \`expect\`: ${failed.join("; ")}`,
  help: () => "find out what changed in the data; if the change is intended, change `expect` in dinc.yaml",
  explanation:
    "`expect` in dinc.yaml states conditions for training rows: how many values may be missing, the range of numbers, the share of clicks, the number of rows, and the age of the latest one. A feed that breaks at night gives a wrong model in the morning, although its training looks like any other. So dinc does not train on such rows. `dinc test-data` applies the same test to any file, and compares it with the training rows of a run.",
});

export const runWithoutBaseline = defineError<{ path: string; ofStats: boolean }>({
  code: "DIN0841",
  name: "run-without-baseline",
  message: ({ path }) => `${path} has no summary of its training rows`,
  help: ({ ofStats }) =>
    ofStats
      ? wording`the counts cannot be compared with anything: compare logged rows instead, with \`${option("baseline", "train.csv")}\``
      : "name the training rows: `dinc test-data FILE --run RUN --baseline train.csv`",
  explanation:
    "A run stores a summary of each column of its training rows as `baseline.json`: the share of missing values, the most frequent ids, the deciles of numbers. Later files are compared with it. Runs of the first versions have no such file, and neither do runs on rows that a plan of an earlier version prepared. `--baseline` makes the same summary of a file of rows.",
});

export const notStats = defineError<{ path: string; reason: string }>({
  code: "DIN0842",
  name: "not-stats",
  message: ({ path, reason }) => `${path} is not the output of \`ranker.stats()\`: it ${reason}`,
  help: () =>
    "write `JSON.stringify(ranker.stats())` to the file; a ranker or a pool made without `stats: true` counts nothing and gives null",
  explanation:
    "A compiled module counts the values of its requests if it is created with `createRanker({ weights, stats: true })`. `dinc test-data --stats` reads these counts as JSON and compares them with the training rows.",
});

export const statsOfAnotherRun = defineError<{ path: string; of: string | null; run: string }>({
  code: "DIN0843",
  name: "stats-of-another-run",
  message: ({ path, of, run }) =>
    `${path} was counted with ${of === null ? "random weights" : `the weights of run ${of}`}, which are not those of ${run}`,
  help: () =>
    "name the run that the module was compiled from: `sha256sum RUN/weights.safetensors` begins with `about.run`",
  explanation:
    "A ranker counts values in the bins of its own training rows, and ids that this training did not know as unknown. A comparison of such counts with the training rows of another run has no meaning.",
});
