// Any ranking Graph, as it is and after the passes: TypeScript and both forms of WebAssembly compute what the reference does.

import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import type { ServeSources } from "../../../compiler/backends/typescript/carry.ts";
import { emitGraph, type GraphModule } from "../../../compiler/backends/typescript/emit-graph.ts";
import { evaluate, type Feeds } from "../../../compiler/graph/evaluate.ts";
import { sizeOf, type ValidGraph } from "../../../compiler/graph/graph.ts";
import { requestLayout } from "../../../compiler/graph/layout.ts";
import { printGraph } from "../../../compiler/graph/print.ts";
import { validate } from "../../../compiler/graph/validate.ts";
import type { RowLayout } from "../../../compiler/ops/define-op.ts";
import type { OpAttributes } from "../../../compiler/ops/registry.ts";
import { rankingPasses, runPasses } from "../../../compiler/passes/pipeline.ts";
import { readServeSources } from "../../../runtime/compile/serve-sources.ts";
import { Random } from "../../../runtime/random.ts";
import { difference } from "../../ops/comparison.ts";
import "../../support/webassembly.ts";
import { loadModule } from "../load-module.ts";
import { graphs, HISTORY, MOST_STEPS, ops } from "./random-graph.ts";

const RUNS = 40;
const TOLERANCE = 3e-5;
/** Tails of one, two and three rows, none, and histories that are empty. */
const sizes = [
  { candidates: 1, steps: MOST_STEPS },
  { candidates: 3, steps: 0 },
  { candidates: 4, steps: 5 },
  { candidates: 6, steps: 1 },
];

let sources: ServeSources;
beforeAll(async () => {
  sources = await readServeSources();
});

/** Random values of every input and weight, exact in f32. */
function feedsOf(graph: ValidGraph, layout: RowLayout, seed: number): Feeds {
  const random = Random.of(seed, "random graphs");
  const draw = (length: number, bound: number) =>
    Float64Array.from({ length }, () => Math.fround(bound * (2 * random.next() - 1)));
  const inputs = graph.nodes.flatMap(({ op, attributes, type }) =>
    op === "input"
      ? [
          [
            (attributes as OpAttributes["input"]).name,
            draw(layout.count(type.rows) * sizeOf(type.dims), 2),
          ] as const,
        ]
      : [],
  );
  const parameters = [...graph.parameters.values()].map(
    ({ name, dims }) => [name, draw(sizeOf(dims), 1)] as const,
  );
  return { inputs: Object.fromEntries(inputs), parameters: Object.fromEntries(parameters), tables: {} };
}

const floats = (values: Feeds["inputs"]) =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, Float32Array.from(value)]));

test("reference, TypeScript and WebAssembly give the same", async () => {
  const met = new Set<string>();
  await fc.assert(
    fc.asyncProperty(graphs, fc.boolean(), async (graph, optimised) => {
      const emitted = optimised ? validate(runPasses(graph, rankingPasses)) : graph;
      for (const { op } of graph.nodes) met.add(op);
      const module = await loadModule<GraphModule>(emitGraph(emitted, sources, MOST_STEPS));
      for (const [seed, { candidates, steps }] of sizes.entries()) {
        const layout = requestLayout({ candidates, steps: { [HISTORY]: steps }, tables: {} });
        const feeds = feedsOf(graph, layout, seed);
        const expected = evaluate(graph, feeds, layout).outputs;
        for (const backend of ["typescript", "simd", "auto"] as const) {
          const run = {
            ...{ candidates, steps: { [HISTORY]: steps }, tables: {} },
            ...{ inputs: floats(feeds.inputs), parameters: floats(feeds.parameters) },
          };
          const outputs = await module.run(run, backend);
          for (const [name, values] of expected) {
            const found = difference(outputs[name]!, values, TOLERANCE, TOLERANCE);
            const where = `${name} by ${backend}, ${candidates} candidates, ${steps} steps`;
            if (found !== null) expect.fail(`${where}: ${found}\n${printGraph(emitted)}`);
          }
        }
      }
    }),
    { numRuns: RUNS, seed: 2026, endOnFailure: true },
  );
  // What was never drawn was not tested.
  const drawn = new Set([...met, "list", "dense"]);
  expect(ops.filter((op) => !drawn.has(op))).toEqual([]);
}, 300_000);
