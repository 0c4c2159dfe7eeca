// Reads a value with its weight: the text `comedy:0.7`, whose last colon divides both, or a list of the two. Values and weights in
// two columns become such lists.

import { negativeWeight, notAWeight, weightLengths } from "../diagnostics/catalog/weights.ts";
import { WEIGHT_SIGN } from "../frontend/kinds/read-set.ts";
import { isListInBrackets } from "../frontend/syntax/raw-texts.ts";
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
        got: isList(cell) ? "a list that isn't a pair" : formatRaw(cell),
        weight: parts === null ? null : formatRaw(parts[1]),
        isOfStep: feature.set?.weightsColumn !== undefined,
      };
      findings.add(notAWeight, parameters, row, column, details);
    }
    return null;
  };
}

/** Makes pairs of the values in a cell and the weights in another one; empty if their numbers differ, which is reported. */
export type PairedCells = (values: RawCell, weights: RawCell, row: number) => RawCell;

/** `separator` is that of the values in a text, and of the weights. */
export function pairedCells(
  { feature, column, findings }: CellColumn,
  weightsColumn: string,
  separator: string,
): PairedCells {
  const details = declaredIn(feature);
  return (cell, weightsCell, row) => {
    // Whatever isn't a list is refused in the same words as for other sets.
    if (typeof cell === "string" ? isListInBrackets(cell) : cell !== null && !isList(cell)) return cell;
    const [values, weights] = [listIn(cell, separator), listIn(weightsCell, separator)];
    if (values.length === weights.length) return zipped(values, weights);
    const counts = { values: values.length, weights: weights.length };
    findings.add(weightLengths, { column, weightsColumn, ...counts }, row, weightsColumn, details);
    return [];
  };
}

/** The pairs of values and weights that were read before, and so are equally many. */
export function pairsOf(values: RawCell, weights: RawCell, separator: string): RawCell {
  return zipped(listIn(values, separator), listIn(weights, separator));
}

function zipped(values: readonly RawCell[], weights: readonly RawCell[]): readonly RawCell[] {
  return values.map((value, i) => [value, weights[i] ?? null]);
}

function listIn(cell: RawCell, separator: string): readonly RawCell[] {
  if (cell === null || cell === "") return [];
  if (isList(cell)) return cell;
  if (typeof cell !== "string") return [cell];
  return cell.split(separator).map((value) => (value === "" ? null : value));
}
