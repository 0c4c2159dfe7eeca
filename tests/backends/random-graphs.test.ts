// Any Graph gives the same wherever it is run. As one for training, over a batch of examples, its gradients too: by the references,
// TensorFlow (one session run, the batch as a whole and in parts) and tfjs. As one that ranks, over the same values, as it is or after
// the passes: by the references, TypeScript, both forms of WebAssembly, and onnxruntime, which also gets it as a training export.

import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import { emitOnnx } from "../../compiler/backends/onnx/emit.ts";
import type { ServeSources } from "../../compiler/backends/typescript/carry.ts";
import { emitGraph, type GraphModule } from "../../compiler/backends/typescript/emit-graph.ts";
import { GraphBuilder } from "../../compiler/middle/build/builder.ts";
import { evaluate, type Feeds } from "../../compiler/middle/build/evaluate.ts";
import { printGraph } from "../../compiler/middle/build/print.ts";
import { validate } from "../../compiler/middle/build/validate.ts";
import { copyInto } from "../../compiler/middle/graph/copy.ts";
import type { ValidGraph } from "../../compiler/middle/graph/graph.ts";
import { sizeOf } from "../../compiler/middle/graph/types.ts";
import { freezeStatistics } from "../../compiler/middle/passes/freeze-statistics.ts";
import { rankingPasses, runPasses } from "../../compiler/middle/passes/pipeline.ts";
import { toRequest } from "../../compiler/middle/passes/request.ts";
import { readServeSources } from "../../runtime/compile/serve-sources.ts";
import { nativeAvailable } from "../../runtime/native/load.ts";
import { runTensorflow } from "../../runtime/train/backends/run-tensorflow.ts";
import { runTfjs } from "../../runtime/train/backends/run-tfjs.ts";
import { trainingGraph } from "../graph/training-graph.ts";
import { feedsOf, weightsOf } from "../onnx/feeds.ts";
import { bytesOf, run, sessionOf } from "../onnx/session.ts";
import { difference } from "../ops/comparison.ts";
import { loadModule } from "../serve/load-module.ts";
import { type Fed, type RandomRequest, randomBatch } from "../support/random-batch.ts";
import { graphs, HISTORY, isCandidate, MOST_STEPS, ops } from "../support/random-graph.ts";
import "../support/webassembly.ts";

const RUNS = 40;
/** Rounding of f32 grows over some thirty ops one after the other. */
const TOLERANCE = 3e-5;
/** What the passes and the ranking form may change of f64. */
const EXACT = 1e-10;
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

type Outputs = ReadonlyMap<string, ArrayLike<number>>;

test("every back end gives the same", async () => {
  const met = new Set<string>();
  await fc.assert(
    fc.asyncProperty(graphs, fc.boolean(), fc.nat(), async (graph, optimised, seed) => {
      for (const { op } of graph.nodes) met.add(op);
      const batch = randomBatch(graph, sizes, seed);
      const training = withGradients(graph);
      const learned = evaluate(training, batch.feeds, batch.layout).outputs;
      for (const [by, found] of await trained(training, batch)) compare(found, learned, by, training);

      const inference = freezeStatistics(graph);
      const ranking = toRequest(inference, isCandidate);
      const program = validate(optimised ? runPasses(ranking, rankingPasses) : ranking);
      const exported = validate(toRequest(inference, () => true));
      const module = await loadModule<GraphModule>(emitGraph(program, sources, MOST_STEPS));
      const expected = evaluate(graph, batch.feeds, batch.layout).outputs;
      for (const request of batch.requests) {
        const rows = rowsOf(expected, graph, request, batch.layout.count({ kind: "each", per: "example" }));
        const { once, repeated } = request;
        const size = `${request.candidates} candidates, ${request.steps} steps`;
        const agree = (found: Outputs, by: string, of: ValidGraph, tolerance?: number) =>
          compare(found, rows, `${by}, ${size}`, of, tolerance);
        agree(evaluate(program, once.feeds, once.layout).outputs, "the references", program, EXACT);
        for (const backend of ["typescript", "simd", "auto"] as const)
          agree(await generated(module, backend, graph, request), backend, program);
        agree(await withOnnxruntime(program, once, request), "onnxruntime", program);
        agree(await withOnnxruntime(exported, repeated, request), "onnxruntime, as exported", exported);
      }
    }),
    { numRuns: RUNS, endOnFailure: true },
  );
  // What was never drawn was not tested.
  const drawn = new Set([...met, "list", "dense", "weight", "meeting"]);
  expect(ops.filter((op) => !drawn.has(op))).toEqual([]);
}, 600_000);

