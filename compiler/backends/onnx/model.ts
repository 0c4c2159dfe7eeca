// A ranking program as an ONNX model: its inputs are encoded features under the spec's names, its outputs the logit and the
// probability of each label, one number a candidate.

import { create } from "@bufbuild/protobuf";
import type { Model } from "../../frontend/model/model.ts";
import type { ValidGraph } from "../../middle/graph/graph.ts";
import { ONCE, type Rows, type TensorType } from "../../middle/graph/types.ts";
import { f32 } from "../../middle/ops/support/shapes.ts";
import { outputNames } from "../../middle/programs/program.ts";
import { emitOnnx, type FedCount, IR_VERSION, type OnnxResults, type OnnxWeights, OPSET } from "./emit.ts";
import { expand, reshape } from "./nodes.ts";
import { notesOf } from "./notes.ts";
import { type ModelProto, ModelProtoSchema } from "./onnx.generated.ts";

export interface EmittedOnnx {
  readonly model: ModelProto;
  /** Numbers of rows that are fed because no input has them. */
  readonly counts: readonly FedCount[];
}

/** Names of the model's outputs. No name of a spec has a `/`, so that no input is called so. */
export const resultNames = {
  logit: (label: string): string => `logit/${label}`,
  probability: (label: string): string => `probability/${label}`,
} as const;

/** `graph` is a ranking program of `model`; `facts` go into the file's metadata. */
export function emitOnnxModel(
  model: Model,
  graph: ValidGraph,
  weights: OnnxWeights,
  version: string,
  facts: Readonly<Record<string, string>>,
): EmittedOnnx {
  const emitted = emitOnnx(graph, weights, model.name, notesOf(model), scoresOf(model));
  return {
    model: create(ModelProtoSchema, {
      irVersion: BigInt(IR_VERSION),
      opsetImport: [{ domain: "", version: BigInt(OPSET) }],
      producerName: "dinc",
      producerVersion: version,
      docString: model.doc,
      graph: emitted.graph,
      metadataProps: Object.entries(facts).map(([key, value]) => ({ key, value })),
    }),
    counts: emitted.counts,
  };
}

const CANDIDATES: Rows = { kind: "each", per: "candidate" };

function scoresOf({ predictions }: Model): OnnxResults {
  const type = f32(CANDIDATES, []);
  return (emit, resultOf) =>
    predictions.flatMap(({ label }) => {
      const { value, type: own } = resultOf(outputNames.logit(label));
      const logit = isOnce(own)
        ? expand(emit, reshape(emit, value, f32(ONCE, [1])), type)
        : reshape(emit, value, type);
      return [
        { name: resultNames.logit(label), value: logit, type },
        { name: resultNames.probability(label), value: emit.node("Sigmoid", [logit]), type },
      ];
    });
}

/** A logit that follows from weights alone is that of every candidate. */
function isOnce({ rows }: TensorType): boolean {
  return rows.kind === "once";
}
