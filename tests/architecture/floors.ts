// The floors of the house, from the ground up: every folder of sources with what it promises. A file imports from its own
// folder and from those above it in this list, never from those below. `imports.test.ts` holds every import to it, and the table in
// compiler/ARCHITECTURE.md to these words.

export interface Floor {
  readonly folder: string;
  readonly promise: string;
}

export const floors: readonly Floor[] = [
  { folder: "grammar", promise: "Text to tokens to a tree, with recovery; tables that editors read." },
  {
    folder: "runtime/serve",
    promise:
      "What a generated module carries: kernels, encoders, the weights reader. The compiler reads it, so it stands on the ground.",
  },
  {
    folder: "compiler/common",
    promise: "Source files and places in them, invariants, quoting, time texts, random numbers.",
  },
  {
    folder: "compiler/diagnostics",
    promise:
      "Every message: `catalog/` words it, `render/` shows it, `diagnostics/field-words/` knows other tools' words.",
  },
  {
    folder: "compiler/middle/graph",
    promise: "What a Graph is: plain data, row layouts, attributes of ops.",
  },
  {
    folder: "compiler/middle/ops",
    promise: "What each op means: shape, reference, gradient, cost, samples.",
  },
  { folder: "compiler/middle/build", promise: "Builds, validates, evaluates, prints and rewrites Graphs." },
  { folder: "compiler/middle/autodiff", promise: "Reverse-mode gradients as nodes of the same Graph." },
  { folder: "compiler/middle/passes", promise: "Graph in, Graph out, same results." },
  { folder: "compiler/middle/metrics", promise: "What models are measured by, on plain arrays." },
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
    promise: "A spec's text to a tree; what is read from the tree alone.",
  },
  {
    folder: "compiler/frontend/model",
    promise: "The checked Model: plain data, and what is found in it by name.",
  },
  { folder: "compiler/frontend/labels", promise: "Kinds of labels, each as one object." },
  { folder: "compiler/frontend/kinds", promise: "Feature kinds and transforms, with their encoders." },
  { folder: "compiler/frontend/values", promise: "Types, widths and values of the language." },
  { folder: "compiler/frontend/functions", promise: "Each function of the language as one object." },
  { folder: "compiler/frontend/modules", promise: "Imports, params and variants: many files to one spec." },
  {
    folder: "compiler/frontend/elaborate",
    promise: "The one walk over expressions: checks them, and adds nodes where widths are known.",
  },
  { folder: "compiler/frontend/check", promise: "A spec to a Model, and a Model to its forward Graph." },
  { folder: "compiler/frontend/config", promise: "dinc.yaml to settings." },
  { folder: "compiler/backends/contract", promise: "What is asked of every back end, and what it is given." },
  {
    folder: "compiler/backends/golden",
    promise: "Golden requests and their logits by the ops' references, which every target is held to.",
  },
  { folder: "compiler/backends/tensorflow", promise: "A Graph as one TensorFlow GraphDef." },
  { folder: "compiler/backends/tfjs", promise: "A Graph as tfjs calls, op by op." },
  {
    folder: "compiler/backends/serving",
    promise:
      "The plan of a ranking program, which TypeScript and WebAssembly share: kernels called, buffers, phases; what a model attends to.",
  },
  {
    folder: "compiler/backends/wasm",
    promise: "A ranking program as WebAssembly, which a TypeScript module carries.",
  },
  { folder: "compiler/backends/typescript", promise: "A ranking program as a TypeScript module." },
  { folder: "compiler/backends/onnx", promise: "A ranking program as an ONNX model." },
  { folder: "compiler/backends", promise: "The registry: every back end in one line, and what they offer." },
  { folder: "compiler/tools/fmt", promise: "One layout for every spec." },
  { folder: "compiler/tools/views", promise: "Names with their types; pictures of the network." },
  { folder: "compiler/tools/cost", promise: "Operations and bytes of a model." },
  { folder: "compiler/tools/lint", promise: "Advice, one object a rule." },
  { folder: "compiler/tools/explain", promise: "The pages of `dinc explain`." },
  { folder: "compiler/tools/init", promise: "A draft of a spec from the rows of a table." },
  { folder: "compiler/tools/lsp/symbols", promise: "What every name of a text means, from the tree alone." },
  { folder: "compiler/tools/lsp/language", promise: "What words of the language are and take." },
  { folder: "compiler/tools/lsp", promise: "Snapshots of a workspace and what is read from them." },
  { folder: "compiler/tools/lsp/cursor", promise: "What the grammar has at a cursor." },
  { folder: "compiler/tools/lsp/refactorings", promise: "Rewrites after which a model computes the same." },
  { folder: "compiler/tools/lsp/completion", promise: "What may stand at a cursor." },
  { folder: "compiler/tools/lsp/hover", promise: "What a name is, in words." },
  { folder: "compiler/tools/lsp/config", promise: "The same services for dinc.yaml." },
  { folder: "compiler/tools/lsp/features", promise: "One file for each thing that an editor can ask." },
  { folder: "compiler/index.ts", promise: "`dinc`: the pure driver." },
  { folder: "runtime/files", promise: "Files that are whole or absent, read and written." },
  { folder: "runtime/native", promise: "tfjs-node where its own download fails." },
  {
    folder: "runtime/engines",
    promise: "What this machine has of what back ends need: native TensorFlow, tfjs.",
  },
  { folder: "runtime/data", promise: "Rows and event logs to encoded columns, columns to batches." },
  { folder: "runtime/train", promise: "The training loop, host tables, metrics." },
  { folder: "runtime/run", promise: "The run folder: written, read, compared, scored." },
  { folder: "runtime/report", promise: "`report.html`, from findings as plain data." },
  { folder: "runtime/driver", promise: "Training, scoring, compiling, drafting, each as one call." },
  { folder: "runtime/index.ts", promise: "`dinc/node`: the driver that commands and users call." },
  { folder: "runtime/lsp", promise: "The language server's process: documents, timers, threads." },
  { folder: "runtime/cli", promise: "The command line: arguments in, text and exit codes out." },
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
