// Keeps the finished lessons in the page's address, so that links carry them, and in the browser.

import { keep, kept } from "./kept.ts";

const KEY = "dinc.lessons.done";

export class Progress {
  private readonly names: Set<string>;
  private readonly known: readonly string[];

  /** `known` are the existing lessons in order; other names are dropped. */
  constructor(known: readonly string[], fromAddress: readonly string[]) {
    this.known = known;
    this.names = new Set(
      [...(kept(KEY) ?? "").split(" "), ...fromAddress].filter((name) => known.includes(name)),
    );
  }

  /** In the order of the lessons. */
  get done(): readonly string[] {
    return this.known.filter((name) => this.names.has(name));
  }

  has(name: string): boolean {
    return this.names.has(name);
  }

  /** Returns whether it is new. */
  add(name: string): boolean {
    if (this.names.has(name)) return false;
    this.names.add(name);
    keep(KEY, this.done.join(" "));
    return true;
  }
}
