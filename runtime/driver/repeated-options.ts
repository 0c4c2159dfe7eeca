// The options that a call of many trainings refuses, with the reasons.

import { option, wording } from "../../compiler/common/option-text.ts";
import { UsageError } from "../../compiler/common/usage-error.ts";

/** By call, the options that it refuses. */
const refused = {
  each: {
    rows: "prepared rows have no times to divide them by: train on the log of dinc.yaml",
    folds: "a period's rows are a test of the run before it, so no folds are needed",
    linear: "train the linear model on all rows, without it",
    resume: "it continues by itself, after the complete runs and from a checkpoint: it is not needed",
  },
  folds: {
    rows: "prepared rows were parted when they were prepared: train on the rows of dinc.yaml",
    from: "the run has learned rows that a fold validates on: train each fold from the beginning",
    tensorboard: "each fold's run has its own curves, in its report.html",
    linear: "train the linear model with the model that you keep",
    mlflow: "name the server when you train the model that you keep",
    resume: "complete folds are kept, and an interrupted one continues: it is not needed",
  },
  seeds: {
    each: "a period's run begins with the weights of the one before: train one period",
    folds: "folds differ by their rows, seeds by chance: choose one of the two",
    rows: "the seed also draws the rows of a random split: train on the rows of dinc.yaml",
    from: "its weights would replace the random first weights, which are a part of chance: train each from the beginning",
    tensorboard: "each seed's run has its own curves, in its report.html",
    linear: "train the linear model with the model that you keep",
    mlflow: "name the server when you train the model that you keep",
    resume: "complete seeds are kept, and an interrupted one continues: it is not needed",
  },
} as const;

type Refused = { readonly [C in keyof typeof refused]: keyof (typeof refused)[C] }[keyof typeof refused];

/** Throws UsageError with the reason if one of the options is given that the call refuses. */
export function refuseOptions(call: keyof typeof refused, options: object): void {
  const given = new Map<string, unknown>(Object.entries(options));
  const reasons: Readonly<Partial<Record<Refused, string>>> = refused[call];
  for (const name of Object.keys(reasons) as Refused[])
    if (given.get(name) !== undefined)
      throw new UsageError(wording`${option(call)} with ${option(name)}: ${reasons[name]!}`);
}
