// The DIN paper's protocol. Of a user's events i₁ … i_T, in order: a training row for each target i₂ … i_{T−1}, a test
// row for i_T, and for users who are drawn for validation i_{T−1} is no training target but one of validation. The history of a target is what comes before it, nothing else; each target comes with items that the
// user never touched, label 0.

import { nothingToSample } from "../../compiler/diagnostics/catalog/data.ts";
import type { Negatives, Validate } from "../config/config.ts";
import { sharedFloat32, sharedInt32 } from "./builders.ts";
import type { EventLog } from "./event-log.ts";
import type { Findings } from "./findings.ts";
import { NegativeSampler } from "./negatives.ts";
import { drawnUsers } from "./validation.ts";

export type Split = "train" | "valid" | "test";

/** The rows of one split, users one behind the other, each positive before its negatives. */
export interface Examples {
  readonly rows: number;
  readonly user: Int32Array;
  readonly item: Int32Array;
  /** Row of the event log that the example is made from: its context. */
  readonly event: Int32Array;
  /** The sorted event that is the target; its user's events before it are the history. */
  readonly target: Int32Array;
  /** The user's first sorted event. */
  readonly first: Int32Array;
  readonly label: Float32Array;
}

/** Notes every user for whose rows no negative is left. */
export function checkNegatives(log: EventLog, findings: Findings): void {
  const sampler = new NegativeSampler(log.items.size, 0, "");
  for (let user = 0; user < log.users.size; user++) {
    const [target, end] = targets(log, user, "test", null);
    if (target === end) continue;
    sampler.enter(user, touched(log, user));
    if (sampler.untouched > 0) continue;
    const parameters = { user: log.users.at(user), items: log.items.size };
    findings.add(nothingToSample, parameters, log.row[target]!, null);
  }
}

/** Every user has an item left to draw: see `checkNegatives`. */
export function leaveLastOut(
  log: EventLog,
  split: Split,
  negatives: Negatives,
  limit: number,
  /** By user: 1 for those drawn for validation. */
  drawn: Uint8Array | null = null,
): Examples {
  const users = log.users.size;
  const each = 1 + negatives.perPositive;
  let wanted = 0;
  for (let user = 0; user < users; user++) {
    const [from, to] = targets(log, user, split, drawn);
    wanted += Math.max(0, to - from) * each;
  }
  const rows = Math.min(wanted, limit);
  const examples: Examples = {
    rows,
    user: sharedInt32(rows),
    item: sharedInt32(rows),
    event: sharedInt32(rows),
    target: sharedInt32(rows),
    first: sharedInt32(rows),
    label: sharedFloat32(rows),
  };
  const sampler = new NegativeSampler(log.items.size, negatives.seed, `${split} negatives`);
  let row = 0;
  for (let user = 0; user < users && row < rows; user++) {
    const [from, to] = targets(log, user, split, drawn);
    if (from >= to) continue;
    sampler.enter(user, touched(log, user));
    for (let target = from; target < to; target++)
      for (let i = 0; i < each && row < rows; i++, row++) {
        const event = log.row[target]!;
        examples.user[row] = user;
        examples.item[row] = i === 0 ? log.item[event]! : sampler.draw();
        examples.event[row] = event;
        examples.target[row] = target;
        examples.first[row] = log.first[user]!;
        examples.label[row] = i === 0 ? 1 : 0;
      }
  }
  return examples;
}

/** The sorted events from … to − 1 that are targets of the split. */
function targets(
  { first }: EventLog,
  user: number,
  split: Split,
  drawn: Uint8Array | null,
): readonly [number, number] {
  const start = first[user]!;
  const last = first[user + 1]! - 1;
  const isDrawn = drawn !== null && drawn[user] === 1;
  switch (split) {
    case "train":
      return [start + 1, isDrawn ? last - 1 : last];
    case "valid":
      return isDrawn ? [last - 1, last] : [0, 0];
    case "test":
      return last > start ? [last, last + 1] : [0, 0];
  }
}

/** 1 for each user that is drawn for validation, of those who have a training target. */
export function drawnForValidation(log: EventLog, validate: Validate): Uint8Array {
  const users: number[] = [];
  for (let user = 0; user < log.users.size; user++)
    if (log.first[user + 1]! - log.first[user]! > 2) users.push(user);
  const chosen = new Uint8Array(log.users.size);
  drawnUsers(users.length, validate).forEach((drawn, i) => {
    chosen[users[i]!] = drawn;
  });
  return chosen;
}

function* touched(log: EventLog, user: number): Iterable<number> {
  for (let i = log.first[user]!; i < log.first[user + 1]!; i++) yield log.item[log.row[i]!]!;
}
