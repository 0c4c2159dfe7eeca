// Names that changed between two trainings: of features, histories, tables and layers, with all that is called after them.

/** From a name of the earlier training to the one that it has now. */
export type Renames = Readonly<Record<string, string>>;

/** Layers and normalisations are called `net.NAME…`; one may leave that out. */
const NET = "net.";

export class Renaming {
  private readonly pairs: readonly (readonly [before: string, now: string])[];

  constructor(renames: Renames = {}) {
    this.pairs = Object.entries(renames).flatMap(([before, now]) => [
      [before, now] as const,
      [NET + before, NET + now] as const,
    ]);
  }

  /** What `now` was called; null where that name belonged to something that is called otherwise now. */
  oldName(now: string): string | null {
    for (const [before, renamed] of this.pairs)
      if (isAfter(now, renamed)) return before + now.slice(renamed.length);
    return this.pairs.some(([before]) => isAfter(now, before)) ? null : now;
  }
}

/** Whether `name` is `what`, or a part of it: `item_id.weight` of `item_id`. */
export function isAfter(name: string, what: string): boolean {
  return name === what || name.startsWith(`${what}.`);
}

/** Whether one of `names` is called `what`, or after it. */
export function namesAny(what: string, names: Iterable<string>): boolean {
  for (const name of names) if (isAfter(name, what) || isAfter(name, NET + what)) return true;
  return false;
}