function compare(found: Outputs, wanted: Outputs, by: string, of: ValidGraph, tolerance = TOLERANCE): void {
  for (const [name, values] of wanted) {
    const differs = difference(found.get(name)!, values, tolerance, tolerance);
    if (differs !== null) expect.fail(`${name} by ${by}: ${differs}\n${printGraph(of)}`);
  }
}

/** With the gradients of a loss by every weight and by the table: a hundredth of the sum of all that comes out. */
function withGradients(graph: ValidGraph): ValidGraph {
  const builder = new GraphBuilder();
  for (const parameter of graph.parameters.values()) builder.declare(parameter);
  const copyOf = copyInto(builder, graph.nodes);
  const sums = [...graph.outputs].map(([name, id]) => {
    builder.output(name, copyOf(id));
    const { rows, dims } = graph.nodes[id]!.type;
    const flat = builder.add("reshape", [copyOf(id)], { dims: [sizeOf(dims)] });
    const sum = builder.add("sum_width", [flat], {});
    return rows.kind === "once" ? sum : builder.add("sum_rows", [sum], {});
  });
  const sum = sums.reduce((x, y) => builder.add("add", [x, y], {}));
  const many = builder.add("constant", [], { value: 100, dims: [1] });
  builder.output("loss", builder.add("divide", [sum, many], {}));
  return validate(trainingGraph(builder.finish()));
}

/** What makes training steps, by its name. */
async function trained(graph: ValidGraph, { feeds, layout }: Fed): Promise<[string, Outputs][]> {
  const found: [string, Outputs][] = [["tfjs", (await runTfjs("wasm", graph, feeds, layout)).outputs]];
  if (nativeAvailable())
    for (const parts of [1, 3])
      found.push([`TensorFlow, ${parts} parts`, (await runTensorflow(graph, feeds, layout, parts)).outputs]);
  return found;
}

/** The numbers of a request's candidates, of those of a batch's examples. */
function rowsOf(outputs: Outputs, graph: ValidGraph, { first, candidates }: RandomRequest, examples: number) {
  return new Map(
    [...outputs].map(([name, values]) => {
      if (graph.nodes[graph.outputs.get(name)!]!.type.rows.kind === "once") return [name, values];
      const size = values.length / examples;
      return [name, Array.from(values).slice(first * size, (first + candidates) * size)];
    }),
  );
}

async function generated(
  module: GraphModule,
  backend: "typescript" | "simd" | "auto",
  graph: ValidGraph,
  { candidates, steps, once: { feeds } }: RandomRequest,
): Promise<Outputs> {
  const ids = new Set(
    graph.nodes.flatMap(({ op, type, attributes }) =>
      op === "input" && type.dtype === "i32" ? [(attributes as { readonly name: string }).name] : [],
    ),
  );
  const typed = (values: Feeds["inputs"]) =>
    Object.fromEntries(
      Object.entries(values).map(([name, value]) => [
        name,
        ids.has(name) ? Int32Array.from(value) : Float32Array.from(value),
      ]),
    );
  const floats = (values: Feeds["inputs"]) =>
    Object.fromEntries(Object.entries(values).map(([name, value]) => [name, Float32Array.from(value)]));
  const given = {
    ...{ candidates, steps: { [HISTORY]: steps }, inputs: typed(feeds.inputs) },
    ...{ parameters: floats(feeds.parameters), tables: floats(feeds.tables) },
  };
  return new Map(Object.entries(await module.run(given, backend)));
}

async function withOnnxruntime(
  graph: ValidGraph,
  { feeds, layout }: Fed,
  { candidates, steps }: RandomRequest,
): Promise<Outputs> {
  const { graph: emitted, counts } = emitOnnx(graph, weightsOf(feeds), "random");
  const session = await sessionOf(bytesOf(emitted));
  const results = await run(session, feedsOf(graph, counts, feeds, layout, candidates, steps));
  await session.release();
  return new Map(Object.entries(results).map(([name, { data }]) => [name, data]));
}
