// Batches out of encoded rows: histories packed without padding, each table's distinct rows once. Pure; a batch costs
// time by the values in it, whatever the size of the vocabularies, and allocates nothing by the row.

import type { Graph, Node } from "../../compiler/graph/graph.ts";
import type { TableSpec } from "../../compiler/model/model.ts";
import { inputNames } from "../../compiler/training/program.ts";
import { type TableUse, tableUses } from "../train/table-uses.ts";
import type { Batch, Dataset } from "./dataset.ts";

/** What a batch for one Graph holds. Plain data, so that a worker can be given it. */
export interface BatchPlan {
  readonly tables: readonly PlannedTable[];
  /** Number features; each is an input of the same name. */
  readonly numbers: readonly string[];
  /** Histories whose steps anything in the Graph varies along. */
  readonly histories: readonly string[];
  /** Put into a batch where the rows have them. */
  readonly labels: readonly string[];
}

export interface PlannedTable {
  readonly name: string;
  readonly rows: number;
  readonly uses: readonly TableUse[];
}

/** The plan for the inputs of `graph`; `tables` are the model's, others than the Graph's among them. */
export function planBatches(graph: Graph, tables: readonly TableSpec[]): BatchPlan {
  const uses = tableUses(graph);
  const inputs = graph.nodes.filter((node): node is Node<"input"> => node.op === "input");
  const names = new Set(
    inputs.filter(({ type }) => type.dtype === "f32").map((node) => node.attributes.name),
  );
  const histories = new Set<string>();
  for (const { type, attributes } of graph.nodes) {
    if (type.rows.kind === "steps") histories.add(type.rows.history);
    // Counting steps mentions a history without a value by step.
    if ("history" in attributes) histories.add(attributes.history);
  }
  return {
    tables: tables
      .map(({ name, rows }) => ({ name, rows, uses: uses.filter((use) => use.table === name) }))
      .filter((table) => table.uses.length > 0),
    numbers: [...names].filter((name) => !/[./]/.test(name)),
    histories: [...histories],
    labels: [...names]
      .filter((name) => name.startsWith(inputNames.label("")))
      .map((name) => name.slice(inputNames.label("").length)),
  };
}

/** Builds batches by one plan; holds what is used again from batch to batch. */
export class BatchBuilder {
  private readonly plan: BatchPlan;
  private readonly distinct: readonly DistinctRows[];

  constructor(plan: BatchPlan) {
    this.plan = plan;
    this.distinct = plan.tables.map((table) => new DistinctRows(table.rows));
  }

  /** The examples order[from] … order[to − 1] of `data`, in that order. */
  build(data: Dataset, order: Int32Array, from: number, to: number): Batch {
    const { plan } = this;
    const rows = order.subarray(from, to);
    // Built from entries, never by assignment: `record["__proto__"] = x` adds no property.
    const segments = Object.fromEntries(
      plan.histories.map((history) => [history, segmentsOf(data, history, rows)]),
    );
    const ids: [input: string, ids: Int32Array][] = [];
    const tables = plan.tables.map((table, i): [string, Int32Array] => {
      const distinct = this.distinct[i]!;
      distinct.clear();
      for (const use of table.uses)
        ids.push([
          use.input,
          use.history === null
            ? distinct.ofExamples(data.ids.get(use.feature)!, rows)
            : distinct.ofSteps(data, use.history, use.feature, rows, segments[use.history]!.length),
        ]);
      return [table.name, distinct.rows()];
    });
    const gathered = (names: readonly string[], columns: ReadonlyMap<string, Float32Array>) =>
      Object.fromEntries(names.map((name) => [name, gather(columns.get(name)!, rows)]));
    return {
      size: rows.length,
      segments,
      tables: Object.fromEntries(tables),
      ids: Object.fromEntries(ids),
      numbers: gathered(plan.numbers, data.numbers),
      labels: gathered(
        plan.labels.filter((label) => data.labels.has(label)),
        data.labels,
      ),
    };
  }
}

/** The buffers of a batch, none of them shared with another batch. */
export function buffersOf(batch: Batch): ArrayBuffer[] {
  const { segments, tables, ids, numbers, labels } = batch;
  return [segments, tables, ids, numbers, labels].flatMap((arrays) =>
    Object.values(arrays).map((array) => array.buffer as ArrayBuffer),
  );
}

function gather(column: Float32Array, rows: Int32Array): Float32Array {
  const out = new Float32Array(rows.length);
  for (let i = 0; i < rows.length; i++) out[i] = column[rows[i]!]!;
  return out;
}

function segmentsOf(data: Dataset, history: string, rows: Int32Array): Int32Array {
  const { start, end } = data.histories.get(history)!;
  let steps = 0;
  for (let i = 0; i < rows.length; i++) steps += end[rows[i]!]! - start[rows[i]!]!;
  const segments = new Int32Array(steps);
  for (let i = 0, at = 0; i < rows.length; i++) {
    const next = at + end[rows[i]!]! - start[rows[i]!]!;
    segments.fill(i, at, next);
    at = next;
  }
  return segments;
}

/** A set of table rows in the order of their first use. Emptying it costs nothing (Briggs & Torczon 1993). */
class DistinctRows {
  /** By table row: its place in `members`, meaningful only where `members` agrees. */
  private readonly place: Int32Array;
  private members = new Int32Array(1024);
  private count = 0;

  constructor(tableRows: number) {
    this.place = new Int32Array(tableRows);
  }

  clear(): void {
    this.count = 0;
  }

  rows(): Int32Array {
    return this.members.slice(0, this.count);
  }

  ofExamples(column: Int32Array, rows: Int32Array): Int32Array {
    this.reserve(rows.length);
    const out = new Int32Array(rows.length);
    for (let i = 0; i < rows.length; i++) out[i] = this.add(column[rows[i]!]!);
    return out;
  }

  ofSteps(data: Dataset, history: string, feature: string, rows: Int32Array, length: number): Int32Array {
    this.reserve(length);
    const { start, end, steps } = data.histories.get(history)!;
    const column = steps.get(feature)!;
    const out = new Int32Array(length);
    for (let i = 0, at = 0; i < rows.length; i++) {
      const last = end[rows[i]!]!;
      for (let step = start[rows[i]!]!; step < last; step++) out[at++] = this.add(column[step]!);
    }
    return out;
  }

  private add(row: number): number {
    const place = this.place[row]!;
    if (place < this.count && this.members[place] === row) return place;
    this.members[this.count] = row;
    this.place[row] = this.count;
    return this.count++;
  }

  private reserve(more: number): void {
    if (this.count + more <= this.members.length) return;
    const larger = new Int32Array(2 * (this.count + more));
    larger.set(this.members.subarray(0, this.count));
    this.members = larger;
  }
}
