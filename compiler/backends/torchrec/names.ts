// Chooses the names of values in a Python function: each is unique and has no other meaning there.

import { identifier } from "./python.ts";

/** Names that generated functions use themselves. */
const reserved = ["self", "torch", "nn", "math", "F", "len", "super", "dict", "tuple", "Tensor", "Steps"];

export class PythonNames {
  private readonly taken: Set<string>;

  constructor(taken: Iterable<string> = []) {
    this.taken = new Set([...reserved, ...taken]);
  }

  /** `wanted` as a Python name, with a number if it is taken. */
  fresh(wanted: string): string {
    const name = identifier(wanted);
    let free = name;
    for (let i = 2; this.taken.has(free); i++) free = `${name}_${i}`;
    this.taken.add(free);
    return free;
  }

  /** Reserves a name. */
  keep(name: string): void {
    this.taken.add(name);
  }
}
