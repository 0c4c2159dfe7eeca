// Random ranking programs, as they are and after the passes: onnxruntime gives what the reference does. (tests/serve/wasm has the
// same for generated code.)

import { describe, expect, test } from "vitest";
import { emitOnnx } from "../../compiler/backends/onnx/emit.ts";
import { evaluate } from "../../compiler/graph/evaluate.ts";
import type { ValidGraph } from "../../compiler/graph/graph.ts";
import { validate } from "../../compiler/graph/validate.ts";
import { rankingPasses, runPasses } from "../../compiler/passes/pipeline.ts";
import { feedsOf, weightsOf } from "../onnx/feeds.ts";
import { bytesOf, run, sessionOf } from "../onnx/session.ts";
import { difference } from "../ops/comparison.ts";
import { type RandomRun, randomGraph, randomRun } from "../support/random-graph.ts";

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
    const optimised = validate(runPasses(graph, rankingPasses));
    expect(graph.nodes.length).toBeGreaterThan(SIZE);
    for (const [form, program] of [
      ["as it is", graph],
      ["after the passes", optimised],
    ] as const) {
      for (const { candidates, steps } of sizes) {
        const given = randomRun(graph, seed, candidates, steps);
        const { outputs } = evaluate(graph, given.feeds, given.layout);
        const found = await withOnnxruntime(program, given);
        for (const [name, expected] of outputs)
          expect(
            difference(found[name]!, expected, TOLERANCE, TOLERANCE),
            `${form}, ${name}, ${candidates} candidates, ${steps} steps`,
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
