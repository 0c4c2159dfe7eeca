// The diagnostics sent to an editor: those of the checker or of advice for one spec, in the protocol's types.

import {
  type DiagnosticRelatedInformation,
  DiagnosticSeverity,
  DiagnosticTag,
  type Diagnostic as Shown,
} from "vscode-languageserver-types";
import type { Diagnostic, Location, Severity } from "../../diagnostics/diagnostic.ts";
import { lint } from "../lint/lint.ts";
import { rangeOf } from "./ranges.ts";
import type { Snapshot } from "./snapshot.ts";

/** `quick` leaves out advice, which analyses the network and is requested when the author pauses. */
export type Depth = "quick" | "whole";

/** The diagnostics of `dinc check` or `dinc lint` for one spec. */
export function diagnosticsOf(snapshot: Snapshot, path: string, depth: Depth): readonly Diagnostic[] {
  if (depth === "quick" || !snapshot.mayAnalyse(path)) return snapshot.analysis(path)?.diagnostics ?? [];
  return snapshot.keeping(`lint ${path}`, () => {
    const file = snapshot.file(path);
    return file === null ? [] : lint(file, snapshot.sources);
  });
}

const severities: Readonly<Record<Severity, DiagnosticSeverity>> = {
  error: DiagnosticSeverity.Error,
  warning: DiagnosticSeverity.Warning,
  advice: DiagnosticSeverity.Information,
};

/** The protocol's form: the help follows the message, and other locations are related information. */
export function toLsp(snapshot: Pick<Snapshot, "uriOf">, diagnostic: Diagnostic): Shown {
  const { code, name, severity, message, label, help, location, related } = diagnostic;
  const lines = [label === undefined ? message : `${message} (${label})`];
  if (help !== undefined) lines.push(`help: ${help}`);
  const isUnused = name.startsWith("unused-");
  return {
    range: rangeOfPlace(location),
    severity: severities[severity],
    code,
    source: "dinc",
    message: lines.join("\n"),
    relatedInformation: related.flatMap((each) => relatedTo(snapshot, each.location, each.label)),
    ...(isUnused ? { tags: [DiagnosticTag.Unnecessary] } : {}),
  };
}

function relatedTo(
  snapshot: Pick<Snapshot, "uriOf">,
  location: Location,
  message: string,
): DiagnosticRelatedInformation[] {
  if (location.kind !== "text") return [];
  const { span } = location;
  return [{ location: { uri: snapshot.uriOf(span.file.path), range: rangeOf(span) }, message }];
}

function rangeOfPlace(location: Location): Shown["range"] {
  const start = { line: 0, character: 0 };
  return location.kind === "text" ? rangeOf(location.span) : { start, end: start };
}
