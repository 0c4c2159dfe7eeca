// Cells of a file as a request has them: numbers with decimal points, several values as a list, times of events
// as seconds since 1970.

import { hasRawIds, hasRawLists, hasRawVectors } from "../frontend/kinds/registry.ts";
import type { ColumnUse } from "./feature-columns.ts";
import { numberFormat } from "./number-format.ts";
import { isList, type Raw, type RawCell } from "./raw-values.ts";
import type { DataColumn } from "./table.ts";
import { instantIn } from "./values.ts";
import { partsOfPair } from "./weighted-values.ts";

/** `separator` is that of several values in a text. */
export function requestCells(
  { feature: { kind, set }, orderZone }: Pick<ColumnUse, "feature" | "orderZone">,
  column: DataColumn,
  separator: string,
): (cell: RawCell) => RawCell {
  const format = numberFormat(column);
  const isListed = hasRawVectors(kind) || hasRawLists({ kind, set });
  const one = (cell: Raw): Raw => instantIn(orderZone, hasRawIds(kind) ? cell : format.plain(cell));
  const plain = (cell: RawCell): RawCell => (isList(cell) ? cell.map(plain) : one(cell));
  const weighted = (cell: RawCell): RawCell => {
    const [value, weight] = partsOfPair(cell) ?? [null, null];
    return [one(value === "" ? null : value), format.numberOf(weight)];
  };
  return (cell) => {
    if (cell === null || cell === "") return isListed ? [] : null;
    const listed = isListed && typeof cell === "string" ? cell.split(separator) : cell;
    return set?.weighted === true && isList(listed) ? listed.map(weighted) : plain(listed);
  };
}
