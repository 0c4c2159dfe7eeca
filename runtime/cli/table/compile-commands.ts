// Commands that compile a model, draw it and count its operations.

import type { CompileCommandOptions } from "../commands/compile.ts";
import type { CostCommandOptions } from "../commands/cost.ts";
import type { GraphOptions } from "../commands/graph.ts";
import type { WeightsApplyOptions, WeightsDiffOptions } from "../commands/weights.ts";
import type { CommandDescription, CommandGroup } from "./describe.ts";
import { option, specOptions, targetOptions } from "./options.ts";

const compile = (): CommandDescription => ({
  name: "compile",
  doc: "Generate standalone TypeScript or C, or an ONNX model, from a run, or a training in Python from a spec.",
  examples: [
    "dinc compile my-run --target ts --out my-ranker",
    "dinc compile tuesday-run --weights-only --out my-ranker",
    "dinc compile my-run --target c --out my-library",
    "dinc compile my-run --target onnx --out my-model",
    "dinc compile my-run --target server --out my-server",
    "dinc compile my-run --target page --out my-page",
    "dinc compile model.din -c dinc.yaml --target torchrec --out my-training",
    "dinc compile model.din --emit graph",
  ],
  arguments: [
    {
      usage: "[run]",
      path: "file",
      doc: "a run folder, or a spec (random weights, for sizing); default: `spec` of -c",
    },
  ],
  options: [
    option("target"),
    ...specOptions(),
    option("config", { doc: "dinc.yaml, for a spec: values of params, and overrides of its train { … }" }),
    option("set"),
    option("out"),
    option("emit"),
    option("withoutPass"),
    option("seed", { doc: "seed of the golden requests and of random weights" }),
    option("uncalibrated"),
    option("weightsOnly"),
    option("force", {
      doc: "replace the folder even if it contains other files; dinc's own output is always replaced",
    }),
    ...targetOptions(),
  ],
  run: async (terminal, options: CompileCommandOptions, path?: string) =>
    (await import("../commands/compile.ts")).compile(path, options, terminal),
});

const graph = (): CommandDescription => ({
  name: "graph",
  doc: "Draw the network of a spec, coloured by when each value is known.",
  examples: ["dinc graph model.din --out model.svg", "dinc graph model.din --format mermaid"],
  arguments: [{ usage: "<spec>", path: "file", doc: "the model" }],
  options: [
    option("format", { doc: "the form of the picture", choices: ["svg", "mermaid", "json"], default: "svg" }),
    ...specOptions(),
    option("out", {
      value: "<file>",
      path: "file",
      doc: "the file to write (default: standard output)",
    }),
  ],
  run: async (terminal, options: GraphOptions, path: string) =>
    (await import("../commands/graph.ts")).graph(path, options, terminal),
});

const cost = (): CommandDescription => ({
  name: "cost",
  doc: "Count parameters, table bytes and FLOPs of a request.",
  examples: ["dinc cost model.din", "dinc cost my-run --candidates 500 --history 100 --format json"],
  arguments: [
    {
      usage: "<model>",
      path: "file",
      doc: "a spec, or a run folder for the exact sizes of its tables",
    },
  ],
  options: [...specOptions(), option("candidates"), option("history"), option("format")],
  run: async (terminal, options: CostCommandOptions, path: string) =>
    (await import("../commands/cost.ts")).cost(path, options, terminal),
});

const weightsGroup = (): CommandGroup => ({
  name: "weights",
  doc: "Patches of weights: what changed from one day to the next, for servers that have yesterday's file.",
  examples: [
    "dinc weights diff monday tuesday --out tuesday.dincpatch",
    "dinc weights apply monday.weights.bin tuesday.dincpatch --out tuesday.weights.bin",
  ],
  commands: [weightsDiff(), weightsApply()],
});

const WEIGHTS = "a weights file, the folder of a compiled model, or a run";

const weightsDiff = (): CommandDescription => ({
  name: "diff",
  doc: "Write the patch that leads from one weights file to another one of the same program.",
  examples: [],
  arguments: [
    { usage: "<from>", path: "file", doc: `${WEIGHTS}: the weights before` },
    { usage: "<to>", path: "file", doc: `${WEIGHTS}: the weights after` },
  ],
  options: [
    option("out", { value: "<file>", path: "file", doc: "the patch to write", isRequired: true }),
    option("deltas"),
  ],
  run: async (terminal, options: WeightsDiffOptions, from: string, to: string) =>
    (await import("../commands/weights.ts")).weightsDiff(from, to, options, terminal),
});

const weightsApply = (): CommandDescription => ({
  name: "apply",
  doc: "Apply patches to a weights file, in their order.",
  examples: [],
  arguments: [
    { usage: "<weights>", path: "file", doc: WEIGHTS },
    { usage: "<patch...>", path: "file", doc: "patches, each of which leads from the one before it" },
  ],
  options: [
    option("out", {
      value: "<file>",
      path: "file",
      doc: "the weights file to write, in one step; it may be the one that is patched",
      isRequired: true,
    }),
  ],
  run: async (terminal, options: WeightsApplyOptions, weights: string, patches: readonly string[]) =>
    (await import("../commands/weights.ts")).weightsApply(weights, patches, options, terminal),
});

export const compileCommands = () => [compile(), weightsGroup(), graph(), cost()];
