// What a batch holds of the rows, planned once for a Graph.

import type { TableSpec } from "../../compiler/frontend/model/model.ts";
import type { Graph, Node } from "../../compiler/middle/graph/graph.ts";
import { historyOf } from "../../compiler/middle/graph/shifted-axes.ts";
import { sizeOf } from "../../compiler/middle/graph/types.ts";
import { type TableUse, tableUses } from "../../compiler/middle/programs/table-uses.ts";
import { type PlannedDraw, plannedDraws } from "./draws.ts";

/** What a batch for one Graph holds. Plain data, so that a worker can be given it. */
export interface BatchPlan {
  readonly vocabularies: readonly PlannedVocabulary[];
  /** Features and fields that are numbers or vectors. */
  readonly numbers: readonly PlannedNumbers[];
  /** Histories whose steps anything in the Graph varies along. */
  readonly histories: readonly string[];
  /** Put into a batch where the rows have them. */
  readonly labels: readonly string[];
  readonly draws: readonly PlannedDraw[];
}

export interface PlannedNumbers {
  /** `price` or `clicks.dwell` */
  readonly input: string;
  /** Or the name of the field. */
  readonly feature: string;
  readonly history: string | null;
  /** How many numbers a row or step has: more than one where it is a vector. */
  readonly width: number;
}

/** A feature's ids: its tables are fed the same rows, so that an input means the same positions in each of them. */
export interface PlannedVocabulary {
  readonly rows: number;
  readonly inputs: readonly PlannedInput[];
  readonly tables: readonly PlannedTable[];
}

/** Where ids stand: in the column of a feature, or in its steps of a history. */
export type PlannedInput = Omit<TableUse, "table">;

export interface PlannedTable {
  readonly name: string;
  /** The inputs that it is read with; null for all of the vocabulary's. */
  readonly inputs: readonly string[] | null;
}

/** The plan for the inputs of `graph`; `tables` are the model's, others than the Graph's among them. */
export function planBatches(graph: Graph, tables: readonly TableSpec[]): BatchPlan {
  const uses = tableUses(graph);
  const inputs = graph.nodes.filter((node): node is Node<"input"> => node.op === "input");
  const histories = new Set<string>();
  for (const { type, attributes } of graph.nodes) {
    if (type.rows.kind === "steps") histories.add(historyOf(type.rows.history).history);
    // Counting steps mentions a history without a value by step.
    if ("history" in attributes) histories.add(historyOf(attributes.history).history);
  }
  const read = tables.filter(({ name }) => uses.some(({ table }) => table === name));
  return {
    vocabularies: [...new Set(read.map(({ feature }) => feature))].map((feature) =>
      planVocabulary(
        read.filter((table) => table.feature === feature),
        uses,
      ),
    ),
    numbers: inputs.flatMap(({ type: { dtype, dims }, attributes: { name, role } }) => {
      if (role.kind !== "feature" || dtype !== "f32") return [];
      return [{ input: name, feature: role.feature, history: role.history, width: sizeOf(dims) }];
    }),
    histories: [...histories],
    labels: inputs.flatMap(({ attributes: { role } }) => (role.kind === "label" ? [role.of] : [])),
    draws: plannedDraws(graph),
  };
}

function planVocabulary(tables: readonly TableSpec[], uses: readonly TableUse[]): PlannedVocabulary {
  const usesOf = ({ name }: TableSpec) => uses.filter(({ table }) => table === name);
  const inputs = new Map<string, PlannedInput>();
  for (const { table: _, ...use } of tables.flatMap(usesOf)) inputs.set(use.input, use);
  return {
    rows: tables[0]!.rows,
    inputs: [...inputs.values()],
    tables: tables.map((table) => {
      const own = usesOf(table).map(({ input }) => input);
      return { name: table.name, inputs: own.length === inputs.size ? null : own };
    }),
  };
}
