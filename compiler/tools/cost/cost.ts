// Counts a model's parameters, its tables, and the operations of one ranking request before and after the
// passes. The counts come from the Graphs and each op's own `flops`; nothing here depends on a particular op.

import { PROJECTED_MIB } from "../../backends/contract/emit-options.ts";
import { lower } from "../../frontend/check/lower.ts";
import { knownValues, learnedOf } from "../../frontend/kinds/registry.ts";
import { FIRST_ID, type Fitted, featureNamed, type Model } from "../../frontend/model/model.ts";
import type { OpName } from "../../middle/graph/attributes.ts";
import { candidateAxis } from "../../middle/graph/batch-axis.ts";
import { definitionIn } from "../../middle/graph/define-op.ts";
import { stepsAlong } from "../../middle/graph/derived-axes.ts";
import type { Graph, Parameter } from "../../middle/graph/graph.ts";
import { type Rows, sizeOf } from "../../middle/graph/types.ts";
import { ops } from "../../middle/ops/registry.ts";
import { keptPairs } from "../../middle/pairs/pairs.ts";
import { dropDeadNodes } from "../../middle/passes/drop-dead-nodes.ts";
import { freezeStatistics } from "../../middle/passes/freeze-statistics.ts";
import { projectedTables, tablesBeside } from "../../middle/passes/project-tables.ts";
import { rankingProgram } from "../../middle/programs/ranking.ts";
import { predictionProgram, tablesIn } from "../../middle/programs/step.ts";
import { servedNames } from "../../middle/training/channels.ts";
import { changesAllRows, tableSlots } from "../../middle/training/parts.ts";
import { defaultRequest, type RequestSize } from "./default-request.ts";

export interface Cost {
  readonly parameters: readonly ParameterCost[];
  /** Those that only losses and noise read. No compiled model has them. */
  readonly onlyTrained: readonly ParameterCost[];
  readonly tables: readonly TableCost[];
  /** Tables that a compiled module multiplies by weights when it loads them, by default. */
  readonly projected: readonly ProjectedCost[];
  /** Softmaxes over all rows of tables, which only training computes. */
  readonly softmaxes: readonly SoftmaxCost[];
  readonly pairs: readonly PairCost[];
  /** Tables all of whose rows change in each step of training. */
  readonly changed: readonly ChangedCost[];
  /** Bytes of the tables that it copies next to the projected ones. */
  readonly copied: number;
  readonly size: RequestSize;
  /** By history, the number of steps that are counted. */
  readonly steps: ReadonlyMap<string, number>;
  /** A network as training exports it: everything is computed for each candidate. */
  readonly before: Flops;
  /** The compiled ranking program. */
  readonly after: Flops;
}

export interface ParameterCost {
  readonly name: string;
  readonly dims: readonly number[];
  readonly numbers: number;
  readonly role: Parameter["role"];
}

export interface TableCost {
  /** The name given by `tableNames`; bound histories read the same table. */
  readonly name: string;
  readonly width: number;
  /** Padding and the unknown value included; null if the vocabulary is learned and there is no run. */
  readonly rows: number | null;
  readonly bytes: number | null;
  readonly bytesPerThousandIds: number;
}

/** A loss over all rows of a table. */
export interface SoftmaxCost {
  /** The name of the table. */
  readonly name: string;
  readonly width: number;
  /** The axis whose steps each have a softmax, such as `clicks - 1`; null if each row of a batch has one. */
  readonly axis: string | null;
  /** The operations for one of them, with its gradients; null if the vocabulary is learned and there is no run. */
  readonly flops: number | null;
  /** Bytes of the table's rows, gradients and new rows and slots while a step runs. */
  readonly bytes: number | null;
}

/** A table all of whose rows change in each step. */
export interface ChangedCost {
  readonly name: string;
  readonly width: number;
  /** Bytes of rows and slots that a step reads and writes; null if the vocabulary is learned and there is no run. */
  readonly bytes: number | null;
}

