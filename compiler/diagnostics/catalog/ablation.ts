// Catalogue: models without something that they read. Codes DIN0870–DIN0879.

import { option, type Wording, wording } from "../../common/option-text.ts";
import { shellCommand } from "../../common/shell.ts";
import { defineError, defineWarning } from "./define.ts";

export const ablationRefused = defineWarning<{ name: string; reason: string }>({
  code: "DIN0870",
  name: "ablation-refused",
  message: ({ name, reason }) => `there is no model without \`${name}\`: ${reason}`,
  help: () =>
    "write a `variant` by hand that says what stands in its place, and compare the two runs with `dinc diff`",
  explanation:
    "`dinc ablate` takes a feature, a history or a field out of the network, with what nothing is left of: it shortens `concat`, lists and sums, and leaves out a `let` whose value needs it. Where the prediction itself is left without a value, or where the widths of what is left do not fit together, only the author knows what is meant.",
});

export const ablationOfOther = defineError<{ path: string }>({
  code: "DIN0871",
  name: "ablation-of-another-model",
  message: ({ path }) => `${path} holds the run of another model, of other settings, or of other rows`,
  help: () => wording`name another ${option("out")}, or train all runs anew with ${option("force", true)}`,
  explanation:
    "`dinc ablate` goes on where it was stopped, and so takes the runs that are in its folder. All of them have to be of the same model, the same settings and the same rows, or their differences would say nothing of a feature.",
});

export const doesNothing = defineWarning<{ name: string; metric: string; low: string; high: string }>({
  code: "DIN0872",
  name: "does-nothing",
  message: ({ name, metric, low, high }) =>
    `\`${name}\` makes no difference that could not be chance: permuted, it costs ${low} to ${high} of ${metric}`,
  help: ({ name }) =>
    `take it out if a model that is trained without it is no worse: \`${shellCommand`dinc ablate --only ${name}`}\` trains one`,
  explanation:
    "Where the interval of a permutation's loss has 0 in it, or lies below, the run does as well with another row's value. Such a feature costs memory, time and care, and may make the model worse on other rows. Another feature may know the same, so that the model is trained without it before it goes.",
});

export const ablationWithoutRows = defineError<{ path: Wording }>({
  code: "DIN0873",
  name: "ablation-without-rows",
  message: ({ path }) =>
    wording`${path} gives neither validation nor test rows, by which models could be compared`,
  help: () => "keep some training rows aside with `data.validate`, or name a file of rows with `data.valid`",
  explanation:
    "An ablation compares models on rows that none of them learned. Validation rows are taken where there are any, so that test rows can still judge what is chosen; otherwise test rows.",
});
