// Runs a Graph with tfjs, op by op. Pure: tfjs and the values are handed in. Every tensor made on the way is given
// back, those that were fed are left alone.

import type { Tensor1D, Tensor2D } from "@tensorflow/tfjs-core";
import type { Node, NodeId, ValidGraph } from "../../middle/graph/graph.ts";
import { type Rows, rowsKey, type StepsRows } from "../../middle/graph/types.ts";
import { loweringOf } from "../contract/lowering.ts";
import type { Tensor, Tfjs, TfjsContext } from "./lowering.ts";
import { lowerings } from "./lowerings/index.ts";

/** The values of one run, by the names the Graph has for them. */
export interface TfjsFeed {
  input(name: string): Tensor;
  parameter(name: string): Tensor;
  table(name: string): Tensor;
  count(rows: Rows): number;
  segments(rows: StepsRows): Int32Array;
}

export type TfjsResult = {
  readonly outputs: Record<string, Tensor>;
  /** New values of parameters. */
  readonly updates: Record<string, Tensor>;
};

/** The outputs and updates are the caller's to dispose. */
export function interpret(graph: ValidGraph, tf: Tfjs, feed: TfjsFeed): TfjsResult {
  const steps = new StepTensors(tf, feed);
  try {
    return tf.tidy(() => run(graph, tf, feed, steps));
  } finally {
    steps.dispose();
  }
}

function run(graph: ValidGraph, tf: Tfjs, feed: TfjsFeed, steps: StepTensors): TfjsResult {
  const values: Tensor[] = [];
  const last = lastUses(graph);
  for (const node of graph.nodes) {
    const context: TfjsContext<Node["attributes"]> = {
      tf,
      attributes: node.attributes,
      inputs: node.inputs.map((input) => graph.nodes[input]!.type),
      output: node.type,
      count: (rows) => feed.count(rows),
      segments: (rows) => steps.segments(rows),
      rowsOfSteps: (rows) => feed.segments(rows),
      paddedSteps: (rows) => steps.padded(rows),
      input: (name) => feed.input(name),
      parameter: (name) => feed.parameter(name),
      table: (name) => feed.table(name),
    };
    const inputs = node.inputs.map((input) => values[input]!);
    const value = tf.tidy(() => loweringOf(lowerings, node.op)(context, inputs));
    // Each node's tensor is its own, so that it can be given back by itself.
    values.push(isSource(node) || inputs.includes(value) ? tf.clone(value) : value);
    // A batch's intermediate values are large: give each back as soon as no later node reads it.
    for (const input of new Set(node.inputs)) if (last[input] === node.id) values[input]!.dispose();
  }
  // The same value may be asked for under two names.
  const take = (names: ReadonlyMap<string, NodeId>) =>
    Object.fromEntries([...names].map(([name, id]) => [name, tf.clone(values[id]!)]));
  return { outputs: take(graph.outputs), updates: take(graph.updates) };
}

function isSource({ op }: Node): boolean {
  return op === "input" || op === "parameter" || op === "table";
}

/** For each node the last that reads it; the Graph's results are read after the last node. */
function lastUses({ nodes, outputs, updates }: ValidGraph): readonly number[] {
  const last: number[] = new Array(nodes.length);
  for (const node of nodes) for (const input of node.inputs) last[input] = node.id;
  for (const id of [...outputs.values(), ...updates.values()]) last[id] = nodes.length;
  return last;
}

/** Tensors about the steps of histories, made once a run and shared by its ops. */
class StepTensors {
  private readonly made = new Map<string, Tensor>();
  private readonly tf: Tfjs;
  private readonly feed: TfjsFeed;

  constructor(tf: Tfjs, feed: TfjsFeed) {
    this.tf = tf;
    this.feed = feed;
  }

  segments(rows: StepsRows): Tensor1D {
    return this.once(`segments ${rowsKey(rows)}`, () =>
      this.tf.tensor1d(this.feed.segments(rows), "int32"),
    ) as Tensor1D;
  }

  padded(rows: StepsRows): Tensor2D {
    return this.once(`padded ${rowsKey(rows)}`, () => {
      const each = this.feed.count({ kind: "each", per: rows.per });
      const { values, longest } = paddedSteps(this.feed.segments(rows), each);
      return this.tf.tensor2d(values, [each, longest], "int32");
    }) as Tensor2D;
  }

  dispose(): void {
    for (const tensor of this.made.values()) tensor.dispose();
  }

  private once(key: string, make: () => Tensor): Tensor {
    const found = this.made.get(key);
    if (found !== undefined) return found;
    const made = this.tf.keep(make());
    this.made.set(key, made);
    return made;
  }
}

/** For each row the numbers of its steps, filled up with the number of steps (see `TfjsContext.paddedSteps`). */
function paddedSteps(segments: Int32Array, rows: number): { values: Int32Array; longest: number } {
  const lengths = new Int32Array(rows);
  for (const row of segments) lengths[row]!++;
  const longest = lengths.reduce((a, b) => Math.max(a, b), 0);
  const values = new Int32Array(rows * longest).fill(segments.length);
  lengths.fill(0);
  segments.forEach((row, step) => {
    values[row * longest + lengths[row]!++] = step;
  });
  return { values, longest };
}
