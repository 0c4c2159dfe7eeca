// Weights of sets in the page's rows: each is beside its value, or in another column. Requests have pairs in either case.

import { isList } from "../../compiler/data/raw-values.ts";
import { partsOfPair } from "../../compiler/data/weighted-values.ts";
import { separatorsOf } from "../../compiler/frontend/config/config.ts";
import { hasRawValue } from "../../compiler/frontend/kinds/registry.ts";
import { type Feature, rawFields } from "../../compiler/frontend/model/model.ts";
import type { Model } from "../../compiler/train/index.ts";
import type { ShownCell } from "./messages.ts";
import { type ShownRow, stepsIn } from "./shown-user.ts";
import { columnOfSteps } from "./step-columns.ts";

/** A cell of a set as pairs; `weights` is that of their column, if they have one. */
export function pairsIn(cell: ShownCell, weights: ShownCell | undefined): ShownCell {
  const others = weights === undefined ? null : valuesIn(weights);
  return valuesIn(cell).map((value, i): ShownCell => {
    const parts = others === null || isList(value) ? partsOfPair(value) : [value, others[i] ?? null];
    return parts === null ? value : [parts[0]!, Number(parts[1])];
  });
}

/** The rows with pairs in all sets that have weights. */
export function withPairs({ features, histories }: Model, rows: readonly ShownRow[]): readonly ShownRow[] {
  const sets = [...features.values()].filter((feature) => isWeighted(feature) && hasRawValue(feature));
  const fields = [...histories.values()].flatMap((history) =>
    rawFields(history).flatMap((field) => (isWeighted(field.feature) ? [{ history, field }] : [])),
  );
  if (sets.length + fields.length === 0) return rows;
  return rows.map((row) => ({
    ...row,
    ...Object.fromEntries(
      sets.map(({ name, set }) => [name, pairsIn(row[name] ?? null, row[set?.weightsColumn ?? ""])]),
    ),
    ...Object.fromEntries(
      fields.map(({ history, field }) => {
        const weights =
          row[(field.feature.scope === "history" && field.feature.set?.weightsColumn) || ""] ?? null;
        const steps = stepsIn(row, history, field);
        const pairs = steps.map((cell, i) => pairsIn(cell, isList(weights) ? weights[i] : undefined));
        return [columnOfSteps(history, field), pairs];
      }),
    ),
  }));
}

/** By event, the value of a feature in a step: with its weights, if another column has them. */
export function stepCells(
  name: string,
  { set }: Pick<Feature, "set">,
  columns: ReadonlyMap<string, readonly ShownCell[]>,
): readonly ShownCell[] {
  const cells = columns.get(name) ?? [];
  const weights = columns.get(set?.weightsColumn ?? "");
  return weights === undefined ? cells : cells.map((cell, i) => pairsIn(cell, weights[i]));
}

function isWeighted({ set }: Feature): boolean {
  return set?.weighted === true;
}

function valuesIn(cell: ShownCell | undefined): readonly ShownCell[] {
  if (cell === null || cell === undefined || cell === "") return [];
  if (isList(cell)) return cell;
  return typeof cell === "string" ? cell.split(separatorsOf().separator) : [cell];
}
