// The form for programs: `{ version: 1, diagnostics: […] }`. Lines and columns from 1, columns in UTF-16 units,
// offsets from 0. Fields may be added within a version, never changed.

import { positionAt, type Span } from "../../common/source-file.ts";
import { isCertain } from "../apply-fixes.ts";
import type { Diagnostic, Location } from "../diagnostic.ts";

export interface JsonPosition {
  readonly line: number;
  readonly column: number;
  readonly offset: number;
}

export interface JsonRange {
  readonly start: JsonPosition;
  readonly end: JsonPosition;
}

/** `file` and `range` are null if absent; `row` and `data_column` are for locations in data only. */
interface JsonLocation {
  readonly file: string | null;
  readonly range: JsonRange | null;
  readonly row?: number;
  readonly data_column?: string;
}

export function renderJson(diagnostics: readonly Diagnostic[]): string {
  return `${JSON.stringify({ version: 1, diagnostics: diagnostics.map(diagnosticAsJson) }, null, 2)}\n`;
}

export function diagnosticAsJson(diagnostic: Diagnostic): object {
  const { code, name, severity, message, label, help } = diagnostic;
  return {
    code,
    name,
    severity,
    message,
    ...locationOf(diagnostic.location),
    ...(label === undefined ? {} : { label }),
    ...(help === undefined ? {} : { help }),
    related: diagnostic.related.map((related) => ({
      message: related.label,
      ...locationOf(related.location),
    })),
    fixes: diagnostic.fixes.map((fix) => ({
      title: fix.title,
      certain: isCertain(fix),
      edits: fix.edits.map(({ span, text }) => ({ file: span.file.path, range: rangeOf(span), text })),
    })),
  };
}

function locationOf(location: Location): JsonLocation {
  switch (location.kind) {
    case "text":
      return { file: location.span.file.path, range: rangeOf(location.span) };
    case "data": {
      const { path, row, column } = location.data;
      return {
        file: path,
        range: null,
        ...(row === undefined ? {} : { row }),
        ...(column === undefined ? {} : { data_column: column }),
      };
    }
    case "none":
      return { file: null, range: null };
  }
}

export function rangeOf({ file, start, end }: Span): JsonRange {
  const at = (offset: number): JsonPosition => ({ ...positionAt(file, offset), offset });
  return { start: at(start), end: at(end) };
}
