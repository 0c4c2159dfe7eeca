// A step that updates tables too, for a back end that holds them: it applies the optimizer to the rows of a
// batch, as nodes over these rows. The formula is that of dense weights; rows outside the batch stay
// unchanged.

import { GraphBuilder } from "../builder/builder.ts";
import { validate } from "../builder/validate.ts";
import { copyInto } from "../graph/copy.ts";
import type { NodeId, ValidGraph } from "../graph/graph.ts";
import { ONCE } from "../graph/types.ts";
import type { DenseContext } from "../training/optimizers/define-optimizer.ts";
import { optimizerOf } from "../training/optimizers/registry.ts";
import { nameAt, optimizerIndexOfTable, optimizersIn, tableSlots } from "../training/parts.ts";
import type { TrainSettings } from "../training/settings.ts";
import { shrinkingOfTable, shrunkRows } from "../training/shrinkage.ts";
import { addRows, STEP } from "../training/weight-average.ts";
import { inputOf, type TrainingProgram } from "./program.ts";

/**
 * The decay factor of a table, which is multiplied by the row and added to its gradient: none, one for all
 * rows, or one per row.
 */
export type TablePull = number | "by row" | null;

/** Names of the tables that accompany a table row by row. No name of a spec has a `/`. */
export const besideTable = {
  slot: (table: string, slot: string): string => `${table}/${slot}`,
  pull: (table: string): string => `${table}/pull`,
} as const;

/**
 * The step with outputs `table.<name>` instead of `gradient.<name>` for each table in `pulls`: its new rows,
 * and those of each slot as `table.<name>/<slot>`. Slots, and decay factors by row, are tables over the same
 * rows.
 */
export function stepWithTables(program: TrainingProgram, pulls: ReadonlyMap<string, TablePull>): ValidGraph {
  const { step, settings } = program;
  const graph = new GraphBuilder();
  for (const parameter of step.parameters.values()) graph.declare(parameter);
  const copyOf = copyInto(graph, step.nodes);
  const gradients = new Map<string, NodeId>();
  for (const [name, id] of step.outputs) {
    const role = step.roles.get(name);
    if (role?.kind === "gradient" && pulls.has(role.of)) gradients.set(role.of, copyOf(id));
    else graph.outputAs(step, name, copyOf(id));
  }
  for (const [name, id] of step.updates) graph.update(name, copyOf(id));
  const tables = new Map(
    step.nodes.flatMap((node) =>
      node.op === "table" ? [[node.attributes.name, copyOf(node.id)] as const] : [],
    ),
  );
  const scalars = scalarsOf(graph, step, copyOf);
  for (const [name, gradient] of gradients)
    updateTable(graph, settings, name, tables.get(name)!, gradient, pulls.get(name)!, scalars);
  return validate(graph.finish());
}

type Scalars = (name: string) => NodeId;

/** The scalars of the step, each fed once for all nodes that read it. */
function scalarsOf(graph: GraphBuilder, step: ValidGraph, copyOf: (id: NodeId) => NodeId): Scalars {
  const known = new Map<string, NodeId>();
  for (const node of step.nodes) {
    if (node.op !== "input") continue;
    const { role } = node.attributes;
    if (role.kind === "scalar") known.set(role.of, copyOf(node.id));
  }
  return (name) => {
    const found =
      known.get(name) ??
      graph.add("input", [], inputOf({ kind: "scalar", of: name }, { rows: ONCE, dims: [1], dtype: "f32" }));
    known.set(name, found);
    return found;
  };
}

function updateTable(
  graph: GraphBuilder,
  train: TrainSettings,
  name: string,
  values: NodeId,
  gradient: NodeId,
  pull: TablePull,
  scalarOf: Scalars,
): void {
  const { dims } = graph.typeOf(values);
  const place = optimizerIndexOfTable(train, name);
  const settings = optimizersIn(train)[place]!;
  const own: Scalars = (scalar) => scalarOf(nameAt(place, scalar));
  const beside = (of: string, width: number) => graph.add("table", [], { name: of, width, beside: name });
  const constant = (value: number) => graph.add("constant", [], { value, dims: [1] });
  const pulled =
    pull === null
      ? gradient
      : graph.add(
          "add",
          [
            gradient,
            graph.add(
              "multiply",
              [values, pull === "by row" ? beside(besideTable.pull(name), 1) : constant(pull)],
              {},
            ),
          ],
          {},
        );
  const slots = new Map(
    tableSlots(train, name).map((slot) => [
      slot.name,
      beside(besideTable.slot(name, slot.name), slot.byRow ? 1 : dims[0]!),
    ]),
  );
  const slot = (slot: string) => slots.get(slot)!;
  const context: DenseContext<TrainSettings["optimizer"]> = {
    ...{ graph, settings, gradient: pulled, scalar: own, constant, slot },
    weights: () => values,
    decaying: () => values,
  };
  const { change, slots: changed } = optimizerOf(settings).dense(context);
  const stepped = graph.add("subtract", [values, change], {});
  const after = shrunkRows(
    graph,
    shrinkingOfTable(train, name),
    stepped,
    () => own("learning_rate"),
    constant,
  );
  graph.output({ kind: "table", of: name }, after);
  const { average: decay } = train;
  const averaged =
    decay === null ? {} : addRows({ graph, decay, constant }, slot, scalarOf(STEP), values, after);
  for (const [slot, value] of Object.entries({ ...changed, ...averaged }))
    graph.output({ kind: "table", of: besideTable.slot(name, slot) }, value);
}
