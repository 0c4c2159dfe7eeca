// Code for crosses in generated modules. Their ids are computed from those of their parts, once per request
// or for each candidate.

import { InternalError } from "../../common/internal-error.ts";
import { type Call, typescriptOf } from "../../frontend/kinds/made.ts";
import { kindOf, partsOf } from "../../frontend/kinds/registry.ts";
import type { Model } from "../../frontend/model/model.ts";
import { validate } from "../../middle/builder/validate.ts";
import type { Graph, Node, NodeId, ValidGraph } from "../../middle/graph/graph.ts";
import type { Rows } from "../../middle/graph/types.ts";
import { inputName, inputNames, inputOf } from "../../middle/programs/program.ts";
import type { CrossInput } from "./read-inputs.ts";

/**
 * The ranking program with an input for each part of its crosses. The input is an output too, so that its
 * value stays in its buffer during the request.
 */
export function withParts(model: Model, graph: ValidGraph): ValidGraph {
  const nodes = [...graph.nodes];
  const outputs = new Map(graph.outputs);
  const inputs = new Map(graph.nodes.filter(isInput).map((node) => [node.attributes.name, node.id]));
  for (const feature of model.features.values()) {
    if (!inputs.has(inputNames.feature(feature.name))) continue;
    for (const part of partsOf(feature)) {
      const role = { kind: "feature", feature: part.name, history: null } as const;
      let id = inputs.get(inputName(role));
      if (id === undefined) {
        id = nodes.length as NodeId;
        const per = model.features.get(part.name)?.scope === "item" ? "candidate" : "request";
        const rows: Rows = { kind: "each", per };
        const type = { rows, dims: [], dtype: "i32" } as const;
        nodes.push({ id, op: "input", attributes: inputOf(role, type), inputs: [], type, origin: null });
        inputs.set(inputName(role), id);
      }
      outputs.set(`part.${part.name}`, id);
    }
  }
  const extended: Graph = { ...graph, nodes, outputs };
  return validate(extended);
}

function isInput(node: Node): node is Node<"input"> {
  return node.op === "input";
}

/** The call that computes a cross; `parts` are expressions of its parts' ids. */
export function crossCall({ feature }: CrossInput, parts: readonly string[]): Call {
  const definition = kindOf(feature.kind);
  if (definition.gives !== "cross") throw new InternalError(`${feature.name} isn't a cross`);
  return definition.code(
    feature.kind,
    parts.map((text) => ({ kind: "variable", text })),
  );
}

/** The expression of a cross, given those of its parts. */
export function crossCode(cross: CrossInput, parts: readonly string[]): string {
  return typescriptOf(crossCall(cross, parts), cross.feature.name);
}
