// A forward graph with the gradients of its loss.

import { differentiate } from "../../compiler/middle/autodiff/differentiate.ts";
import { GraphBuilder } from "../../compiler/middle/builder/builder.ts";
import { copyInto } from "../../compiler/middle/graph/copy.ts";
import type { Graph } from "../../compiler/middle/graph/graph.ts";

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
