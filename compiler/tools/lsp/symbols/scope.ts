// Names in sight of a piece of text, innermost first; after them stand the blocks of the standard library and what is
// built in.

import type { Span } from "../../../common/source-file.ts";
import { library } from "../../../frontend/elaborate/library.ts";
import { languageFunctions } from "../../../frontend/functions/registry.ts";
import type { Identifier } from "../../../frontend/syntax/nodes.ts";
import type { Meaning, MeaningKind } from "./meaning.ts";

export class Scope {
  private readonly names = new Map<string, Meaning>();
  private readonly parent: Scope | null;

  constructor(parent: Scope | null = null) {
    this.parent = parent;
  }

  /** The first declaration of a name holds. */
  add(meaning: Meaning): Meaning {
    const known = this.names.get(meaning.name);
    if (known !== undefined) return known;
    if (meaning.name !== "") this.names.set(meaning.name, meaning);
    return meaning;
  }

  /** As `add`, but what was known by that name is hidden from here on. */
  hide(meaning: Meaning): void {
    if (meaning.name !== "") this.names.set(meaning.name, meaning);
  }

  /** What is declared in this spec or what it imports. */
  find(name: string): Meaning | null {
    return this.names.get(name) ?? this.parent?.find(name) ?? null;
  }

  own(name: string): Meaning | null {
    return this.names.get(name) ?? null;
  }

  /** As `find`, and what may be called besides. */
  callable(name: string): Meaning | null {
    return this.find(name) ?? libraryBlock(name) ?? builtIn(name);
  }

  /** All, an inner one before the outer one that it hides. */
  *all(): Iterable<Meaning> {
    yield* this.names.values();
    if (this.parent !== null) yield* this.parent.all();
  }
}

export function libraryBlock(name: string): Meaning | null {
  const block = library.get(name);
  if (block === undefined) return null;
  return declared("block", block.name, block.span, null, block.doc);
}

function builtIn(name: string): Meaning | null {
  const definition = languageFunctions.get(name);
  return definition === undefined ? null : given("function", name, null, definition.doc);
}

export function declared(
  kind: MeaningKind,
  { name, span }: Identifier,
  whole: Span,
  of: string | null = null,
  doc = "",
): Meaning {
  return { kind, name, declaration: span, whole, of, doc };
}

/** What the language has. */
export function given(kind: MeaningKind, name: string, of: string | null, doc = ""): Meaning {
  return { kind, name, declaration: null, whole: null, of, doc };
}