/** Pairs of the steps of a history, made by `facing`. */
export interface PairCost {
  /** The faced axis, such as `clicks`, and the most steps that it has. */
  readonly axis: string;
  readonly steps: number;
  /** The bytes that a prediction keeps for each row with all steps; training keeps gradients besides. 0 if sums alone read the pairs. */
  readonly bytes: number;
}

/** A table's rows times their first weights. */
export interface ProjectedCost {
  /** The name of the table. */
  readonly name: string;
  readonly width: number;
  readonly bytes: number;
}

/** Operations of one request: `request + candidates · candidate`. */
export interface Flops {
  /** Once per request, whatever the number of candidates. */
  readonly request: number;
  /** Once per candidate. */
  readonly candidate: number;
  readonly total: number;
  /** Operations by op, the largest first. */
  readonly ops: readonly { readonly op: OpName; readonly flops: number }[];
}

const BYTES_PER_NUMBER = 4;

export interface CostOptions extends Partial<RequestSize> {
  /** The fitted values of a run, which give learned vocabularies their sizes. */
  readonly fitted?: Fitted | null;
}

/** The cost of a model. A request has 200 candidates and 50 steps by default. */
export function cost(model: Model, options: CostOptions = {}): Cost {
  const { fitted = null, candidates = defaultRequest.candidates, history = defaultRequest.history } = options;
  const { requests } = model;
  const size = { candidates: Math.min(candidates, requests?.max ?? candidates), history };
  const forward = lower(model);
  const predict = predictionProgram(forward, model);
  const steps = new Map<string, number>();
  for (const { name, max } of model.histories.values()) steps.set(name, Math.min(size.history, max));
  const axes = new Map(steps);
  if (requests !== null) axes.set(candidateAxis(requests.by), size.candidates);
  // Values that only losses read are trained, but not served.
  const naive = dropDeadNodes(freezeStatistics({ ...forward, outputs: servedBy(forward, model) }));
  const tables = naive.nodes.flatMap(({ op, attributes }) => (op === "table" ? [attributes.name] : []));
  const tableCosts = tables.map((name) => tableCost(name, model, fitted));
  const rowsOf = (table: string) => tableCosts.find(({ name }) => name === table)?.rows ?? null;
  const sizes = { rowsOf, bytes: PROJECTED_MIB * 2 ** 20 };
  const compiled = rankingProgram(model, predict, new Set(), sizes);
  return {
    parameters: [...naive.parameters.values()].map(parameterCost),
    onlyTrained: [...forward.parameters.values()]
      .filter(({ name }) => !naive.parameters.has(name))
      .map(parameterCost),
    tables: tableCosts,
    projected: projectedTables(compiled).map(({ table, width }) => ({
      name: table,
      width,
      bytes: (rowsOf(table) ?? 0) * width * BYTES_PER_NUMBER,
    })),
    softmaxes: softmaxesOf(forward, model, fitted),
    pairs: keptPairs(predict).map(({ axis, places, nodes }) => ({
      ...{ axis, steps: places },
      bytes: nodes.reduce((sum, { type }) => sum + places * sizeOf(type.dims) * BYTES_PER_NUMBER, 0),
    })),
    changed: changedOf(forward, model, fitted),
    copied: tablesBeside(compiled, sizes).reduce((sum, { bytes }) => sum + bytes, 0),
    size,
    steps,
    before: flopsOf(naive, size.candidates, axes),
    after: flopsOf(compiled, size.candidates, axes),
  };
}

function parameterCost({ name, dims, role }: Parameter): ParameterCost {
  return { name, dims, numbers: sizeOf(dims), role };
}

function servedBy(forward: Graph, model: Model): Graph["outputs"] {
  const names = new Set(servedNames(model));
  return new Map([...forward.outputs].filter(([name]) => names.has(name)));
}

