// Commands that turn rows into a run: drafts, prepared rows, trainings.

import { formatsText } from "../../../compiler/frontend/config/choices.ts";
import { libraries } from "../../../compiler/imported/libraries/registry.ts";
import type { ImportCommandOptions } from "../commands/import.ts";
import type { InitCommandOptions } from "../commands/init.ts";
import type { PrepareCommandOptions } from "../commands/prepare.ts";
import type { TrainCommandOptions } from "../commands/train.ts";
import type { CommandDescription } from "./describe.ts";
import {
  badRowOption,
  continueOptions,
  csvOptions,
  engineOptions,
  option,
  optionsOf,
  SPEC,
  specOptions,
  trainingOptions,
} from "./options.ts";

const init = (): CommandDescription => ({
  name: "init",
  doc: "Draft a spec and a dinc.yaml from the columns of a file, and list the guesses.",
  examples: [
    "dinc init my-model --data rows.csv",
    "dinc init --data rows.parquet --label is_click",
    "dinc init shop --data clicks.csv --items items.csv --users users.csv",
  ],
  arguments: [
    {
      usage: "[dir]",
      path: "folder",
      doc: "the folder to write model.din and dinc.yaml into",
      default: ".",
    },
  ],
  options: [
    ...csvOptions("by the ending and the first lines"),
    option("data", {
      isRequired: true,
      doc: `rows, or an event log: a ${formatsText} file, a folder, a pattern, a table of a database (shop.duckdb/clicks), or a query (sql:SELECT …)`,
    }),
    option("items", { doc: "a table with a row for each item, joined to the rows" }),
    option("users", { doc: "a table with a row for each user, joined to the rows" }),
    option("label"),
    option("force", { doc: "replace an existing model.din and dinc.yaml" }),
  ],
  run: async (terminal, options: InitCommandOptions, folder: string) =>
    (await import("../commands/init.ts")).init(folder, options, terminal),
});

const prepare = (): CommandDescription => ({
  name: "prepare",
  doc: "Encode the rows of a training once, as a folder that trainings read.",
  examples: ["dinc prepare -c dinc.yaml --out rows", "dinc train -c dinc.yaml --rows rows --out my-run"],
  arguments: [SPEC],
  options: [
    option("config"),
    option("out", { isRequired: true }),
    option("shards"),
    option("order"),
    option("set"),
    ...specOptions(),
    option("seed"),
    option("limit"),
    badRowOption("`data.on_bad_row` of dinc.yaml, or fail"),
    option("plan"),
    option("seal"),
    option("force", { doc: "replace an existing folder of prepared rows" }),
    ...continueOptions({
      doc: "for a training that continues from this run: its ids keep their rows, and new ones follow",
    }),
  ],
  run: async (terminal, options: PrepareCommandOptions, spec?: string) =>
    (await import("../commands/prepare.ts")).prepare(spec, options, terminal),
});

const train = (): CommandDescription => ({
  name: "train",
  doc: "Read data, train, evaluate, and write a run folder.",
  examples: [
    "dinc train -c dinc.yaml --out my-run",
    "dinc train -c dinc.yaml --from my-run --out next-run",
    "dinc train -c dinc.yaml --folds 5 --out cross-validation",
    "dinc train -c dinc.yaml --seeds 5 --out five-seeds",
    "dinc train -c dinc.yaml --linear my-baseline --out my-run",
    "dinc train model.din --set data.dir=../data --set train.epochs=3 --out my-run",
  ],
  arguments: [SPEC],
  options: [
    option("config"),
    option("rows"),
    option("out", { value: "<run>", doc: "the run folder to write" }),
    ...trainingOptions(),
    option("force", { doc: "replace an existing run folder; do not continue an interrupted training" }),
    option("resume"),
    option("checkpointEvery"),
    option("folds"),
    option("seeds"),
    option("linear"),
    option("tensorboard"),
    option("mlflow"),
    ...continueOptions(),
    option("newIds"),
    option("freshOptimizer"),
    option("testFirst"),
    option("each"),
    option("complete"),
    option("explain"),
    option("format", { doc: "the output format of --explain, --each, --folds and --seeds" }),
    option("state"),
  ],
  run: async (terminal, options: TrainCommandOptions, spec?: string) =>
    (await import("../commands/train.ts")).train(spec, options, terminal),
});

const importTraining = (): CommandDescription => ({
  name: "import",
  doc: "Make a run folder from a model that another library trained.",
  examples: [
    "dinc import out --out my-run",
    "dinc import out --rows /data/rows --out my-run",
    "dinc import DeepFM.model --from fuxictr --spec deepfm.din --golden scored.csv --out my-run",
  ],
  arguments: [
    {
      usage: "<training>",
      path: "file",
      doc: "the output folder of `torchrun … --out`; with --from, the checkpoint of that library",
    },
  ],
  options: [
    option("out", { value: "<run>", doc: "the run folder to write", isRequired: true }),
    option("rows", {
      doc: "the prepared rows of a TorchRec package (default: the folder that the training read)",
    }),
    option("force"),
    {
      ...{ name: "from", value: "<library>", choices: libraries.map(({ name }) => name) },
      doc: "import a checkpoint of this library",
    },
    ...optionsOf("spec", "dataset", "map", "golden", "tolerance"),
    option("separator", {
      doc: "--from: the separator of steps of a history, or of values of a set, in columns of CSVs (default: |)",
    }),
    ...specOptions(),
    ...engineOptions(),
  ],
  run: async (terminal, options: ImportCommandOptions, training: string) =>
    (await import("../commands/import.ts")).importTraining(training, options, terminal),
});

export const trainingCommands = () => [init(), prepare(), train(), importTraining()];
