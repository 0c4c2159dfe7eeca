// Catalogue: run folders, training itself, and files named on the command line.

import { option, type Wording, wording } from "../../common/option-text.ts";
import { shellCommand } from "../../common/shell.ts";
import { defineKind, defineWarning, withHelps } from "./define.ts";

export const outputExists = defineKind<{ path: string }>({
  code: "DIN0501",
  name: "output-exists",
  severity: "error",
  message: ({ path }) => `${path} already holds a complete run`,
  help: () => wording`name another ${option("out")}, or replace it with ${option("force", true)}`,
  explanation:
    "A run takes time to make, so dinc never replaces one unless you ask for it. Name another folder with --out, or use --force to replace it once the new run is complete.",
});

export const outputNotRun = defineKind<{ path: string }>({
  code: "DIN0502",
  name: "output-not-a-run",
  severity: "error",
  message: ({ path }) => `${path} is not a run folder, so dinc does not replace it`,
  explanation:
    "--force replaces a run folder as a whole. If the folder holds anything else, replacing it would delete files that dinc did not write.",
});

export const runMissing = defineKind<{
  path: string;
  is?: "rows" | "settings";
  /** The current folder, if nothing is at a relative path. */
  lookedIn?: string;
  /** The run with the weights so far, if the training was stopped. */
  stopped?: string;
}>({
  code: "DIN0503",
  name: "run-missing",
  severity: "error",
  message: ({ path }) => `${path} is not a run folder: it has no manifest.json`,
  help: ({ path, is, lookedIn, stopped }) => {
    if (path.endsWith(".din"))
      return wording`it is a spec: train it with ${option("out", "my-run")}, then name my-run`;
    if (is === "rows")
      return wording`it has rows, which ${option("data", path)} names; name the folder first that \`dinc train\` wrote`;
    if (is === "settings")
      return wording`it has settings, which ${option("config", path)} names; name the folder first that \`dinc train\` wrote`;
    if (stopped !== undefined)
      return wording`its training was stopped: ${stopped} has the weights so far, and the same training with ${option("resume")} continues`;
    if (lookedIn !== undefined)
      return `there is no such folder; the path begins at the current folder, ${lookedIn}`;
    return wording`name the folder that \`dinc train\` wrote, as its ${option("out")} said`;
  },
  explanation:
    "predict, eval and compile read the folder that `dinc train --out RUN` writes. A run folder is complete or absent. A folder called RUN.stopped is a run with the weights of a training that its user stopped; one called RUN.partial-… was left by a process that was killed.",
});

export const runStopped = defineWarning<{ path: string; at: string; epochs: number }>({
  code: "DIN0515",
  name: "run-stopped",
  message: ({ path, at, epochs }) =>
    `the training of ${path} was stopped by its user after ${at} of ${epochs}`,
  help: () => wording`to train to the end, repeat the training with ${option("resume")}`,
  explanation:
    "After Ctrl-C, RUN.stopped has the weights so far. It is a run like any other: predict, eval and compile read it. Its manifest says where the training was stopped, and compile warns, because such weights rarely belong in production.",
});

export const runDamaged = defineKind<{ path: string; reason: string }>({
  code: "DIN0504",
  name: "run-damaged",
  severity: "error",
  message: ({ path, reason }) => `the run is damaged: ${path} ${reason}`,
  explanation:
    "The manifest of a run states the size and the hash of every file that scores depend on, and its own. One of these files is missing, cut short, changed, or not in its format. Copy the run again or train again.",
});

export const runMismatch = defineKind<{ path: string; reason: string }>({
  code: "DIN0505",
  name: "run-mismatch",
  severity: "error",
  message: ({ path, reason }) => `the run's weights do not fit its model: ${path} ${reason}`,
  explanation:
    "weights.safetensors must contain every table and every dense parameter of model.din, under its name and in its shape. Weights of another model, or of another version of this one, would give meaningless scores.",
});

export const runVersion = defineKind<{ path: string; version: string; read: string }>({
  code: "DIN0506",
  name: "run-version",
  severity: "error",
  message: ({ path, version, read }) =>
    `${path} is written in version ${version} of its format; this dinc reads ${read}`,
  explanation: "A newer dinc wrote this run. Update dinc, or train again with this version.",
});

/** In the first step, no learning rate has changed a weight yet. */
const FROM_THE_START =
  "no weight has changed yet, so the formula itself has no value here: look for `log` or `sqrt` of numbers that may be below 0, and for a division by 0; `poisson`, `tweedie` and `weighted_logistic` need a prediction that ends with `exp`";

const tamed = (learningRate: number) =>
  `try a lower learning rate than ${learningRate}, and standardize number features`;

