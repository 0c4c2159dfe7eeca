// The equivalents of other tools' commands and options, which newcomers may type first.

import { inShell, shellCommand } from "../../../compiler/common/shell.ts";
import { isRowsName } from "../../../compiler/frontend/config/data-formats.ts";

/** By word: a command line and its effect. */
const COMMANDS: Readonly<Record<string, string>> = {
  ...words("fit run", "`dinc train` trains"),
  ...words(
    "validate",
    "`dinc check model.din` checks a spec, `dinc eval RUN` computes metrics on labelled rows",
  ),
  ...words("test evaluate evaluation val", "`dinc eval RUN` computes metrics on labelled rows"),
  ...words(
    "score infer inference rank",
    "`dinc predict RUN` scores rows, `dinc serve RUN` ranks over HTTP, `dinc compile RUN` makes a module that ranks",
  ),
  ...words("server api http start-server", "`dinc serve RUN` ranks over HTTP"),
  ...words(
    "deploy build",
    "`dinc compile RUN` makes a module that ranks in Node, a browser or an edge worker",
  ),
  ...words("report plot curves show", "every run has a report: open RUN/report.html"),
  ...words("new create start scaffold", "`dinc init --data clicks.csv` drafts a spec and a dinc.yaml"),
  ...words("format pretty", "`dinc fmt` formats specs"),
  ...words("hpo search sweep optimize", "`dinc tune` searches for settings"),
  ...words("list ls history experiments", "`dinc runs FOLDER` lists runs"),
  ...words("baseline", "`dinc train --linear FOLDER` trains a linear model beside the other"),
  ...words("compare", "`dinc diff RUN RUN` compares two runs"),
  ...words("summary params flops count", "`dinc cost model.din` counts parameters and FLOPs"),
  ...words("ui web demo notebook", "`dinc playground` opens the playground"),
  ...words("preprocess encode data", "`dinc prepare` encodes rows once for many trainings"),
  ...words("feature-importance shap", "`dinc importance RUN` permutes each feature"),
  ...words("version", "`dinc --version` prints it"),
  ...words("tensorboard", "`dinc train --tensorboard` writes files for it"),
  ...words(
    "install setup",
    "`dinc native install` and `dinc torch install` add optional parts; `dinc doctor` lists them",
  ),
  ...words("convert onnx pytorch torchscript", "`dinc compile RUN --target onnx` or `--target torchrec`"),
};

/** By option, without dashes. */
const OPTIONS: Readonly<Record<string, string>> = {
  ...words("epochs epoch num-epochs n-epochs max-epochs", "`--set train.epochs=3`"),
  ...words("batch batch-size bs", "`--set train.batch=256`"),
  ...words("lr learning-rate", "`--set train.learning_rate=1e-3`"),
  ...words("optimizer optim", "`optimizer adam(learning_rate: 1e-3)` in `train { … }` of the spec"),
  ...words("patience early-stopping", "`stop early(patience: 2)` in `train { … }` of the spec"),
  ...words(
    "device gpu cuda cpu",
    "`--backend native` or another back end; packages for PyTorch train on GPUs: `dinc compile --target torchrec`",
  ),
  ...words("baseline logistic lr-baseline", "`--linear my-baseline`"),
  ...words("workers num-workers jobs n-jobs", "`--threads 2`"),
  ...words("output output-dir save-dir model-dir log-dir", "`--out my-run`"),
  ...words(
    "data train-data data-dir data-path input",
    "`-c dinc.yaml`, which names the data; `--set data.train=clicks.csv` replaces a file",
  ),
  ...words(
    "valid val valid-data validation validation-data",
    "`--set data.valid=valid.csv`, or `data: { valid: valid.csv }` in dinc.yaml",
  ),
  ...words("test test-data", "`--set data.test=test.csv`, or `data: { test: test.csv }` in dinc.yaml"),
  ...words("checkpoint load init-from warm-start pretrained", "`--from RUN` to continue from a run"),
  ...words("random-seed random-state", "`--seed 1`"),
  ...words("overwrite", "`--force`"),
  ...words("k-folds kfold cv", "`--folds 5`"),
  ...words("v", "`dinc --version`"),
};

/** dinc's own option for a value that other tools use. */
const VALUES: Readonly<Record<string, string>> = {
  ...words("typescript js javascript node browser wasm", "--target ts"),
  ...words("pytorch torch python", "--target torchrec"),
  ...words("twotower retrieval", "--target two-tower"),
  ...words("onnxruntime", "--target onnx"),
};

function words(names: string, meant: string): Record<string, string> {
  return Object.fromEntries(names.split(" ").map((name) => [name, meant]));
}

/**
 * Commander's error message, with dinc's equivalent instead of commander's guess. `argv` are the words of the command
 * line, and `options` the flags of a command.
 */
export function withOtherWords(
  text: string,
  argv: readonly string[] = [],
  options: (command: string) => readonly string[] = () => [],
): string {
  const meant = meantBy(text, argv) ?? meantByValue(text) ?? meantByArguments(text, argv, options);
  if (meant === null) return text;
  const [first] = text.split("\n");
  return `${first}\n(${meant})\n`;
}

function meantBy(text: string, [first]: readonly string[]): string | null {
  const [, kind, written] = /unknown (command|option) '-{0,2}([\w-]+)/.exec(text) ?? [];
  if (written === undefined) return null;
  // A word behind a command, as in `dinc export run`, is none of these.
  if (kind === "command" && first !== undefined && first !== written) return null;
  const table = kind === "command" ? COMMANDS : OPTIONS;
  const name = written.toLowerCase().replaceAll("_", "-");
  if (!Object.hasOwn(table, name)) return null;
  return `${kind === "command" ? "" : "write "}${table[name]}`;
}

function meantByValue(text: string): string | null {
  const [, target] = /option '--target <target>' argument '([\w-]+)'/.exec(text) ?? [];
  const name = target?.toLowerCase().replaceAll(/[_-]/g, "");
  return name !== undefined && Object.hasOwn(VALUES, name) ? `write \`${VALUES[name]}\`` : null;
}

/** For rows, a spec or a folder where the command takes something else. */
function meantByArguments(
  text: string,
  [command = "", ...others]: readonly string[],
  options: (command: string) => readonly string[],
): string | null {
  const rows = others.find((word) => !word.startsWith("-") && isRowsName(word));
  const flags = options(command);
  if (/too many arguments/.test(text) && rows !== undefined)
    return flags.includes("--data")
      ? `name rows with \`--data ${inShell(rows)}\``
      : flags.includes("--set")
        ? `dinc.yaml names the rows, or \`--set data.train=${inShell(rows)}\` does`
        : null;
  if (/required option '--data/.test(text))
    return shellCommand`name the rows: \`dinc ${command} --data ${rows ?? "clicks.csv"}\``;
  const spec = others.find((each) => each.endsWith(".din"));
  if (/required option '-o, --out/.test(text) && spec !== undefined && command === "predict")
    return shellCommand`train it first: \`dinc train ${spec} --out my-run\`, then \`dinc predict my-run --data clicks.csv --out scores.csv\``;
  return null;
}
