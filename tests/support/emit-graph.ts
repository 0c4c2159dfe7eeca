// Compiles any ranking Graph to a module with one function, for tests that compare ops and passes with
// generated code: the plan, the program and the kernels are those of a compiled model.

import { hasTwins } from "../../compiler/backends/code/program.ts";
import { planProgram } from "../../compiler/backends/serving/planner.ts";
import { bundle } from "../../compiler/backends/typescript/bundle.ts";
import {
  binaryConstant,
  programDeclarations,
  usedFunctions,
} from "../../compiler/backends/typescript/program.ts";
import { countText, elementsText, stepsText } from "../../compiler/backends/typescript/statements.ts";
import { ValueNames } from "../../compiler/backends/typescript/value-names.ts";
import {
  type Declaration,
  type FunctionDeclaration,
  javascript,
  written,
} from "../../compiler/backends/typescript/writer.ts";
import { wasmProgram } from "../../compiler/backends/wasm/program.ts";
import { quoted } from "../../compiler/common/quoting.ts";
import type { ValidGraph } from "../../compiler/middle/graph/graph.ts";
import { rowsKey } from "../../compiler/middle/graph/types.ts";

/** The arguments of the module's `run`. Everything is row-major. */
export interface GraphRun {
  readonly candidates: number;
  /** By history: the number of steps in the request. */
  readonly steps: Readonly<Record<string, number>>;
  readonly inputs: Readonly<Record<string, Float32Array | Int32Array>>;
  readonly parameters: Readonly<Record<string, Float32Array>>;
  readonly tables: Readonly<Record<string, Float32Array>>;
}

/** Returns outputs by name. */
export interface GraphModule {
  readonly run: (run: GraphRun, backend: Wanted) => Promise<Record<string, Float32Array>>;
}

/** The engine that runs it; only TypeScript runs training Graphs. */
export type Wanted = "auto" | "simd" | "typescript";

/**
 * JavaScript of a module that exports `run` (see `GraphModule`). In a test:
 * `(await loadModule<GraphModule>(emitGraph(graph))).run({ … })`, the helper being in tests/serve/load-module.ts.
 */
export function emitGraph(graph: ValidGraph, longest = 100): string {
  const plan = planProgram(graph);
  const names = new ValueNames(plan);
  const wasm = hasTwins(plan) ? wasmProgram(graph, () => longest, "exact") : null;
  const started = wasm === null ? [] : ["Wasm", "startWasm"];
  const run: FunctionDeclaration = {
    kind: "function",
    name: "run",
    isExported: true,
    isAsync: true,
    parameters: [
      { name: "run", type: "GraphRun" },
      { name: "backend", type: "Wanted" },
    ],
    returns: "Promise<Record<string, Float32Array>>",
    code: [
      wasm === null ? "const wasm = null;" : "const wasm = await startWasm(WASM, backend);",
      "const w = new Weights(run);",
      "prepare(w, wasm);",
      "const q = new RequestValues(wasm);",
      "const c = new CandidateValues(wasm);",
      "const n = run.candidates;",
      ...plan.histories.map((history) => `${stepsText(history, names)} = run.steps[${quoted(history)}];`),
      "reserveRequest(q, w);",
      "reserveCandidates(q, c, n, w);",
      ...plan.sets.map((rows) => {
        const { name } = plan.inputs.find((input) => rowsKey(input.rows) === rowsKey(rows))!;
        return `${elementsText(rows, names)} = run.inputs[${quoted(name)}].length;`;
      }),
      ...plan.inputs.map(
        ({ name, slot }) => `${names.location({ kind: "slot", slot })}.set(run.inputs[${quoted(name)}]);`,
      ),
      "computeRequest(w, q);",
      "computeCandidates(w, q, c, n);",
      "return {",
      ...plan.outputs.map(
        ({ name, rows, size }, i) =>
          `[${quoted(name)}]: c.${names.outputProperty(i)}.slice(0, ${countText(rows, names, size)}),`,
      ),
      "};",
    ],
  };
  const declarations: Declaration[] = [
    ...bundle([...usedFunctions(plan), ...started], new Set()),
    {
      ...{ kind: "class", name: "GraphWeights", methods: [] },
      properties: [{ name: "run", type: "GraphRun" }],
      constructs: { parameters: [{ name: "run", type: "GraphRun" }], code: ["this.run = run;"] },
    },
    ...programDeclarations(names, wasm, {
      name: "GraphWeights",
      parameter: ({ name }) => `this.run.parameters[${quoted(name)}]`,
      table: ({ name }) => `this.run.tables[${quoted(name)}]`,
    }),
    run,
    ...(wasm === null ? [] : [binaryConstant(wasm)]),
  ];
  return written(declarations, javascript);
}
