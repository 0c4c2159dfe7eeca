// Which of the page's rows a spec trains on: those that have most of the columns that it reads. What is still
// missing there is an error, as it is for anyone's file.

import type { Model } from "../../compiler/index.ts";
import { demonstration } from "./demonstration.ts";
import { ratedFilms } from "./films.ts";
import type { PageData, RowsOfPage } from "./rows-of-page.ts";
import { simulatedClicks } from "./simulated.ts";

/** Of several that fit equally well, the first. */
const all: readonly RowsOfPage[] = [simulatedClicks, ratedFilms, demonstration];

export function pageRows(model: Model, seed: number): PageData & { readonly name: string } {
  const { name, made } = rowsThatFit(model);
  return { name, ...made(seed, model.predictions[0]!.label) };
}

export function rowsThatFit(model: Model): RowsOfPage {
  const read = columnsOf(model);
  const fits = all.map(({ columns }) => read.filter((name) => columns.includes(name)).length);
  return all[fits.indexOf(Math.max(...fits))]!;
}

/** What a spec reads of its rows. A cross is made of other columns. */
export function columnsOf({ features, histories, labels }: Model): readonly string[] {
  const own = [...features.values()].filter(({ kind }) => kind.kind !== "cross").map(({ name }) => name);
  const steps = [...histories.values()].flatMap(({ fields }) => fields.map(({ column }) => column));
  return [...new Set([...own, ...steps, ...labels.keys()])];
}
