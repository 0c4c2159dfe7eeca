// Writes an emitted module as a SavedModel, with the message classes of tfjs-node.

import { writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import type { SignatureTensor, TensorflowModule } from "../../compiler/backends/tensorflow/emit.ts";
import type { TensorflowAttribute, TensorflowType } from "../../compiler/backends/tensorflow/lowering.ts";
import { unreachable } from "../../compiler/common/internal-error.ts";

/** The tag of the only meta graph. */
export const SERVE = "serve";

/** The version of the GraphDef format, which TensorFlow understands since 2.5. */
const PRODUCER = 1000;

/** DT_VARIANT, which tfjs-node's messages do not know. */
const VARIANT = 21;

interface Message {
  serializeBinary(): Uint8Array;
}

interface MessageMap<V> {
  set(key: string, value: V): void;
}

/** The parts of tfjs-node's `dist/proto/api_pb` in use. */
interface Messages {
  readonly DataType: Readonly<Record<"DT_FLOAT" | "DT_INT32", number>>;
  readonly TensorShape: (new () => Message & { setDimList(dims: readonly Message[]): void }) & {
    readonly Dim: new () => Message & { setSize(size: number): void };
  };
  readonly Tensor: new () => Message & {
    setDtype(dtype: number): void;
    setTensorShape(shape: Message): void;
    setTensorContent(bytes: Uint8Array): void;
  };
  readonly AttrValue: new () => Message & {
    setType(type: number): void;
    setI(value: number): void;
    setF(value: number): void;
    setB(value: boolean): void;
    setS(bytes: Uint8Array): void;
    setShape(shape: Message): void;
    setTensor(tensor: Message): void;
  };
  readonly NodeDef: new () => Message & {
    setName(name: string): void;
    setOp(op: string): void;
    setInputList(inputs: readonly string[]): void;
    getAttrMap(): MessageMap<Message>;
  };
  readonly VersionDef: new () => Message & { setProducer(version: number): void };
  readonly GraphDef: new () => Message & {
    setNodeList(nodes: readonly Message[]): void;
    setVersions(versions: Message): void;
  };
  readonly TensorInfo: new () => Message & {
    setName(name: string): void;
    setDtype(dtype: number): void;
    setTensorShape(shape: Message): void;
  };
  readonly SignatureDef: new () => Message & {
    getInputsMap(): MessageMap<Message>;
    getOutputsMap(): MessageMap<Message>;
    setMethodName(name: string): void;
  };
  readonly MetaGraphDef: (new () => Message & {
    setGraphDef(graph: Message): void;
    setMetaInfoDef(info: Message): void;
    getSignatureDefMap(): MessageMap<Message>;
  }) & { readonly MetaInfoDef: new () => Message & { setTagsList(tags: readonly string[]): void } };
  readonly SavedModel: new () => Message & {
    setSavedModelSchemaVersion(version: number): void;
    setMetaGraphsList(graphs: readonly Message[]): void;
  };
}

/** Writes `module` into the existing `folder`. `tfjsNode` is tfjs-node's package folder. */
export function writeSavedModel(module: TensorflowModule, folder: string, tfjsNode: string): void {
  const require = createRequire(join(tfjsNode, "package.json"));
  const messages = require("./dist/proto/api_pb.js") as Messages;
  const bytes = new SavedModelWriter(messages).write(module);
  writeFileSync(join(folder, "saved_model.pb"), bytes);
}

class SavedModelWriter {
  private readonly messages: Messages;

  constructor(messages: Messages) {
    this.messages = messages;
  }

  write(module: TensorflowModule): Uint8Array {
    const { GraphDef, VersionDef, MetaGraphDef, SavedModel, SignatureDef } = this.messages;
    const versions = new VersionDef();
    versions.setProducer(PRODUCER);
    const graph = new GraphDef();
    graph.setVersions(versions);
    graph.setNodeList(module.nodes.map((node) => this.node(node)));

    const meta = new MetaGraphDef();
    const info = new MetaGraphDef.MetaInfoDef();
    info.setTagsList([SERVE]);
    meta.setMetaInfoDef(info);
    meta.setGraphDef(graph);
    for (const [name, { inputs, outputs }] of module.signatures) {
      const signature = new SignatureDef();
      signature.setMethodName("tensorflow/serving/predict");
      for (const [key, input] of inputs) signature.getInputsMap().set(key, this.info(input));
      for (const [key, output] of outputs) signature.getOutputsMap().set(key, this.info(output));
      meta.getSignatureDefMap().set(name, signature);
    }
    const saved = new SavedModel();
    saved.setSavedModelSchemaVersion(1);
    saved.setMetaGraphsList([meta]);
    return saved.serializeBinary();
  }

  private node({ name, op, inputs, attributes }: TensorflowModule["nodes"][number]): Message {
    const node = new this.messages.NodeDef();
    node.setName(name);
    node.setOp(op);
    node.setInputList(inputs);
    for (const [key, attribute] of Object.entries(attributes))
      node.getAttrMap().set(key, this.attribute(attribute));
    return node;
  }

  private attribute(attribute: TensorflowAttribute): Message {
    const value = new this.messages.AttrValue();
    switch (attribute.kind) {
      case "type":
        value.setType(this.dtype(attribute.value));
        break;
      case "int":
        value.setI(attribute.value);
        break;
      case "float":
        value.setF(attribute.value);
        break;
      case "bool":
        value.setB(attribute.value);
        break;
      case "string":
        value.setS(Buffer.from(attribute.value));
        break;
      case "shape":
        value.setShape(this.shape(attribute.value));
        break;
      case "tensor":
        value.setTensor(this.tensor(attribute));
        break;
      default:
        unreachable(attribute, "attribute");
    }
    return value;
  }

  private tensor({ dtype, dims, values }: TensorflowAttribute & { kind: "tensor" }): Message {
    const tensor = new this.messages.Tensor();
    tensor.setDtype(this.dtype(dtype));
    tensor.setTensorShape(this.shape(dims));
    const numbers = dtype === "float32" ? Float32Array.from(values) : Int32Array.from(values);
    tensor.setTensorContent(new Uint8Array(numbers.buffer));
    return tensor;
  }

  private info({ tensor, dtype, shape }: SignatureTensor): Message {
    const info = new this.messages.TensorInfo();
    info.setName(tensor);
    info.setDtype(this.dtype(dtype));
    info.setTensorShape(this.shape(shape));
    return info;
  }

  private shape(sizes: readonly (number | null)[]): Message {
    const { TensorShape } = this.messages;
    const shape = new TensorShape();
    const dims = sizes.map((size) => {
      const dim = new TensorShape.Dim();
      dim.setSize(size ?? -1);
      return dim;
    });
    shape.setDimList(dims);
    return shape;
  }

  private dtype(type: TensorflowType): number {
    switch (type) {
      case "float32":
        return this.messages.DataType.DT_FLOAT;
      case "int32":
        return this.messages.DataType.DT_INT32;
      case "variant":
        return VARIANT;
    }
  }
}
