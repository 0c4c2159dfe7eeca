// The DIN paper's protocol. For a user's events i₁ … i_T, in order: a training row for each target i₂ …
// i_{T−1}, a test row for i_T, and for users drawn for validation, i_{T−1} is a validation target and not a
// training target. The history of a target has exactly the events before it; each target comes with items
// that the user never touched, label 0. Where no event is for testing, i_T is a training target, too, or the
// one of validation.

import { type Column, type ColumnMemory, type ColumnReader, int32s } from "../../../compiler/data/columns.ts";
import type { Findings } from "../../../compiler/data/findings.ts";
import { columnOfLabel, labelColumns, type RoleOfLabel } from "../../../compiler/data/label-columns.ts";
import { nothingToSample } from "../../../compiler/diagnostics/catalog/data.ts";
import { tooManyRows } from "../../../compiler/diagnostics/catalog/system.ts";
import { DiagnosticError, diagnose, noLocation } from "../../../compiler/diagnostics/diagnostic.ts";
import type { EventSplit, HeldOutPart } from "../../../compiler/frontend/config/config.ts";
import type { LabelsOfEvents } from "../../../compiler/frontend/config/event-labels.ts";
import type { Model } from "../../../compiler/frontend/model/model.ts";
import type { Split } from "../../../compiler/train/score.ts";
import { drawnUsers, emptySide } from "../examples/parts.ts";
import type { EventsWithin } from "../times/events-in-window.ts";
import type { EventLog } from "./event-log.ts";
import { NegativeSampler } from "./negatives.ts";
import type { EventExamples, LabelFactor } from "./stored-events.ts";

/** Rows are counted in 32 bits. */
const MOST_ROWS = 2 ** 31 - 1;

type SortedLog = Pick<EventLog, "users" | "items" | "first" | "item">;

/** Reports every user whose rows have no possible negative. */
export function checkNegatives(
  log: SortedLog & Pick<EventLog, "rowOf">,
  reader: ColumnReader,
  findings: Findings,
): void {
  const items = itemsByUser(log, reader);
  const sampler = new NegativeSampler(log.items.size, 0, "");
  // Only the first is shown with its row.
  let first: number | null = null;
  for (let user = 0; user < log.users.size; user++) {
    const target = log.first[user + 1]! - 1;
    if (target <= log.first[user]!) continue;
    sampler.enter(user, items(user));
    if (sampler.untouched > 0) continue;
    first ??= log.rowOf(user, target - log.first[user]!);
    const parameters = { user: log.users.at(user), items: log.items.size };
    findings.add(nothingToSample, parameters, first, null);
  }
}

/** How the rows of a split are made from its targets. */
interface Protocol {
  readonly model: Pick<Model, "labels">;
  readonly labels: LabelsOfEvents;
  readonly seed: number;
  /** The most rows. */
  readonly limit: number;
  readonly lasts: EventSplit;
  /** By user: 1 for those drawn for validation. */
  readonly drawn: Uint8Array | null;
  /** The events that are targets of the training split; null if all are. */
  readonly within: EventsWithin | null;
}

/** Every user must have an item left to draw: see `checkNegatives`. */
export function leaveLastOut(
  log: SortedLog,
  split: Split,
  { model, labels: { perPositive, happened }, seed, limit, drawn, lasts, within }: Protocol,
  memory: ColumnMemory,
): EventExamples {
  const users = log.users.size;
  const each = 1 + perPositive;
  const target = int32s(users);
  const before = int32s(users + 1);
  const events = { first: log.first, within };
  for (let user = 0; user < users; user++) {
    const [from, to] = targets(events, user, split, drawn?.[user] === 1, lasts);
    target[user] = from;
    before[user + 1] = before[user]! + Math.max(0, to - from);
  }
  const rows = Math.min(before[users]! * each, limit);
  if (rows > MOST_ROWS) {
    const parameters = { rows, targets: before[users]!, perPositive, most: MOST_ROWS };
    throw new DiagnosticError([diagnose(tooManyRows, parameters, noLocation)]);
  }
  const places = { rows, each, target, before };
  return {
    ...places,
    negatives: drawNegatives(log, places, { purpose: `${split} negatives`, seed }, memory),
    crosses: new Map(),
    labels: labelFactors(model, happened),
  };
}

