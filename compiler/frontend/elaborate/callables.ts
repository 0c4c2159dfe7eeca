// Finds callables by name: first the spec's own blocks, then those of the standard library, then built-in functions. The
// library's blocks don't see the spec's, so that a name which a spec takes changes only what the spec itself calls.

import type { Library } from "../functions/library.ts";
import { languageFunctions } from "../functions/registry.ts";
import type { BlockItem, Identifier } from "../syntax/nodes.ts";
import type { Reporter } from "../syntax/reporter.ts";
import type { Callable } from "../values/values.ts";
import type { Declarations } from "./declarations.ts";
import { readSignature, type Signature } from "./signatures.ts";

type Name = Pick<Identifier, "name" | "isOfLanguage">;

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

  /** The meaning of a name in the body of `block`, or in the net. */
  named({ name, isOfLanguage }: Name, block: BlockItem | null): Callable | null {
    const seesSpec = isOfLanguage !== true && (block === null || !this.isOfLibrary(block));
    const own = seesSpec ? this.declarations.blocks.get(name) : undefined;
    const found = own ?? this.library.get(name);
    if (found !== undefined) return { kind: "block", block: found };
    const definition = languageFunctions.get(name);
    return definition === undefined ? null : { kind: "builtin", definition };
  }

  private isOfLibrary(block: BlockItem): boolean {
    return this.library.get(block.name.name) === block;
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
