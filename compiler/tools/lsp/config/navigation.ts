// Definitions of the names in dinc.yaml: files, and declarations of the spec.

import type { DocumentLink, DocumentSymbol, LocationLink } from "vscode-languageserver-types";
import { SymbolKind } from "vscode-languageserver-types";
import { rangeOf, touches } from "../ranges.ts";
import {
  allEntries,
  type ConfigView,
  declarationOf,
  entryAt,
  isParam,
  pathNamed,
  textOf,
  type YamlEntry,
} from "./view.ts";

/** The file for the spec's path; for a param, a variant or a feature, its declaration in the spec. */
export function configDefinition(view: ConfigView, offset: number): readonly LocationLink[] {
  const entry = entryAt(view.entries, offset);
  if (entry === null || !(isParam(entry) || touches(entry.span, offset))) return [];
  const { workspace } = view;
  const origin = rangeOf(touches(entry.key, offset) ? entry.key : entry.span);
  const declaration = declarationOf(view, entry);
  if (declaration !== null) {
    const range = rangeOf(declaration);
    const targetUri = workspace.uriOf(declaration.file.path);
    return [{ originSelectionRange: origin, targetUri, targetRange: range, targetSelectionRange: range }];
  }
  const path = fileOf(view, entry);
  if (path === null) return [];
  const start = { line: 0, character: 0 };
  const top = { start, end: start };
  return [
    {
      originSelectionRange: origin,
      targetUri: workspace.uriOf(path),
      targetRange: top,
      targetSelectionRange: top,
    },
  ];
}

/** A link for each existing file that is named. */
export function configLinks(view: ConfigView): readonly DocumentLink[] {
  return allEntries(view.entries).flatMap((entry) => {
    const path = fileOf(view, entry);
    return path === null
      ? []
      : [{ range: rangeOf(entry.span), target: view.workspace.uriOf(path), tooltip: path }];
  });
}

/** The file that an entry names, if it can be opened. */
function fileOf(view: ConfigView, entry: YamlEntry): string | null {
  const { described } = entry;
  const text = textOf(entry);
  if (text === null || described?.what !== "setting") return null;
  const path = pathNamed(view, described.kind.names, text);
  return path !== null && view.workspace.problemOf(path) === null ? path : null;
}

export function configSymbols({ entries, file }: ConfigView): DocumentSymbol[] {
  return entries.map((entry) => symbolOf(entry, file.text));
}

function symbolOf(entry: YamlEntry, text: string): DocumentSymbol {
  const { key, span, children } = entry;
  const end = Math.max(key.end, span.end);
  const shown = children.length > 0 ? "" : text.slice(span.start, span.end);
  return {
    name: entry.path.at(-1) || "…",
    kind: children.length > 0 ? SymbolKind.Namespace : SymbolKind.Property,
    ...(shown === "" || span.start < key.end ? {} : { detail: shown }),
    range: rangeOf({ ...key, end }),
    selectionRange: rangeOf(key),
    children: children.map((each) => symbolOf(each, text)),
  };
}
