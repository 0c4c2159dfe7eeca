// Finds id columns that refer to the ids of another column: the last item, the item of the current page, the
// destination of a journey. They share its table.

import type { NamedColumn } from "./columns.ts";
import { called } from "./kinds.ts";
import type { DraftKind } from "./plan.ts";
import { mayMeasure, percent, shareAmong, usualCount, valuesOf } from "./values.ts";
import { lastWords, nameEndsIn, nameMatch, sayItems } from "./words.ts";

/** The least share of a past value's distinct values that the other column must have. */
const LEAST = 0.1;
/** The least share for other columns. */
const MOST = 0.5;
/** Fewer distinct texts may coincide by chance: yes and no, small and large. */
const LEAST_TEXTS = 30;

export interface Share {
  readonly kind: DraftKind;
  /** Whether it is an earlier value of the other column. */
  readonly isPast: boolean;
}

/** By column that shares another column's table. A column whose table is shared does not share one itself. */
export function sharesAmong(
  columns: readonly NamedColumn[],
  tables: readonly NamedColumn[],
  item: NamedColumn | null,
): ReadonlyMap<NamedColumn, Share> {
  const shares = new Map<NamedColumn, Share>();
  const owners = new Set<NamedColumn>();
  for (const column of columns) {
    if (owners.has(column)) continue;
    const others = tables.filter((table) => table !== column && !shares.has(table));
    const past = lastOf(column, others, item);
    const found =
      past === null ? sameIds(column, others, tables) : { target: past, why: "by its name a past" };
    if (found === null) continue;
    owners.add(found.target);
    shares.set(column, { kind: sharedKind(column, found), isPast: past !== null });
  }
  return shares;
}

/** The column whose earlier value `column` holds, by its name and values; null if there is none. */
function lastOf(
  column: NamedColumn,
  targets: readonly NamedColumn[],
  item: NamedColumn | null,
): NamedColumn | null {
  const words = lastWords(column.name);
  if (words === null) return null;
  const values = valuesOf(column);
  const [best] = targets
    .filter((target) => lastWords(target.name) === null)
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

interface Found {
  readonly target: NamedColumn;
  /** The reason, such as `by its name another`. */
  readonly why: string;
}

/**
 * The other column with the same ids: by its name and values, or for texts by values alone. The table belongs
 * to the column with more values.
 */
function sameIds(
  column: NamedColumn,
  targets: readonly NamedColumn[],
  tables: readonly NamedColumn[],
): Found | null {
  const values = valuesOf(column);
  const hasVectors = tables.includes(column);
  if (!hasVectors && !values.areWhole) return null;
  const [best] = targets
    .flatMap((target) => {
      const others = valuesOf(target);
      const isSmaller = usualCount(values) <= usualCount(others);
      const isNamed = nameEndsIn(column.name, target.name);
      if (mayMeasure(values) !== mayMeasure(others) || shareAmong(values, others) < MOST) return [];
      if (isNamed) return [{ target, why: "by its name another", size: Number.POSITIVE_INFINITY }];
      const areTexts = hasVectors && !mayMeasure(values) && values.counts.size >= LEAST_TEXTS && isSmaller;
      return areTexts ? [{ target, why: "by its values another", size: usualCount(others) }] : [];
    })
    .sort((a, b) => b.size - a.size);
  return best ?? null;
}

function sharedKind(column: NamedColumn, { target, why }: Found): DraftKind {
  const values = valuesOf(column);
  const share = percent(shareAmong(values, valuesOf(target)));
  return {
    kind: "id",
    text: `${called("id", [values.missing > 0 ? "missing: unknown" : ""])} share ${target.name}`,
    embed: null,
    reason: `${why} ${target.name}, among which ${share} of its values are: the same table`,
    change: "`id  embed 8` for a table of its own",
  };
}
