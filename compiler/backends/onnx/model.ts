// Makes an ONNX model from a ranking program. Its inputs are encoded features under the spec's names. Its
// outputs are the logit and the probability of each label, one number per candidate or, for classes, one per
// class; for a number, the prediction.

import { create } from "@bufbuild/protobuf";
import type { Model } from "../../frontend/model/model.ts";
import type { ValidGraph } from "../../middle/graph/graph.ts";
import { outputNames } from "../../middle/graph/outputs.ts";
import { ONCE, type Rows, type TensorType } from "../../middle/graph/types.ts";
import { f32 } from "../../middle/ops/support/shapes.ts";
import { channelsOf } from "../../middle/training/channels.ts";
import { emitOnnx, type FedCount, IR_VERSION, type OnnxResults, type OnnxWeights, OPSET } from "./emit.ts";
import { expand, int, reshape } from "./nodes.ts";
import { notesOf } from "./notes.ts";
import { type ModelProto, ModelProtoSchema } from "./onnx.generated.ts";

export interface EmittedOnnx {
  readonly model: ModelProto;
  /** Numbers of rows that are inputs because no other input shows them. */
  readonly counts: readonly FedCount[];
}

/** Names of the model's outputs. No name of a spec has a `/`, so they differ from all inputs. */
export const resultNames = {
  logit: (label: string): string => `logit/${label}`,
  probability: (label: string): string => `probability/${label}`,
  /** For a label that is a number. */
  prediction: (label: string): string => `prediction/${label}`,
} as const;

/** `graph` is a ranking program of `model`; `facts` are written into the file's metadata. */
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

/** Outputs of one prediction. */
export interface PredictionOutputs {
  readonly label: string;
  /** The network's own numbers: logits, or for a number the prediction. */
  readonly own: string;
  /** Probabilities; null for a number. */
  readonly probability: string | null;
  /** The number of classes, one value each; 1 for other labels. */
  readonly width: number;
}

export function resultsOf({ labels, predictions }: Model): readonly PredictionOutputs[] {
  return predictions.map(({ label, width }) =>
    labels.get(label)!.type.kind === "number"
      ? { label, own: resultNames.prediction(label), probability: null, width }
      : { label, own: resultNames.logit(label), probability: resultNames.probability(label), width },
  );
}

function scoresOf(model: Model): OnnxResults {
  const type = f32(CANDIDATES, []);
  return (emit, resultOf) =>
    resultsOf(model).flatMap(({ label, own, probability, width }) => {
      const channels = channelsOf({ label, width }).map((channel) => {
        const { value, type: given } = resultOf(outputNames.logit(channel));
        const single = f32(CANDIDATES, [1]);
        return isOnce(given)
          ? expand(emit, reshape(emit, value, f32(ONCE, [1])), width === 1 ? type : single)
          : reshape(emit, value, width === 1 ? type : single);
      });
      const of = width === 1 ? type : f32(CANDIDATES, [width]);
      const value = width === 1 ? channels[0]! : emit.node("Concat", channels, { axis: int(1) });
      if (probability === null) return [{ name: own, value, type: of }];
      const shares =
        width === 1 ? emit.node("Sigmoid", [value]) : emit.node("Softmax", [value], { axis: int(1) });
      return [
        { name: own, value, type: of },
        { name: probability, value: shares, type: of },
      ];
    });
}

/** A logit that depends on weights alone is the same for every candidate. */
function isOnce({ rows }: TensorType): boolean {
  return rows.kind === "once";
}
