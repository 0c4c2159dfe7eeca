// Chooses the page's rows for a spec: those with most of the columns that it reads. A column that is misspelt is an error, as
// in any other file; a spec with columns of its own gets rows that are made up for it.

import { hasRawValue } from "../../compiler/frontend/kinds/registry.ts";
import type { Model } from "../../compiler/index.ts";
import { isMisspelling } from "../../grammar/closest-word.ts";
import { demonstration } from "./demonstration.ts";
import { ratedFilms } from "./films.ts";
import type { PageData, RowsOfPage } from "./rows-of-page.ts";
import type { TrainingInput } from "./shown-user.ts";
import { simulatedClicks } from "./simulated.ts";
import { withColumnsOfSteps } from "./step-columns.ts";
import { SYNTHETIC, syntheticRows } from "./synthetic-rows.ts";

/** The share of a spec's columns that may be misspelt. */
const MISSPELT_PART = 0.25;

/** In a tie, the first. */
const all: readonly RowsOfPage[] = [simulatedClicks, ratedFilms, demonstration];

export function pageRows(
  model: Model,
  seed: number,
): PageData & Pick<TrainingInput, "name" | "model" | "titles"> {
  const fitting = rowsThatFit(model);
  const { label } = model.predictions[0]!;
  if (!isOfItsOwn(model, fitting)) {
    const { name, titles = null } = fitting;
    return { name, titles, model, ...fitting.made(seed, label) };
  }
  const own = withColumnsOfSteps(model);
  return { name: SYNTHETIC, model: own, ...syntheticRows(own, seed, label) };
}

/**
 * Whether a spec has columns of its own, though a few that are nearly those of the rows are misspelt. Of these rows, none have weights for
 * the values of a set, and only those of the demonstration have ids that are whole numbers from 0 on.
 */
function isOfItsOwn(model: Model, rows: RowsOfPage): boolean {
  const features = [...model.features.values()];
  if (features.some(({ set }) => set?.weighted)) return true;
  if (rows !== demonstration && features.some(({ kind }) => kind.kind === "sized_id")) return true;
  const { columns } = rows;
  const read = columnsOf(model);
  const missing = read.filter((name) => !columns.includes(name));
  const unread = columns.filter((name) => !read.includes(name));
  const isMisspelt = (name: string) => unread.some((meant) => isMisspelling(name, meant, columns));
  if (missing.length <= MISSPELT_PART * read.length && missing.every(isMisspelt)) return false;
  return missing.length > 0;
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
