// What is wrong with the settings of `train` in a training that has its data. Said before the first step.

import { defineError } from "./define.ts";

export const stopWithoutValidation = defineError<Record<string, never>>({
  code: "DIN0434",
  name: "stop-without-validation",
  message: () => "`stop early` needs validation rows, and the data has none",
  help: () =>
    "name a file of them in dinc.yaml, `data.valid: valid.parquet`, or keep those of some users aside: `data.validate: { fraction: 0.1 }`, of ready rows with `by: user_id` or `rows: random` beside it",
  explanation:
    "An early stop chooses the epoch whose weights are kept. Chosen by the test rows, the best of several epochs would also be the luckiest on these rows, and what is then measured on them is no test. So it goes by the validation rows: `data.valid` in dinc.yaml names a file of them, `data.validate: { fraction: 0.1 }` keeps those of some users aside, or a share of all rows.",
});

export const stopMetricUndefined = defineError<{ metric: string; label: string; rows: number }>({
  code: "DIN0435",
  name: "stop-metric-undefined",
  message: ({ metric, label, rows }) =>
    `\`stop early\` goes by \`${metric}\` of \`${label}\`, which cannot be computed on these ${rows} validation rows`,
  help: () => "take more validation rows, or go by `log_loss`",
  explanation:
    "AUC compares rows of both classes, and GAUC needs users who have both: where all validation rows are alike there is nothing to compare epochs by. `log_loss` is defined for any rows.",
});

export const warmupTooLong = defineError<{ warmup: number; steps: number }>({
  code: "DIN0436",
  name: "warmup-too-long",
  message: ({ warmup, steps }) => `the warm-up takes ${warmup} steps, the whole training ${steps}`,
  help: ({ steps }) => `it must be shorter than ${steps} steps; a tenth of them is ${Math.ceil(steps / 10)}`,
  explanation:
    "During its warm-up the learning rate rises from step to step; after it the schedule begins. Where training ends before, the learning rate that the optimizer names is never reached. A step is one batch, so that there are rows / batch of them in an epoch.",
});

export const keptNothing = defineError<{ fraction: number; of: number; what: string }>({
  code: "DIN0437",
  name: "kept-nothing-aside",
  message: ({ fraction, of, what }) => `a fraction of ${fraction} of ${of} ${what} leaves one side empty`,
  help: () => "take another fraction, or more training rows",
  explanation:
    "`data.validate` takes that fraction of the training rows for validation, or those of that fraction of users. Both sides need rows: one to learn from, the other to choose by.",
});

export const validateTwice = defineError<Record<string, never>>({
  code: "DIN0438",
  name: "validation-named-twice",
  message: () => "`valid` names the validation rows, `validate` makes some",
  explanation:
    "There is one set of validation rows: those of a file, or those that are taken from the training rows.",
});

export const validateByUnknown = defineError<{ by: string; features: readonly string[] }>({
  code: "DIN0439",
  name: "validate-by-unknown-feature",
  message: ({ by }) => `\`data.validate\` goes by \`${by}\`, which is no feature with ids of the model`,
  help: ({ features }) =>
    features.length === 0 ? "declare the user's id in the spec" : `features with ids: ${features.join(", ")}`,
  explanation:
    "Rows of one user go to one side, so that a user's own clicks do not tell what their others were. `by` names the feature that tells users apart: one of the spec, with ids, whose column the training rows have.",
});

export const validateByBoth = defineError<Record<string, never>>({
  code: "DIN0593",
  name: "validation-by-users-and-rows",
  message: () => "`by` keeps all rows of some users for validation, `rows` keeps rows whoever they are of",
  explanation:
    "Validation rows are those of users that the training does not see (`by: user_id`), or a share of all rows (`rows: random`, or `rows: last` where the file is in the order of time). The first asks how the model does with new users, and makes all of them unknown to a table of user ids; the second asks about the same users again.",
});
