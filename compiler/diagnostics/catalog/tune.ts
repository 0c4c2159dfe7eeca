// Catalogue: hyperparameter searches. Codes DIN0827–DIN0839.

import { option, wording } from "../../common/option-text.ts";
import { defineError, defineWarning, withHelps } from "./define.ts";
import { shared } from "./helps.ts";

export const tuneWithoutValidation = defineError<object>({
  code: "DIN0827",
  name: "tune-without-validation",
  message: () => "there are no validation rows, and settings can only be chosen by them",
  help: () =>
    "name some with `valid`, or set some of the training rows aside with `validate: { share: 0.1, by: user_id }`",
  explanation:
    "`dinc tune` compares settings by a metric on the validation rows. The best of many results on the same rows is partly luck, so test rows must not be used for that: they measure the chosen settings once, at the end.",
});

export const tuneNothing = defineError<{ names: readonly string[] }>({
  code: "DIN0828",
  name: "nothing-to-tune",
  message: () => "no ranges are given for a search",
  help: ({ names }) =>
    wording`give ranges for some of these names, such as ${option("tune", "train.learning_rate=log(1e-4..1e-2)")}: ${names.join(", ")}`,
  explanation:
    "`dinc tune` needs at least one name with a range: in `tune` of the spec or of dinc.yaml, or by `--try NAME=RANGE`. Names are params of the spec, `train.batch`, `train.epochs`, `train.learning_rate`, and `variant`.",
});

export const tuneUnknownName = withHelps(
  defineError<{ name: string }>({
    code: "DIN0829",
    name: "unknown-name-to-tune",
    message: ({ name }) => `there is no \`${name}\` to search for`,
    explanation:
      "A search covers params that the spec declares with `param`, `train.batch`, `train.epochs`, `train.learning_rate` and `variant`. The seed is not among them: the best of several seeds is luck.",
  }),
  { didYouMean: shared.didYouMean, available: shared.available },
);

export const tuneRange = defineError<{ name: string; problem: string }>({
  code: "DIN0830",
  name: "range-malformed",
  message: ({ name, problem }) => `\`${name}\`: ${problem}`,
  explanation:
    "A range is `log(1e-4..1e-2)` (a number; all orders of magnitude are equally likely), `uniform(0..0.5)` (a number), `int(1..4)` (a whole number, both ends included) or `choice([64], [200, 80])` (one of several values, each as it would be written).",
});

export const tunedTwice = defineError<{ name: string }>({
  code: "DIN0839",
  name: "tuned-twice",
  message: ({ name }) => `\`${name}\` has two ranges`,
  help: () => "keep one of them: `choice(…)` takes any number of values",
  explanation:
    "A search draws each value from one range. A range in dinc.yaml or in `--try` replaces that of the spec; but if the spec has two ranges, neither takes precedence.",
});

export const tuneTooMany = defineError<{ count: number; most: number }>({
  code: "DIN0831",
  name: "too-many-to-tune",
  message: ({ count, most }) => `the search has ${count} names; Sobol's sequence supports at most ${most}`,
  help: () =>
    wording`draw at random with \`${option("search", "random")}\`, or search for fewer names: a few trials say little about many settings`,
  explanation:
    "Points of Sobol's sequence fill the space of all settings evenly. dinc has its numbers for up to 16 settings.",
});

export const tuneUnknownMetric = defineError<{ metric: string; known: readonly string[] }>({
  code: "DIN0832",
  name: "unknown-metric-to-tune",
  message: ({ metric }) => `the spec does not measure \`${metric}\``,
  help: ({ known }) => `available: ${known.join(", ")}`,
  explanation:
    "`--metric` names the metric by which trials are compared: one of the `metrics` in the spec's `train`, written as in tables (`auc`, `ndcg@10`). If there are several predictions, the name of one comes first (`click.auc`).",
});

export const studyInTheWay = defineError<{ path: string }>({
  code: "DIN0833",
  name: "output-not-a-study",
  message: ({ path }) => `${path} is not a search of dinc tune, so it is not replaced`,
  help: () => wording`name another ${option("out")}`,
  explanation:
    "--force replaces a search, and --resume continues one. If the folder holds anything else, dinc leaves it alone.",
});

export const studyExists = defineError<{ path: string }>({
  code: "DIN0834",
  name: "study-exists",
  message: ({ path }) => `${path} already holds a search`,
  help: () =>
    wording`continue it with ${option("resume")}, name another ${option("out")}, or replace it with ${option("force", true)}`,
  explanation:
    "A search takes time, so dinc never replaces one unasked. `--resume` continues an interrupted search, and also a complete one if `--trials` or `--minutes` ask for more.",
});

export const studyDiffers = defineError<{ path: string; differs: string }>({
  code: "DIN0835",
  name: "study-differs",
  message: ({ path, differs }) => `${path} cannot be continued: ${differs}`,
  help: () => wording`give the command that started it, or start again with ${option("force", true)}`,
  explanation:
    "The trials of a search are compared with each other, so all must have the same spec, settings, rows, ranges and version of dinc. Only `--trials`, `--minutes` and the number of trials side by side may differ.",
});

export const studyDamaged = defineError<{ path: string; reason: string }>({
  code: "DIN0836",
  name: "study-damaged",
  message: ({ path, reason }) => `the search cannot be continued: ${path} ${reason}`,
  help: () => wording`start again with ${option("force", true)}`,
  explanation:
    "study.json records the request of a search. It was changed, or written by another version of dinc.",
});

export const tuneFoundNothing = defineError<{ trials: number; problem: string }>({
  code: "DIN0837",
  name: "no-trial-succeeded",
  message: ({ trials, problem }) =>
    `none of ${trials} trials has a result, so there is nothing to choose; the first: ${problem}`,
  help: () => "train the spec as it is first: `dinc train`; and look at the ranges",
  explanation:
    "If a trial diverges, or its settings give no valid model, that is a result too, and the search continues. If no trial has a result at all, the mistake is in the settings that they share.",
});

export const tuneWithoutHalving = defineWarning<{ epochs: number }>({
  code: "DIN0838",
  name: "too-few-epochs-to-halve",
  message: ({ epochs }) =>
    `trainings of ${epochs === 1 ? "one epoch" : `${epochs} epochs`} are compared only when they are complete`,
  help: () =>
    wording`more \`epochs\` with \`stop early(…)\` let bad trials end early; \`${option("reduction", 1)}\` turns this off`,
  explanation:
    "Trials are compared after 1, 3, 9 … epochs, and the best third of them continues. If the whole training is a single epoch, every trial is trained to its end.",
});
