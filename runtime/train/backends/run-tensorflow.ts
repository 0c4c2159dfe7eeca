// Runs any Graph once with native TensorFlow, as `evaluate` runs it with the references: what back ends are compared by.

import type { FeedValues } from "../../../compiler/backends/contract/feed.ts";
import { emitTensorflow, parameterSignatures } from "../../../compiler/backends/tensorflow/emit.ts";
import { invariant } from "../../../compiler/common/internal-error.ts";
import type { Feeds } from "../../../compiler/middle/build/evaluate.ts";
import type { RowLayout } from "../../../compiler/middle/graph/define-op.ts";
import type { Node, ValidGraph } from "../../../compiler/middle/graph/graph.ts";
import { newArrays } from "../../data/batch.ts";
import { cutParts, planParts } from "../../data/batch-parts.ts";
import { loadNative } from "../../native/load.ts";
import { batchValues, plainValues } from "./feed-values.ts";
import { LoadedModule, readFeed, readParameters } from "./native-module.ts";
import type { GraphResults } from "./run-tfjs.ts";

const RUN = "run";

/** Native TensorFlow must be there (`nativeAvailable`). The rows are worked on in `parts` where that is possible. */
export async function runTensorflow(
  graph: ValidGraph,
  feeds: Feeds,
  layout: RowLayout,
  parts = 1,
): Promise<GraphResults> {
  const native = await loadNative();
  invariant(native, "native TensorFlow does not load");
  const module = await LoadedModule.load(native, emitTensorflow({ [RUN]: graph }, parts));
  try {
    const parameters = [...graph.parameters.keys()];
    const initial = new Map(
      parameters.map((name) => [name, Float32Array.from(feeds.parameters[name] ?? [])]),
    );
    if (parameters.length > 0) module.run(parameterSignatures.write, readParameters(initial));
    const cut = parts === 1 ? [] : partsOf(graph, feeds, layout, parts);
    const outputs = module.run(RUN, readFeed(plainValues(feeds, layout), cut));
    const after =
      parameters.length > 0 ? module.run(parameterSignatures.read, readParameters(new Map())) : {};
    return {
      outputs: new Map([...graph.outputs.keys()].map((name) => [name, outputs[name]!])),
      updates: new Map([...graph.updates.keys()].map((name) => [name, after[name]!])),
    };
  } finally {
    module.dispose();
  }
}

function partsOf(graph: ValidGraph, feeds: Feeds, layout: RowLayout, of: number): FeedValues[] {
  const inputs = graph.nodes.filter((node): node is Node<"input"> => node.op === "input");
  const segments = new Map<string, Int32Array>();
  for (const { rows } of graph.nodes.map(({ type }) => type))
    if (rows.kind === "steps" && rows.per === "example") segments.set(rows.history, layout.segments(rows));
  const whole = {
    size: layout.count({ kind: "each", per: "example" }),
    inputs: new Map(inputs.map(({ attributes: { name } }) => [name, plainValues(feeds, layout).input(name)])),
    segments,
  };
  const parts = cutParts(whole, planParts(inputs, of), newArrays);
  const batch = { ...whole, tables: new Map(), own: new Map(), parts };
  return parts.map((_, part) => batchValues({ batch, rows: {}, scalars: {} }, part));
}
