// Finds relations between columns: functions of the user or the item, and columns that reveal the label.

import { largest } from "../../common/arrays.ts";
import { mayBeOdd } from "../../common/odd-values.ts";
import type { DraftCell } from "./table.ts";
import { numberOfCell } from "./values.ts";

/** The number of rows whose key occurred before, and the share of them with the key's usual value. */
export interface Dependence {
  readonly again: number;
  readonly share: number;
}

export function dependence(key: readonly DraftCell[], column: readonly DraftCell[]): Dependence {
  const values = new Map<string, Map<string, number>>();
  for (const [row, cell] of key.entries()) {
    const of = String(cell);
    const value = textOf(column[row]!);
    const counts = values.get(of);
    if (counts === undefined) values.set(of, new Map([[value, 1]]));
    else counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  const again = key.length - values.size;
  const same = [...values.values()].reduce((sum, counts) => sum + largest([...counts.values()]) - 1, 0);
  return { again, share: again === 0 ? 0 : same / again };
}

/** The least share of usual values at which a column depends on a key; a few mistakes are allowed. */
export const CONSISTENT = 0.98;

/** The text of a cell; lists have a distinct one. */
function textOf(cell: DraftCell): string {
  return Array.isArray(cell) ? JSON.stringify(cell.map(String)) : String(cell);
}

/** The least number of rows of each class; with fewer it may be chance. */
const LEAST_ROWS = 20;
const NEARLY = 0.999;

/** How a column reveals the label, as a clause; null if it does not. */
export function leak(cells: readonly DraftCell[], labels: readonly number[]): string | null {
  const clicks = labels.reduce((sum, label) => sum + label, 0);
  if (Math.min(clicks, labels.length - clicks) < LEAST_ROWS) return null;
  const missing = cells.map((cell) => (cell === null || cell === "" ? 1 : 0));
  const asOne = missing.filter((is, row) => is === labels[row]).length;
  const few = mayBeOdd(Math.min(clicks, labels.length - clicks));
  const [one, other] = [labels.length - asOne <= few, asOne <= few];
  const isExact = asOne === 0 || asOne === labels.length;
  if (one || other)
    return `it is missing ${isExact ? "exactly" : "but for a few rows"} where the label is ${one ? 1 : 0}`;
  const there = cells.flatMap((cell, row) => (missing[row] === 1 ? [] : [{ cell, label: labels[row]! }]));
  const numbers = there.map(({ cell, label }) => ({ x: numberOfCell(cell), label }));
  if (numbers.length > LEAST_ROWS && numbers.every(({ x }) => Number.isFinite(x))) {
    const area = auc(numbers);
    if (area > NEARLY || area < 1 - NEARLY) return "it sorts the rows by their labels";
  }
  const byValue = new Map<string, [number, number]>();
  for (const { cell, label } of there) {
    const counts = byValue.get(textOf(cell)) ?? [0, 0];
    counts[label as 0 | 1]++;
    byValue.set(textOf(cell), counts);
  }
  if (byValue.size * 10 > there.length) return null;
  const right = [...byValue.values()].reduce((sum, counts) => sum + largest(counts), 0);
  return right >= NEARLY * labels.length ? "its value reveals the label" : null;
}

/** NaN if there is only one class. */
function auc(rows: { readonly x: number; readonly label: number }[]): number {
  const sorted = [...rows].sort((a, b) => a.x - b.x);
  let [ranks, ones] = [0, 0];
  for (let from = 0; from < sorted.length; ) {
    let to = from;
    while (to < sorted.length && sorted[to]!.x === sorted[from]!.x) to++;
    for (let i = from; i < to; i++)
      if (sorted[i]!.label === 1) {
        ones++;
        ranks += (from + to + 1) / 2;
      }
    from = to;
  }
  const zeros = sorted.length - ones;
  return (ranks - (ones * (ones + 1)) / 2) / (ones * zeros);
}
