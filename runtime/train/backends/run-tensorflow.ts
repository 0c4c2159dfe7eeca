// Runs any Graph once with native TensorFlow, as `evaluate` runs it with the references: what back ends are compared by.

import { emitTensorflow, parameterSignatures } from "../../../compiler/backends/tensorflow/emit.ts";
import { invariant } from "../../../compiler/common/internal-error.ts";
import type { Feeds } from "../../../compiler/middle/build/evaluate.ts";
import type { RowLayout } from "../../../compiler/middle/graph/define-op.ts";
import type { ValidGraph } from "../../../compiler/middle/graph/graph.ts";
import { loadNative } from "../../native/load.ts";
import { plainValues } from "./feed-values.ts";
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
    const outputs = module.run(RUN, readFeed(plainValues(feeds, layout)));
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
