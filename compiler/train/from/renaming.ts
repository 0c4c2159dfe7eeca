// Renames between two trainings: of features, histories, tables and layers, and of everything named after
// them.

/** From earlier names to current ones. */
export type Renames = Readonly<Record<string, string>>;

/** Layers and normalisations are named `net.NAME…`; the prefix may be left out. */
const NET = "net.";

export class Renaming {
  private readonly pairs: readonly (readonly [before: string, now: string])[];

  constructor(renames: Renames = {}) {
    this.pairs = Object.entries(renames).flatMap(([before, now]) => [
      [before, now] as const,
      [NET + before, NET + now] as const,
    ]);
  }

  /** The earlier name of `now`; null if that name belonged to something that has since been renamed. */
  oldName(now: string): string | null {
    for (const [before, renamed] of this.pairs)
      if (isAfter(now, renamed)) return before + now.slice(renamed.length);
    return this.pairs.some(([before]) => isAfter(now, before)) ? null : now;
  }
}

/** Tells whether `name` is `what`, or a part of it: `item_id.weight` of `item_id`. */
export function isAfter(name: string, what: string): boolean {
  return name === what || name.startsWith(`${what}.`);
}

/** Tells whether one of `names` is `what`, or a part of it. */
export function namesAny(what: string, names: Iterable<string>): boolean {
  for (const name of names) if (isAfter(name, what) || isAfter(name, NET + what)) return true;
  return false;
}