export const lossNotFinite = defineKind<{
  loss: number;
  step: number;
  epoch: number;
  learningRate: number;
  /** The largest number of the step, if it may be the cause. */
  huge: { readonly name: string; readonly value: string } | null;
  /** The terms of the loss that are not finite, if others are. */
  terms: readonly string[];
}>({
  code: "DIN0507",
  name: "loss-not-finite",
  severity: "error",
  message: ({ loss, step, epoch, terms }) =>
    `the loss ${terms.length === 0 ? "" : `of ${terms.map((term) => `\`${term}\``).join(" and ")} `}became ${loss} at step ${step} (epoch ${epoch}); training stopped`,
  help: ({ step, learningRate, huge }) =>
    huge === null
      ? step === 1
        ? FROM_THE_START
        : tamed(learningRate)
      : `in a row of this step, the network reads ${huge.value} as \`${huge.name}\`: look for it in the data, and use \`log1p\`, \`clip\` or \`standardize\`; ${tamed(learningRate)}`,
  explanation:
    "Once the loss is not finite, no weight remains finite, so nothing is kept. Usual causes are a learning rate that is too high, and a number feature with huge values that is not standardized. If the very first step has no finite loss, the formula is wrong: a `log` of a number that may be below 0, as in `poisson` of a prediction that does not end with `exp`.",
});

export const weightsNotFinite = defineKind<{
  name: string;
  step: number;
  epoch: number;
  learningRate: number;
}>({
  code: "DIN0534",
  name: "weights-not-finite",
  severity: "error",
  message: ({ name, step, epoch }) =>
    `${name} has NaN or infinite numbers after step ${step} of epoch ${epoch}; training stopped`,
  help: ({ learningRate }) => tamed(learningRate),
  explanation:
    "Even if the loss of a step is finite, it can leave weights that are NaN or infinite. Such weights are neither kept nor measured: the previous checkpoint stays. The usual causes are those of DIN0507: a learning rate that is too high, and a number feature with huge values that is not standardized.",
});

export const fileUnreadable = defineKind<{
  path: string;
  reason: string;
  /** The folder that a relative path begins at; absent if the reason is another one. */
  lookedIn?: string;
}>({
  code: "DIN0508",
  name: "file-unreadable",
  severity: "error",
  message: ({ path, reason }) => `cannot read ${path}: ${reason}`,
  help: ({ lookedIn }) =>
    lookedIn === undefined ? null : `the path begins at the current folder, ${lookedIn}`,
  explanation: "A file named on the command line or in dinc.yaml does not exist or may not be read.",
});

export const notSpec = withHelps(
  defineKind<{ path: string; is: "rows" | "settings" | "a run" | "a folder" }>({
    code: "DIN0569",
    name: "not-a-spec",
    severity: "error",
    message: ({ path, is }) =>
      is === "rows" || is === "settings"
        ? `${path} is a file of ${is}, not a spec`
        : `${path} is ${is}, not a spec`,
    explanation:
      "A spec is a file such as model.din. The ending of this file says that it holds rows or settings, which other arguments of a command name: `dinc train model.din -c dinc.yaml`. A run and the folder of a draft contain a spec.",
  }),
  {
    rows: (path: string) =>
      shellCommand`draft a spec from it: \`dinc init --data ${path}\`; a training finds its rows by dinc.yaml`,
    settings: (path: string) =>
      wording`give it with ${option("config", path)}; \`dinc check\` and \`dinc lint\` check it`,
    inside: (spec: string) => `name the spec in it: ${spec}`,
    noneInside: (path: string) =>
      shellCommand`there is no spec in it: name a .din file; \`dinc init ${path} --data clicks.csv\` drafts one there`,
    otherSettings: () =>
      "a spec is a .din file, such as `dinc init` writes; settings are YAML, in dinc.yaml: `spec: model.din`, then `data:`",
  },
);

export const textNotUtf8 = defineKind<{
  path: string;
  is: string | null;
  /** Converts it to UTF-8; null if it is not a file. */
  command: string | null;
  isSaved?: boolean;
  /** The value of `csv.encoding` for a CSV. */
  setting?: string | null;
}>({
  code: "DIN0529",
  name: "text-not-utf-8",
  severity: "error",
  message: ({ path, is }) => `${path} is ${is === null ? "not in UTF-8" : `in ${is}, not in UTF-8`}`,
  help: ({ is, command, isSaved = false, setting = null }) =>
    setting !== null
      ? wording`${option("encoding", setting)} reads it as it is, and in dinc.yaml \`csv: { encoding: ${setting} }\` below \`data\``
      : command === null
        ? "pass it on as UTF-8"
        : is === null
          ? `save ${isSaved ? "that" : "it"} as UTF-8; if it is from Windows: \`${command}\``
          : `write it again as UTF-8: \`${command}\``,
  explanation:
    "Specs, dinc.yaml and data are UTF-8, because a file does not state its encoding. Spreadsheets and PowerShell write UTF-16 by default.",
});

