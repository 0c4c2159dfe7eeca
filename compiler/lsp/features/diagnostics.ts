// What is wrong with a spec and with what it imports, by file. A spec that is imported is judged by those that import it,
// too: what it breaks there is told while it is being changed.

import {
  type DiagnosticRelatedInformation,
  DiagnosticSeverity,
  DiagnosticTag,
  type Diagnostic as Shown,
} from "vscode-languageserver-types";
import type { Diagnostic, Place, Severity } from "../../diagnostics/diagnostic.ts";
import { lint } from "../../lint/lint.ts";
import { rangeOf } from "../ranges.ts";
import { isLibrary, type Snapshot } from "../snapshot.ts";

/** `quick` leaves advice out, which takes the network apart and is asked for when the author pauses. */
export type Depth = "quick" | "whole";

/** By path, in the order of the text. Files without any are there as well, so that what was said of them is taken back. */
export function diagnosticsFor(
  snapshot: Snapshot,
  path: string,
  depth: Depth,
): ReadonlyMap<string, readonly Diagnostic[]> {
  const found = new Map<string, Map<string, Diagnostic>>([[path, new Map()]]);
  for (const spec of [path, ...snapshot.importers(path)])
    for (const diagnostic of judged(snapshot, spec, depth)) {
      const file = diagnostic.place.kind === "text" ? diagnostic.place.span.file.path : spec;
      if (isLibrary(file) && file !== path) continue;
      const inFile = found.get(file) ?? new Map<string, Diagnostic>();
      const key = keyOf(diagnostic);
      if (!inFile.has(key)) inFile.set(key, diagnostic);
      found.set(file, inFile);
    }
  return new Map([...found].map(([file, each]) => [file, [...each.values()]]));
}

/** What `dinc check`, or `dinc lint`, says of one spec. */
export function judged(snapshot: Snapshot, path: string, depth: Depth): readonly Diagnostic[] {
  if (depth === "quick" || !snapshot.mayAnalyse(path)) return snapshot.analysis(path)?.diagnostics ?? [];
  return snapshot.keeping(`lint ${path}`, () => {
    const file = snapshot.file(path);
    return file === null ? [] : lint(file, snapshot.sources);
  });
}

function keyOf({ code, message, place }: Diagnostic): string {
  return place.kind === "text"
    ? `${code} ${place.span.start} ${place.span.end} ${message}`
    : `${code} ${message}`;
}

const severities: Readonly<Record<Severity, DiagnosticSeverity>> = {
  error: DiagnosticSeverity.Error,
  warning: DiagnosticSeverity.Warning,
  advice: DiagnosticSeverity.Information,
};

/** As the protocol has it: the help stands below the message, other places beside it. */
export function shown(snapshot: Pick<Snapshot, "uriOf">, diagnostic: Diagnostic): Shown {
  const { code, name, severity, message, label, help, place, related } = diagnostic;
  const lines = [label === undefined ? message : `${message} (${label})`];
  if (help !== undefined) lines.push(`help: ${help}`);
  const isUnused = name.startsWith("unused-");
  return {
    range: rangeOfPlace(place),
    severity: severities[severity],
    code,
    source: "dinc",
    message: lines.join("\n"),
    relatedInformation: related.flatMap((each) => relatedTo(snapshot, each.place, each.label)),
    ...(isUnused ? { tags: [DiagnosticTag.Unnecessary] } : {}),
  };
}

function relatedTo(
  snapshot: Pick<Snapshot, "uriOf">,
  place: Place,
  message: string,
): DiagnosticRelatedInformation[] {
  if (place.kind !== "text") return [];
  const { span } = place;
  return [{ location: { uri: snapshot.uriOf(span.file.path), range: rangeOf(span) }, message }];
}

function rangeOfPlace(place: Place): Shown["range"] {
  const start = { line: 0, character: 0 };
  return place.kind === "text" ? rangeOf(place.span) : { start, end: start };
}
