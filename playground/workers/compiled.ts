// Compiles the current weights like `dinc compile`, for viewing and for download. Loaded when the first tab
// needs it.

import { fromBinary } from "@bufbuild/protobuf";
import { compiledBy } from "../../compiler/backends/contract/compile.ts";
import type { CodeOrigins } from "../../compiler/backends/contract/emitted.ts";
import { untrainedModel } from "../../compiler/backends/contract/untrained-model.ts";
import { onnx } from "../../compiler/backends/onnx/backend.ts";
import {
  ModelProtoSchema,
  type TensorShapeProto_Dimension,
  type ValueInfoProto,
} from "../../compiler/backends/onnx/onnx.generated.ts";
import { typescript } from "../../compiler/backends/typescript/backend.ts";
import { wasmText } from "../../compiler/backends/wasm/text.ts";
import { graphHash } from "../../compiler/middle/builder/graph-hash.ts";
import { specText } from "../../compiler/tools/fmt/flatten.ts";
import type { Model, TrainedModel } from "../../compiler/train/index.ts";
import { joined } from "./joined.ts";
import { linesIn } from "./lines-in.ts";
import type { Compiled, OnnxNode, ShownTarget } from "./messages.ts";
import { load } from "./ranker.ts";

/** Set when the page is built. */
declare const VERSION: string;

const targets = { ts: typescript.target, onnx: onnx.target };

export function untrained(model: Model): TrainedModel {
  return untrainedModel(model, model.train.seed);
}

export async function compiledTo(
  target: ShownTarget,
  trained: TrainedModel,
  isTrained: boolean,
): Promise<Compiled> {
  const context = { version: VERSION, seed: trained.model.train.seed, graphHash, specText, load };
  const { files, places } = await compiledBy(targets[target], trained, {}, context);
  return describeFiles(new Map([...files].map(([name, file]) => [name, inOne(file)])), places, isTrained);
}

/** The files of a target, and the parts of them that are shown. */
export function describeFiles(
  files: ReadonlyMap<string, string | Uint8Array>,
  places: CodeOrigins | null,
  isTrained: boolean,
): Compiled {
  const wasm = files.get("model.wasm");
  const model = files.get("model.onnx");
  return {
    ...{ files, isTrained },
    wasm: wasm instanceof Uint8Array ? wasmText(wasm, places?.functions ?? []) : null,
    statements: new Map((places?.statements ?? []).map(([line, place]) => [line, linesIn(place)])),
    nodes: model instanceof Uint8Array ? nodesIn(model) : null,
  };
}

/** A large file consists of pieces. */
function inOne(file: string | Uint8Array | readonly Uint8Array[]): string | Uint8Array {
  if (typeof file === "string" || file instanceof Uint8Array) return file;
  return joined(file);
}

/** The nodes in the file itself, which declares the type of every value. */
function nodesIn(bytes: Uint8Array): readonly OnnxNode[] {
  const { graph } = fromBinary(ModelProtoSchema, bytes);
  if (graph === undefined) return [];
  const shapes = new Map(
    [...graph.valueInfo, ...graph.input, ...graph.output].map((info) => [info.name, shapeOf(info)]),
  );
  return graph.node.map(({ opType, input, output, docString }) => ({
    op: opType,
    inputs: input,
    outputs: output.map((name) => ({ name, shape: shapes.get(name) ?? "" })),
    // The rest of the text comes from the spec.
    lines: linesIn(docString.split(" ", 1)[0]!),
  }));
}

function shapeOf({ type }: ValueInfoProto): string {
  if (type?.value.case !== "tensorType") return "";
  return (type.value.value.shape?.dim ?? []).map(dimOf).join(" × ") || "one number";
}

function dimOf({ value }: TensorShapeProto_Dimension): string {
  return String(value.value ?? "?");
}
