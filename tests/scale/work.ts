// What a training step of a spec does for one row, counted in its forward Graph: operations, bytes through
// memory, ops, and the rows of tables that are read. Full histories.

import { sourceFile } from "../../compiler/common/source-file.ts";
import { check } from "../../compiler/frontend/check/check.ts";
import { lower } from "../../compiler/frontend/check/lower.ts";
import type { Model } from "../../compiler/frontend/model/model.ts";
import { definitionIn } from "../../compiler/middle/graph/define-op.ts";
import type { Graph, Node } from "../../compiler/middle/graph/graph.ts";
import { type Rows, sizeOf, type TensorType } from "../../compiler/middle/graph/types.ts";
import { ops } from "../../compiler/middle/ops/registry.ts";
import { tableUses } from "../../compiler/middle/programs/table-uses.ts";

export interface Work {
  readonly model: Model;
  /** Operations of the forward pass. */
  readonly flops: number;
  /** Bytes that the ops of the forward pass read and write, where each is a kernel of its own. */
  readonly bytes: number;
  /** Bytes of the values that a backward pass may want. */
  readonly kept: number;
  /** Ops that compute something over rows. */
  readonly kernels: number;
  /** Numbers of the dense parameters. */
  readonly dense: number;
  /** Layers whose batch statistics ranks exchange. */
  readonly statistics: number;
  /** By table: ids that a row has. */
  readonly lookups: ReadonlyMap<string, number>;
}

const F32 = 4;

export function workOf(text: string): Work {
  const { value: model } = check(sourceFile("job.din", text));
  const graph = lower(model!);
  const steps = (history: string) => model!.histories.get(history)!.max;
  const count = (rows: Rows): number => {
    if (rows.kind === "steps") return steps(rows.history);
    return rows.kind === "each" ? 1 : 0;
  };
  const bytesOf = ({ rows, dims }: TensorType) => F32 * count(rows) * sizeOf(dims);
  const computing = graph.nodes.filter(isComputed);
  const sum = (of: (node: Node) => number) => computing.reduce((all, node) => all + of(node), 0);
  const inputsOf = (node: Node) => node.inputs.map((input) => graph.nodes[input]!.type);
  return {
    model: model!,
    flops: sum((node) => {
      const context = { attributes: node.attributes, inputs: inputsOf(node), output: node.type };
      return definitionIn(ops, node.op).flops(context, count);
    }),
    bytes: sum((node) => [node.type, ...inputsOf(node)].reduce((all, type) => all + bytesOf(type), 0)),
    kept: sum(({ type }) => bytesOf(type)),
    kernels: computing.length,
    dense: [...graph.parameters.values()]
      .filter(({ role }) => role === "weight")
      .reduce((all, { dims }) => all + sizeOf(dims), 0),
    statistics: statisticsIn(graph),
    lookups: lookupsIn(graph, steps),
  };
}

function isComputed({ op }: Node): boolean {
  return op !== "input" && op !== "parameter" && op !== "table" && op !== "constant";
}

/** Mean and variance of a layer are one exchange. */
function statisticsIn({ nodes }: Graph): number {
  return nodes.filter(({ op }) => op === "batch_mean").length / 2;
}

function lookupsIn(graph: Graph, steps: (history: string) => number): Map<string, number> {
  const lookups = new Map<string, number>();
  for (const { table, history } of tableUses(graph))
    lookups.set(table, (lookups.get(table) ?? 0) + (history === null ? 1 : steps(history)));
  return lookups;
}
