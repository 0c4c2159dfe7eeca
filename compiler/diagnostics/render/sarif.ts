// SARIF 2.1.0, for code scanning: one run; its rules are the entries of the catalogue that occur, its results carry
// related locations and fixes. Lines and columns from 1, columns in UTF-16 units.
// https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html

import { positionAt, type Span } from "../../common/source-file.ts";
import { findEntry } from "../catalog/index.ts";
import type { Diagnostic, Fix, Location, Severity } from "../diagnostic.ts";

const levels: Readonly<Record<Severity, string>> = { error: "error", warning: "warning", advice: "note" };

/** `version` is dinc's own. */
export function renderSarif(diagnostics: readonly Diagnostic[], version?: string): string {
  const codes = [...new Set(diagnostics.map(({ code }) => code))].sort();
  const names = new Map(diagnostics.map(({ code, name }) => [code, name]));
  const log = {
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: {
          driver: {
            name: "dinc",
            ...(version === undefined ? {} : { version }),
            rules: codes.map((code) => ruleOf(code, names.get(code)!)),
          },
        },
        columnKind: "utf16CodeUnits",
        results: diagnostics.map((diagnostic) => resultOf(diagnostic, codes.indexOf(diagnostic.code))),
      },
    ],
  };
  return `${JSON.stringify(log, null, 2)}\n`;
}

function ruleOf(code: string, name: string): object {
  const entry = findEntry(code);
  return {
    id: code,
    name,
    ...(entry === null
      ? {}
      : {
          fullDescription: { text: entry.explanation },
          defaultConfiguration: { level: levels[entry.severity] },
        }),
    help: { text: `dinc explain ${code}` },
  };
}

function resultOf(diagnostic: Diagnostic, ruleIndex: number): object {
  const { code, severity, message, help, location } = diagnostic;
  const related = diagnostic.related.flatMap(({ location, label }) =>
    locationOf(location).map((location) => ({ ...location, message: { text: label } })),
  );
  return {
    ruleId: code,
    ruleIndex,
    level: levels[severity],
    message: { text: help === undefined ? message : `${message}\n${help}` },
    locations: locationOf(location),
    ...(related.length === 0 ? {} : { relatedLocations: related.map((one, id) => ({ id, ...one })) }),
    ...(diagnostic.fixes.length === 0 ? {} : { fixes: diagnostic.fixes.map(fixOf) }),
  };
}

/** One location, or none for a diagnostic without one. */
function locationOf(
  location: Location,
): { readonly physicalLocation: object; readonly logicalLocations?: object }[] {
  switch (location.kind) {
    case "text": {
      const { file } = location.span;
      return [
        {
          physicalLocation: { artifactLocation: { uri: uriOf(file.path) }, region: regionOf(location.span) },
        },
      ];
    }
    case "data": {
      // A row of a table is not a line of its file.
      const { path, row, column } = location.data;
      const parts = [
        ...(row === undefined ? [] : [`row ${row}`]),
        ...(column === undefined ? [] : [`column ${column}`]),
      ];
      return [
        {
          physicalLocation: { artifactLocation: { uri: uriOf(path) } },
          ...(parts.length === 0 ? {} : { logicalLocations: [{ fullyQualifiedName: parts.join(", ") }] }),
        },
      ];
    }
    case "none":
      return [];
  }
}

function regionOf({ file, start, end }: Span): object {
  const first = positionAt(file, start);
  const last = positionAt(file, end);
  return {
    startLine: first.line,
    startColumn: first.column,
    endLine: last.line,
    endColumn: last.column,
    charOffset: start,
    charLength: end - start,
  };
}

function fixOf({ title, edits }: Fix): object {
  const files = [...new Set(edits.map(({ span }) => span.file))];
  return {
    description: { text: title },
    artifactChanges: files.map((file) => ({
      artifactLocation: { uri: uriOf(file.path) },
      replacements: edits
        .filter(({ span }) => span.file === file)
        .map(({ span, text }) => ({
          deletedRegion: regionOf(span),
          ...(text === "" ? {} : { insertedContent: { text } }),
        })),
    })),
  };
}

/** A path as a URI reference; absolute paths, including those of Windows, get a scheme. */
function uriOf(path: string): string {
  const parts = path.replaceAll("\\", "/").split("/");
  const written = parts.map(encode).join("/");
  if (/^[A-Za-z]:$/.test(parts[0]!)) return `file:///${parts[0]}/${parts.slice(1).map(encode).join("/")}`;
  return written.startsWith("/") ? `file://${written}` : written;
}

/** `encodeURIComponent` throws for unpaired surrogates, which a path may contain. */
function encode(part: string): string {
  return encodeURIComponent(part.replace(/\p{Surrogate}/gu, "\ufffd"));
}
