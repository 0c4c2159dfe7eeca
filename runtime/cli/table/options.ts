// The options of all commands, each described once. A command adds its own description: `option("out", {
// value: "<run>", doc })`.

import { engines, replacementOf, targets } from "../../../compiler/backends/choices.ts";
import { type EmitOptionName, emitOptions } from "../../../compiler/backends/contract/emit-options.ts";
import { PERIODS } from "../../../compiler/common/calendar.ts";
import { badRowPolicies, formatsText, stepOrders } from "../../../compiler/frontend/config/choices.ts";
import { decimalSigns, encodings } from "../../../compiler/frontend/config/csv-format.ts";
import { defaultRequest } from "../../../compiler/tools/cost/default-request.ts";
import { searches } from "../../../compiler/tune/searches.ts";
import { storedOrders } from "../../prepared/prepared-folder.ts";
import { type ServerOption, serverOptions } from "../../serve/options.ts";
import type { ArgumentDescription, OptionDescription } from "./describe.ts";
import { positiveNumber, positiveWholeNumber, wholeNumber } from "./values.ts";

type Described = Omit<OptionDescription, "name" | "doc"> & { readonly doc?: string };

const number = { value: "<n>", parse: wholeNumber } as const;
const count = { value: "<n>", parse: positiveWholeNumber } as const;

