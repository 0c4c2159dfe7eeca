// The plan of a batch for a Graph: the values of the rows that each batch contains.

import { type PlannedParts, planParts } from "../backends/contract/batch-parts.ts";
import type { Requests, TableSpec } from "../frontend/model/model.ts";
import type { FeatureRole } from "../middle/graph/attributes.ts";
import { isBatchAxis } from "../middle/graph/batch-axis.ts";
import { historiesOf, wholeAxis } from "../middle/graph/derived-axes.ts";
import type { Graph, Node, NodeId } from "../middle/graph/graph.ts";
import { neededNodes } from "../middle/graph/needed.ts";
import { sizeOf } from "../middle/graph/types.ts";
import { inputNames } from "../middle/programs/program.ts";
import { type Draw, drawsOf, type TableUse, tableUses, wholeTables } from "../middle/programs/table-uses.ts";
import { changesAllRows } from "../middle/training/parts.ts";
import type { TrainSettings } from "../middle/training/settings.ts";
import { columnOfLabel, isOfLabel } from "./label-columns.ts";
import { type PlannedDraw, type PlannedNoise, plannedNoise } from "./noise.ts";

/** The content of a batch for one Graph. Plain data, so that it can be sent to a worker. */
export interface BatchPlan {
  readonly vocabularies: readonly PlannedVocabulary[];
  /** Ids that are compared; they are fed unchanged. */
  readonly ids: readonly PlannedColumn[];
  /** Features and fields that are numbers or vectors. */
  readonly numbers: readonly PlannedNumbers[];
  /** All axes in the Graph. */
  readonly axes: readonly PlannedAxis[];
  /** The axes along which rows see examples of the batch. */
  readonly batches: readonly PlannedBatchAxis[];
  /** Labels are put into a batch if the rows have them. */
  readonly labels: readonly PlannedLabel[];
  readonly noise: readonly PlannedNoise[];
  readonly draws: readonly PlannedDraw[];
  /** Null if a back end takes all examples at once. */
  readonly parts: PlannedParts | null;
  /** The requests that batches keep whole, also to score rows; null if no prediction reads other candidates. */
  readonly requests: Requests | null;
}

/** The column of an input: that of a feature, or of a history's field. */
export interface PlannedColumn {
  /** `price` or `clicks.dwell` */
  readonly input: string;
  /** The name of the feature or the field. */
  readonly feature: string;
  readonly history: string | null;
  /** The value is known in training only: rows to score have this id or number instead. */
  readonly served?: number;
}

export interface PlannedNumbers extends PlannedColumn {
  /** The number of values per row or step: more than one for a vector. */
  readonly width: number;
}

/** An input with a column of a label. */
export interface PlannedLabel {
  readonly input: string;
  /** The column of the rows: a label's values, or its row weights. */
  readonly label: string;
}

/** The steps of a history, or of an axis with more or fewer steps. */
export interface PlannedAxis {
  readonly axis: string;
  /** Its length follows from theirs. */
  readonly histories: readonly string[];
}

/** An axis of examples of the batch, and the input with their numbers. */
export interface PlannedBatchAxis {
  readonly axis: string;
  readonly input: string;
  /** The feature whose value they share with the example; null for the whole batch. */
  readonly by: string | null;
  /** Whether it is known only in training: a prediction must not depend on rows of other requests. */
  readonly inTraining: boolean;
  /** Columns that tell which rows have the labels read along the axis; other rows are not on it. */
  readonly present: readonly string[];
}

/**
 * The ids of a feature. All of its tables are fed the same rows, so an input means the same positions in
 * each.
 */
export interface PlannedVocabulary {
  readonly rows: number;
  readonly inputs: readonly PlannedIds[];
  readonly tables: readonly PlannedTable[];
  /** Inputs with drawn ids of the feature. */
  readonly drawn: readonly string[];
  /** Whether each batch has all rows of a table, but for the one that pads. */
  readonly isWhole: boolean;
}

export interface PlannedIds extends PlannedColumn {
  /** For sets, the input with the row number of each value. */
  readonly owner: string | null;
  /** For sets whose values have weights, the input with these. */
  readonly weights: string | null;
}

export interface PlannedTable {
  readonly name: string;
  /** The inputs that read it; null if it needs all rows that are fed. */
  readonly inputs: readonly string[] | null;
}

/**
 * The plan for the inputs of `graph`. `tables` are the model's and may include tables that the Graph does not
 * use. With `parts`, a batch also has its examples in that many parts. With the settings of a training, it has
 * all rows of the tables that change as a whole.
 */
