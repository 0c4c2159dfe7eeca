// The names visible from a piece of text: innermost first, then the blocks of the standard library and the
// built-in functions.

import type { Span } from "../../../common/source-file.ts";
import { library } from "../../../frontend/functions/library.ts";
import { languageFunctions } from "../../../frontend/functions/registry.ts";
import type { Identifier } from "../../../frontend/syntax/nodes.ts";
import { retiredFunction } from "../../../frontend/syntax/retired-forms.ts";
import type { SpecSymbol, SpecSymbolKind } from "./symbol.ts";

export class Scope {
  private readonly names = new Map<string, SpecSymbol>();
  private readonly parent: Scope | null;

  constructor(parent: Scope | null = null) {
    this.parent = parent;
  }

  /** The first declaration of a name wins. */
  add(symbol: SpecSymbol): SpecSymbol {
    const known = this.names.get(symbol.name);
    if (known !== undefined) return known;
    if (symbol.name !== "") this.names.set(symbol.name, symbol);
    return symbol;
  }

  /** Like `add`, but hides an earlier meaning of the name. */
  hide(symbol: SpecSymbol): void {
    if (symbol.name !== "") this.names.set(symbol.name, symbol);
  }

  /** A name declared in this spec or its imports. */
  find(name: string): SpecSymbol | null {
    return this.names.get(name) ?? this.parent?.find(name) ?? null;
  }

  own(name: string): SpecSymbol | null {
    return this.names.get(name) ?? null;
  }

  /** Like `find`, and includes everything that can be called. */
  callable(name: string): SpecSymbol | null {
    return this.find(name) ?? libraryBlock(name) ?? builtIn(name);
  }

  /** All symbols; an inner one comes before the outer one that it hides. */
  *all(): Iterable<SpecSymbol> {
    yield* this.names.values();
    if (this.parent !== null) yield* this.parent.all();
  }
}

export function libraryBlock(name: string): SpecSymbol | null {
  const block = library.get(name);
  if (block === undefined) return null;
  return declared("block", block.name, block.span, null, block.doc);
}

function builtIn(name: string): SpecSymbol | null {
  const definition = languageFunctions.get(name);
  if (definition === undefined && retiredFunction(name) === null) return null;
  return builtinSymbol("function", name, null, definition?.doc);
}

export function declared(
  kind: SpecSymbolKind,
  { name, span }: Identifier,
  whole: Span,
  of: string | null = null,
  doc = "",
): SpecSymbol {
  return { kind, name, declaration: span, whole, of, doc };
}

/** A symbol of the language itself. */
export function builtinSymbol(kind: SpecSymbolKind, name: string, of: string | null, doc = ""): SpecSymbol {
  return { kind, name, declaration: null, whole: null, of, doc };
}
