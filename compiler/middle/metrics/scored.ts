// Rows with their scores and labels, for metrics. Each order is computed once, when a metric first needs it,
// and then shared. For ten million rows an order takes 40 MB, the order by a feature's groups 80 MB, and
// computing one takes 120 MB more.

import type { Outcome } from "./outcome.ts";
import { rowsByScore } from "./radix-sort.ts";
import type { Units } from "./resampling.ts";

/** The rows of one feature's groups; no group is empty. */
export interface Groups extends Units {
  /** The rows group by group, and by score within each group, lowest first. */
  readonly order: Uint32Array;
  /** Group g has the rows `order[starts[g]]` … `order[starts[g + 1] − 1]`. */
  readonly starts: Uint32Array;
}

/** Some of the rows, and their indices among all rows. */
export interface ScoredPart {
  readonly scored: LabelledScores;
  readonly rows: Int32Array;
}

export class LabelledScores {
  readonly rows: number;
  /**
   * Logits: a higher one is a higher probability. For amounts, the predictions themselves; for classes, the
   * logits of each row one after the other.
   */
  readonly logits: Float32Array;
  /** Depends on `outcome`: 1 or 0, a share, an amount, or the index of a class from 0. */
  readonly labels: Float32Array;
  readonly outcome: Outcome;
  /** The number of logits in a row. */
  readonly width: number;
  /** The weights of the rows, above 0; null if each counts once. */
  readonly weights: Float32Array | null;
  /** Whether no score is NaN. NaN scores cannot be ordered. */
  readonly isOrdered: boolean;
  private readonly columns: ReadonlyMap<string, Int32Array>;
  private readonly grouped = new Map<string, Groups>();
  private readonly parts = new Map<string, ScoredPart>();
  private ordered: Uint32Array | null = null;

  /**
   * `columns` has by feature a number for each row, equal for rows of the same group. `weights` has the
   * number of rows that each counts as; rows of weight 0 are left out.
   */
  constructor(
    logits: Float32Array,
    labels: Float32Array,
    columns: ReadonlyMap<string, Int32Array>,
    outcome: Outcome = "binary",
    weights: Float32Array | null = null,
  ) {
    const counted = countedRows(weights);
    const floats = (values: Float32Array, width = 1) =>
      counted === null ? values : Float32Array.from(places(counted, width), (at) => values[at]!);
    this.width = labels.length === 0 ? 1 : logits.length / labels.length;
    this.logits = floats(logits, this.width);
    this.labels = floats(labels);
    this.rows = this.labels.length;
    this.outcome = outcome;
    const own = weights === null ? null : floats(weights);
    this.weights = own?.some((weight) => weight !== 1) === true ? own : null;
    this.columns =
      counted === null
        ? columns
        : new Map([...columns].map(([by, of]) => [by, Int32Array.from(counted, (row) => of[row]!)] as const));
    this.isOrdered = !this.logits.some(Number.isNaN);
  }

  /** The weight of a row. */
  weightOf(row: number): number {
    return this.weights === null ? 1 : this.weights[row]!;
  }

  /** The sum of the weights of all rows. */
  get total(): number {
    return this.weights === null ? this.rows : this.weights.reduce((sum, weight) => sum + weight, 0);
  }

  /** Rows in the order of their scores, lowest first. */
  get order(): Uint32Array {
    this.ordered ??= rowsByScore(this.logits);
    return this.ordered;
  }

  /** The rows with the given number in a column. */
  only(by: string, number: number): ScoredPart {
    const name = `${by} ${number}`;
    let part = this.parts.get(name);
    if (part === undefined) {
      const column = this.columns.get(by)!;
      const weights = Float32Array.from(column, (of, row) => (of === number ? this.weightOf(row) : 0));
      const scored = new LabelledScores(this.logits, this.labels, this.columns, this.outcome, weights);
      const rows = Int32Array.from(column.keys()).filter((row) => column[row] === number);
      this.parts.set(name, (part = { scored, rows }));
    }
    return part;
  }

  groups(by: string): Groups {
    const known = this.grouped.get(by);
    if (known !== undefined) return known;
    const groups = groupsOf(this.order, this.columns.get(by)!);
    this.grouped.set(by, groups);
    return groups;
  }
}

/** The rows with a weight above 0; null if all have one. */
export function countedRows(weights: Float32Array | null): Int32Array | null {
  if (weights === null || !weights.includes(0)) return null;
  const counted = new Int32Array(weights.reduce((count, weight) => count + (weight === 0 ? 0 : 1), 0));
  for (let row = 0, at = 0; row < weights.length; row++) if (weights[row] !== 0) counted[at++] = row;
  return counted;
}

/** The indices of the numbers of `rows`, each of which has `width` numbers. */
function places(rows: Int32Array, width: number): Int32Array {
  if (width === 1) return rows;
  return Int32Array.from(
    { length: rows.length * width },
    (_, i) => rows[Math.floor(i / width)]! * width + (i % width),
  );
}

/** A counting sort by group. It is stable, so each group keeps the order of the scores. */
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

/** Numbers the groups 0 … count − 1 in the order of their first appearance. */
export function numbered(column: ArrayLike<number>): Units {
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
