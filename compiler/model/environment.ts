// Names that an expression sees, innermost first. Reading a name marks it as used, which is what the warnings about
// unused names go by.

import type { BlockItem } from "../ast/nodes.ts";
import type { Span } from "../source/source-file.ts";
import type { Value } from "./types.ts";

interface Entry {
  readonly value: Value;
  /** Of a block's parameter: where the argument stands. */
  readonly given: Span | null;
  used: boolean;
}

export class Environment {
  private readonly entries = new Map<string, Entry>();
  private readonly parent: Environment | null;
  /** The block whose body this is; null in `net`, which alone sees features and histories. */
  readonly block: BlockItem | null;

  private constructor(parent: Environment | null, block: BlockItem | null) {
    this.parent = parent;
    this.block = block;
  }

  static ofNet(): Environment {
    return new Environment(null, null);
  }

  static ofBlock(block: BlockItem): Environment {
    return new Environment(null, block);
  }

  within(): Environment {
    return new Environment(this, this.block);
  }

  define(name: string, value: Value, given: Span | null = null): void {
    this.entries.set(name, { value, given, used: false });
  }

  /** Gives the value of a name and marks it as used; undefined where no such name is in sight. */
  read(name: string): Value | undefined {
    const entry = this.entries.get(name);
    if (entry === undefined) return this.parent?.read(name);
    entry.used = true;
    return entry.value;
  }

  /** As `read`, without marking. */
  peek(name: string): Value | undefined {
    return this.entries.get(name)?.value ?? this.parent?.peek(name);
  }

  /** Where the block was given what is called `name` here; null for what is no parameter of a block. */
  givenAt(name: string): Span | null {
    const entry = this.entries.get(name);
    return entry === undefined ? (this.parent?.givenAt(name) ?? null) : entry.given;
  }

  isUsed(name: string): boolean {
    return this.entries.get(name)?.used ?? false;
  }

  /** All names in sight, for suggestions. */
  names(): string[] {
    return [...this.entries.keys(), ...(this.parent?.names() ?? [])];
  }
}
