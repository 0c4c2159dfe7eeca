// Finds the label: the column that the user names, one with the name of a label, or the only column of 0 and 1.

import type { NamedColumn } from "./columns.ts";
import { type Guess, out } from "./plan.ts";
import type { TableColumn } from "./table.ts";
import { binaryOf } from "./values.ts";
import { labelRank } from "./words.ts";

export type FoundLabel =
  | {
      readonly kind: "label";
      readonly column: NamedColumn;
      readonly reason: string;
      readonly others: readonly { readonly name: string; readonly guess: Guess }[];
    }
  | { readonly kind: "none"; readonly binary: readonly string[] }
  | { readonly kind: "bad-label"; readonly column: string; readonly reason: string };

/** `asked` is what the person says; null where it is to be found. */
export function findLabel(columns: readonly NamedColumn[], asked: string | null): FoundLabel {
  if (asked !== null) {
    const column = columns.find(({ header, name }) => header === asked || name === asked);
    if (column === undefined) return { kind: "bad-label", column: asked, reason: "there is no such column" };
    const reason = whyNotLabel(column);
    if (reason !== null) return { kind: "bad-label", column: asked, reason };
    return { kind: "label", column, reason: "you said so", others: [] };
  }
  const binary = columns.filter((column) => whyNotLabel(column) === null);
  const called = binary
    .flatMap((column) => {
      const rank = labelRank(column.name);
      return rank === null ? [] : [{ column, rank }];
    })
    .sort((a, b) => a.rank - b.rank);
  const [first, ...more] = called;
  if (first !== undefined) {
    const others = more.map(({ column }) => ({
      name: column.name,
      guess: out(
        column,
        "looks like an outcome of the row, too",
        "`--label`, or a second `label` with a `predict` of its own",
      ),
    }));
    return {
      kind: "label",
      column: first.column,
      reason: `0 or 1, with the name of a label${shareOf(first.column)}`,
      others,
    };
  }
  const [only] = binary;
  if (binary.length === 1 && only !== undefined)
    return { kind: "label", column: only, reason: `the only column of 0 and 1${shareOf(only)}`, others: [] };
  return { kind: "none", binary: binary.map(({ header }) => header) };
}

function whyNotLabel({ cells }: TableColumn): string | null {
  const values = new Set<number>();
  for (const cell of cells) {
    if (cell === null) return "it has rows without a value";
    const value = typeof cell === "object" ? null : binaryOf(cell);
    if (value === null)
      return `it has other values than 0 and 1, such as ${JSON.stringify(String(cell).slice(0, 30))}`;
    values.add(value);
  }
  return values.size === 2 ? null : "all its values are the same";
}

function shareOf({ cells }: TableColumn): string {
  const ones = cells.filter((cell) => binaryOf(cell as string) === 1).length;
  return `; ${((100 * ones) / cells.length).toFixed(1)} % are 1`;
}
