// Histories of impressions, as the draft's dinc.yaml defines them: the steps of a row are the earlier rows of
// its user that count, each with its values of the item.

import { appendTo } from "../../compiler/common/maps.ts";
import { readTime } from "../../compiler/common/time-text.ts";
import { nameOfColumn } from "../../compiler/frontend/model/column-names.ts";
import { rawFields } from "../../compiler/frontend/model/model.ts";
import { ownTimeOf } from "../../compiler/frontend/model/own-time.ts";
import type { DraftImpressions } from "../../compiler/tools/init/plan.ts";
import { binaryOf } from "../../compiler/tools/init/values.ts";
import type { Model } from "../../compiler/train/index.ts";
import type { ShownCell } from "./messages.ts";
import { stepCells } from "./weighted-cells.ts";

/** The columns of the rows, and those of the histories, whose cells are lists. */
export function withPasts(
  model: Model,
  columns: ReadonlyMap<string, readonly ShownCell[]>,
  { user, time, where }: DraftImpressions,
): ReadonlyMap<string, readonly ShownCell[]> {
  const { histories } = model;
  const now = ownTimeOf(model)?.name;
  const column = (header: string) => columns.get(nameOfColumn(header) ?? "") ?? [];
  const [users, labels] = [column(user), column(where.column)];
  const times = column(time).map(secondsOf);
  const most = Math.max(0, ...[...histories.values()].map(({ max }) => max));
  const order = [...users.keys()].sort((a, b) => times[a]! - times[b]! || a - b);
  /** By user: its rows that count so far, the latest last. */
  const clicks = new Map<string, number[]>();
  const stepsOf = users.map((): readonly number[] => []);
  for (let from = 0; from < order.length; ) {
    let to = from;
    while (to < order.length && times[order[to]!] === times[order[from]!]) to++;
    const same = order.slice(from, Math.max(to, from + 1));
    for (const row of same) stepsOf[row] = (clicks.get(String(users[row])) ?? []).slice(-most);
    // An event of the very same time isn't a step.
    for (const row of same) {
      if (users[row] === null || binaryOf(textOf(labels[row])) !== 1) continue;
      appendTo(clicks, String(users[row]), row);
    }
    from += same.length;
  }
  const made = new Map(columns);
  if (now !== undefined && !made.has(now)) made.set(now, column(time));
  for (const history of histories.values())
    for (const field of rawFields(history)) {
      if (columns.has(field.column)) continue;
      const isTime = field.feature.kind.kind === "time";
      const isThere = columns.has(field.name) || !isTime;
      const cells = isThere ? stepCells(field.name, field.feature, columns) : column(time);
      made.set(
        field.column,
        stepsOf.map((steps) => steps.slice(-history.max).map((step) => cells[step] ?? null)),
      );
    }
  return made;
}

function secondsOf(cell: ShownCell): number {
  const number = Number(cell);
  if (cell === null || !Number.isNaN(number)) return number;
  const read = readTime(String(cell));
  return typeof read === "string" ? Number.NaN : read.clock - (read.offset ?? 0) + read.nanoseconds / 1e9;
}

function textOf(cell: ShownCell | undefined): string | null {
  return cell === null || cell === undefined ? null : String(cell);
}
