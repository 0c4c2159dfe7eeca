// Recognises impressions: rows without lists that say who saw what, when, and whether it was clicked. The draft tells dinc to
// make a history from the earlier rows of each user.

import type { Keys, NamedColumn } from "./columns.ts";
import { stepsOf } from "./histories.ts";
import type { FreshNames } from "./names.ts";
import type { DraftFeature, DraftHistory, DraftImpressions, Guess } from "./plan.ts";
import { CONSISTENT, dependence } from "./relations.ts";
import { binaryOf } from "./values.ts";

/** The least mean number of clicks per user; with fewer there is hardly a history. */
const LEAST_CLICKS = 2;

/**
 * Longer histories cost time and gain nothing in a first training: with 20, 50 and 100 steps, two epochs of the draft on
 * MovieLens-100k (4 or more stars as a click) have a validation AUC of .7279, .7277 and .7268, a GAUC of .7086, .7111 and
 * .7103, and take 7.5, 9.3 and 11.8 s of processor time (2026-11-30).
 */
const USUAL_STEPS = 20;

export interface FoundImpressions {
  readonly impressions: DraftImpressions;
  readonly history: DraftHistory;
}

/**
 * `time` says when each row was shown. Null if the rows are not impressions, or hardly a user occurs twice. `isDrawn`: only a
 * sample of the rows was read.
 */
export function impressionsIn(
  label: NamedColumn,
  { user, item }: Keys,
  time: NamedColumn | null,
  columns: readonly NamedColumn[],
  features: readonly DraftFeature[],
  names: FreshNames,
  isDrawn: boolean,
): FoundImpressions | null {
  if (user === null || item === null || time === null) return null;
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
    return (
      column === item || column.of === "items" || dependence(item.cells, column.cells).share >= CONSISTENT
    );
  });
  if (!bound.some(({ name }) => name === item.name)) return null;
  const steps = isDrawn ? null : stepsOf(counts, "users");
  const { max, reason } =
    steps !== null && steps.max <= USUAL_STEPS
      ? steps
      : {
          max: USUAL_STEPS,
          reason:
            steps === null
              ? "a usual length: not all rows were read"
              : "a usual length; some users have more",
        };
  const history = names.free("clicks");
  return {
    impressions: {
      ...{ user: user.header, time: time.header, history },
      where: {
        column: label.header,
        value: /^(?:1|true)$/.test(positive) ? positive : JSON.stringify(positive),
      },
    },
    history: {
      ...{ name: history, max, reason },
      fields: bound.map(({ name, kind }) => {
        const column = names.free(`hist_${name}`);
        return { column, header: column, target: name, kind, reason: "made of earlier rows" };
      }),
    },
  };
}

export function impressionsGuess({ time, user, where, history }: DraftImpressions, max: number): Guess {
  return {
    column: history,
    is: `history(max: ${max}), made of earlier rows of the same ${user} whose ${where.column} is ${where.value}`,
    reason: `${time} says when each row was shown, and no column has lists`,
    change: `\`delay\` under \`impressions\` in dinc.yaml if a server learns of ${history} later; or take \`impressions\` out there, and \`${history}\` out of the spec`,
  };
}
