// The files of the workspace that may be imported, and the blocks in them that are not imported yet.

import { CompletionItemKind, type TextEdit } from "vscode-languageserver-types";
import type { SourceFile } from "../../../common/source-file.ts";
import { importedPath, normalPath } from "../../../frontend/modules/import-paths.ts";
import type { Spec } from "../../../frontend/syntax/nodes.ts";
import { blockEntry, type LanguageEntry } from "../language/entry.ts";
import { positionOf } from "../ranges.ts";
import type { Snapshot } from "../snapshot.ts";
import { callOffer, type Offer } from "./offer.ts";

/** More files are not read while the author types. */
const MOST_FILES = 300;

/** Paths after `import "`, relative to the file. */
export function importOffers(snapshot: Snapshot, path: string, spec: Spec): readonly Offer[] {
  return importable(snapshot, path, spec).map((each) => ({
    label: relativePath(path, each.file.path),
    kind: CompletionItemKind.File,
    detail: blocksOf(each)
      .map(({ name }) => name.name)
      .join(", "),
    rank: 0,
  }));
}

/** Calls of blocks, each with the edit that imports its file. */
export function unimportedOffers(
  snapshot: Snapshot,
  path: string,
  spec: Spec,
  known: ReadonlySet<string>,
  how: { readonly isPiped: boolean; readonly isCalled: boolean },
): readonly Offer[] {
  const file = snapshot.file(path)!;
  return importable(snapshot, path, spec).flatMap((other) => {
    const edit = importEdit(file, other.file.path);
    return blocksOf(other)
      .filter(({ name }) => !known.has(name.name))
      .map((block) => {
        const entry: LanguageEntry = blockEntry(block);
        return {
          ...callOffer(entry, 6, how),
          detail: `${entry.label}, from ${relativePath(path, other.file.path)}`,
          edits: [edit],
        };
      });
  });
}

/** Files with nothing but blocks that are not imported yet. */
function importable(snapshot: Snapshot, path: string, spec: Spec): readonly Spec[] {
  const imported = new Set(
    spec.imports.flatMap((each) => {
      const found = importedPath(spec.file, each.path.text);
      return "path" in found ? [found.path] : [];
    }),
  );
  return snapshot
    .specs()
    .slice(0, MOST_FILES)
    .flatMap((each) => {
      if (each === path || imported.has(normalPath(each))) return [];
      const file = snapshot.file(each);
      if (file === null || !mayBeImported(file)) return [];
      const found = snapshot.parsed(each)!.value;
      return found.name === null &&
        blocksOf(found).length === found.items.length &&
        blocksOf(found).length > 0
        ? [found]
        : [];
    });
}

/** A quick check without parsing, because most specs are models. */
function mayBeImported({ text }: SourceFile): boolean {
  return !/^[^\S\n\r]*(?:model\s+\w|(?:net|train)\s*\{)/m.test(text) && /\bblock\b/.test(text);
}

function blocksOf({ items }: Spec) {
  return items.flatMap((item) => (item.kind === "block" ? [item] : []));
}

/** The path from one file's folder to another file, with forward slashes. */
export function relativePath(from: string, to: string): string {
  const folders = normalPath(from).split(/[/\\]/).slice(0, -1);
  const parts = normalPath(to).split(/[/\\]/);
  let common = 0;
  while (common < folders.length && common < parts.length - 1 && folders[common] === parts[common]) common++;
  return [...folders.slice(common).map(() => ".."), ...parts.slice(common)].join("/");
}

/**
 * Inserts after the last import, else after the model's name, else at the top. Reads the text line by line.
 */
export function importEdit(file: SourceFile, imported: string): TextEdit {
  const imports = [...file.text.matchAll(/^[ \t]*import[ \t]+"[^"\n\r]*"/gm)];
  const last = imports.at(-1) ?? /^[ \t]*model[ \t]+\w+/m.exec(file.text);
  const cursor = positionOf(file, last == null ? 0 : last.index + last[0].length);
  const text = `import "${relativePath(file.path, imported)}"`;
  const newText = imports.length > 0 ? `\n${text}` : last == null ? `${text}\n\n` : `\n\n${text}`;
  return { range: { start: cursor, end: cursor }, newText };
}