function softmaxesOf(forward: Graph, model: Model, fitted: Fitted | null): SoftmaxCost[] {
  return forward.nodes.flatMap(({ op, type, inputs: [, keys, bias] }) => {
    const of = op === "log_partition" ? forward.nodes[keys!]!.type.rows : null;
    if (of?.kind !== "table") return [];
    const { name, width, rows, bytes } = tableCost(of.table, model, fitted);
    // A result and its gradients by x, by the keys, and by a bias.
    const each = 2 * width + 5 + (bias === undefined ? 2 : 3) * (4 * width + 5);
    const slots = wideSlots(model, name);
    return [
      {
        ...{ name, width },
        axis: type.rows.kind === "steps" ? type.rows.history : null,
        flops: rows === null ? null : rows * each,
        bytes: bytes === null ? null : bytes * (3 + 2 * slots),
      },
    ];
  });
}

function changedOf(forward: Graph, model: Model, fitted: Fitted | null): ChangedCost[] {
  return tablesIn(forward).flatMap((name) => {
    if (model.tables.get(name)!.options.frozen || !changesAllRows(model.train, name)) return [];
    const { width, bytes } = tableCost(name, model, fitted);
    return [{ name, width, bytes: bytes === null ? null : 2 * bytes * (1 + wideSlots(model, name)) }];
  });
}

/** The number of slots that are as wide as a table. */
function wideSlots(model: Model, table: string): number {
  return tableSlots(model.train, table).filter(({ byRow }) => !byRow).length;
}

/** The cost of one table of `model`. */
export function tableCost(name: string, model: Model, fitted: Fitted | null): TableCost {
  const { feature: owner, width } = model.tables.get(name)!;
  const feature = featureNamed(model, owner);
  const values = knownValues(feature, fitted && learnedOf(feature, fitted));
  const rows = values === null ? null : values + FIRST_ID;
  const bytes = (count: number) => count * width * BYTES_PER_NUMBER;
  return {
    name,
    width,
    rows,
    bytes: rows === null ? null : bytes(rows),
    bytesPerThousandIds: bytes(1000),
  };
}

/** The operations are linear in the candidates, so two counts give both parts. */
function flopsOf(graph: Graph, candidates: number, steps: ReadonlyMap<string, number>): Flops {
  const counted = (many: number) => {
    const sums = new Map<OpName, number>();
    const count = rowCounter(many, steps);
    for (const node of graph.nodes) {
      const definition = definitionIn(ops, node.op);
      const inputs = node.inputs.map((input) => graph.nodes[input]!.type);
      const flops = definition.flops({ attributes: node.attributes, inputs, output: node.type }, count);
      sums.set(node.op, (sums.get(node.op) ?? 0) + flops);
    }
    return sums;
  };
  const total = (sums: ReadonlyMap<OpName, number>) =>
    [...sums.values()].reduce((sum, each) => sum + each, 0);
  const request = total(counted(0));
  const byOp = counted(candidates);
  return {
    request,
    candidate: total(counted(1)) - request,
    total: total(byOp),
    ops: [...byOp]
      .filter(([, flops]) => flops > 0)
      .sort(([, a], [, b]) => b - a)
      .map(([op, flops]) => ({ op, flops })),
  };
}

/** An example is counted as a candidate with a copy of the request's histories. */
function rowCounter(candidates: number, steps: ReadonlyMap<string, number>): (rows: Rows) => number {
  const count = (rows: Rows): number => {
    switch (rows.kind) {
      case "once":
        return 1;
      case "table":
        return 0;
      case "each":
        return rows.per === "request" ? 1 : candidates;
      // Assumes full sets: only data tell how many values they usually have.
      case "elements":
        return count(rows.of) * rows.max;
      case "steps": {
        const each = stepsAlong(rows.history, (history) => steps.get(history) ?? 0);
        return (rows.per === "request" ? 1 : candidates) * each;
      }
    }
  };
  return count;
}
