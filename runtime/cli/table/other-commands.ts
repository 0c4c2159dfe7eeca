// Commands for editors, explanations, other programs, and installed parts.

import { formatsText } from "../../../compiler/frontend/config/choices.ts";
import type { ExportCommandOptions, ExportItemsCommandOptions } from "../commands/export.ts";
import type { PlaygroundCommandOptions } from "../commands/playground.ts";
import type { ServeCommandOptions } from "../commands/serve.ts";
import type { CommandDescription, CommandGroup } from "./describe.ts";
import { badRowOption, csvOptions, engineOptions, option, optionsOfServer, RUN } from "./options.ts";

const serve = (): CommandDescription => ({
  name: "serve",
  doc: "Serve a run over HTTP: rank requests, take new weights while it serves, give metrics to Prometheus.",
  examples: ["dinc serve my-run", "dinc serve models/current --host 0.0.0.0 --port 80"],
  arguments: [RUN],
  options: [option("engine"), ...optionsOfServer(), option("uncalibrated")],
  run: async (terminal, options: ServeCommandOptions, run: string) =>
    (await import("../commands/serve.ts")).serve(run, options, terminal),
});

const lsp = (): CommandDescription => ({
  name: "lsp",
  doc: "Serve editors: the language server, on standard input and output.",
  examples: ["dinc lsp --stdio"],
  arguments: [],
  options: [option("stdio"), option("clientProcessId")],
  run: async () => (await import("../commands/lsp.ts")).lsp(),
});

const playground = (): CommandDescription => ({
  name: "playground",
  doc: "Open the playground: a page that trains the typed spec; with a run, its ranking for a user, with explanations.",
  examples: [
    "dinc playground",
    "dinc playground my-run -c dinc.yaml",
    "dinc playground my-run --data test.csv --port 8080",
  ],
  arguments: [{ ...RUN, usage: "[run]" }],
  options: [
    ...csvOptions("as in training"),
    option("data", { doc: "example rows with the users to show" }),
    option("separator", {
      doc: "the separator of lists in CSV columns of --data (default: as in training)",
    }),
    option("steps"),
    option("config", { doc: "dinc.yaml, whose test rows have the users to show" }),
    option("set", { doc: "override a value of dinc.yaml; repeatable" }),
    option("port"),
    option("open"),
  ],
  run: async (terminal, options: PlaygroundCommandOptions, run?: string) =>
    (await import("../commands/playground.ts")).playground(run, options, terminal),
});

const explain = (): CommandDescription => ({
  name: "explain",
  doc: "Explain a diagnostic, or show how dinc writes a term of other systems.",
  examples: ["dinc explain DIN0201"],
  arguments: [{ usage: "<code>", doc: "a code such as DIN0201, or its name; or a word such as gelu" }],
  options: [],
  run: async (terminal, _options: object, code: string) =>
    (await import("../commands/explain.ts")).explain(code, terminal),
});

const doctor = (): CommandDescription => ({
  name: "doctor",
  doc: "Show the installed parts, and how the back end is chosen.",
  examples: ["dinc doctor"],
  arguments: [],
  options: [],
  run: async (terminal) => (await import("../commands/doctor.ts")).doctor(terminal),
});

const exportGroup = (): CommandGroup => ({
  name: "export",
  doc: "Write the vectors of a run for other programs.",
  examples: [
    "dinc export embeddings my-run --table item_id --out items.parquet",
    "dinc export items my-run --data items.csv --out vectors.parquet",
  ],
  commands: [exportItems(), exportEmbeddings()],
});

const exportItems = (): CommandDescription => ({
  name: "items",
  doc: "Write the vectors of items by a two-tower model, for a vector index.",
  examples: [],
  arguments: [RUN],
  options: [
    ...csvOptions("as in training"),
    option("data", {
      doc: `items: ${formatsText}, by extension, with a column for each feature that the item tower reads`,
      isRequired: true,
    }),
    option("separator", {
      doc: "the separator of values of a set, in CSV columns (default: as in training)",
    }),
    option("keep", {
      doc: "a column to copy next to the vectors; repeatable (default: the first feature of items with ids)",
    }),
    option("out", {
      value: "<file>",
      path: "file",
      doc: "Parquet, or NumPy with the kept column in a file beside it, by extension",
      isRequired: true,
    }),
    badRowOption("fail"),
    option("uncalibrated"),
    ...engineOptions(),
  ],
  run: async (terminal, options: ExportItemsCommandOptions, run: string) =>
    (await import("../commands/export.ts")).exportItemVectors(run, options, terminal),
});

const exportEmbeddings = (): CommandDescription => ({
  name: "embeddings",
  doc: "Write the vectors of a table with their values, for a vector index.",
  examples: [],
  arguments: [RUN],
  options: [
    option("table"),
    option("normalize"),
    option("out", {
      value: "<file>",
      path: "file",
      doc: "Parquet, or NumPy with the values in a file beside it, by extension",
      isRequired: true,
    }),
  ],
  run: async (terminal, options: ExportCommandOptions, run: string) =>
    (await import("../commands/export.ts")).exportVectors(run, options, terminal),
});

const native = (): CommandGroup => ({
  name: "native",
  doc: "Native TensorFlow, which trains models with large matrix products faster.",
  examples: ["dinc native install"],
  commands: [
    {
      name: "install",
      doc: "Install native tfjs-node in your cache folder, even if its own download fails.",
      examples: [],
      arguments: [],
      options: [],
      run: async (terminal) => (await import("../commands/native.ts")).nativeInstall(terminal),
    },
  ],
});

const torch = (): CommandGroup => ({
  name: "torch",
  doc: "PyTorch and TorchRec, which train the packages of dinc compile --target torchrec.",
  examples: ["dinc torch install"],
  commands: [
    {
      name: "install",
      doc: "Install PyTorch and TorchRec for CPUs in your cache folder, without CUDA.",
      examples: [],
      arguments: [],
      options: [],
      run: async (terminal) => (await import("../commands/torch.ts")).torchInstall(terminal),
    },
  ],
});

export const otherCommands = () => [
  serve(),
  lsp(),
  playground(),
  explain(),
  doctor(),
  exportGroup(),
  native(),
  torch(),
];