const table = {
  backend: {
    value: "<backend>",
    doc: "the back end; auto chooses the faster one for the model",
    default: "auto",
    former: (name) => replacementOf(name) !== null,
  },
  baseline: {
    value: "<file>",
    path: "file",
    doc: "compare with this file instead of the run's training rows",
  },
  by: { value: "<feature>", doc: "a feature with ids: each value with enough rows gets a curve of its own" },
  candidates: {
    ...count,
    doc: "the number of candidates in a request",
    default: defaultRequest.candidates,
  },
  check: { doc: "write nothing; print the files that would change, and exit with 1 if there are any" },
  checkpointEvery: {
    value: "<seconds>",
    doc: "seconds between checkpoints; there is also one after each epoch",
    parse: positiveNumber,
    default: 60,
  },
  clientProcessId: { flag: "--clientProcessId", value: "<pid>", doc: "given by editors", isHidden: true },
  complete: { doc: "--each: the log has all rows of its last period, so train that too" },
  config: {
    short: "-c",
    value: "<file>",
    path: "file",
    doc: "the location of the data, and how it becomes rows (default: dinc.yaml, if it exists)",
  },
  data: {
    value: "<file>",
    path: "file",
    doc: `rows: a ${formatsText} file, a folder, a pattern, a table of a database (shop.duckdb/clicks), or a query (sql:SELECT …)`,
  },
  dataset: {
    value: "<folder>",
    path: "folder",
    doc: "--from: the folder with the library's files about the data (default: that of the checkpoint)",
  },
  decimal: { value: "<sign>", choices: Object.keys(decimalSigns) },
  delimiter: { value: "<signs>" },
  deltas: {
    value: "<deltas>",
    doc: "exact gives the bits of the file; 16-bit makes a smaller patch, which leads near it",
    choices: ["exact", "16-bit"],
    default: "exact",
  },
  deny: { value: "<code>", doc: "count this finding as an error; repeatable", isRepeatable: "always" },
  each: {
    value: "<period>",
    doc: "train a run for each finished period from data.since on, each continuing from the previous one, in folders of --out",
    choices: PERIODS,
  },
  emit: {
    value: "<level>",
    doc: "print a level of the compiler instead",
    choices: ["ast", "model", "graph", "optimised"],
  },
  encoding: { value: "<name>", choices: Object.keys(encodings) },
  engine: {
    value: "<engine>",
    doc: "what computes scores: the library in C, or WebAssembly; auto takes C if there is a C compiler",
    choices: ["auto", "c", "wasm"],
    default: "auto",
  },
  evictBelow: {
    ...count,
    value: "<count>",
    doc: "--from: remove ids that occurred fewer times than this in all trainings",
  },
  evictUnseen: {
    ...number,
    value: "<days>",
    doc: "--from: remove ids that no training has seen for this many days",
  },
  explain: { doc: "--from: print what the training would keep of the run, without training" },
  filter: {
    value: "<condition>",
    doc: "only runs that meet this condition: a column, one of = != < <= > >=, and a value; repeatable",
    isRepeatable: "always",
  },
  fix: { doc: "apply the fixes that are certain, in place" },
  folds: {
    ...count,
    doc: "train n times, each with another part of the rows for validation, and print the means of the metrics; n from 2 to 100",
  },
  seeds: {
    ...count,
    doc: "train n times with consecutive seeds, and print how much metrics vary by chance; n from 2 to 100",
  },
  noise: {
    value: "<folder>",
    path: "folder",
    doc: "a folder of `train --seeds`, to tell which differences are within the noise of seeds",
  },
  force: { doc: "replace an existing run folder" },
  format: { value: "<format>", doc: "how to print", choices: ["pretty", "json"], default: "pretty" },
  freshOptimizer: { doc: "--from: reset the optimizer's state and its count of steps" },
  from: {
    value: "<run>",
    path: "folder",
    doc: "continue from this run: its weights, its ids with their rows, its optimizer",
  },
  golden: {
    value: "<file>",
    path: "file",
    doc: "--from: rows with the library's own scores in the column `score`, which dinc must reproduce",
  },
  history: {
    ...number,
    doc: "the steps of each history; at most its `max` count",
    default: defaultRequest.history,
  },
  host: { value: "<address>" },
  innerSeparator: {
    value: "<text>",
    doc: "the separator of values of a set within one step (default: as in training)",
  },
  items: { value: "<file>", path: "file" },
  keep: { value: "<column>", isRepeatable: "always" },
  label: { value: "<column>", doc: "the label column, 0 or 1 in every row (default: found by its name)" },
  limit: { ...count, value: "<rows>", doc: "use only the first rows of each split" },
  linear: {
    value: "<run>",
    path: "folder",
    doc: "then train a linear model of the same features on the same rows, a logistic regression for a binary label, into this folder, and print the metrics of both",
  },
  map: {
    value: "<file>",
    path: "file",
    doc: "--from: YAML that says where weights come from, if names and shapes do not decide",
  },
  maxBody: count,
  maxCandidates: count,
  maxRequests: count,
  method: {
    value: "<method>",
    doc: "the form of the curves: a slope and a shift of the logit, or a rising curve, which needs more rows",
    choices: ["platt", "isotonic"],
    default: "platt",
  },
  metric: {
    value: "<metric>",
    doc: "the metric of the spec to sort by (default: its first one)",
  },
  migrate: { doc: "only replace forms that the language has retired; print the files that change" },
  minutes: { value: "<n>", doc: "start no training after this many minutes", parse: positiveNumber },
  mlflow: { value: "<url>", doc: "send the training's curves and the run to an MLflow server" },
  newIds: {
    value: "<begin>",
    doc: "--from: new ids begin with their `init`, or with the vector of unknown values",
    choices: ["init", "unknown"],
    default: "init",
  },
  normalize: { doc: "divide each vector by its length, so that inner products are cosines" },
  onBadRow: { value: "<policy>", choices: Object.keys(badRowPolicies) },
  only: {
    value: "<part>",
    doc: "leave out this feature, history or `clicks.dwell`; repeatable",
    isRepeatable: "always",
  },
  open: { doc: "do not open a browser, only print the address of the page", isNegated: true },
  order: {
    value: "<order>",
    doc: "how training rows are stored: at random, or as the first epoch reads them",
    choices: storedOrders,
    default: "shuffled",
  },
  out: { short: "-o", value: "<folder>", path: "folder", doc: "the folder to write" },
  parallel: {
    ...count,
    doc: "trials trained in parallel (default: the number of cores, at most 8)",
  },
  param: { value: "<name=value>", doc: "set a param of the spec; repeatable", isRepeatable: "always" },
  patchToken: { path: "file" },
  plan: {
    value: "<engine>",
    doc: "print SQL that prepares the rows on a cluster, for data that are too large for one machine",
    choices: ["spark"],
    conflicts: "seal",
  },
  port: { ...number, doc: "the port of the page", default: 8017 },
  reduction: {
    ...count,
    doc: "one trial in n continues to more epochs; 1 trains all to the end",
    default: 3,
  },
  refit: { doc: "--from: fit transforms of numbers on the new rows, instead of keeping them" },
  remove: { doc: "remove the calibration of the run" },
  rename: {
    value: "<old=new>",
    doc: "--from: a part that has another name in the run; repeatable",
    isRepeatable: "always",
  },
  repeats: { ...count, doc: "the number of permutations of each part", default: 3 },
  report: { value: "<file>", path: "file", doc: "write a page with a plot" },
  resamples: { ...number, doc: "bootstrap resamples for intervals; 0 for none" },
  resume: { doc: "continue an interrupted training; begin with the first step if there is none" },
  reverse: { doc: "reverse the order" },
  rows: {
    value: "<folder>",
    path: "folder",
    doc: "a folder of prepared rows, instead of the data that dinc.yaml names",
  },
  run: { value: "<run>", path: "folder", doc: "a run folder, as dinc train writes it" },
  sample: { ...count, value: "<rows>", doc: "the maximum number of rows, drawn at random", default: 20_000 },
  seal: { doc: "turn the output of the SQL of --plan into a folder of prepared rows" },
  search: {
    value: "<how>",
    doc: "how settings are drawn: evenly, or at random",
    choices: searches,
    default: "sobol",
  },
  seed: { ...number, doc: "seed of everything random" },
  separator: { value: "<text>" },
  set: {
    value: "<path=value>",
    doc: "override a value of dinc.yaml or of train { … }; repeatable",
    isRepeatable: "always",
  },
  shards: { ...count, doc: "the number of Parquet files per split", default: 8 },
  sort: {
    value: "<column>",
    doc: "the order (default: the first metric on validation rows, the best run first)",
  },
  spec: { value: "<file>", path: "file", doc: "--from: the spec of the network that was trained" },
  split: {
    value: "<split>",
    doc: "the rows of -c or --rows to read",
    choices: ["train", "valid", "test"],
    default: "test",
  },
  state: {
    doc: "leave out state.safetensors, which a training needs to continue from this run",
    isNegated: true,
  },
  stats: {
    value: "<file>",
    path: "file",
    doc: "instead of rows, the result of `ranker.stats()` of the compiled module, as JSON",
  },
  stdinFilepath: { value: "<path>", path: "file", doc: "the path of the file on standard input" },
  stdio: { doc: "communicate by standard input and output; the only way, so it may be left out" },
  steps: {
    value: "<order>",
    doc: "the order of lists in --data (default: as in training)",
    choices: Object.keys(stepOrders),
  },
  table: { value: "<name>", doc: "the table, by the name of its feature (default: the run's only one)" },
  target: { value: "<target>", default: "ts" },
  tensorboard: {
    value: "<folder>",
    path: "folder",
    doc: "write event files for TensorBoard to this folder during training",
  },
  testFirst: {
    doc: "--from: do not measure the old weights on the new rows before training",
    isNegated: true,
  },
  threads: {
    ...count,
    doc: "threads that compute a step with --backend wasm; results are the same for any number (default: as many as make it faster)",
  },
  timeout: count,
  tolerance: {
    value: "<difference>",
    doc: "--from: the largest difference of a score in --golden",
    parse: positiveNumber,
    default: 1e-5,
  },
  trials: {
    ...count,
    doc: "the number of settings to try, including those of the spec (default: 20, or as many as --minutes allows)",
  },
  try: {
    value: "<name=range>",
    doc: "a range to search for a param, train.batch, train.epochs, train.learning_rate or variant: log(a..b), uniform(a..b), int(a..b) or choice(a, b, …); repeatable",
    isRepeatable: "always",
  },
  types: {
    doc: "print every name with its type, its scope and its axis",
    conflicts: "fix",
  },
  users: { value: "<file>", path: "file" },
  uncalibrated: { doc: "leave out the calibration of the run" },
  variant: { value: "<name>", doc: "use this variant of the model" },
  weightsOnly: {
    doc: "write only the weights and related files into the folder of an existing module",
  },
  wideVectors: {
    value: "[when]",
    doc: "removed",
    gone: "native code computes with the widest vectors of the processor",
    isHidden: true,
  },
  withoutPass: {
    value: "<name>",
    doc: "leave out a pass in --emit optimised; repeatable",
    isRepeatable: "always",
  },
} satisfies Readonly<Record<string, Described>>;

