// Results of the driver as plain data, which JSON can hold: maps become objects, locations become ranges.

import { OptionText, worded } from "../../compiler/common/option-text.ts";
import type { Span } from "../../compiler/common/source-file.ts";
import { type Diagnostic, wordedFor } from "../../compiler/diagnostics/diagnostic.ts";
import { diagnosticAsJson, rangeOf } from "../../compiler/diagnostics/render/json.ts";
import { pythonWords } from "./python-words.ts";

export type Plain = null | boolean | number | string | readonly Plain[] | { readonly [name: string]: Plain };

/** The value as plain data. Functions and undefined fields are left out, and numbers that aren't finite are null. */
export function plain(value: unknown): Plain {
  switch (typeof value) {
    case "string":
    case "boolean":
      return value;
    case "number":
      return Number.isFinite(value) ? value : null;
    case "bigint":
      return Number(value);
    case "object":
      return value === null ? null : plainObject(value);
    default:
      return null;
  }
}

function plainObject(value: object): Plain {
  if (value instanceof Map) return fields([...value].map(([key, each]) => [String(key), each]));
  if (value instanceof Set || ArrayBuffer.isView(value) || Array.isArray(value))
    return Array.from(value as Iterable<unknown>, plain);
  if (value instanceof Date) return value.toISOString();
  if (value instanceof OptionText) return worded(value, pythonWords);
  if (isDiagnostic(value)) return plain(diagnosticAsJson(inPython(value)));
  if (isSpan(value)) return plain({ file: value.file.path, ...rangeOf(value) });
  return fields(Object.entries(value));
}

function fields(entries: readonly (readonly [string, unknown])[]): Plain {
  return Object.fromEntries(
    entries.flatMap(([name, each]) =>
      each === undefined || typeof each === "function" ? [] : [[name, plain(each)]],
    ),
  );
}

function isDiagnostic(value: object): value is Diagnostic {
  return "severity" in value && "code" in value && "location" in value && "fixes" in value;
}

function isSpan(value: object): value is Span {
  return "file" in value && "start" in value && "end" in value && typeof value.start === "number";
}

/** Options of messages are written as in Python. */
export function inPython(diagnostic: Diagnostic): Diagnostic {
  return wordedFor(diagnostic, pythonWords);
}
