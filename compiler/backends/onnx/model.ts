// Makes an ONNX model from a ranking program. Its inputs are features under the spec's names, encoded or raw. Its
// outputs are the logit and the probability of each label, one number per candidate or, for classes, one per
// class; for a number, the prediction; and the numbers of each output of the model, per candidate or once.

import { create } from "@bufbuild/protobuf";
import type { Model } from "../../frontend/model/model.ts";
import type { ValidGraph } from "../../middle/graph/graph.ts";
import { outputNames } from "../../middle/graph/outputs.ts";
import { ONCE, type Rows, type TensorType } from "../../middle/graph/types.ts";
import { f32 } from "../../middle/ops/support/shapes.ts";
import { channelsOf, type NamedOutput } from "../../middle/training/channels.ts";
import { emitOnnx, type FedCount, IR_VERSION, type OnnxResults, type OnnxWeights, OPSET } from "./emit.ts";
import type { OnnxEmitter, OnnxFeeding, OnnxRef } from "./lowering.ts";
import { ML_DOMAIN, ML_OPSET } from "./messages.ts";
import { expand, gather, int, reshape } from "./nodes.ts";
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
  output: (name: string): string => `output/${name}`,
} as const;

/**
 * `graph` is a ranking program of `model`; `facts` are written into the file's metadata. Without a feeding, inputs are
 * encoded.
 */
export function emitOnnxModel(
  model: Model,
  graph: ValidGraph,
  weights: OnnxWeights,
  version: string,
  facts: Readonly<Record<string, string>>,
  feeding: OnnxFeeding | null = null,
): EmittedOnnx {
  const emitted = emitOnnx(graph, weights, model.name, notesOf(model), scoresOf(model), feeding);
  const hasLabels = emitted.graph.node.some(({ domain }) => domain === ML_DOMAIN);
  return {
    model: create(ModelProtoSchema, {
      irVersion: BigInt(IR_VERSION),
      opsetImport: [
        { domain: "", version: BigInt(OPSET) },
        ...(hasLabels ? [{ domain: ML_DOMAIN, version: BigInt(ML_OPSET) }] : []),
      ],
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

/** The file's outputs for one prediction, or for an output of the model. */
export interface PredictionOutputs {
  readonly label: string;
  /** The network's own numbers: logits, or for a number the prediction. */
  readonly own: string;
  /** Probabilities; null for a number, and for an output of the model. */
  readonly probability: string | null;
  /** Whether each candidate has them, or the request once. */
  readonly per: NamedOutput["per"];
  /** The number of classes, one value each; 1 for other labels. */
  readonly width: number;
}

export function resultsOf({ labels, predictions, outputs }: Model): readonly PredictionOutputs[] {
  const predicted = predictions.map(({ label, width }): PredictionOutputs => {
    const common = { label, width, per: "candidate" } as const;
    return labels.get(label)!.type.kind === "number"
      ? { ...common, own: resultNames.prediction(label), probability: null }
      : { ...common, own: resultNames.logit(label), probability: resultNames.probability(label) };
  });
  const named = outputs.map(({ name, width, per }) => {
    return { label: name, own: resultNames.output(name), probability: null, width, per };
  });
  return [...predicted, ...named];
}

function scoresOf(model: Model): OnnxResults {
  const type = f32(CANDIDATES, []);
  const isOutput = new Set(model.outputs.map(({ name }) => name));
  return (emit, resultOf) =>
    resultsOf(model).flatMap(({ label, own, probability, width, per }) => {
      if (isOutput.has(label)) return [outputOf(emit, own, resultOf(outputNames.output(label)), width, per)];
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

/** The numbers of an output: one or `width` for each candidate, or `width` of the request. */
function outputOf(
  emit: OnnxEmitter,
  name: string,
  { value, type }: { readonly value: OnnxRef; readonly type: TensorType },
  width: number,
  per: NamedOutput["per"],
): { readonly name: string; readonly value: OnnxRef; readonly type: TensorType } {
  const rows = type.rows.kind === "each" ? type.rows.per : null;
  if (per === "request") {
    const of = f32(ONCE, [width]);
    // Without optimisation, each candidate has a copy.
    const one = rows === "candidate" ? gather(emit, value, emit.ints([0])) : value;
    return { name, value: reshape(emit, one, of), type: of };
  }
  const of = f32(CANDIDATES, width === 1 ? [] : [width]);
  const wide = rows === "candidate" ? value : expand(emit, value, f32(CANDIDATES, [width]));
  return { name, value: reshape(emit, wide, of), type: of };
}

/** A logit that depends on weights alone is the same for every candidate. */
function isOnce({ rows }: TensorType): boolean {
  return rows.kind === "once";
}
