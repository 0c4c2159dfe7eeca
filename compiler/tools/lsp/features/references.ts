// Finds the mentions of a name in all files of the workspace, or, for highlighting, in this one.

import { type DocumentHighlight, DocumentHighlightKind, type Location } from "vscode-languageserver-types";
import { rangeOf } from "../ranges.ts";
import type { Snapshot } from "../snapshot.ts";
import { keyOf } from "../symbols/symbol.ts";

export function references(
  snapshot: Snapshot,
  path: string,
  offset: number,
  withDeclaration: boolean,
): readonly Location[] {
  const mention = snapshot.mentionAt(path, offset);
  if (mention === null) return [];
  return snapshot
    .mentionsOf(mention.symbol, path)
    .filter(({ declares }) => withDeclaration || !declares)
    .map(({ span }) => ({ uri: snapshot.uriOf(span.file.path), range: rangeOf(span) }));
}

export function highlights(snapshot: Snapshot, path: string, offset: number): readonly DocumentHighlight[] {
  const mention = snapshot.mentionAt(path, offset);
  if (mention === null) return [];
  const key = keyOf(mention.symbol);
  return snapshot
    .mentions(path)
    .filter(({ symbol }) => keyOf(symbol) === key)
    .map(({ span, declares }) => ({
      range: rangeOf(span),
      kind: declares ? DocumentHighlightKind.Write : DocumentHighlightKind.Read,
    }));
}
