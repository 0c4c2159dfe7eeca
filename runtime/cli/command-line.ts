// The commands with their arguments, options and help. Every command's code is loaded only when it is asked
// for, so that `dinc check` starts without DuckDB and TensorFlow.

import { Command, Option } from "commander";
import { targets } from "../../compiler/backends/choices.ts";
import { stepOrders } from "../../compiler/frontend/config/choices.ts";
import { defaultRequest } from "../../compiler/tools/cost/default-request.ts";
import { version } from "../files/version.ts";
import { storedOrders } from "../prepared/prepared-folder.ts";
import { dataCommands } from "./data-commands.ts";
import { manyRunsCommands } from "./many-runs-commands.ts";
import {
  backendOption,
  badRowOption,
  checkpointOption,
  collect,
  csvOptions,
  emitOptionsOf,
  formatOption,
  fromOptions,
  paramOption,
  positiveWholeNumber,
  threadsOption,
  trainingOptions,
  variantOption,
  wholeNumber,
  wideVectorsOption,
} from "./options.ts";
import { itemOptions, rowCommands } from "./row-commands.ts";
import type { Terminal } from "./terminal.ts";

/** `done` gets the exit code of the command that was performed. */
export function commandLine(terminal: Terminal, done: (code: number) => void): Command {
  const program = new Command("dinc")
    .description("Compiles .din models: checks them, trains them, and turns runs into standalone TypeScript.")
    .version(version(), "--version", "print the version")
    .helpOption("-h, --help", "show this help")
    .showHelpAfterError("(dinc --help shows the commands)")
    .configureHelp({ showGlobalOptions: false })
    .configureOutput({
      writeOut: (text) => terminal.out(text),
      writeErr: (text) => terminal.say(text.replace(/\n$/, "")),
    })
    .exitOverride();
  const command = (usage: string, description: string, ...examples: string[]) => {
    const [shown, ...more] = examples.map((example) => `  $ ${example}`);
    return program
      .command(usage)
      .description(description)
      .addHelpText("before", `${[shown, ...more].join("\n")}\n`)
      .showHelpAfterError(`(dinc ${usage.split(" ")[0]} --help shows an example)`);
  };
  program.addHelpText("before", "  $ dinc train model.din -c dinc.yaml --out my-run\n");

  const findingsOptions = (target: Command) =>
    target
      .argument("<file...>", "specs; - reads standard input")
      .addOption(
        new Option("--format <format>", "how to print findings")
          .choices(["pretty", "concise", "json", "sarif", "github"])
          .default("pretty"),
      )
      .option("--fix", "apply the fixes that are certain, in place")
      .option("--deny <code>", "count this finding as an error; repeatable", collect, [])
      .option("--stdin-filepath <path>", "the path of the file on standard input")
      .addOption(paramOption())
      .addOption(variantOption());

  findingsOptions(
    command(
      "check",
      "Parse and check specs.",
      "dinc check model.din",
      "dinc check --fix model.din",
      "dinc check --format json --stdin-filepath model.din - < model.din",
    ),
  )
    .addOption(
      new Option("--types", "print every name with its type, when it is known, and its axis").conflicts(
        "fix",
      ),
    )
    .action(async (files: string[], options) =>
      done(
        options.types
          ? await (await import("./commands/types.ts")).types(files, options, terminal)
          : await (await import("./commands/check.ts")).check(files, options, terminal),
      ),
    );

  findingsOptions(
    command(
      "lint",
      "Check specs, and give advice on valid models, as a reviewer would.",
      "dinc lint model.din",
      "dinc lint --deny outcome-as-feature --format github models/*.din",
    ),
  ).action(async (files: string[], options) =>
    done(await (await import("./commands/lint.ts")).lint(files, options, terminal)),
  );

  command(
    "fmt",
    "Format specs in place: one style, without options.",
    "dinc fmt model.din",
    "dinc fmt --check model.din",
  )
    .argument("<file...>", "specs; - reads standard input and writes standard output")
    .option("--check", "write nothing; print the files that would change, and exit with 1 if there are any")
    .action(async (files: string[], options) =>
      done(await (await import("./commands/fmt.ts")).fmt(files, options, terminal)),
    );

  csvOptions(
    command(
      "init",
      "Draft a spec and a dinc.yaml from the columns of a file, and list the guesses.",
      "dinc init my-model --data rows.csv",
      "dinc init --data rows.parquet --label is_click",
    ),
    "by the ending and the first lines",
  )
    .argument("[dir]", "the folder to write model.din and dinc.yaml into", ".")
    .requiredOption(
      "--data <file>",
      "rows, or an event log: a CSV, Parquet or JSON file, a folder, a pattern, a table of a database (shop.duckdb/clicks), or a query (sql:SELECT …)",
    )
    .option("--label <column>", "the label column, 0 or 1 in every row (default: found by its name)")
    .option("--force", "replace an existing model.din and dinc.yaml")
    .action(async (folder: string, options) =>
      done(await (await import("./commands/init.ts")).init(folder, options, terminal)),
    );

  const prepareCommand = command(
    "prepare",
    "Encode the rows of a training once, as a folder that trainings read.",
    "dinc prepare -c dinc.yaml --out rows",
    "dinc train -c dinc.yaml --rows rows --out my-run",
  )
    .argument("[spec]", "the model; default: `spec` of dinc.yaml")
    .option(
      "-c, --config <file>",
      "where the data is and how it becomes rows (default: dinc.yaml, if there is one)",
    )
    .requiredOption("-o, --out <folder>", "the folder to write")
    .option("--shards <n>", "Parquet files of each split", positiveWholeNumber, 8)
    .addOption(
      new Option(
        "--order <order>",
        "how training rows are stored: at random, or as the first epoch reads them",
      )
        .choices(storedOrders)
        .default("shuffled"),
    )
    .option("--set <path=value>", "override a value of dinc.yaml or of train { … }; repeatable", collect, [])
    .addOption(paramOption())
    .addOption(variantOption())
    .option("--seed <n>", "seed of everything random", wholeNumber)
    .option("--limit <rows>", "use the first rows of each split only", positiveWholeNumber)
    .addOption(badRowOption("`data.on_bad_row` of dinc.yaml, or fail"))
    .addOption(
      new Option(
        "--plan <engine>",
        "print SQL that writes the rows elsewhere, for data that are too large for one machine",
      )
        .choices(["spark"])
        .conflicts("seal"),
    )
    .option("--seal", "make a folder of prepared rows of what the SQL of --plan wrote to it")
    .option("--force", "replace an existing folder of prepared rows");
  for (const option of fromOptions("prepare")) prepareCommand.addOption(option);
  prepareCommand.action(async (spec: string | undefined, options) =>
    done(await (await import("./commands/prepare.ts")).prepare(spec, options, terminal)),
  );

  const trainCommand = command(
    "train",
    "Read data, train, evaluate, and write a run folder.",
    "dinc train -c dinc.yaml --out my-run",
    "dinc train -c dinc.yaml --from my-run --out next-run",
    "dinc train -c dinc.yaml --folds 5 --out cross-validation",
    "dinc train model.din --set data.dir=../data --set train.epochs=3 --out my-run",
  )
    .argument("[spec]", "the model; default: `spec` of dinc.yaml")
    .option(
      "-c, --config <file>",
      "where the data is and how it becomes rows (default: dinc.yaml, if there is one)",
    )
    .option("--rows <folder>", "prepared rows, instead of the data that dinc.yaml names")
    .option("-o, --out <run>", "the run folder to write");
  trainingOptions(trainCommand)
    .option("--force", "replace an existing run folder; do not continue an interrupted training")
    .option("--resume", "continue an interrupted training; begin with the first step if there is none")
    .addOption(checkpointOption())
    .option(
      "--folds <n>",
      "train n times, each with another part of the rows for validation, and tell means of the metrics; n from 2 to 100",
      positiveWholeNumber,
    )
    .option("--tensorboard <folder>", "write event files for TensorBoard to this folder during training")
    .option("--mlflow <url>", "let an MLflow server follow the training, and give it the run");
  for (const option of fromOptions()) trainCommand.addOption(option);
  trainCommand.action(async (spec: string | undefined, options) =>
    done(await (await import("./commands/train.ts")).train(spec, options, terminal)),
  );

  command(
    "import",
    "Make a run folder from the training of a TorchRec package.",
    "dinc import out --out my-run",
    "dinc import out --rows /data/rows --out my-run",
  )
    .argument("<folder>", "what `torchrun … --out` wrote")
    .requiredOption("-o, --out <run>", "the run folder to write")
    .option("--rows <folder>", "the prepared rows (default: where the training read them)")
    .option("--force", "replace an existing run folder")
    .addOption(backendOption())
    .addOption(threadsOption())
    .addOption(wideVectorsOption())
    .action(async (folder: string, options) =>
      done(await (await import("./commands/import.ts")).importTraining(folder, options, terminal)),
    );

  rowCommands(command, done, terminal);

  dataCommands(command, done, terminal);
  manyRunsCommands(command, done, terminal);

  const compileCommand = command(
    "compile",
    "Generate standalone TypeScript or an ONNX model from a run, or a training in Python from a spec.",
    "dinc compile my-run --target ts --out my-ranker",
    "dinc compile tuesday-run --weights-only --out my-ranker",
    "dinc compile my-run --target onnx --out my-model",
    "dinc compile model.din -c dinc.yaml --target torchrec --out my-training",
    "dinc compile model.din --emit graph",
  )
    .argument("[run]", "a run folder, or a spec (random weights, for sizing); default: `spec` of -c")
    .addOption(
      new Option("--target <target>", `what to generate: ${targets.map(({ doc }) => doc).join(", or ")}`)
        .choices(targets.map(({ name }) => name))
        .default("ts"),
    )
    .addOption(paramOption())
    .addOption(variantOption())
    .option("-c, --config <file>", "dinc.yaml, for a spec: its params and what overrides its train { … }")
    .option("--set <path=value>", "override a value of dinc.yaml or of train { … }; repeatable", collect, [])
    .option("-o, --out <folder>", "the folder to write")
    .addOption(
      new Option("--emit <level>", "print a level of the compiler instead").choices([
        "ast",
        "model",
        "graph",
        "optimised",
      ]),
    )
    .option("--without-pass <name>", "leave out a pass in --emit optimised; repeatable", collect, [])
    .option("--seed <n>", "seed of the golden requests and of random weights", wholeNumber)
    .option("--uncalibrated", "without the calibration of the run")
    .option(
      "--weights-only",
      "write only the weights, and what goes with them, into the folder of a module that was compiled before",
    )
    .option(
      "--force",
      "replace the folder even if it holds other files; dinc's own output is always replaced",
    )
    .action(async (path: string | undefined, options) =>
      done(await (await import("./commands/compile.ts")).compile(path, options, terminal)),
    );
  for (const option of emitOptionsOf()) compileCommand.addOption(option);

  command(
    "graph",
    "Draw the network of a spec, coloured by when each value is known.",
    "dinc graph model.din --out model.svg",
    "dinc graph model.din --format mermaid",
  )
    .argument("<spec>", "the model")
    .addOption(
      new Option("--format <format>", "what to write").choices(["svg", "mermaid", "json"]).default("svg"),
    )
    .addOption(paramOption())
    .addOption(variantOption())
    .option("-o, --out <file>", "the file to write (default: standard output)")
    .action(async (path: string, options) =>
      done(await (await import("./commands/graph.ts")).graph(path, options, terminal)),
    );

  command(
    "cost",
    "Count parameters, table bytes and FLOPs of a request.",
    "dinc cost model.din",
    "dinc cost my-run --candidates 500 --history 100 --format json",
  )
    .argument("<model>", "a spec, or a run folder for the exact sizes of its tables")
    .addOption(paramOption())
    .addOption(variantOption())
    .option(
      "--candidates <n>",
      "the number of candidates in a request",
      positiveWholeNumber,
      defaultRequest.candidates,
    )
    .option(
      "--history <n>",
      "steps of each history, of which its `max` count",
      wholeNumber,
      defaultRequest.history,
    )
    .addOption(formatOption())
    .action(async (path: string, options) =>
      done(await (await import("./commands/cost.ts")).cost(path, options, terminal)),
    );

  command("lsp", "Serve editors: the language server, on standard input and output.", "dinc lsp --stdio")
    .option("--stdio", "the only way there is; may be left out")
    .addOption(new Option("--clientProcessId <pid>", "given by editors").hideHelp())
    .action(async () => done(await (await import("./commands/lsp.ts")).lsp()));

  csvOptions(
    command(
      "playground",
      "Open the playground: a page that trains what is typed; with a run, what it ranks for a user, and why.",
      "dinc playground",
      "dinc playground my-run -c dinc.yaml",
      "dinc playground my-run --data test.csv --port 8080",
    ),
    "as in training",
  )
    .argument("[run]", "a run folder, as dinc train writes it")
    .option("--data <file>", "example rows whose users are shown")
    .option("--separator <text>", "the separator of lists in CSV columns of --data (default: as in training)")
    .addOption(
      new Option("--steps <order>", "the order of lists in --data (default: as in training)").choices(
        Object.keys(stepOrders),
      ),
    )
    .option("-c, --config <file>", "dinc.yaml, whose test rows have the users to show")
    .option("--set <path=value>", "override a value of dinc.yaml; repeatable", collect, [])
    .option("--port <n>", "the port of the page", wholeNumber, 8017)
    .option("--no-open", "only say where the page is")
    .action(async (run: string | undefined, options) =>
      done(await (await import("./commands/playground.ts")).playground(run, options, terminal)),
    );

  command(
    "explain",
    "Explain a diagnostic, or show how dinc writes a term of other systems.",
    "dinc explain DIN0201",
  )
    .argument("<code>", "a code such as DIN0201, or its name; or a word such as gelu")
    .action(async (code: string) =>
      done(await (await import("./commands/explain.ts")).explain(code, terminal)),
    );

  command("doctor", "Show what is installed, and how the back end is chosen.", "dinc doctor").action(
    async () => done(await (await import("./commands/doctor.ts")).doctor(terminal)),
  );

  const exportCommand = command(
    "export",
    "What a run learned, for other programs.",
    "dinc export embeddings my-run --table item_id --out items.parquet",
    "dinc export items my-run --data items.csv --out vectors.parquet",
  );
  itemOptions(
    exportCommand
      .command("items")
      .description("Write the vectors of items by a two-tower model, for a vector index.")
      .argument("<run>", "a run folder, as dinc train writes it"),
  ).action(async (run: string, options) =>
    done(await (await import("./commands/export.ts")).exportItemVectors(run, options, terminal)),
  );
  exportCommand
    .command("embeddings")
    .description("Write the vectors of a table with the values that they belong to, for a vector index.")
    .argument("<run>", "a run folder, as dinc train writes it")
    .option("--table <name>", "the feature whose table it is (default: the run's only one)")
    .option("--normalize", "divide each vector by its length, so that inner products are cosines")
    .requiredOption("-o, --out <file>", "Parquet, or NumPy with the values in a file beside it, by extension")
    .action(async (run: string, options) =>
      done(await (await import("./commands/export.ts")).exportVectors(run, options, terminal)),
    );

  command(
    "native",
    "Native TensorFlow, which trains models with large matrix products faster.",
    "dinc native install",
  )
    .command("install")
    .description("Install native tfjs-node into your cache folder, also where its own download fails.")
    .action(async () => done(await (await import("./commands/native.ts")).nativeInstall(terminal)));

  command(
    "torch",
    "PyTorch and TorchRec, which train the packages of dinc compile --target torchrec.",
    "dinc torch install",
  )
    .command("install")
    .description("Install PyTorch and TorchRec for processors into your cache folder, without CUDA.")
    .action(async () => done(await (await import("./commands/torch.ts")).torchInstall(terminal)));

  return program;
}
