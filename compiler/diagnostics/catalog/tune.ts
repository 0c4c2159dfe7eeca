// Catalogue: searches for good settings. Codes DIN0827–DIN0839.

import { option, wording } from "../../common/option-text.ts";
import { defineError, defineWarning, withHelps } from "./define.ts";
import { shared } from "./helps.ts";

export const tuneWithoutValidation = defineError<object>({
  code: "DIN0827",
  name: "tune-without-validation",
  message: () => "there are no validation rows, and settings are chosen by these alone",
  help: () =>
    "name some with `valid`, or keep some of the training rows with `validate: { share: 0.1, by: user_id }`",
  explanation:
    "`dinc tune` compares settings by a metric on the validation rows. The best of many results on the same rows is partly luck, so test rows must not be among them: they measure what was chosen, once, at the end.",
});

export const tuneNothing = defineError<{ names: readonly string[] }>({
  code: "DIN0828",
  name: "nothing-to-tune",
  message: () => "nothing is named to search for",
  help: ({ names }) =>
    wording`give ranges, like ${option("tune", "train.learning_rate=log(1e-4..1e-2)")}, to some of: ${names.join(", ")}`,
  explanation:
    "`dinc tune` needs at least one name with a range: in `tune` of the spec or of dinc.yaml, or by `--try NAME=RANGE`. Names are params of the spec, `train.batch`, `train.epochs`, `train.learning_rate`, and `variant`.",
});

export const tuneUnknownName = withHelps(
  defineError<{ name: string }>({
    code: "DIN0829",
    name: "unknown-name-to-tune",
    message: ({ name }) => `there is no \`${name}\` to search for`,
    explanation:
      "What can be searched for are params that the spec declares with `param`, `train.batch`, `train.epochs` and `train.learning_rate`, and `variant`. The seed is not among them: the best of several seeds is luck.",
  }),
  { didYouMean: shared.didYouMean, available: shared.available },
);

export const tuneRange = defineError<{ name: string; problem: string }>({
  code: "DIN0830",
  name: "range-malformed",
  message: ({ name, problem }) => `\`${name}\`: ${problem}`,
  explanation:
    "A range is `log(1e-4..1e-2)` (a number, every order of magnitude as likely), `uniform(0..0.5)` (a number), `int(1..4)` (a whole number, both ends included) or `choice([64], [200, 80])` (one of several values, each as it would be written).",
});

export const tunedTwice = defineError<{ name: string }>({
  code: "DIN0839",
  name: "tuned-twice",
  message: ({ name }) => `\`${name}\` has two ranges`,
  help: () => "keep one of them: `choice(…)` takes any number of values",
  explanation:
    "A search draws each value from one range. In dinc.yaml, and with `--try`, a range takes the place of the spec's; within the spec there is no such order.",
});

export const tuneTooMany = defineError<{ count: number; most: number }>({
  code: "DIN0831",
  name: "too-many-to-tune",
  message: ({ count, most }) => `${count} names are searched for; Sobol's sequence has ${most}`,
  help: () =>
    wording`draw at random with \`${option("search", "random")}\`, or search for fewer: few trials say little about many settings`,
  explanation:
    "Points of Sobol's sequence fill the space of all settings evenly. dinc has its numbers for up to 16 settings.",
});

export const tuneUnknownMetric = defineError<{ metric: string; known: readonly string[] }>({
  code: "DIN0832",
  name: "unknown-metric-to-tune",
  message: ({ metric }) => `the spec does not measure \`${metric}\``,
  help: ({ known }) => `available: ${known.join(", ")}`,
  explanation:
    "`--metric` names what trials are compared by: one of `metrics` in the spec's `train`, as tables call it (`auc`, `ndcg@10`), after the prediction's name where there are several (`click.auc`).",
});

export const studyInTheWay = defineError<{ path: string }>({
  code: "DIN0833",
  name: "output-not-a-study",
  message: ({ path }) => `${path} is no search of dinc tune, so it is not replaced`,
  help: () => wording`name another ${option("out")}`,
  explanation:
    "--force replaces a search, and --resume goes on with one. If the folder holds anything else, dinc leaves it alone.",
});

export const studyExists = defineError<{ path: string }>({
  code: "DIN0834",
  name: "study-exists",
  message: ({ path }) => `${path} already holds a search`,
  help: () =>
    wording`go on with it with ${option("resume")}, name another ${option("out")}, or replace it with ${option("force", true)}`,
  explanation:
    "A search takes time, so dinc never replaces one unasked. `--resume` goes on with one that was cut off, and with a complete one where `--trials` or `--minutes` ask for more.",
});

export const studyDiffers = defineError<{ path: string; differs: string }>({
  code: "DIN0835",
  name: "study-differs",
  message: ({ path, differs }) => `${path} cannot go on: ${differs}`,
  help: () => wording`give the command that began it, or begin anew with ${option("force", true)}`,
  explanation:
    "The trials of a search are compared with each other, so all have to be of the same spec, settings, rows, ranges and version of dinc. Only `--trials`, `--minutes` and the number of trials side by side may differ.",
});

export const studyDamaged = defineError<{ path: string; reason: string }>({
  code: "DIN0836",
  name: "study-damaged",
  message: ({ path, reason }) => `the search cannot go on: ${path} ${reason}`,
  help: () => wording`begin anew with ${option("force", true)}`,
  explanation: "study.json says what a search was asked for. It was changed, or written by another dinc.",
});

export const tuneFoundNothing = defineError<{ trials: number; problem: string }>({
  code: "DIN0837",
  name: "no-trial-succeeded",
  message: ({ trials, problem }) =>
    `none of ${trials} trials has a result, so there is nothing to choose; the first: ${problem}`,
  help: () => "train the spec as it is first: `dinc train`; and look at the ranges",
  explanation:
    "A trial that diverges, or whose settings give no valid model, is a finding, and the search goes on. If no trial has a result at all, the mistake is in what they have in common.",
});

export const tuneWithoutHalving = defineWarning<{ epochs: number }>({
  code: "DIN0838",
  name: "too-few-epochs-to-halve",
  message: ({ epochs }) =>
    `trainings of ${epochs === 1 ? "one epoch" : `${epochs} epochs`} are compared only when they are complete`,
  help: () =>
    wording`more \`epochs\` with \`stop early(…)\` let bad trials end early; \`${option("reduction", 1)}\` says that none shall`,
  explanation:
    "Trials are compared after 1, 3, 9 … epochs, and the best third of them goes on. Where a whole training has a single epoch, every trial is trained to its end.",
});
