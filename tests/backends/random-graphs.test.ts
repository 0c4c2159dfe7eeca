// Random ranking programs, as they are and after the passes: onnxruntime and generated TypeScript give what the reference does.

import { describe, expect, test } from "vitest";
import { emitOnnx } from "../../compiler/backends/onnx/emit.ts";
import { emitGraph, type GraphModule } from "../../compiler/backends/typescript/emit-graph.ts";
import { evaluate, type Values } from "../../compiler/graph/evaluate.ts";
import type { ValidGraph } from "../../compiler/graph/graph.ts";
import { validate } from "../../compiler/graph/validate.ts";
import { optimisingPasses, runPasses } from "../../compiler/passes/pipeline.ts";
import { readServeSources } from "../../runtime/compile/serve-sources.ts";
import { feedsOf, weightsOf } from "../onnx/feeds.ts";
import { bytesOf, run, sessionOf } from "../onnx/session.ts";
import { difference } from "../ops/comparison.ts";
import { loadModule } from "../serve/load-module.ts";
import { HISTORY, type RandomRun, randomGraph, randomRun } from "../support/random-graph.ts";

const GRAPHS = 30;
const SIZE = 30;
/** Rounding of f32 grows over some thirty ops one behind the other. */
const TOLERANCE = 2e-5;

const sizes = [
  { candidates: 3, steps: 4 },
  { candidates: 1, steps: 1 },
  { candidates: 2, steps: 0 },
];

describe("a random graph", () => {
  test.each(Array.from({ length: GRAPHS }, (_, seed) => seed))("of seed %i", async (seed) => {
    const graph = randomGraph(seed, SIZE);
    const optimised = validate(runPasses(graph, optimisingPasses));
    expect(graph.nodes.length).toBeGreaterThan(SIZE);
    for (const [form, program] of [
      ["as it is", graph],
      ["after the passes", optimised],
    ] as const) {
      const module = await loadModule<GraphModule>(emitGraph(program, await readServeSources()));
      for (const { candidates, steps } of sizes) {
        const given = randomRun(graph, seed, candidates, steps);
        const { outputs } = evaluate(graph, given.feeds, given.layout);
        const found = {
          onnx: await withOnnxruntime(program, given),
          typescript: withModule(program, module, given),
        };
        for (const [backend, values] of Object.entries(found))
          for (const [name, expected] of outputs)
            expect(
              difference(values[name]!, expected, TOLERANCE, TOLERANCE),
              `${backend}, ${form}, ${name}, ${candidates} candidates, ${steps} steps`,
            ).toBeNull();
      }
    }
  });
});

async function withOnnxruntime(
  graph: ValidGraph,
  { feeds, layout, candidates, steps }: RandomRun,
): Promise<Record<string, Float32Array>> {
  const { graph: emitted, counts } = emitOnnx(graph, weightsOf(feeds), "random");
  const session = await sessionOf(bytesOf(emitted));
  const results = await run(session, feedsOf(graph, counts, feeds, layout, candidates, steps));
  await session.release();
  return Object.fromEntries(Object.entries(results).map(([name, { data }]) => [name, data]));
}

function withModule(
  graph: ValidGraph,
  module: GraphModule,
  { feeds, candidates, steps }: RandomRun,
): Record<string, Float32Array> {
  const floats = (values: Values) =>
    Object.fromEntries(Object.entries(values).map(([name, value]) => [name, Float32Array.from(value)]));
  const isIds = (name: string) =>
    graph.nodes.some(
      ({ op, attributes, type }) =>
        op === "input" && (attributes as { readonly name: string }).name === name && type.dtype === "i32",
    );
  return module.run({
    candidates,
    steps: { [HISTORY]: steps },
    inputs: Object.fromEntries(
      Object.entries(feeds.inputs).map(([name, value]) => [
        name,
        isIds(name) ? Int32Array.from(value) : Float32Array.from(value),
      ]),
    ),
    parameters: floats(feeds.parameters),
    tables: floats(feeds.tables),
  });
}
