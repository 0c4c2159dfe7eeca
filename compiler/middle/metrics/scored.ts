// Rows with their scores and labels, as metrics look at them. Orders are made once, when a metric first asks for them,
// and shared by all: ten million rows need 40 MB for theirs, 80 MB for that of a feature's groups, and 120 MB more while
// one is made.

import type { Outcome } from "./outcome.ts";
import { rowsByScore } from "./radix-sort.ts";
import type { Units } from "./resampling.ts";

/** The rows of one feature's groups; no group is empty. */
export interface Groups extends Units {
  /** Rows, group by group, each group's in the order of their scores, lowest first. */
  readonly order: Uint32Array;
  /** Group g has the rows `order[starts[g]]` … `order[starts[g + 1] − 1]`. */
  readonly starts: Uint32Array;
}

export class Scored {
  readonly rows: number;
  /** Logits: a higher one is a higher probability. Of amounts the predictions themselves; of classes a logit for each, row by row. */
  readonly logits: Float32Array;
  /** What `outcome` says: 1 or 0, a share, an amount, the place of a class from 0. */
  readonly labels: Float32Array;
  readonly outcome: Outcome;
  /** Logits of a row. */
  readonly width: number;
  /** Whether every score is a number. Where one is not, no order is one. */
  readonly isOrdered: boolean;
  private readonly columns: ReadonlyMap<string, Int32Array>;
  private readonly grouped = new Map<string, Groups>();
  private ordered: Uint32Array | null = null;

  /** `columns`: by feature, equal numbers where rows belong to the same group. */
  constructor(
    logits: Float32Array,
    labels: Float32Array,
    columns: ReadonlyMap<string, Int32Array>,
    outcome: Outcome = "binary",
  ) {
    this.rows = labels.length;
    this.width = labels.length === 0 ? 1 : logits.length / labels.length;
    this.logits = logits;
    this.labels = labels;
    this.outcome = outcome;
    this.columns = columns;
    this.isOrdered = !logits.some(Number.isNaN);
  }

  /** Rows in the order of their scores, lowest first. */
  get order(): Uint32Array {
    this.ordered ??= rowsByScore(this.logits);
    return this.ordered;
  }

  groups(by: string): Groups {
    const known = this.grouped.get(by);
    if (known !== undefined) return known;
    const groups = groupsOf(this.order, this.columns.get(by)!);
    this.grouped.set(by, groups);
    return groups;
  }
}

/** A counting sort: what it goes through in the order of scores stays in it within each group. */
function groupsOf(order: Uint32Array, column: Int32Array): Groups {
  const { of, count } = numbered(column);
  const starts = new Uint32Array(count + 1);
  for (let row = 0; row < of.length; row++) starts[of[row]! + 1]! += 1;
  for (let group = 0; group < count; group++) starts[group + 1]! += starts[group]!;
  const next = starts.slice(0, count);
  const grouped = new Uint32Array(order.length);
  for (let i = 0; i < order.length; i++) {
    const row = order[i]!;
    grouped[next[of[row]!]!++] = row;
  }
  return { order: grouped, starts, of, count };
}

/** Groups as 0 … count − 1, in the order in which they first appear. */
function numbered(column: Int32Array): Units {
  const known = new Map<number, number>();
  const of = new Uint32Array(column.length);
  for (let row = 0; row < column.length; row++) {
    const group = column[row]!;
    let number = known.get(group);
    if (number === undefined) {
      number = known.size;
      known.set(group, number);
    }
    of[row] = number;
  }
  return { of, count: known.size };
}