export type CommandOptionName = keyof typeof table;

/** An option of the table with additions for one command. */
export function option(name: CommandOptionName, said: Described = {}): OptionDescription {
  return { name, doc: "", ...(table[name] as Described), ...choicesNow(name), ...said };
}

/** The choices of an option that depend on the registered back ends. */
function choicesNow(name: CommandOptionName): Described {
  if (name === "backend") return { choices: ["auto", ...engines.map((engine) => engine.name)] };
  if (name === "target")
    return {
      doc: `what to generate: ${targets.map(({ doc }) => doc).join(", or ")}`,
      choices: targets.map((target) => target.name),
    };
  return {};
}

export const optionsOf = (...names: readonly CommandOptionName[]): OptionDescription[] =>
  names.map((name) => option(name));

/** The parameters with which a spec is checked. */
export const specOptions = (): OptionDescription[] => optionsOf("param", "variant");

/** The options of the computing engine. */
export const engineOptions = (): OptionDescription[] => optionsOf("backend", "threads", "wideVectors");

/** The options of all commands that train. */
export const trainingOptions = (seed: Described = {}): OptionDescription[] => [
  option("set"),
  ...specOptions(),
  ...engineOptions(),
  option("seed", seed),
  option("limit"),
  badRowOption("`data.on_bad_row` of dinc.yaml, or fail"),
];

