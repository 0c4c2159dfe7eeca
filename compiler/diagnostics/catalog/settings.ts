// Catalogue: settings of `train` that do not fit the data. Reported before the first step.

import { defineError } from "./define.ts";

export const stopWithoutValidation = defineError<Record<string, never>>({
  code: "DIN0434",
  name: "stop-without-validation",
  message: () => "`stop early` needs validation rows, and the data has none",
  help: () =>
    "name a file of validation rows in dinc.yaml, `data.valid: valid.parquet`; or hold some users out with `data.validate: { fraction: 0.1 }`, for rows that are examples with `by: user_id` or `rows: random`",
  explanation:
    "An early stop chooses the epoch whose weights are kept. Chosen by the test rows, the best of several epochs would also be the luckiest on these rows, and they would no longer be a test. So an early stop uses validation rows: `data.valid` in dinc.yaml names a file of them, and `data.validate: { fraction: 0.1 }` holds out some users, or a share of all rows.",
});

export const stopMetricUndefined = defineError<{ metric: string; label: string; rows: number }>({
  code: "DIN0435",
  name: "stop-metric-undefined",
  message: ({ metric, label, rows }) =>
    `\`stop early\` compares epochs by \`${metric}\` of \`${label}\`, which is undefined on these ${rows} validation rows`,
  help: () => "take more validation rows, or compare epochs by `log_loss`",
  explanation:
    "AUC compares rows of both classes, and GAUC needs users with both. If all validation rows have one class, there is nothing to compare epochs by. `log_loss` is defined for any rows.",
});

export const warmupTooLong = defineError<{ warmup: number; steps: number }>({
  code: "DIN0436",
  name: "warmup-too-long",
  message: ({ warmup, steps }) => `the warm-up takes ${warmup} steps, but the whole training has ${steps}`,
  help: ({ steps }) => `it must be shorter than ${steps} steps; a tenth of them is ${Math.ceil(steps / 10)}`,
  explanation:
    "During the warm-up the learning rate rises from step to step; then the schedule begins. If training ends earlier, the learning rate of the optimizer is never reached. A step is one batch, so an epoch has rows / batch steps.",
});

export const keptNothing = defineError<{ fraction: number; of: number; what: string }>({
  code: "DIN0437",
  name: "kept-nothing-aside",
  message: ({ fraction, of, what }) => `a fraction of ${fraction} of ${of} ${what} leaves one side empty`,
  help: () => "take another fraction, or more training rows",
  explanation:
    "`data.validate` takes this fraction of the training rows, or all rows of this fraction of users, for validation. Both sides need rows: one to learn from, the other to choose by.",
});

export const validateTwice = defineError<Record<string, never>>({
  code: "DIN0438",
  name: "validation-named-twice",
  message: () => "`valid` and `validate` both give validation rows",
  explanation: "There is one set of validation rows: those of a file, or those taken from the training rows.",
});

export const validateByUnknown = defineError<{ by: string; features: readonly string[] }>({
  code: "DIN0439",
  name: "validate-by-unknown-feature",
  message: ({ by }) => `\`data.validate\` groups by \`${by}\`, but the model has no such feature with ids`,
  help: ({ features }) =>
    features.length === 0 ? "declare the user's id in the spec" : `features with ids: ${features.join(", ")}`,
  explanation:
    "All rows of one user go to one side, so that the clicks of a user in training do not give away those in validation. `by` names the feature that tells users apart: a feature of the spec with ids, whose column the training rows have.",
});

export const validateByBoth = defineError<{ first: string; way: string }>({
  code: "DIN0593",
  name: "validation-by-users-and-rows",
  message: ({ first, way }) =>
    `\`${first}\` and \`${way}\` choose validation rows in different ways: keep one of them`,
  help: () =>
    "`by` holds out all rows of some users, `rows` and `latest_by` hold out rows of any user: at random, or the latest",
  explanation:
    "Validation rows are either those of users whom the training does not see (`by: user_id`), or a share of all rows: drawn at random (`rows: random`), the latest by a column of times (`latest_by: timestamp`), or the end of a file that is in the order of time (`rows: last`). The first measures the model on new users, who are all unknown to a table of user ids. The others measure it on the same users again.",
});
