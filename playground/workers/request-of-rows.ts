// Makes the request of a generated module from rows of the page.

import type { PageRequest } from "../../compiler/backends/page/page-data.ts";
import { hasRawValue } from "../../compiler/frontend/kinds/registry.ts";
import { type Feature, type History, rawFields } from "../../compiler/frontend/model/model.ts";
import type { Model } from "../../compiler/train/index.ts";
import type { ShownCell } from "./messages.ts";
import { type ShownRow, stepsIn } from "./shown-user.ts";

/** One request for rows that differ only in the candidate. */
export function requestOf({ features, histories }: Model, rows: readonly ShownRow[]): PageRequest {
  const [first] = rows;
  const of = (scope: string, row: ShownRow | undefined) =>
    Object.fromEntries(
      [...features.values()]
        .filter((feature) => feature.scope === scope && hasRawValue(feature))
        .map((feature) => [feature.name, valueFor(feature, row?.[feature.name] ?? null)]),
    );
  const stepsOf = (history: History) => {
    const columns = rawFields(history).map((field) => ({ ...field, values: stepsIn(first, history, field) }));
    return (columns[0]?.values ?? []).map((_, i) =>
      Object.fromEntries(
        columns.map(({ name, feature, values }) => [name, valueFor(feature, values[i] ?? null)]),
      ),
    );
  };
  return {
    user: of("user", first),
    context: of("context", first),
    history: Object.fromEntries([...histories.values()].map((each) => [each.name, stepsOf(each)])),
    candidates: rows.map((row) => of("item", row)),
  };
}

const NUMBERS: ReadonlySet<Feature["kind"]["kind"]> = new Set([
  "number",
  "vector",
  "int",
  "sized_id",
  "bins",
]);

/** Requests contain numbers, which a CSV stores as texts. */
function valueFor({ kind }: Feature, cell: ShownCell): ShownCell {
  if (!NUMBERS.has(kind.kind)) return cell;
  const number = (each: ShownCell): ShownCell => {
    const read = typeof each === "string" ? Number(each) : Number.NaN;
    return Number.isNaN(read) ? each : read;
  };
  return Array.isArray(cell) ? cell.map(number) : number(cell);
}
