// Finds the declaration of a name in this file, an imported one or the standard library, and the file that an import names.

import type { LocationLink } from "vscode-languageserver-types";
import { importedPath } from "../../../frontend/modules/import-paths.ts";
import { rangeOf, touches } from "../ranges.ts";
import type { Snapshot } from "../snapshot.ts";
import { keyOf } from "../symbols/symbol.ts";

/** For a history's field, the line that binds it, and then the feature. */
export function definition(snapshot: Snapshot, path: string, offset: number): readonly LocationLink[] {
  const mention = snapshot.mentionAt(path, offset);
  if (mention === null) return importAt(snapshot, path, offset);
  const { symbol, through, span } = mention;
  const { declaration, whole } = symbol;
  if (declaration === null) return [];
  const links = through === null ? [] : [{ target: through, around: through }];
  links.push({ target: declaration, around: whole ?? declaration });
  // A variant may declare it again.
  if (mention.declares)
    for (const other of snapshot.mentions(path))
      if (other.declares && other.span.start !== declaration.start && keyOf(other.symbol) === keyOf(symbol))
        links.push({ target: other.span, around: other.span });
  return links.map(({ target, around }) => ({
    originSelectionRange: rangeOf(span),
    targetUri: snapshot.uriOf(target.file.path),
    targetRange: rangeOf(around),
    targetSelectionRange: rangeOf(target),
  }));
}

function importAt(snapshot: Snapshot, path: string, offset: number): readonly LocationLink[] {
  const parsed = snapshot.parsed(path);
  const item = parsed?.value.imports.find((each) => touches(each.path.span, offset));
  if (parsed === null || item === undefined) return [];
  const found = importedPath(parsed.value.file, item.path.text);
  if ("reason" in found || snapshot.file(found.path) === null) return [];
  const start = { line: 0, character: 0 };
  const range = { start, end: start };
  return [
    {
      originSelectionRange: rangeOf(item.path.span),
      targetUri: snapshot.uriOf(found.path),
      targetRange: range,
      targetSelectionRange: range,
    },
  ];
}