/**
 * The factors of each label, by its name in rows; `happened` is the label that says whether the event
 * happened.
 */
function labelFactors(
  { labels }: Pick<Model, "labels">,
  happened: string | null,
): ReadonlyMap<string, readonly LabelFactor[]> {
  const ofLog = (role: RoleOfLabel): LabelFactor => ({ of: "log", column: columnOfLabel(role) });
  const value = (of: string): LabelFactor =>
    of === happened ? { of: "happening" } : ofLog({ kind: "label", of });
  const weight = (of: string): LabelFactor[] => {
    const by = labels.get(of)!.weight!.name;
    const isMissing = [of, by].filter((each) => labels.get(each)?.mayBeMissing === true);
    return [
      labels.has(by) ? value(by) : { of: "feature", feature: by },
      ...isMissing.map((each) => ofLog({ kind: "present", of: each })),
    ];
  };
  return new Map(
    labelColumns({ labels }).map((role): [string, readonly LabelFactor[]] => {
      const { kind, of } = role;
      if (kind === "weight") return [columnOfLabel(role), weight(of)];
      return [columnOfLabel(role), [kind === "label" ? value(of) : ofLog(role)]];
    }),
  );
}

/** The items of the negatives, user by user, each target's together. */
function drawNegatives(
  log: SortedLog,
  { rows, each, before }: Pick<EventExamples, "rows" | "each" | "before">,
  { purpose, seed }: { readonly purpose: string; readonly seed: number },
  { reader, store }: ColumnMemory,
): Column<Int32Array> {
  const writer = store.column(int32s, rows - Math.ceil(rows / each));
  if (each === 1) return writer.finish();
  const items = itemsByUser(log, reader);
  const sampler = new NegativeSampler(log.items.size, seed, purpose);
  for (let user = 0; user < log.users.size && before[user]! * each < rows; user++) {
    if (before[user] === before[user + 1]) continue;
    sampler.enter(user, items(user));
    const end = Math.min(rows, before[user + 1]! * each);
    for (let row = before[user]! * each; row < end; row++) if (row % each !== 0) writer.push(sampler.draw());
  }
  return writer.finish();
}

/** The sorted events from … to − 1 that are targets of the split. */
function targets(
  { first, within }: Pick<EventLog, "first"> & Pick<Protocol, "within">,
  user: number,
  split: Split,
  isDrawn: boolean,
  lasts: EventSplit,
): readonly [number, number] {
  const start = first[user]!;
  const end = first[user + 1]!;
  const untested = end - testsOf(lasts);
  switch (split) {
    case "train": {
      const to = isDrawn ? untested - 1 : untested;
      if (within === null) return [start + 1, to];
      return [Math.max(start + 1, within.from[user]!), Math.min(to, within.to[user]!)];
    }
    case "valid":
      return isDrawn ? [untested - 1, untested] : [0, 0];
    case "test":
      return end - start > 1 ? [untested, end] : [0, 0];
  }
}

/** A user's targets that are for testing. */
function testsOf(lasts: EventSplit): number {
  return lasts === "leave_last_out" ? 1 : 0;
}

/** 1 for each user drawn for validation, among those with a training target. */
export function drawnForValidation(
  log: Pick<EventLog, "users" | "first">,
  validate: HeldOutPart,
  lasts: EventSplit,
): Uint8Array {
  const isDrawn = drawnUsers(validate);
  const chosen = new Uint8Array(log.users.size);
  let [drawn, of] = [0, 0];
  for (let user = 0; user < log.users.size; user++) {
    if (log.first[user + 1]! - log.first[user]! <= 1 + testsOf(lasts)) continue;
    of++;
    if (!isDrawn(log.users.at(user))) continue;
    chosen[user] = 1;
    drawn++;
  }
  if (drawn === 0) throw emptySide(validate, "data.validate", of, "user");
  return chosen;
}

/** Returns the items of a user, which are valid until the next call. */
function itemsByUser({ first, item }: SortedLog, reader: ColumnReader): (user: number) => Int32Array {
  let buffer = new Int32Array(256);
  return (user) => {
    const events = first[user + 1]! - first[user]!;
    if (item.kind === "memory") return item.values.subarray(first[user]!, first[user + 1]!);
    if (events > buffer.length) buffer = new Int32Array(2 * events);
    return reader.read(item, first[user]!, buffer.subarray(0, events));
  };
}
