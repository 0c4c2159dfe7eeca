// The equivalents of other tools' commands and options, which newcomers may type first.

/** By word: a command line and its effect. */
const COMMANDS: Readonly<Record<string, string>> = {
  ...words("fit run", "`dinc train` trains"),
  ...words("test evaluate evaluation validate val", "`dinc eval RUN` computes metrics on labelled rows"),
  ...words(
    "score infer inference rank",
    "`dinc predict RUN` scores rows, `dinc compile RUN` makes a module that ranks",
  ),
  ...words(
    "serve server deploy build",
    "`dinc compile RUN` makes a module that ranks in Node, a browser or an edge worker",
  ),
  ...words("report plot curves show", "every run has a report: open RUN/report.html"),
  ...words("new create start scaffold", "`dinc init --data clicks.csv` drafts a spec and a dinc.yaml"),
  ...words("format pretty", "`dinc fmt` formats specs"),
  ...words("hpo search sweep optimize", "`dinc tune` searches for settings"),
  ...words("list ls history experiments", "`dinc runs FOLDER` lists runs"),
  ...words("compare", "`dinc diff RUN RUN` compares two runs"),
  ...words("summary params flops count", "`dinc cost model.din` counts parameters and FLOPs"),
  ...words("ui web demo notebook", "`dinc playground` opens the playground"),
  ...words("preprocess encode data", "`dinc prepare` encodes rows once for many trainings"),
  ...words("feature-importance shap", "`dinc importance RUN` permutes each feature"),
};

/** By option, without dashes. */
const OPTIONS: Readonly<Record<string, string>> = {
  ...words("epochs epoch num-epochs n-epochs max-epochs", "`--set train.epochs=3`"),
  ...words("batch batch-size bs", "`--set train.batch=256`"),
  ...words(
    "lr learning-rate optimizer optim",
    "`optimizer adam(learning_rate: 1e-3)` in `train { … }` of the spec",
  ),
  ...words("patience early-stopping", "`stop early(patience: 2)` in `train { … }` of the spec"),
  ...words(
    "device gpu cuda cpu",
    "`--backend` names the back end; packages for PyTorch train on GPUs: `dinc compile --target torchrec`",
  ),
  ...words("workers num-workers jobs n-jobs", "`--threads 2`"),
  ...words("output output-dir save-dir model-dir log-dir", "`--out my-run`"),
  ...words(
    "data train-data data-dir data-path input",
    "`-c dinc.yaml` names the data; `--set data.train=clicks.csv` replaces a file",
  ),
  ...words("checkpoint load init-from warm-start pretrained", "`--from RUN` continues from a run"),
  ...words("random-seed random-state", "`--seed 1`"),
  ...words("overwrite", "`--force`"),
  ...words("k-folds kfold cv", "`--folds 5`"),
};

function words(names: string, meant: string): Record<string, string> {
  return Object.fromEntries(names.split(" ").map((name) => [name, meant]));
}

/** Commander's error message, with dinc's equivalent instead of commander's guess. */
export function withOtherWords(text: string): string {
  const [, kind, written] = /unknown (command|option) '(?:--)?([\w-]+)/.exec(text) ?? [];
  if (written === undefined) return text;
  const table = kind === "command" ? COMMANDS : OPTIONS;
  const name = written.toLowerCase().replaceAll("_", "-");
  const meant = Object.hasOwn(table, name) ? table[name] : undefined;
  if (meant === undefined) return text;
  const [first] = text.split("\n");
  return `${first}\n(${kind === "command" ? "" : "write "}${meant})\n`;
}
