// The order in which diagnostics are shown: files as they come, each from top to bottom; no diagnostic twice.

import type { Diagnostic, Place } from "./diagnostic.ts";

/** Sorted by place (stable), without exact repetitions. */
export function inOrder(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  const files = new Map<string, number>();
  const seen = new Set<string>();
  const unique = diagnostics.filter((diagnostic) => {
    const path = pathOf(diagnostic.place);
    if (!files.has(path)) files.set(path, files.size);
    const key = JSON.stringify([diagnostic.code, diagnostic.message, path, rangeOf(diagnostic.place)]);
    return !seen.has(key) && seen.add(key);
  });
  return unique.sort((a, b) => {
    const byFile = files.get(pathOf(a.place))! - files.get(pathOf(b.place))!;
    if (byFile !== 0) return byFile;
    const [startA, endA] = rangeOf(a.place);
    const [startB, endB] = rangeOf(b.place);
    return startA - startB || endA - endB;
  });
}

function pathOf(place: Place): string {
  switch (place.kind) {
    case "text":
      return place.span.file.path;
    case "data":
      return place.data.path;
    case "none":
      return "";
  }
}

function rangeOf(place: Place): readonly [number, number, string?] {
  switch (place.kind) {
    case "text":
      return [place.span.start, place.span.end];
    case "data":
      return [place.data.row ?? 0, 0, place.data.column ?? ""];
    case "none":
      return [0, 0];
  }
}
