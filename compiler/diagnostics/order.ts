// The order of diagnostics in output: by file, each from top to bottom, without repetition.

import type { Diagnostic, Location } from "./diagnostic.ts";

/** Sorted by location (stable), without exact repetitions. */
export function inOrder(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  const files = new Map<string, number>();
  const seen = new Set<string>();
  const unique = diagnostics.filter((diagnostic) => {
    const path = pathOf(diagnostic.location);
    if (!files.has(path)) files.set(path, files.size);
    const key = JSON.stringify([diagnostic.code, diagnostic.message, path, rangeOf(diagnostic.location)]);
    return !seen.has(key) && seen.add(key);
  });
  return unique.sort((a, b) => {
    const byFile = files.get(pathOf(a.location))! - files.get(pathOf(b.location))!;
    if (byFile !== 0) return byFile;
    const [startA, endA] = rangeOf(a.location);
    const [startB, endB] = rangeOf(b.location);
    return startA - startB || endA - endB;
  });
}

function pathOf(location: Location): string {
  switch (location.kind) {
    case "text":
      return location.span.file.path;
    case "data":
      return location.data.path;
    case "none":
      return "";
  }
}

function rangeOf(location: Location): readonly [number, number, string?] {
  switch (location.kind) {
    case "text":
      return [location.span.start, location.span.end];
    case "data":
      return [location.data.row ?? 0, 0, location.data.column ?? ""];
    case "none":
      return [0, 0];
  }
}
