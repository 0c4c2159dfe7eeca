// Reads a value with its weight: the text `comedy:0.7`, whose last colon divides both, or a list of the two.

import { negativeWeight, notAWeight } from "../diagnostics/catalog/weights.ts";
import { WEIGHT_SIGN } from "../frontend/kinds/read-set.ts";
import { whyNoWeight } from "../serve/weighted-sets.ts";
import { formatRaw, isList, type Raw, type RawCell } from "./raw-values.ts";
import { type CellColumn, declaredIn } from "./values.ts";

export interface WeightedValue {
  readonly value: Raw;
  readonly weight: number;
}

/** Null for a value without a weight, which is reported. */
export type WeightedReader = (cell: RawCell, row: number) => WeightedValue | null;

/** The parts of a value with its weight, as they are written; null if it is not divided. */
export function partsOfPair(cell: RawCell): readonly [value: Raw, weight: Raw] | null {
  if (isList(cell)) {
    const [value, weight] = cell as readonly Raw[];
    return cell.length === 2 && !cell.some(isList) ? [value!, weight!] : null;
  }
  if (typeof cell !== "string") return null;
  const at = cell.lastIndexOf(WEIGHT_SIGN);
  if (at < 0) return null;
  return [at === 0 ? null : cell.slice(0, at), cell.slice(at + 1)];
}

export function weightedValues({ feature, column, format, findings }: CellColumn): WeightedReader {
  const details = declaredIn(feature);
  const ofMean = feature.set?.pool === "mean";
  return (cell, row) => {
    const parts = partsOfPair(cell);
    const weight = parts === null ? Number.NaN : format.numberOf(parts[1]);
    const no = whyNoWeight(weight, ofMean);
    if (parts !== null && no === null) return { value: parts[0], weight };
    if (no === "negative") {
      const parameters = { column, feature: feature.name, weight };
      findings.add(negativeWeight, parameters, row, column, details);
    } else {
      const parameters = {
        column,
        got: isList(cell) ? "a list that is no pair" : formatRaw(cell),
        weight: parts === null ? null : formatRaw(parts[1]),
      };
      findings.add(notAWeight, parameters, row, column, details);
    }
    return null;
  };
}
