// Chooses the page's rows for a spec: those with most of the columns that it reads. Missing columns are
// errors, as in any other file.

import { isList } from "../../compiler/data/raw-values.ts";
import { hasRawValue } from "../../compiler/frontend/kinds/registry.ts";
import type { Model } from "../../compiler/index.ts";
import { demonstration } from "./demonstration.ts";
import { ratedFilms } from "./films.ts";
import type { PageData, Row, RowsOfPage } from "./rows-of-page.ts";
import { simulatedClicks } from "./simulated.ts";

/** In a tie, the first. */
const all: readonly RowsOfPage[] = [simulatedClicks, ratedFilms, demonstration];

export function pageRows(model: Model, seed: number): PageData & { readonly name: string } {
  const { name, made } = rowsThatFit(model);
  const { train, test, best } = made(seed, model.predictions[0]!.label);
  return { name, train: withWeights(model, train), test: withWeights(model, test), best };
}

/** The first value of a set that has weights counts most: 1, the next ½, and so on. */
function withWeights({ features }: Model, rows: readonly Row[]): readonly Row[] {
  const sets = [...features.values()].filter(({ set }) => set?.weighted === true);
  if (sets.length === 0) return rows;
  return rows.map((row) => ({
    ...row,
    ...Object.fromEntries(
      sets.flatMap(({ name, set }) => {
        const values = row[name] ?? null;
        if (!isList(values)) return [];
        const weights = values.map((_, i) => 1 / (i + 1));
        const pairs = values.map((value, i) => [value, weights[i]!]);
        return [set?.weightsColumn === undefined ? [name, pairs] : [set.weightsColumn, weights]];
      }),
    ),
  }));
}

export function rowsThatFit(model: Model): RowsOfPage {
  const read = columnsOf(model);
  const fits = all.map(({ columns }) => read.filter((name) => columns.includes(name)).length);
  return all[fits.indexOf(Math.max(...fits))]!;
}

/** The columns that a spec reads. Crosses are computed from other columns. */
export function columnsOf({ features, histories, labels }: Model): readonly string[] {
  const own = [...features.values()].filter(hasRawValue).map(({ name }) => name);
  const steps = [...histories.values()].flatMap(({ fields }) => fields.map(({ column }) => column));
  return [...new Set([...own, ...steps, ...labels.keys()])];
}
