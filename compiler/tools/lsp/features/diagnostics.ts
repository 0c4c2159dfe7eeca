// The diagnostics of a spec and of its imports, by file. An imported spec is also checked by its importers,
// so that an author sees at once what a change breaks there.

import type { Diagnostic } from "../../../diagnostics/diagnostic.ts";
import { type Depth, diagnosticsOf } from "../published.ts";
import { isLibrary, type Snapshot } from "../snapshot.ts";

/**
 * Diagnostics by path, in the order of the text. Files without diagnostics are included, so that the editor
 * clears their old ones.
 */
export function diagnosticsFor(
  snapshot: Snapshot,
  path: string,
  depth: Depth,
): ReadonlyMap<string, readonly Diagnostic[]> {
  const found = new Map<string, Map<string, Diagnostic>>([[path, new Map()]]);
  for (const spec of [path, ...snapshot.importers(path)])
    for (const diagnostic of diagnosticsOf(snapshot, spec, depth)) {
      const file = diagnostic.location.kind === "text" ? diagnostic.location.span.file.path : spec;
      if (isLibrary(file) && file !== path) continue;
      const inFile = found.get(file) ?? new Map<string, Diagnostic>();
      const key = keyOf(diagnostic);
      if (!inFile.has(key)) inFile.set(key, diagnostic);
      found.set(file, inFile);
    }
  return new Map([...found].map(([file, each]) => [file, [...each.values()]]));
}

function keyOf({ code, message, location }: Diagnostic): string {
  return location.kind === "text"
    ? `${code} ${location.span.start} ${location.span.end} ${message}`
    : `${code} ${message}`;
}
