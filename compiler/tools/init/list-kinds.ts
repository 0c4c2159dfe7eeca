// Guesses the kind of a list column that is not a history: a vector or a set.

import { formatCount } from "../../common/format-count.ts";
import { mayBeOdd } from "../../common/odd-values.ts";
import { partsOfPair } from "../../data/weighted-values.ts";
import type { ListedColumn } from "./columns.ts";
import { called } from "./kinds.ts";
import { type DraftKind, widthFor } from "./plan.ts";
import { type ColumnValues, describeValues, quantile, usualCount } from "./values.ts";

/** Null if the lists are not vectors. */
export function vectorOf({ lengths, elements, lists }: ListedColumn): DraftKind | null {
  const missing = lengths.filter((length) => length === 0).length;
  const width = quantile(
    lengths.filter((length) => length > 0),
    0.5,
  );
  const unequal = lengths.filter((length) => length !== width && length !== 0).length;
  const isOne = width > 1 && unequal <= mayBeOdd(lengths.length - missing);
  if (!isOne || elements.numbers === null || elements.areWhole || elements.missing > 0) return null;
  if (lists.length === missing) return null;
  return {
    kind: "vector",
    text: called("vector", [String(width), missing > 0 ? "missing: 0" : ""]),
    embed: null,
    reason: `${width} numbers in every row${missing > 0 ? `; ${formatCount(missing)} rows without, which count as zeros` : ""}`,
    change: "`set(id, max: …)` if the numbers are codes",
  };
}

/** The kind, or the reason why the lists are not sets. */
export function setOf(column: ListedColumn): DraftKind | string {
  const pairs = weightedElements(column.lists);
  return pairs === null ? kindOfSet(column, false) : kindOfSet({ ...column, elements: pairs }, true);
}

/**
 * The values of `comedy:0.7`, without their weights; null if any element is something else. Whole numbers alone may be codes, as
 * in `brand:17`, and a mean takes no negative weights.
 */
function weightedElements(lists: ListedColumn["lists"]): ColumnValues | null {
  const values: string[] = [];
  let decimals = 0;
  for (const element of lists.flat()) {
    if (element === null) continue;
    const [value, weight] = (typeof element === "string" ? partsOfPair(element) : null) ?? [];
    if (typeof value !== "string" || !/^\d+(\.\d+)?(e-?\d+)?$/i.test(String(weight))) return null;
    values.push(value);
    if (String(weight).includes(".")) decimals++;
  }
  const described = describeValues(values);
  return decimals > values.length / 2 && described.numbers === null ? described : null;
}

function kindOfSet(
  { lengths, elements, isNested }: Pick<ListedColumn, "lengths" | "elements" | "isNested">,
  isWeighted: boolean,
): DraftKind | string {
  if (isNested) return "lists of lists are histories of sets, and it is the past of no set";
  if (elements.count === 0) return "it is empty";
  if (!elements.mayBeIds || (elements.numbers !== null && !elements.areWhole))
    return "lists of numbers that differ in length aren't vectors";
  if (elements.counts.size === 1) return "it has only one value";
  const max = Math.max(1, quantile(lengths, 0.95));
  const kind = called("id", [elements.missing > 0 ? "missing: unknown" : ""]);
  return {
    kind: "set",
    text: called("set", [kind, `max: ${max}`, isWeighted ? "weighted" : ""]),
    embed: widthFor(usualCount(elements)),
    reason: `several of ${formatCount(elements.counts.size)} values; 95 % of the rows have at most ${max}${isWeighted ? "; each has a weight" : ""}`,
    change: "another `max`, or `pool: sum`",
  };
}
