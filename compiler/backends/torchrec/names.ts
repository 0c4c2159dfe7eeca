// Names of a Python function's values: none twice, none that means something else there.

import { identifier } from "./python.ts";

/** What generated functions use themselves. */
const reserved = ["self", "torch", "nn", "math", "F", "len", "super", "dict", "tuple", "Tensor", "Steps"];

export class PythonNames {
  private readonly taken: Set<string>;

  constructor(taken: Iterable<string> = []) {
    this.taken = new Set([...reserved, ...taken]);
  }

  /** `wanted` as Python has it, with a number where it is taken. */
  fresh(wanted: string): string {
    const name = identifier(wanted);
    let free = name;
    for (let i = 2; this.taken.has(free); i++) free = `${name}_${i}`;
    this.taken.add(free);
    return free;
  }

  /** A name of which nothing else may be made. */
  keep(name: string): void {
    this.taken.add(name);
  }
}
