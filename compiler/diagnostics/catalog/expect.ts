// Catalogue: what is expected of data. Codes DIN0840–DIN0859.

import { option, wording } from "../../common/option-text.ts";
import { defineError } from "./define.ts";

export const dataUnexpected = defineError<{ path: string; failed: readonly string[] }>({
  code: "DIN0840",
  name: "data-unexpected",
  message: ({ path, failed }) => `${path} is not as \`expect\` says: ${failed.join("; ")}`,
  help: () => "look at what changed in the data; if it is right, change `expect` in dinc.yaml",
  explanation:
    "`expect` in dinc.yaml says what training rows must hold: how many values may be missing, the range of numbers, the share of clicks, how many rows there are, and how old the latest may be. A feed that breaks at night gives a model that is wrong in the morning, and its training looks like any other. So nothing is trained on such rows. `dinc test-data` makes the same test of any file, and compares it with the training rows of a run.",
});

export const runWithoutBaseline = defineError<{ path: string; ofStats: boolean }>({
  code: "DIN0841",
  name: "run-without-baseline",
  message: ({ path }) => `${path} does not say what its training rows held`,
  help: ({ ofStats }) =>
    ofStats
      ? wording`nothing says what is usual for such counts: compare rows that were logged, with \`${option("baseline", "train.csv")}\``
      : "name the training rows: `dinc test-data FILE --run RUN --baseline train.csv`",
  explanation:
    "A run stores a summary of each column of its training rows as `baseline.json`: the share of missing values, the most frequent ids, the deciles of numbers. Later files are compared with it. Runs of the first versions have none, and those of rows that were prepared by a plan of an earlier version. `--baseline` makes the same summary of a file of rows.",
});

export const notStats = defineError<{ path: string; reason: string }>({
  code: "DIN0842",
  name: "not-stats",
  message: ({ path, reason }) => `${path} is not what \`ranker.stats()\` gives: it ${reason}`,
  help: () =>
    "write `JSON.stringify(ranker.stats())` to the file; a ranker or a pool made without `stats: true` counts nothing and gives null",
  explanation:
    "A compiled module counts what it is asked where it is made with `createRanker({ weights, stats: true })`. `dinc test-data --stats` reads these counts as JSON and compares them with the training rows.",
});

export const statsOfAnotherRun = defineError<{ path: string; of: string | null; run: string }>({
  code: "DIN0843",
  name: "stats-of-another-run",
  message: ({ path, of, run }) =>
    `${path} was counted with ${of === null ? "random weights" : `the weights of run ${of}`}, which are not those of ${run}`,
  help: () =>
    "name the run that the module was compiled from: `about.run` is how `sha256sum RUN/weights.safetensors` begins",
  explanation:
    "A ranker counts values in the bins of the training rows that its weights were learned from, and ids as unknown that this training did not know. Beside the training rows of another run such counts say nothing.",
});
