// Generated over the registry: what generated code computes for a request and its candidates is what the reference
// computes, in TypeScript and in both forms of WebAssembly. Each case's samples are one generated module.

import { beforeAll, describe, expect, test } from "vitest";
import type { ServeSources } from "../../compiler/backends/typescript/carry.ts";
import { emitGraph, type GraphModule } from "../../compiler/backends/typescript/emit-graph.ts";
import { evaluate, type Values } from "../../compiler/middle/build/evaluate.ts";
import type { ValidGraph } from "../../compiler/middle/graph/graph.ts";
import { readServeSources } from "../../runtime/compile/serve-sources.ts";
import { loadModule } from "../serve/load-module.ts";
import "../support/webassembly.ts";
import { difference } from "./comparison.ts";
import { HISTORY, opCases, runsOf } from "./op-cases.ts";

describe.each(["typescript", "simd", "auto"] as const)("generated code, run by %s", (wanted) => {
  let sources: ServeSources;
  beforeAll(async () => {
    sources = await readServeSources();
  });

  test.each(opCases().filter(({ per }) => per !== "example"))(
    "$op over rows of the kind $per",
    async (opCase) => {
      const { graph } = opCase;
      const module = await loadModule<GraphModule>(emitGraph(graph, sources));
      for (const { name, layout, feeds } of runsOf(opCase)) {
        const run = {
          candidates: layout.candidates,
          steps: { [HISTORY]: layout.steps },
          inputs: inputsOf(graph, feeds.inputs),
          parameters: floats(feeds.parameters),
          tables: floats(feeds.tables),
        };
        const actual = await module.run(run, wanted);
        for (const [output, values] of evaluate(graph, feeds, layout.rows).outputs)
          expect(difference(actual[output]!, values), `${output}, ${name}`).toBeNull();
      }
    },
  );
});

function floats(values: Values): Record<string, Float32Array> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, Float32Array.from(value)]));
}

function inputsOf(graph: ValidGraph, values: Values): Record<string, Float32Array | Int32Array> {
  const ids = new Set(
    graph.nodes
      .filter(({ op, type }) => op === "input" && type.dtype === "i32")
      .map(({ attributes }) => (attributes as { readonly name: string }).name),
  );
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      ids.has(name) ? Int32Array.from(value) : Float32Array.from(value),
    ]),
  );
}
