// Generated over the registry: what tfjs computes op by op, on the backends that need no installation, is what the
// reference computes, and has the inferred shape.

import * as tf from "@tensorflow/tfjs";
import "@tensorflow/tfjs-backend-wasm";
import { beforeAll, describe, expect, test } from "vitest";
import { interpret } from "../../compiler/backends/tfjs/interpret.ts";
import type { Tfjs } from "../../compiler/backends/tfjs/lowering.ts";
import { evaluate, type Feeds } from "../../compiler/middle/build/evaluate.ts";
import type { RowLayout } from "../../compiler/middle/graph/define-op.ts";
import type { ValidGraph } from "../../compiler/middle/graph/graph.ts";
import type { TensorType } from "../../compiler/middle/graph/types.ts";
import { difference } from "./comparison.ts";
import { opCases, runsOf } from "./op-cases.ts";

describe.each(["cpu", "wasm"])("tfjs on %s", (backend) => {
  beforeAll(async () => {
    await tf.setBackend(backend);
    await tf.ready();
  });

  test.each(opCases())("$op over rows of the kind $per", (opCase) => {
    expect(tf.getBackend()).toBe(backend);
    for (const { name, layout, feeds } of runsOf(opCase)) {
      const expected = evaluate(opCase.graph, feeds, layout.rows).outputs;
      const before = tf.memory().numTensors;
      const actual = run(opCase.graph, feeds, layout.rows);
      expect(tf.memory().numTensors, `${name}: tensors left behind`).toBe(before);
      for (const [output, values] of expected) {
        const type = opCase.graph.nodes[opCase.graph.outputs.get(output)!]!.type;
        expect(actual[output]!.shape, `${output}, ${name}`).toEqual(shapeOf(type, layout.rows));
        expect(difference(actual[output]!.values, values), `${output}, ${name}`).toBeNull();
      }
    }
  });
});

function shapeOf({ rows, dims }: TensorType, layout: RowLayout): number[] {
  return rows.kind === "once" ? [...dims] : [layout.count(rows), ...dims];
}

function run(
  graph: ValidGraph,
  feeds: Feeds,
  layout: RowLayout,
): Record<string, { readonly shape: number[]; readonly values: ArrayLike<number> }> {
  return tf.tidy(() => {
    const tensors = new Map<string, tf.Tensor>();
    for (const { op, attributes, type } of graph.nodes) {
      if (op !== "input" && op !== "parameter" && op !== "table") continue;
      const { name } = attributes as { readonly name: string };
      const values = { input: feeds.inputs, parameter: feeds.parameters, table: feeds.tables }[op][name]!;
      const dtype = type.dtype === "i32" ? "int32" : "float32";
      const data = dtype === "int32" ? Int32Array.from(values) : Float32Array.from(values);
      tensors.set(`${op} ${name}`, tf.tensor(data, shapeOf(type, layout), dtype));
    }
    const { outputs } = interpret(graph, tf as Tfjs, {
      input: (name) => tensors.get(`input ${name}`)!,
      parameter: (name) => tensors.get(`parameter ${name}`)!,
      table: (name) => tensors.get(`table ${name}`)!,
      count: layout.count,
      segments: layout.segments,
    });
    return Object.fromEntries(
      Object.entries(outputs).map(([name, tensor]) => [
        name,
        { shape: tensor.shape, values: tensor.dataSync() },
      ]),
    );
  }) as unknown as Record<string, { readonly shape: number[]; readonly values: ArrayLike<number> }>;
}
