// Catalogue: settings of `train` that do not fit the data. Reported before the first step.

import { option, wording } from "../../common/option-text.ts";
import { shellCommand } from "../../common/shell.ts";
import { defineError, defineWarning } from "./define.ts";

export const stopWithoutValidation = defineError<{ setting: string }>({
  code: "DIN0434",
  name: "stop-without-validation",
  message: ({ setting }) => `\`${setting}\` needs validation rows, and the data has none`,
  help: () =>
    "name a file of validation rows in dinc.yaml, `data.valid: valid.parquet`; or hold some users out with `data.validate: { share: 0.1 }`, for rows that are examples with `by: user_id` or `rows: random`",
  explanation:
    "An early stop chooses the epoch whose weights are kept, and a plateau the learning rate. If the test rows choose the epoch, the best of several epochs is also the luckiest on these rows, and they are no longer a test. So both use validation rows: `data.valid` in dinc.yaml names a file of them, and `data.validate: { share: 0.1 }` holds out some users, or a share of all rows.",
});

export const stopMetricUndefined = defineError<{
  setting: string;
  metric: string;
  label: string;
  rows: number;
}>({
  code: "DIN0435",
  name: "stop-metric-undefined",
  message: ({ setting, metric, label, rows }) =>
    `\`${setting}\` compares epochs by \`${metric}\` of \`${label}\`, which is undefined on these ${rows} validation rows`,
  help: () => "take more validation rows, or compare epochs by `log_loss`",
  explanation:
    "AUC compares rows of both classes, and GAUC needs users with both. If all validation rows have one class, these metrics cannot compare epochs. `log_loss` is defined for any rows.",
});

export const warmupTooLong = defineError<{ warmup: number; steps: number }>({
  code: "DIN0436",
  name: "warmup-too-long",
  message: ({ warmup, steps }) => `the warm-up takes ${warmup} steps, but the whole training has ${steps}`,
  help: ({ steps }) => `it must be shorter than ${steps} steps; a tenth of them is ${Math.ceil(steps / 10)}`,
  explanation:
    "During the warm-up the learning rate rises from step to step; then the schedule begins. If training ends earlier, the learning rate of the optimizer is never reached. A step is one batch, so an epoch has rows / batch steps.",
});

export const keptNothing = defineError<{ setting: string; share: string; of: string }>({
  code: "DIN0437",
  name: "kept-nothing-aside",
  message: ({ setting, share, of }) => `\`${setting}\`: with ${share} of ${of}, one side would be empty`,
  help: () => "choose another share, or use more training rows; if there are few users, try another `seed`",
  explanation:
    "`data.validate` sets a share of the training rows aside for validation, `data.hold_out` for a test. Both sides need rows: one side to learn from, the other for choices or measurements. With `by`, a hash of each value decides on which side its rows are, so if there are only a few values, all may be on one side.",
});

export const validateTwice = defineError<{ rows: string; file: string; part: string }>({
  code: "DIN0438",
  name: "rows-named-twice",
  message: ({ rows, file, part }) => `\`${file}\` and \`${part}\` both give ${rows} rows`,
  explanation:
    "There is one set of validation rows, and one of test rows: those of a file (`valid`, `test`), or those taken from the training rows (`validate`, `hold_out`).",
});

export const validateByBoth = defineError<{ first: string; way: string }>({
  code: "DIN0593",
  name: "chosen-in-two-ways",
  message: ({ first, way }) => `\`${first}\` and \`${way}\` choose rows in different ways: keep one of them`,
  help: () =>
    "`by` sets all rows of some users aside; `rows` and `latest_by` set rows of any user aside: at random, or the latest",
  explanation:
    "Rows that are set aside are either those of users whom the training does not see (`by: user_id`), or a share of all rows: drawn at random (`rows: random`), the latest by a column of times (`latest_by: timestamp`), or the end of a file that is in the order of time (`rows: last`). The first measures the model on new users, who are all unknown to a table of user ids. The others measure it on the same users again.",
});

export const partOfUnknown = defineWarning<{ setting: string; by: string }>({
  code: "DIN0442",
  name: "kept-users-unknown",
  message: ({ setting, by }) =>
    `\`${setting}\` sets all rows of some values of \`${by}\` aside, and the table of \`${by}\` has no vector for these`,
  help: () => "keep the latest rows with `latest_by`, or take the table out of the spec",
  explanation:
    "The training sees no row of the users that are set aside, so in that table each of them is the unknown value. The metrics on such rows show how the model works for new users, and nothing about what the table has learned. If the model will serve the same users again, keep the latest rows aside (`latest_by: timestamp`). If it will serve new users, it is better without the table.",
});

