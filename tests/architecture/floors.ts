// The floors of the source tree, from the bottom up: every folder with its promise. A file imports from its
// own folder and from those above it in this list, never from those below. `imports.test.ts` checks every
// import, and writes the table in compiler/ARCHITECTURE.md from this list.

export interface Floor {
  readonly folder: string;
  readonly promise: string;
}

export const floors: readonly Floor[] = [
  { folder: "grammar", promise: "Text to tokens to a tree, with recovery; tables that editors read." },
  {
    folder: "compiler/serve",
    promise: "Code that generated modules contain: kernels, encoders, the weights reader.",
  },
  {
    folder: "compiler/common",
    promise: "Source files and locations in them, invariants, quoting, timestamps, random numbers.",
  },
  {
    folder: "compiler/diagnostics",
    promise:
      "Every message: `catalog/` has the wording, `render/` the output formats, `diagnostics/field-words/` the words of other tools.",
  },
  {
    folder: "compiler/middle/graph",
    promise: "The types of a Graph: plain data, row layouts, attributes of ops.",
  },
  {
    folder: "compiler/middle/ops",
    promise: "The meaning of each op: shape, reference, gradient, cost, samples.",
  },
  { folder: "compiler/middle/builder", promise: "Builds, validates, evaluates, prints and rewrites Graphs." },
  {
    folder: "compiler/middle/pairs",
    promise: "Sums over pairs of steps, read from a Graph for back ends that keep no pairs.",
  },
  { folder: "compiler/middle/autodiff", promise: "Reverse-mode gradients as nodes of the same Graph." },
  { folder: "compiler/middle/passes", promise: "Graph in, Graph out, same results." },
  { folder: "compiler/middle/metrics", promise: "Metrics, on plain arrays." },
  {
    folder: "compiler/middle/calibration",
    promise: "Curves from logits to calibrated logits, fitted after a training.",
  },
  {
    folder: "compiler/middle/training",
    promise: "Settings of training, optimizers, schedules, losses of labels.",
  },
  {
    folder: "compiler/middle/programs",
    promise: "The training step, prediction and ranking, each as one Graph.",
  },
  {
    folder: "compiler/frontend/syntax",
    promise: "A spec's text to a tree, and analyses of the tree alone.",
  },
  {
    folder: "compiler/frontend/model",
    promise: "The checked Model: plain data, and lookups by name.",
  },
  { folder: "compiler/frontend/labels", promise: "Kinds of labels, each as one object." },
  { folder: "compiler/frontend/kinds", promise: "Feature kinds and transforms, with their encoders." },
  { folder: "compiler/frontend/values", promise: "Types, widths and values of the language." },
  {
    folder: "compiler/frontend/functions",
    promise: "Each function of the language as one object, and the library of blocks.",
  },
  { folder: "compiler/frontend/modules", promise: "Imports, params and variants: many files to one spec." },
  {
    folder: "compiler/frontend/elaborate",
    promise: "The one walk over expressions: checks them, and adds nodes where widths are known.",
  },
  { folder: "compiler/frontend/check", promise: "A spec to a Model, and a Model to its forward Graph." },
  { folder: "compiler/frontend/config", promise: "dinc.yaml to settings." },
  { folder: "compiler/backends/contract", promise: "The interface of every back end, and its inputs." },
  {
    folder: "compiler/backends/golden",
    promise: "Golden requests and their logits by the ops' references, which every target must reproduce.",
  },
  { folder: "compiler/backends/tensorflow", promise: "A Graph as one TensorFlow GraphDef." },
  {
    folder: "compiler/backends/serving",
    promise:
      "The plan of a ranking program, which TypeScript and code share: calls of kernels, buffers, phases, attention weights.",
  },
  {
    folder: "compiler/backends/code",
    promise:
      "Code as plain data, one level above WebAssembly and C; the kernels, the training step and the places of values, written over it.",
  },
  {
    folder: "compiler/backends/wasm",
    promise:
      "Prints code as WebAssembly: a training step that threads share, and a ranking program, which a TypeScript module carries.",
  },
  {
    folder: "compiler/backends/c",
    promise: "Prints code as C99 with the vector types of GCC and clang.",
  },
  { folder: "compiler/backends/typescript", promise: "A ranking program as a TypeScript module." },
  {
    folder: "compiler/backends/c-library",
    promise:
      "A ranking program as a library in C: sessions of one user, weights that are mapped into memory.",
  },
  {
    folder: "compiler/backends/server",
    promise: "A ranking program with a server around it: the TypeScript module, and requests as OpenAPI.",
  },
  {
    folder: "compiler/backends/page",
    promise:
      "A ranking program as one HTML file: the TypeScript module, its weights, and an interface for people.",
  },
  {
    folder: "compiler/backends/two-tower",
    promise: "A model of two towers: the user's as a TypeScript module, the items' as a Graph of vectors.",
  },
  { folder: "compiler/backends/onnx", promise: "A ranking program as an ONNX model." },
  {
    folder: "compiler/backends/torchrec",
    promise: "A network as a Python package for PyTorch and TorchRec: modules out of the typed Graph.",
  },
  {
    folder: "compiler/backends",
    promise: "The registry: every back end in one line, and their engines and targets.",
  },
  {
    folder: "compiler/data",
    promise:
      "Rows of a table to encoded columns, and columns to batches, wherever the table and the columns are stored.",
  },
  { folder: "compiler/tools/fmt", promise: "One layout for every spec." },
  {
    folder: "compiler/tools/ablate",
    promise:
      "A model without one of its parts, and without everything that only this part used; the linear model of the same features.",
  },
  { folder: "compiler/tools/views", promise: "Names with their types; pictures of the network." },
  { folder: "compiler/tools/cost", promise: "Operations and bytes of a model." },
  { folder: "compiler/tools/lint", promise: "Advice, one object a rule." },
  { folder: "compiler/tools/explain", promise: "The pages of `dinc explain`." },
  { folder: "compiler/tools/init", promise: "A draft of a spec from the rows of a table." },
  { folder: "compiler/tools/lsp/language", promise: "The words of the language, with their arguments." },
  {
    folder: "compiler/tools/lsp/symbols",
    promise: "The meaning of every name of a text, from the tree alone.",
  },
  { folder: "compiler/tools/lsp", promise: "Snapshots of a workspace, and the editor features on them." },
  { folder: "compiler/tools/lsp/cursor", promise: "The grammatical context at a cursor." },
  {
    folder: "compiler/tools/lsp/refactorings",
    promise: "Rewrites that leave a model's computation the same.",
  },
  { folder: "compiler/tools/lsp/completion", promise: "Completion at a cursor." },
  { folder: "compiler/tools/lsp/hover", promise: "The meaning of a name, in words." },
  { folder: "compiler/tools/lsp/config", promise: "The same services for dinc.yaml." },
  { folder: "compiler/tools/lsp/features", promise: "One file for each editor feature." },
  { folder: "compiler/index.ts", promise: "`dinc`: the pure driver." },
  {
    folder: "compiler/train",
    promise:
      "`dinc/train`: a training, step by step and to its end, on rows in memory; tables beside a session, early stop, scores, metrics.",
  },
  {
    folder: "compiler/imported/files",
    promise: "Reads files of weights that other libraries wrote, and runs nothing in them.",
  },
  {
    folder: "compiler/imported/libraries",
    promise: "Libraries whose checkpoints dinc imports, each as one object.",
  },
  {
    folder: "compiler/imported",
    promise: "Weights that other libraries trained: their files, and the place of each weight in a model.",
  },
  {
    folder: "compiler/tune",
    promise: "Searches for settings: ranges, values drawn from them, and the trials that continue.",
  },
  { folder: "runtime/files", promise: "Writes and reads files that are either complete or absent." },
  {
    folder: "runtime/native",
    promise: "tfjs-node if its own download fails, and PyTorch without CUDA, in the user's cache.",
  },
  {
    folder: "runtime/engines",
    promise: "The machine's parts that back ends need: native TensorFlow, threads.",
  },
  {
    folder: "runtime/duckdb",
    promise: "DuckDB: its memory, errors, values and SQL.",
  },
  {
    folder: "runtime/fitted",
    promise: "Vocabularies and fitted numbers as files, the same in runs and in prepared rows.",
  },
  {
    folder: "runtime/data/storage",
    promise:
      "Columns in memory and in files, tables that are sorted, and the memory that they share with DuckDB.",
  },
  {
    folder: "runtime/data/formats",
    promise: "Opens a file of each format: its columns, the SQL that reads it, its faults.",
  },
  {
    folder: "runtime/data/elsewhere",
    promise:
      "Copies of rows that are not in a file: from servers, stores, databases, queries, standard input.",
  },
  {
    folder: "runtime/data/tables",
    promise: "One or several files as one table: scanned, counted, sampled, without bad rows.",
  },
  { folder: "runtime/data/times", promise: "The order of events, windows of time, times on one scale." },
  {
    folder: "runtime/data/impressions",
    promise: "Histories from a log and tables as of a time, joined to the rows of a file.",
  },
  {
    folder: "runtime/data/examples",
    promise: "Rows of a file as columns, and which of them are kept for validation and test.",
  },
  { folder: "runtime/data/events", promise: "Rows that are built on demand from a sorted event log." },
  { folder: "runtime/data/batches", promise: "Rows from anywhere as batches, in a thread of their own." },
  {
    folder: "runtime/data",
    promise:
      "Reads the rows that dinc.yaml names: every split, the values fitted on them, and their fingerprint.",
  },
  {
    folder: "runtime/train",
    promise: "Trainings on rows from anywhere, threads for metrics, files of vectors and for TensorBoard.",
  },
  { folder: "runtime/run", promise: "The run folder: writing, reading, comparing and scoring it." },
  {
    folder: "runtime/prepared",
    promise: "Folders of prepared rows: encoded once, written as Parquet, and read by many trainings.",
  },
  { folder: "runtime/report", promise: "`report.html`, from findings as plain data." },
  {
    folder: "runtime/serve",
    promise: "The HTTP server around a compiled model: its threads, its routes, how it takes other models.",
  },
  { folder: "runtime/driver", promise: "Training, scoring, compiling, drafting, each as one call." },
  { folder: "runtime/tune", promise: "A search for settings: its folder, parallel trials, its report." },
  { folder: "runtime/index.ts", promise: "`dinc/node`: the driver that commands and users call." },
  { folder: "runtime/lsp", promise: "The language server's process: documents, timers, threads." },
  { folder: "runtime/cli", promise: "The command line: arguments in, text and exit codes out." },
  { folder: "runtime/session", promise: "The driver for programs in other languages: JSON-RPC over pipes." },
  {
    folder: "grammar/editors/vscode/src",
    promise: "The VS Code extension, and the language server that it contains.",
  },
  {
    folder: "python/jupyterlab",
    promise: "The extension of JupyterLab, which the wheel contains: colours of specs.",
  },
  {
    folder: "playground/workers",
    promise: "The workers of a page: training, the language server, views of a spec.",
  },
  { folder: "playground/examples", promise: "Examples by topic: families of the zoo, and DIN step by step." },
  { folder: "playground/lessons", promise: "Lessons as texts, each with a pure check of its task." },
  { folder: "playground/page", promise: "The playground: an editor, and views of its text." },
  { folder: "manual", promise: "The manual as a site: the repository's Markdown as pages, and a search." },
];

/** The floor that a file stands on: the listed folder that is deepest. */
export function floorOf(path: string): number {
  let found = -1;
  floors.forEach(({ folder }, floor) => {
    const isOn = path === folder || path.startsWith(`${folder}/`);
    if (isOn && (found < 0 || folder.length > floors[found]!.folder.length)) found = floor;
  });
  return found;
}
