// Runs any Graph once with tfjs, as `evaluate` runs it with the references.

import { interpret } from "../../../compiler/backends/tfjs/interpret.ts";
import type { Tensor } from "../../../compiler/backends/tfjs/lowering.ts";
import { invariant } from "../../../compiler/common/internal-error.ts";
import type { Feeds } from "../../../compiler/middle/build/evaluate.ts";
import type { RowLayout } from "../../../compiler/middle/graph/define-op.ts";
import type { ValidGraph } from "../../../compiler/middle/graph/graph.ts";
import { plainValues } from "./feed-values.ts";
import { loadTfjs, type TfjsName, useBackend } from "./load-tfjs.ts";
import { TensorFeed } from "./tensor-feed.ts";

/** Values by name, row-major. */
export interface GraphResults {
  readonly outputs: ReadonlyMap<string, Float32Array | Int32Array>;
  readonly updates: ReadonlyMap<string, Float32Array | Int32Array>;
}

export async function runTfjs(
  backend: TfjsName,
  graph: ValidGraph,
  feeds: Feeds,
  layout: RowLayout,
): Promise<GraphResults> {
  const tf = await loadTfjs(backend);
  useBackend(tf, backend);
  let results: GraphResults | null = null;
  tf.tidy(() => {
    const parameters = new Map<string, Tensor>();
    for (const { name, dims } of graph.parameters.values())
      parameters.set(name, tf.tensor(Float32Array.from(feeds.parameters[name] ?? []), [...dims]));
    const feed = new TensorFeed(tf, graph, plainValues(feeds, layout), parameters);
    const { outputs, updates } = interpret(graph, tf, feed);
    results = { outputs: valuesOf(outputs), updates: valuesOf(updates) };
  });
  invariant(results, "tidy runs what it is given");
  return results;
}

function valuesOf(tensors: Readonly<Record<string, Tensor>>): Map<string, Float32Array | Int32Array> {
  return new Map(
    Object.entries(tensors).map(([name, tensor]) => [name, tensor.dataSync() as Float32Array | Int32Array]),
  );
}
