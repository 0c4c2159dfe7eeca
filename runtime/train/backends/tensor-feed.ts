// Gives the values of a run to `interpret` as tensors, each made when it is asked for. Use it within `tf.tidy`.

import type { FeedValues } from "../../../compiler/backends/contract/feed.ts";
import type { TfjsFeed } from "../../../compiler/backends/tfjs/interpret.ts";
import type { Tensor, Tfjs } from "../../../compiler/backends/tfjs/lowering.ts";
import { invariant } from "../../../compiler/common/internal-error.ts";
import type { Graph } from "../../../compiler/middle/graph/graph.ts";
import type { Rows, StepsRows, TensorType } from "../../../compiler/middle/graph/types.ts";
import { filledShape } from "./filled-shape.ts";

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
    return rows.kind === "once" ? 1 : this.values.count(rows);
  }

  segments(rows: StepsRows): Int32Array {
    return this.values.segments(rows);
  }

  private tensor({ rows, dims, dtype }: TensorType, values: Float32Array | Int32Array): Tensor {
    const shape = filledShape(rows.kind === "once" ? dims : [null, ...dims], values.length);
    return this.tf.tensor(values, shape, dtype === "f32" ? "float32" : "int32");
  }
}
