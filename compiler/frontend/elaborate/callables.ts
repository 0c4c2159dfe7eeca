// Finds callables by name: first the spec's own blocks, then those of the standard library, then built-in functions.

import { languageFunctions } from "../functions/registry.ts";
import type { BlockItem } from "../syntax/nodes.ts";
import type { Reporter } from "../syntax/reporter.ts";
import type { Callable } from "../values/values.ts";
import type { Declarations } from "./declarations.ts";
import type { Library } from "./library.ts";
import { readSignature, type Signature } from "./signatures.ts";

export class Callables {
  private readonly declarations: Declarations;
  private readonly library: Library;
  private readonly reporter: Reporter;
  private readonly signatures = new Map<BlockItem, Signature | null>();

  constructor(declarations: Declarations, library: Library, reporter: Reporter) {
    this.declarations = declarations;
    this.library = library;
    this.reporter = reporter;
  }

  named(name: string): Callable | null {
    const block = this.declarations.blocks.get(name) ?? this.library.get(name);
    if (block !== undefined) return { kind: "block", block };
    const definition = languageFunctions.get(name);
    return definition === undefined ? null : { kind: "builtin", definition };
  }

  /** All names, for suggestions. */
  names(): string[] {
    return [...this.declarations.blocks.keys(), ...this.library.keys(), ...languageFunctions.keys()];
  }

  /** Null if a mistake in it was reported. */
  signature(block: BlockItem): Signature | null {
    let signature = this.signatures.get(block);
    if (signature === undefined) {
      signature = readSignature(block, this.declarations, this.reporter);
      this.signatures.set(block, signature);
    }
    return signature;
  }
}
