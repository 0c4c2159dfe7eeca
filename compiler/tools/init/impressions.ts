// Recognises impressions: rows without lists that say who saw what, when, and whether it was clicked. dinc
// can make histories from the earlier rows. The draft shows the lines that tell it to.

import type { Keys, NamedColumn } from "./columns.ts";
import { stepsOf } from "./histories.ts";
import type { FreshNames } from "./names.ts";
import type { DraftFeature, DraftImpressions, DraftValidation, Guess } from "./plan.ts";
import { CONSISTENT, dependence } from "./relations.ts";
import { binaryOf } from "./values.ts";

/** The least mean number of clicks per user; with fewer there is hardly a history. */
const LEAST_CLICKS = 2;

/**
 * Null if the rows are not impressions, or no user occurs twice. `isDrawn`: only a sample of the rows was
 * read.
 */
export function impressionsIn(
  label: NamedColumn,
  { user, item }: Keys,
  columns: readonly NamedColumn[],
  features: readonly DraftFeature[],
  validation: DraftValidation,
  names: FreshNames,
  isDrawn: boolean,
): DraftImpressions | null {
  if (user === null || item === null || validation.kind !== "latest") return null;
  const clicks = new Map<string, number>();
  let positive = "1";
  for (const [row, cell] of label.cells.entries()) {
    if (binaryOf(cell) !== 1) continue;
    positive = String(cell);
    const of = String(user.cells[row]);
    clicks.set(of, (clicks.get(of) ?? 0) + 1);
  }
  const counts = [...clicks.values()];
  const all = counts.reduce((sum, count) => sum + count, 0);
  if (!isDrawn && all < LEAST_CLICKS * counts.length) return null;
  const byName = new Map(columns.map((column) => [column.name, column]));
  const bound = features.filter(({ name, scope, kind }) => {
    const column = byName.get(name);
    if (scope !== "item" || column === undefined || kind.kind === "set" || kind.text.includes(" share "))
      return false;
    return column === item || dependence(item.cells, column.cells).share >= CONSISTENT;
  });
  if (!bound.some(({ name }) => name === item.name)) return null;
  return {
    ...{
      user: user.header,
      time: validation.by,
      where: {
        column: label.header,
        value: /^(?:1|true)$/.test(positive) ? positive : JSON.stringify(positive),
      },
    },
    history: names.free("clicks"),
    max: isDrawn ? 50 : stepsOf(counts, "users").max,
    fields: bound.map(({ name }) => ({ target: name, column: names.free(`hist_${name}`) })),
  };
}

export function impressionsGuess({ time, user }: DraftImpressions): Guess {
  return {
    column: "histories",
    is: "none, as no column has lists",
    reason: `${time} says when each row was shown, so that dinc can make a history of what its ${user} clicked before`,
    change: "take in the lines of `data.impressions` in dinc.yaml, which docs/impressions.md explains",
  };
}
