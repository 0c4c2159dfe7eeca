// Makes messages of ONNX's format from plain values.

import type { MessageInitShape } from "@bufbuild/protobuf";
import { FIRST_KNOWN_ID, UNKNOWN_ID } from "../../serve/features.ts";
import type { OnnxAttributes } from "./lowering.ts";
import type {
  AttributeProtoSchema,
  NodeProtoSchema,
  TensorProtoSchema,
  ValueInfoProtoSchema,
} from "./onnx.generated.ts";

export type NodeInit = MessageInitShape<typeof NodeProtoSchema>;
export type TensorInit = MessageInitShape<typeof TensorProtoSchema>;
export type ValueInfoInit = MessageInitShape<typeof ValueInfoProtoSchema>;

/** The format's numbers of element types. */
export const dataTypes = { f32: 1, i32: 6, i64: 7, text: 8, f64: 11 } as const;
export const attributeTypes = { int: 2, string: 3, graph: 5, ints: 7, strings: 8 } as const;

const utf8 = new TextEncoder();

export function attributeOf(
  name: string,
  attribute: OnnxAttributes[string],
): MessageInitShape<typeof AttributeProtoSchema> {
  switch (attribute.kind) {
    case "int":
      return { name, type: attributeTypes.int, i: BigInt(attribute.value) };
    case "ints":
      return { name, type: attributeTypes.ints, ints: attribute.values.map((value) => BigInt(value)) };
    case "string":
      return { name, type: attributeTypes.string, s: utf8.encode(attribute.value) };
    case "strings":
      return {
        name,
        type: attributeTypes.strings,
        strings: attribute.values.map((text) => utf8.encode(text)),
      };
  }
}

/** The domain of the operators beside neural networks, and the version of it in opset 18's time. */
export const ML_DOMAIN = "ai.onnx.ml";
export const ML_OPSET = 3;

/** The ids of texts, as encoders give them: int64. */
export function labelEncoder(name: string, vocabulary: readonly string[], texts: string): NodeInit {
  return {
    ...{ opType: "LabelEncoder", domain: ML_DOMAIN, name, input: [texts], output: [name] },
    attribute: [
      attributeOf("keys_strings", { kind: "strings", values: vocabulary }),
      attributeOf("values_int64s", { kind: "ints", values: vocabulary.map((_, i) => FIRST_KNOWN_ID + i) }),
      attributeOf("default_int64", { kind: "int", value: UNKNOWN_ID }),
    ],
  };
}

/** Uses the bytes of the values as they are in memory. */
export function tensor(
  name: string,
  dtype: Exclude<keyof typeof dataTypes, "text">,
  dims: readonly number[],
  values: Float32Array | Float64Array | BigInt64Array,
): TensorInit {
  return {
    name,
    dataType: dataTypes[dtype],
    dims: dims.map((dim) => BigInt(dim)),
    rawData: new Uint8Array(values.buffer as ArrayBuffer, values.byteOffset, values.byteLength),
  };
}

/** Axes are sizes, or names of sizes known at run time. */
export function valueInfo(
  name: string,
  elemType: number,
  axes: readonly (number | string)[],
  docString: string,
): ValueInfoInit {
  const dim = axes.map((size) =>
    typeof size === "number"
      ? { value: { case: "dimValue" as const, value: BigInt(size) } }
      : { value: { case: "dimParam" as const, value: size } },
  );
  return { name, docString, type: { value: { case: "tensorType", value: { elemType, shape: { dim } } } } };
}
