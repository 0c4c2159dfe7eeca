// Finds the events of each user that are in a window of time. A user's events are ordered by time, so these
// are a range.

import { grown } from "../../../compiler/frontend/kinds/interner.ts";

/** By user: their events in the window are from … to − 1 of the sorted ones. */
export interface EventsWithin {
  readonly from: Int32Array;
  readonly to: Int32Array;
}

/** Counts events in any order, by user and by their position relative to the window. */
export class EventsInWindow {
  private before: Int32Array = new Int32Array(1024);
  private inside: Int32Array = new Int32Array(1024);

  add(user: number, place: -1 | 0 | 1): void {
    if (user < 0 || place > 0) return;
    this.before = grown(this.before, user + 1, Int32Array);
    this.inside = grown(this.inside, user + 1, Int32Array);
    if (place < 0) this.before[user]! += 1;
    else this.inside[user]! += 1;
  }

  /** The events of user u are first[u] … first[u + 1] − 1 of the sorted ones. */
  byUser(first: Int32Array): EventsWithin {
    const users = first.length - 1;
    const from = Int32Array.from({ length: users }, (_, user) => first[user]! + (this.before[user] ?? 0));
    return { from, to: from.map((start, user) => start + (this.inside[user] ?? 0)) };
  }
}