export const fileUnwritable = defineKind<{ path: string; reason: string }>({
  code: "DIN0509",
  name: "file-unwritable",
  severity: "error",
  message: ({ path, reason }) => `cannot write ${path}: ${reason}`,
  explanation:
    "The path given by --out, or the spec that --fix should change, cannot be written. Its folder is missing, read-only or full, or the file has changed in the meantime.",
});

export const splitMissing = defineKind<{ path: string; split: string }>({
  code: "DIN0510",
  name: "split-missing",
  severity: "error",
  message: ({ path, split }) => `${path} gives no ${split} rows`,
  help: () =>
    wording`name another one with ${option("split")}, or a file of rows with ${option("data")} instead of ${option("config")}`,
  explanation:
    "`--split` names the rows of dinc.yaml to read: train, valid or test. Example rows have a split if `data` names a file for it; event logs have train rows, and test rows unless `examples.split` is `none`.",
});

export const withoutSpec = defineKind<{ path: Wording }>({
  code: "DIN0511",
  name: "spec-not-named",
  severity: "error",
  message: ({ path }) => wording`neither the command line nor ${path} names a spec`,
  help: () => "write `spec: model.din` in dinc.yaml, or name the spec: `dinc train model.din`",
  explanation: "A training needs a .din file: `dinc train model.din`, or `spec: model.din` in dinc.yaml.",
});

export const withoutData = defineKind<{ path: Wording }>({
  code: "DIN0512",
  name: "data-not-named",
  severity: "error",
  message: ({ path }) => wording`${path} has no \`data\`, so there is nothing to train on`,
  help: () =>
    wording`name the rows in dinc.yaml, \`data: { train: clicks.csv }\`, or by ${option("set", "data.train=clicks.csv")}`,
  explanation:
    "`data` in dinc.yaml says where the rows are: `train: rows.csv` for rows that are examples, or `events` and `examples` for logs from which rows are made.",
});

export const outputInUse = defineKind<{ path: string; pid: number; partial: string }>({
  code: "DIN0513",
  name: "output-in-use",
  severity: "error",
  message: ({ path, pid }) => `process ${pid} is writing to ${path} at the moment`,
  help: ({ pid, partial }) =>
    wording`name another ${option("out")}, or wait; if process ${pid} is not dinc, remove ${partial}`,
  explanation:
    "A run, like a folder of prepared rows, is built beside its path and moved there when it is complete. If two trainings had the same --out, the slower one would find the path in use after all its work. So the second one fails before it begins.",
});

export const backendReplaced = defineWarning<{ gone: string; taken: string; namedBy: "caller" | "run" }>({
  code: "DIN0514",
  name: "backend-replaced",
  message: ({ gone, taken, namedBy }) =>
    namedBy === "caller"
      ? `the back end ${gone} was removed; ${taken} replaces it`
      : `the back end ${gone}, which trained this run, was removed; ${taken} replaces it, and scores may differ in the last digits`,
  explanation:
    "The back end cpu ran a model op by op in plain JavaScript. wasm, WebAssembly that is generated for the model, needs no installation either and is many times faster, so cpu was removed. `--backend cpu` trains and scores with wasm, and so does a run that was trained with cpu. To get rid of the warning, write `--backend wasm` or nothing, or train the run again.",
});

export const optionRemoved = defineWarning<{ flag: string; reason: string }>({
  code: "DIN0865",
  name: "option-removed",
  message: ({ flag, reason }) => `${flag} was removed and has no effect: ${reason}`,
  help: ({ flag }) => `leave out ${flag}`,
  explanation:
    "An earlier version had this option. The command runs as if it were not given. `--wide-vectors` computed with vectors of 256 bits, an experiment of V8 that sometimes generated wrong code. Native code has replaced it: it uses the widest vectors of the processor, is faster, and gives the bits of WebAssembly. `--backend auto` takes it where there is a C compiler.",
});

export const backendUnavailable = defineKind<{ backend: string; reason: string }>({
  code: "DIN0590",
  name: "backend-unavailable",
  severity: "error",
  message: ({ backend, reason }) => `the backend ${backend} cannot be used; ${reason}`,
  explanation:
    "--backend node runs a whole training step as one native TensorFlow graph. It needs tfjs-node with the libraries of TensorFlow, which `dinc native install` puts into your cache folder. --backend auto uses it for models whose matrix products are large, if it is installed and no C compiler makes vectors of 512 bits, and otherwise native code or WebAssembly, which needs no installation. `dinc doctor` shows what is installed.",
});
