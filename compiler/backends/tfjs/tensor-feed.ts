// Gives the values of a run to `interpret` as tensors, each made when it is asked for. Use it within `tf.tidy`.

import { invariant } from "../../common/internal-error.ts";
import type { Graph } from "../../middle/graph/graph.ts";
import type { Rows, StepsRows, TensorType } from "../../middle/graph/types.ts";
import type { FeedValues } from "../contract/feed.ts";
import { filledShape } from "../contract/filled-shape.ts";
import type { TfjsFeed } from "./interpret.ts";
import type { Tensor, Tfjs } from "./lowering.ts";

export class TensorFeed implements TfjsFeed {
  private readonly tf: Tfjs;
  private readonly values: FeedValues;
  private readonly parameters: ReadonlyMap<string, Tensor>;
  private readonly types = new Map<string, TensorType>();

  constructor(tf: Tfjs, graph: Graph, values: FeedValues, parameters: ReadonlyMap<string, Tensor>) {
    this.tf = tf;
    this.values = values;
    this.parameters = parameters;
    for (const { op, attributes, type } of graph.nodes)
      if (op === "input" || op === "table")
        this.types.set(`${op} ${(attributes as { readonly name: string }).name}`, type);
  }

  input(name: string): Tensor {
    return this.tensor(this.types.get(`input ${name}`)!, this.values.input(name));
  }

  table(name: string): Tensor {
    return this.tensor(this.types.get(`table ${name}`)!, this.values.table(name));
  }

  parameter(name: string): Tensor {
    const parameter = this.parameters.get(name);
    invariant(parameter, `parameter ${name} is not given`);
    return parameter;
  }

  count(rows: Rows): number {
    return this.values.count(rows);
  }

  segments(rows: StepsRows): Int32Array {
    return this.values.segments(rows);
  }

  private tensor({ rows, dims, dtype }: TensorType, values: Float32Array | Int32Array): Tensor {
    const shape = filledShape(rows.kind === "once" ? dims : [null, ...dims], values.length);
    return this.tf.tensor(values, shape, dtype === "f32" ? "float32" : "int32");
  }
}
