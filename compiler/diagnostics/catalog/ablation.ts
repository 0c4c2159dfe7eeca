// Catalogue: ablated models. Codes DIN0870–DIN0879.

import { option, type Wording, wording } from "../../common/option-text.ts";
import { shellCommand } from "../../common/shell.ts";
import { defineError, defineWarning } from "./define.ts";

export const ablationRefused = defineWarning<{ name: string; reason: string }>({
  code: "DIN0870",
  name: "ablation-refused",
  message: ({ name, reason }) => `there is no model without \`${name}\`: ${reason}`,
  help: () =>
    "write a `variant` by hand that states its replacement, and compare the two runs with `dinc diff`",
  explanation:
    "`dinc ablate` takes a feature, a history or a field out of the network, together with anything that only it used: it shortens `concat`, lists and sums, and removes a `let` whose value needs it. If the prediction itself loses its value, or if the remaining widths do not fit together, only the author knows what should replace it.",
});

export const ablationOfOther = defineError<{ path: string }>({
  code: "DIN0871",
  name: "ablation-of-another-model",
  message: ({ path }) => `${path} holds the run of another model, of other settings, or of other rows`,
  help: () => wording`name another ${option("out")}, or train all runs again with ${option("force", true)}`,
  explanation:
    "`dinc ablate` continues where it was stopped, so it reuses the runs in its folder. All of them must have the same model, the same settings and the same rows, or their differences would say nothing about a feature.",
});

export const doesNothing = defineWarning<{ name: string; metric: string; low: string; high: string }>({
  code: "DIN0872",
  name: "does-nothing",
  message: ({ name, metric, low, high }) =>
    `\`${name}\` makes no significant difference: permuting it costs ${low} to ${high} of ${metric}`,
  help: ({ name }) =>
    `take it out if a model that is trained without it is no worse: \`${shellCommand`dinc ablate --only ${name}`}\` trains one`,
  explanation:
    "If the interval of a permutation's loss contains 0 or is below it, the run does as well with the value of another row. Such a feature costs memory, time and care, and may make the model worse on other rows. Another feature may carry the same information, so train the model without this one before you remove it.",
});

export const ablationWithoutRows = defineError<{ path: Wording }>({
  code: "DIN0873",
  name: "ablation-without-rows",
  message: ({ path }) => wording`${path} gives neither validation nor test rows on which to compare models`,
  help: () => "keep some training rows aside with `data.validate`, or name a file of rows with `data.valid`",
  explanation:
    "An ablation compares models on rows that none of them has learned. It uses validation rows if there are any, so that test rows can still measure the model that you choose; otherwise it uses test rows.",
});
