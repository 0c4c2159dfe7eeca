// Runs ONNX graphs with onnxruntime, which knows nothing of dinc.

import { create, toBinary } from "@bufbuild/protobuf";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { IR_VERSION, OPSET } from "../../compiler/backends/onnx/emit.ts";
import type { GraphProto } from "../../compiler/backends/onnx/onnx.generated.ts";
import { ModelProtoSchema } from "../../compiler/backends/onnx/onnx.generated.ts";

/** A graph as a file's bytes. */
export function bytesOf(graph: GraphProto): Uint8Array {
  const opsetImport = [{ domain: "", version: BigInt(OPSET) }];
  return toBinary(
    ModelProtoSchema,
    create(ModelProtoSchema, { irVersion: BigInt(IR_VERSION), opsetImport, graph }),
  );
}

/** One thread: tests run side by side. */
export function sessionOf(model: Uint8Array | string): Promise<InferenceSession> {
  const options: InferenceSession.SessionOptions = {
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    logSeverityLevel: 3,
  };
  return typeof model === "string"
    ? InferenceSession.create(model, options)
    : InferenceSession.create(model, options);
}

export interface Feed {
  readonly type: "float32" | "int32";
  readonly data: Float32Array | Int32Array;
  readonly dims: readonly number[];
}

export async function run(
  session: InferenceSession,
  feeds: Readonly<Record<string, Feed>>,
): Promise<Record<string, { readonly data: Float32Array; readonly dims: readonly number[] }>> {
  const given = Object.fromEntries(
    Object.entries(feeds).map(([name, { type, data, dims }]) => [
      name,
      type === "int32"
        ? new Tensor("int32", data as Int32Array, dims)
        : new Tensor("float32", data as Float32Array, dims),
    ]),
  );
  const results = await session.run(given);
  return Object.fromEntries(
    Object.entries(results).map(([name, { data, dims }]) => [name, { data: data as Float32Array, dims }]),
  );
}
