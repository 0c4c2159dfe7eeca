// Writes a value of a typed file as the text that a CSV would have: `7`, `7.0` in a column of fractions,
// `true`.

import { isList, type RawCell } from "../../compiler/data/raw-values.ts";
import type { DraftCell } from "../../compiler/tools/init/table.ts";

/** Returns a function that writes the cells of a column with DuckDB's type `typeName` as texts. */
export function textsOf(typeName: string): (cell: RawCell) => DraftCell {
  const [element] = typeName.split("[");
  const numberText = element === "FLOAT" ? shortText : String;
  const hasFractions = /^(FLOAT|DOUBLE|DECIMAL\(\d+,[1-9]\d*\))$/.test(element!);
  const text = (cell: RawCell): DraftCell => {
    if (cell === null || typeof cell === "string") return cell;
    if (isList(cell)) return cell.map(text);
    if (typeof cell !== "number") return String(cell);
    return hasFractions && Number.isSafeInteger(cell) ? `${cell}.0` : numberText(cell);
  };
  return text;
}

/** The fewest digits that give the same number of 32 bits. */
function shortText(x: number): string {
  for (let digits = 6; digits < 9; digits++) {
    const short = Number(x.toPrecision(digits));
    if (Math.fround(short) === x) return String(short);
  }
  return String(Number(x.toPrecision(9)));
}