export function planBatches(
  graph: Graph,
  tables: readonly TableSpec[],
  parts = 1,
  training: TrainSettings | null = null,
): BatchPlan {
  const uses = tableUses(graph);
  const draws = drawsOf(graph);
  const keys = wholeTables(graph);
  const inputs = graph.nodes.filter((node): node is Node<"input"> => node.op === "input");
  /** By set. */
  const named = (kind: "owner" | "value_weight") =>
    new Map(
      inputs.flatMap(({ attributes: { name, role } }) => (role.kind === kind ? [[role.of, name]] : [])),
    );
  const ofSets = { owners: named("owner"), weights: named("value_weight") };
  const axes = new Set<string>();
  for (const { type, attributes } of graph.nodes) {
    if (type.rows.kind === "steps") axes.add(type.rows.history);
    // Counting steps uses a history that may have no value by step.
    if ("history" in attributes) axes.add(attributes.history);
  }
  const isRead = ({ name }: TableSpec) =>
    keys.has(name) ||
    uses.some(({ table }) => table === name) ||
    draws.some((draw) => draw.tables.includes(name));
  const read = tables.filter(isRead);
  const changed = read.filter(
    ({ name, options }) => training !== null && !options.frozen && changesAllRows(training, name),
  );
  const whole = new Set([...keys, ...changed.map(({ name }) => name)]);
  return {
    vocabularies: [...new Set(read.map(({ feature }) => feature))].map((feature) =>
      planVocabulary(
        read.filter((table) => table.feature === feature),
        uses,
        draws,
        whole,
        ofSets,
      ),
    ),
    ids: inputs.flatMap(({ attributes: { name, role } }) =>
      role.kind === "ids" && role.of.kind === "feature" ? [columnOf(name, role.of)] : [],
    ),
    numbers: inputs.flatMap(({ type: { dtype, dims }, attributes: { name, role } }) => {
      if (role.kind !== "feature" || dtype !== "f32") return [];
      return [{ ...columnOf(name, role), width: sizeOf(dims) }];
    }),
    batches: inputs.flatMap(({ id, attributes: { name, role } }) => {
      if (role.kind !== "batch" && role.kind !== "candidates") return [];
      const read = new Set(labelsAlong(graph, id));
      const present = inputs.flatMap(({ attributes: { role } }) =>
        role.kind === "present" && read.has(role.of) ? [columnOfLabel(role)] : [],
      );
      return [{ axis: role.of, input: name, by: role.by, inTraining: role.kind === "batch", present }];
    }),
    requests:
      inputs.flatMap(({ attributes: { role } }) =>
        role.kind === "candidates" ? [{ by: role.by, max: role.max }] : [],
      )[0] ?? null,
    // A training also predicts, without crops.
    axes: [...new Set([...axes].flatMap((axis) => [axis, wholeAxis(axis)]))]
      .filter((axis) => !isBatchAxis(axis))
      .map((axis) => ({ axis, histories: historiesOf(axis) })),
    labels: inputs.flatMap(({ attributes: { name, role } }) =>
      isOfLabel(role) ? [{ input: name, label: columnOfLabel(role) }] : [],
    ),
    noise: plannedNoise(inputs),
    draws: draws.map((draw) => planDraw(draw, inputs, tables)),
    parts: parts === 1 ? null : planParts(inputs, parts),
  };
}

/** The labels of other rows, which are read at the row numbers in `places`. */
function labelsAlong(graph: Graph, places: NodeId): readonly string[] {
  const read = graph.nodes.flatMap(({ op, inputs: [x, at] }) =>
    op === "lookup" && at === places ? [x!] : [],
  );
  const outputs = new Map(read.map((id) => [String(id), id]));
  return neededNodes({ ...graph, outputs, updates: new Map() }).flatMap(({ op, attributes }) => {
    const role = op === "input" ? attributes.role : null;
    return role?.kind === "label" ? [role.of] : [];
  });
}

function columnOf(
  input: string,
  { feature, history, served }: Pick<FeatureRole, "feature" | "history" | "served">,
): PlannedColumn {
  return { input, feature, history, ...(served === undefined ? {} : { served }) };
}

function planVocabulary(
  tables: readonly TableSpec[],
  uses: readonly TableUse[],
  draws: readonly Draw[],
  whole: ReadonlySet<string>,
  { owners, weights }: Readonly<Record<"owners" | "weights", ReadonlyMap<string, string>>>,
): PlannedVocabulary {
  const drawn = draws.filter((draw) => tables.some(({ name }) => draw.tables.includes(name)));
  const usesOf = ({ name }: TableSpec) => uses.filter(({ table }) => table === name);
  const isWhole = tables.some(({ name }) => whole.has(name));
  const inputs = new Map<string, PlannedIds>();
  for (const { input, ...role } of tables.flatMap(usesOf))
    inputs.set(input, {
      ...columnOf(input, role),
      owner: owners.get(input) ?? null,
      weights: weights.get(input) ?? null,
    });
  return {
    rows: tables[0]!.rows,
    inputs: [...inputs.values()],
    drawn: drawn.map(({ input }) => input),
    isWhole,
    tables: tables.map((table) => {
      const own = [...usesOf(table), ...drawn.filter((draw) => draw.tables.includes(table.name))];
      const isOfAll = isWhole ? whole.has(table.name) : own.length === inputs.size + drawn.length;
      return { name: table.name, inputs: isOfAll ? null : own.map(({ input }) => input) };
    }),
  };
}

function planDraw(
  { input, of, count, tables: own }: Draw,
  inputs: readonly Node<"input">[],
  tables: readonly TableSpec[],
): PlannedDraw {
  const fed = (name: string) => (inputs.some(({ attributes }) => attributes.name === name) ? name : null);
  return {
    ...{ input, count, rows: tables.find(({ name }) => own.includes(name))?.rows ?? 0 },
    ids: fed(inputNames.ids(input)),
    probabilities: fed(inputNames.drawProbability(of)),
  };
}
