// Finds the uses of a block.

import { librarySources } from "../../frontend/functions/library.generated.ts";
import { isLibrary, type Snapshot } from "./snapshot.ts";
import { keyOf, type Mention, type SpecSymbol } from "./symbols/symbol.ts";

/** All places where a block is called or passed to a function, the standard library included. */
export function usesOf(snapshot: Snapshot, block: SpecSymbol, path: string): readonly Mention[] {
  const home = block.declaration?.file.path ?? path;
  const inLibrary = isLibrary(home)
    ? librarySources.filter((source) => source.path !== home && source.path !== path)
    : [];
  return [
    ...snapshot.mentionsOf(block, path),
    ...inLibrary.flatMap((source) =>
      snapshot.mentions(source.path).filter(({ symbol }) => keyOf(symbol) === keyOf(block)),
    ),
  ].filter(({ declares }) => !declares);
}
