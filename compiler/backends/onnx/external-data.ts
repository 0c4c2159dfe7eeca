// Stores large weights in a file next to the model: a protobuf message is limited to 2 GiB, and its readers
// load all of it.

import { create, toBinary } from "@bufbuild/protobuf";
import { invariant } from "../../common/internal-error.ts";
import { type ModelProto, ModelProtoSchema, type TensorProto, TensorProtoSchema } from "./onnx.generated.ts";

export const DATA_FILE = "model.onnx.data";

/** Weights with more bytes than this go to a separate file. */
export const MOST_INSIDE = 256 * 1024 * 1024;
/** Smaller tensors stay inside: constants, shapes, biases. */
const SMALLEST_OUTSIDE = 1024;
/** A page, so that readers can map the file into memory. */
const ALIGNMENT = 4096;

const EXTERNAL = 1;

export interface OnnxFiles {
  readonly model: Uint8Array;
  /** The pieces of the file `DATA_FILE` in order; empty if the model holds all weights. */
  readonly data: readonly Uint8Array[];
}

export function onnxFiles(model: ModelProto, mostInside = MOST_INSIDE): OnnxFiles {
  const { graph } = model;
  invariant(graph, "a model without a graph");
  const bytes = graph.initializer.reduce((sum, { rawData }) => sum + rawData.length, 0);
  if (bytes <= mostInside) return { model: toBinary(ModelProtoSchema, model), data: [] };
  const data: Uint8Array[] = [];
  let offset = 0;
  const initializer = graph.initializer.map((tensor) => {
    const { rawData } = tensor;
    if (rawData.length < SMALLEST_OUTSIDE) return tensor;
    const moved = outside(tensor, offset);
    const padding = (ALIGNMENT - (rawData.length % ALIGNMENT)) % ALIGNMENT;
    data.push(rawData, new Uint8Array(padding));
    offset += rawData.length + padding;
    return moved;
  });
  const light = create(ModelProtoSchema, { ...model, graph: { ...graph, initializer } });
  return { model: toBinary(ModelProtoSchema, light), data };
}

function outside({ name, dims, dataType, rawData }: TensorProto, offset: number): TensorProto {
  const entries = { location: DATA_FILE, offset: String(offset), length: String(rawData.length) };
  return create(TensorProtoSchema, {
    name,
    dims,
    dataType,
    dataLocation: EXTERNAL,
    externalData: Object.entries(entries).map(([key, value]) => ({ key, value })),
  });
}