export const toldByLaterHistories = defineWarning<{
  setting: string;
  history: string;
  group: string;
  told: number;
  of: number;
}>({
  code: "DIN0443",
  name: "histories-tell-kept-rows",
  message: ({ setting, history, group, told, of }) =>
    `\`${setting}\` draws rows at random: ${told} of ${of} kept clicks also occur in \`${history}\` of a training row of the same \`${group}\``,
  help: () => "keep the latest rows aside with `latest_by`, or all rows of some users with `by`",
  explanation:
    "If a row is drawn at random, later rows of the same user remain among the training rows, and their histories contain its click. So the training has seen the answer. The metrics are then better than they will be on future rows. Rows after all training rows (`latest_by: timestamp`), or all rows of other users (`by: user_id`), do not have this problem. dinc checks up to 2,000 kept clicks, except those on items that the user had clicked before.",
});

export const averagesOutlastEpoch = defineWarning<{ steps: number; reach: number; least: number }>({
  code: "DIN0447",
  name: "averages-outlast-epoch",
  message: ({ steps, reach }) =>
    `an epoch has ${steps} ${steps === 1 ? "step" : "steps"}, but the moving averages of batch statistics cover about ${reach}`,
  help: ({ steps, least }) =>
    `train with \`batch ${least}\` or less${steps > 1 ? `, or write \`momentum: ${Math.max(0.5, Math.floor((1 - 1 / steps) * 100) / 100)}\`` : ""}`,
  explanation:
    "`batch_norm` and `dice` predict with moving averages, which cover about 1/(1 − momentum) steps: 10 with the usual momentum of 0.9, 100 with 0.99. They are unbiased from the first step. If an epoch has fewer steps, and weights change fast, the averages still belong to the network of an earlier epoch, or even to that of the very first steps. The metrics after an epoch are then worse than those of the network itself, and an early stop or a search for settings relies on them. Smaller batches make more steps; a lower momentum follows faster, and is noisier. Trainings on fewer than 1,000 rows count as trials and get no warning.",
});

export const foldsWithoutWay = defineError<object>({
  code: "DIN0444",
  name: "folds-without-a-way",
  message: () => "`data.validate` does not say how to divide rows into folds",
  help: () =>
    "add to `data`: `validate: { by: user_id, share: 0.2 }`, or `rows: random`, or `latest_by` with a column of times",
  explanation:
    "`dinc train --folds 5` trains five times, each time with different validation rows. `data.validate` says how to choose them: by the values of a column, row by row, or by time. Its `share` is for trainings without `--folds`.",
});

export const seedsOfOther = defineError<{ path: string }>({
  code: "DIN0448",
  name: "seeds-of-another-training",
  message: ({ path }) =>
    `${path} holds the run of another model or seed, of other settings, or of other rows`,
  help: () =>
    wording`name another ${option("out")}, or train all of them again with ${option("force", true)}`,
  explanation:
    "`dinc train --seeds` continues where it was stopped, so it reuses the runs in its folder. They may differ only in their seed, because otherwise their deviation would not measure chance.",
});

export const noiseUnmeasured = defineError<{ path: string; reason: string }>({
  code: "DIN0449",
  name: "noise-unmeasured",
  message: ({ path, reason }) => `${path} does not measure the noise of seeds: ${reason}`,
  help: ({ path }) =>
    `\`${shellCommand`dinc train --seeds 5 --out ${path}`}\` with the settings of the project trains them`,
  explanation:
    "With different seeds, two trainings of one model have different metrics. `dinc train --seeds 5 --out FOLDER` measures the size of the difference. `dinc diff`, `dinc ablate` and `dinc tune` take the folder as `--noise FOLDER`, and say which differences are within this noise. The runs must have been trained on the same rows.",
});

export const foldsOfOther = defineError<{ path: string }>({
  code: "DIN0445",
  name: "folds-of-another-training",
  message: ({ path }) =>
    `${path} holds the run of another model, of other settings or folds, or of rows that were made differently`,
  help: () => wording`name another ${option("out")}, or train all folds again with ${option("force", true)}`,
  explanation:
    "`dinc train --folds` continues where it was stopped, so it reuses the runs in its folder. All of them must be folds of the same rows, with the same model and settings, or their mean would be meaningless.",
});
