// Lists the columns that a Graph reads. A model that only scores reads fewer than one in training, because
// some columns serve only a loss.

import { partsOf } from "../frontend/kinds/registry.ts";
import type { History, HistoryField, Model } from "../frontend/model/model.ts";
import type { InputAttributes } from "../middle/graph/attributes.ts";
import type { Graph, Node } from "../middle/graph/graph.ts";
import { inputNames } from "../middle/programs/program.ts";
import { planBatches } from "./batch-plan.ts";

/** The inputs of a Graph. */
export interface GraphInputs {
  /** Names in the form of `inputNames`. */
  readonly names: ReadonlySet<string>;
  /** Histories whose steps it reads or counts. */
  readonly histories: ReadonlySet<string>;
}

export function inputsOf(graph: Graph): GraphInputs {
  const inputs = graph.nodes.filter((node): node is Node<"input"> => node.op === "input");
  return {
    names: new Set(inputs.flatMap(({ attributes }) => columnsOf(attributes))),
    histories: new Set(planBatches(graph, []).axes.flatMap(({ histories }) => histories)),
  };
}

function columnsOf({ name, role }: InputAttributes): readonly string[] {
  // Ids are drawn from the column, but in no row of their own.
  if (role.kind === "drawn") return [inputNames.feature(role.feature)];
  return [role.kind === "ids" ? role.input : name];
}

/** Tells whether a Graph reads a feature, itself or in a cross. */
export function readsFeature({ features }: Model, { names }: GraphInputs, name: string): boolean {
  const crosses = [...features.values()].filter((each) => partsOf(each).some((part) => part.name === name));
  return [name, ...crosses.map((cross) => cross.name)].some((each) => names.has(inputNames.feature(each)));
}

/**
 * The fields of a history that a Graph reads. Empty if it does not read the history; otherwise at least one,
 * for the length.
 */
export function fieldsRead({ name, fields }: History, inputs: GraphInputs | null): readonly HistoryField[] {
  if (inputs === null) return fields;
  if (!inputs.histories.has(name)) return [];
  const read = fields.filter((field) => inputs.names.has(inputNames.field(name, field.name)));
  return read.length === 0 ? fields.slice(0, 1) : read;
}
