// Commands about many runs: comparisons of trainings, searches, lists of runs, differences between runs.

import type { AblateCommandOptions } from "../commands/ablate.ts";
import type { DiffOptions } from "../commands/diff.ts";
import type { RunsOptions } from "../commands/runs.ts";
import type { TuneCommandOptions } from "../commands/tune.ts";
import type { CommandDescription } from "./describe.ts";
import { badRowOption, option, RUN, SPEC, splitOptions, trainingOptions } from "./options.ts";

const ablate = (): CommandDescription => ({
  name: "ablate",
  doc: "Train a model without each feature, history and field in turn, and measure the loss.",
  examples: [
    "dinc ablate -c dinc.yaml --out my-ablation",
    "dinc ablate model.din -c dinc.yaml --only price --only clicks --out my-ablation",
  ],
  arguments: [SPEC],
  options: [
    option("config"),
    option("rows"),
    option("out", {
      doc: "the folder for all runs; existing ones are not trained again",
      isRequired: true,
    }),
    option("only"),
    option("metric"),
    option("resamples", { default: 400 }),
    option("noise"),
    ...trainingOptions(),
    option("force", { doc: "train all runs again" }),
    option("checkpointEvery"),
    option("format"),
  ],
  run: async (terminal, options: AblateCommandOptions, spec?: string) =>
    (await import("../commands/ablate.ts")).ablate(spec, options, terminal),
});

const tune = (): CommandDescription => ({
  name: "tune",
  doc: "Search for good settings: params, variants and settings of training, chosen by validation rows.",
  examples: [
    'dinc tune -c dinc.yaml --try "rate=log(1e-4..1e-2)" --out search',
    'dinc tune -c dinc.yaml --try "units=choice([64], [200, 80])" --trials 40 --minutes 30 --out search',
  ],
  arguments: [SPEC],
  options: [
    option("config", {
      doc: "the location of the data, and the ranges to search as `tune` (default: dinc.yaml, if it exists)",
    }),
    option("rows"),
    option("out", {
      doc: "the folder to write: report.html, and `best`, the run with the chosen settings",
      isRequired: true,
    }),
    option("try"),
    option("trials"),
    option("minutes"),
    option("noise"),
    option("metric", {
      value: "<name>",
      doc: "the metric to compare by (default: that of `stop early`, or the first one of the spec)",
    }),
    option("search"),
    option("reduction"),
    option("parallel"),
    ...trainingOptions({ doc: "seed of everything random, including the drawn settings" }),
    option("resume", { doc: "continue an existing search; begin one if there is none" }),
    option("force", { doc: "replace an existing search" }),
    option("format", { doc: "the output format" }),
  ],
  run: async (terminal, options: TuneCommandOptions, spec?: string) =>
    (await import("../commands/tune.ts")).tune(spec, options, terminal),
});

const runs = (): CommandDescription => ({
  name: "runs",
  doc: "List many runs with their settings, and their metrics on validation and test rows.",
  examples: ["dinc runs my-runs", 'dinc runs my-runs --filter "valid.auc>=0.8" --sort seconds'],
  arguments: [{ usage: "[folder]", path: "folder", doc: "the folder of the runs", default: "." }],
  options: [option("sort"), option("reverse"), option("filter"), option("format")],
  run: async (terminal, options: RunsOptions, folder: string) =>
    (await import("../commands/runs.ts")).runs(folder, options, terminal),
});

const diff = (): CommandDescription => ({
  name: "diff",
  doc: "Show how two runs differ, what may explain different metrics and, with rows, whether the difference is more than chance.",
  examples: ["dinc diff monday-run tuesday-run", "dinc diff base wide -c dinc.yaml --split test"],
  arguments: [
    { ...RUN, usage: "<a>" },
    { usage: "<b>", path: "folder", doc: "another" },
  ],
  options: [
    ...splitOptions(),
    badRowOption("as in training"),
    option("noise"),
    option("resamples", {
      doc: "resamples of the users in the paired test (default: 1,000, and fewer for millions of rows)",
    }),
    option("seed", { doc: "the seed of these resamples (default: 2026)" }),
    option("format"),
  ],
  after: "Exit code: 0 the same model, 1 they differ, 2 one cannot be read.",
  run: async (terminal, options: DiffOptions, a: string, b: string) =>
    (await import("../commands/diff.ts")).diff([a, b], options, terminal),
});

export const manyRunsCommands = () => [ablate(), tune(), runs(), diff()];
