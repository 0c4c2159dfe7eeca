// Columns of one value that is a past value of another column: the last item shares the table of items.

import type { NamedColumn } from "./columns.ts";
import { called } from "./kinds.ts";
import type { DraftKind } from "./plan.ts";
import { mayMeasure, shareAmong, valuesOf } from "./values.ts";
import { lastWords, nameMatch, sayItems } from "./words.ts";

/** Of its different values as many must be those of the other column. */
const LEAST = 0.1;

/** The column among `targets` whose past value `column` holds, by its name and its values; null where there is none. */
export function lastOf(
  column: NamedColumn,
  targets: readonly NamedColumn[],
  item: NamedColumn | null,
): NamedColumn | null {
  const words = lastWords(column.name);
  if (words === null) return null;
  const values = valuesOf(column);
  const [best] = targets
    .filter((target) => target !== column && lastWords(target.name) === null)
    .map((target) => ({
      target,
      match:
        nameMatch(words, target.name) || Number(target === item && (sayItems(words) || words.length === 0)),
    }))
    .filter(
      ({ target, match }) =>
        match > 0 &&
        mayMeasure(values) === mayMeasure(valuesOf(target)) &&
        shareAmong(values, valuesOf(target)) >= LEAST,
    )
    .sort((a, b) => b.match - a.match);
  return best?.target ?? null;
}

/** Of a column whose values have vectors in the table of `target`. */
export function sharedKind(column: NamedColumn, target: NamedColumn): DraftKind {
  const values = valuesOf(column);
  const share = (100 * shareAmong(values, valuesOf(target))).toFixed(0);
  return {
    kind: "id",
    text: `${called("id", [values.missing > 0 ? "missing: unknown" : ""])} share ${target.name}`,
    embed: null,
    reason: `by its name a past ${target.name}, among which ${share} % of its values are: the same table`,
    change: "`id  embed 8` for a table of its own",
  };
}