export const badRowOption = (otherwise: string): OptionDescription =>
  option("onBadRow", {
    doc: `rows that cannot be read: fail at once, skip them and report how many, or count them in every file and then fail (default: ${otherwise})`,
  });

/** The format of CSVs in --data. */
export const csvOptions = (otherwise: string): OptionDescription[] => [
  option("delimiter", { doc: `the separator of values in a line of a CSV (default: ${otherwise})` }),
  option("decimal", { doc: `the decimal sign of numbers in a CSV (default: ${otherwise})` }),
  option("encoding", { doc: `the character encoding of a CSV (default: ${otherwise})` }),
];

/** The options that only some targets have, with the names of these targets. */
export const targetOptions = (): OptionDescription[] =>
  Object.entries(emitOptions).map(([name, { value, doc, choices }]) => {
    const takers = targets.filter(({ takes }) => takes.includes(name as EmitOptionName));
    const described = { name, value, doc: `${takers.map((target) => target.name).join(", ")}: ${doc}` };
    switch (choices) {
      case "names":
        return { ...described, isRepeatable: "sparse" };
      case "number":
        return { ...described, parse: wholeNumber };
      case "switch":
        return { name, doc: described.doc };
      default:
        return "severalOf" in choices
          ? { ...described, doc: `${described.doc}: ${choices.severalOf.join(", ")}`, parse: namesOf }
          : { ...described, choices };
    }
  });

/** `cpp,python` as a list. The driver says which names there are. */
const namesOf = (text: string) => text.split(",").map((name) => name.trim());

/** The options of a server. */
export const optionsOfServer = (): OptionDescription[] =>
  Object.entries(serverOptions).map(([name, { value, doc, default: otherwise }]: [string, ServerOption]) =>
    option(name as keyof typeof serverOptions, {
      ...{ value, doc },
      ...(otherwise === null || otherwise === "" ? {} : { default: otherwise }),
    }),
  );

/** The options that continue a run. */
export const continueOptions = (from: Described = {}): OptionDescription[] => [
  option("from", from),
  ...optionsOf("rename", "refit", "evictUnseen", "evictBelow"),
];

/** The options for rows that a run reads. */
export const rowOptions = (): OptionDescription[] => [
  ...csvOptions("as in training"),
  option("data"),
  option("separator", {
    doc: "the separator of steps of a history, or of values of a set, in CSV columns of --data (default: as in training)",
  }),
  option("innerSeparator"),
  option("steps"),
  option("config", { doc: "dinc.yaml, for rows made from logs of events or impressions" }),
  option("rows", { doc: "rows that dinc prepare wrote for the same training" }),
  option("set", { doc: "override a value of dinc.yaml; repeatable" }),
  ...engineOptions(),
];

/** The options for rows that a run scores. */
export const splitOptions = (): OptionDescription[] => [
  ...rowOptions(),
  option("split"),
  option("uncalibrated"),
];

/** The spec to train. */
export const SPEC: ArgumentDescription = {
  usage: "[spec]",
  path: "file",
  doc: "the model; default: `spec` of dinc.yaml",
};

export const RUN: ArgumentDescription = {
  usage: "<run>",
  path: "folder",
  doc: "a run folder, as dinc train writes it",
};
