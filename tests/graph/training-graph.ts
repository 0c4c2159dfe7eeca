// A forward graph with the gradients of its loss.

import { differentiate } from "../../compiler/middle/autodiff/differentiate.ts";
import { GraphBuilder } from "../../compiler/middle/builder/builder.ts";
import { validate } from "../../compiler/middle/builder/validate.ts";
import { copyInto } from "../../compiler/middle/graph/copy.ts";
import type { Graph, ValidGraph } from "../../compiler/middle/graph/graph.ts";
import { sizeOf } from "../../compiler/middle/graph/types.ts";

/** What the loss is differentiated by: tables, weights and moving averages. */
export function trained(graph: Graph): { readonly group: "parameters" | "tables"; readonly name: string }[] {
  return graph.nodes.flatMap(({ op, attributes }) => {
    if (op !== "parameter" && op !== "table") return [];
    const { name } = attributes as { readonly name: string };
    return [{ group: op === "table" ? "tables" : "parameters", name }] as const;
  });
}

/** `graph` with the outputs `gradient.<name>` of its loss by every table and parameter. */
export function trainingGraph(graph: Graph): Graph {
  const builder = new GraphBuilder();
  for (const parameter of graph.parameters.values()) builder.declare(parameter);
  const copyOf = copyInto(builder, graph.nodes);
  for (const [name, id] of graph.outputs) builder.output(name, copyOf(id));
  const sources = graph.nodes.filter(({ op }) => op === "parameter" || op === "table");
  const gradients = differentiate(
    builder,
    copyOf(graph.outputs.get("loss")!),
    sources.map(({ id }) => copyOf(id)),
  );
  for (const { id, attributes } of sources)
    builder.output(
      { kind: "gradient", of: (attributes as { readonly name: string }).name },
      gradients.get(copyOf(id))!,
    );
  return builder.finish();
}

/** With the gradients of a loss by every weight and by the table: a hundredth of the sum of all that comes out. */
export function withGradients(graph: ValidGraph): ValidGraph {
  const builder = new GraphBuilder();
  for (const parameter of graph.parameters.values()) builder.declare(parameter);
  const copyOf = copyInto(builder, graph.nodes);
  const sums = [...graph.outputs].map(([name, id]) => {
    builder.output(name, copyOf(id));
    const { rows, dims } = graph.nodes[id]!.type;
    const flat = builder.add("reshape", [copyOf(id)], { dims: [sizeOf(dims)] });
    const sum = builder.add("sum_width", [flat], {});
    return rows.kind === "once" ? sum : builder.add("sum_rows", [sum], {});
  });
  const sum = sums.reduce((x, y) => builder.add("add", [x, y], {}));
  const many = builder.add("constant", [], { value: 100, dims: [1] });
  builder.output({ kind: "loss" }, builder.add("divide", [sum, many], {}));
  return validate(trainingGraph(builder.finish()));
}
