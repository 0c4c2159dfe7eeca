// Detects files that share rows, such as training rows that are also test rows. Rows are compared by a hash
// of their values. Each file keeps as many of the smallest hashes as fit, so memory is bounded; shared rows
// are counted among these hashes.

import { rowsShared } from "../../../compiler/diagnostics/catalog/data.ts";
import { type Diagnostic, diagnose, inData } from "../../../compiler/diagnostics/diagnostic.ts";
import type { SqlColumn } from "../formats/data-file.ts";

/** The number of hashes that a file keeps: some 2 MB. */
const KEPT = 2 ** 15;
/** Fewer may be the same by chance. */
const LEAST_ROWS = 50;
/** The share of the rows that the training rows do not repeat themselves. */
const LEAST_SHARE = 0.5;

/** A column without a name: a 53-bit hash of the others. */
export function hashOf(columns: readonly SqlColumn[]): SqlColumn {
  const values = columns.map(({ sql }) => sql).join(", ");
  return { name: "", type: "value", typeName: "DOUBLE", sql: `CAST(hash(${values}) >> 11 AS DOUBLE)` };
}

/** The rows of a file, by their hashes. */
export class RowHashes {
  rows = 0;
  private readonly kept: number;
  /** Hashes from here on are not kept. */
  private below = 2 ** 53;
  private counts = new Map<number, number>();

  constructor(kept = KEPT) {
    this.kept = kept;
  }

  /** Called when the file is read again from its beginning. */
  clear(): void {
    this.rows = 0;
    this.below = 2 ** 53;
    this.counts.clear();
  }

  add(hash: number): void {
    this.rows++;
    if (hash >= this.below) return;
    this.counts.set(hash, (this.counts.get(hash) ?? 0) + 1);
    while (this.counts.size > this.kept) this.halve();
  }

  /** An estimate of the rows that `others` shares with these, with the number of rows checked. */
  sharedWith(others: RowHashes): { readonly looked: number; readonly found: number; readonly again: number } {
    const below = Math.min(this.below, others.below);
    let [own, again] = [0, 0];
    for (const [hash, times] of this.counts) {
      if (hash >= below) continue;
      own += times;
      if (times > 1) again += times;
    }
    let [looked, found] = [0, 0];
    for (const [hash, times] of others.counts) {
      if (hash >= below) continue;
      looked += times;
      if (this.counts.has(hash)) found += times;
    }
    return { looked, found, again: own === 0 ? 0 : again / own };
  }

  private halve(): void {
    this.below /= 2;
    for (const hash of this.counts.keys()) if (hash >= this.below) this.counts.delete(hash);
  }
}

/** A file with the facts known about its rows. */
export interface Watched {
  readonly path: string;
  /** `training` */
  readonly what: string;
  readonly hashes: RowHashes;
}

/**
 * A warning if most rows of `other` are also rows of `first`, more than could be expected by chance in a
 * table of few values.
 */
export function warnOfShared(first: Watched, other: Watched): Diagnostic | null {
  const { looked, found, again } = first.hashes.sharedWith(other.hashes);
  const share = looked === 0 ? 0 : found / looked;
  const isMore = again < LEAST_SHARE && share >= again + LEAST_SHARE * (1 - again);
  if (looked < LEAST_ROWS || !isMore) return null;
  const { rows } = other.hashes;
  const parameters = {
    shared: Math.round(share * rows),
    rows,
    isExact: looked === rows,
    what: other.what,
    as: first.what,
    path: first.path,
  };
  return diagnose(rowsShared, parameters, inData({ path: other.path }));
}
