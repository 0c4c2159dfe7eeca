// Completions and hovers in a text that no editor has open, such as a cell of a notebook. They are the language server's.

import { dirname } from "node:path";
import {
  type CompletionItem,
  CompletionItemKind,
  MarkupContent,
  TextEdit,
} from "vscode-languageserver-types";
import type { SourceFile } from "../../compiler/common/source-file.ts";
import { completion } from "../../compiler/tools/lsp/features/completion.ts";
import { hover } from "../../compiler/tools/lsp/features/hover.ts";
import { spanOf } from "../../compiler/tools/lsp/ranges.ts";
import { Snapshot } from "../../compiler/tools/lsp/snapshot.ts";
import { packageRoot } from "../files/package-root.ts";
import { WorkspaceDisk } from "../lsp/disk.ts";

/** A text to insert in place of the characters from `start` to `end`, offsets in UTF-16 units. */
export interface Completion {
  readonly text: string;
  readonly start: number;
  readonly end: number;
  /** In lower case: `function`, `keyword`. */
  readonly kind: string;
}

const kinds = new Map(Object.entries(CompletionItemKind).map(([name, kind]) => [kind, name.toLowerCase()]));

/** The best first. `file` has an absolute path; its folder is searched for specs to import. */
export function completionsAt(file: SourceFile, offset: number): Completion[] {
  const items = completion(snapshotOf(file), file.path, offset, { snippets: false });
  return items
    .toSorted((a, b) => (sortKey(a) < sortKey(b) ? -1 : 1))
    .flatMap(({ textEdit, kind, additionalTextEdits }) => {
      // A notebook inserts one text, so it could not add the import that the name needs.
      if (!TextEdit.is(textEdit) || additionalTextEdits !== undefined) return [];
      const { start, end } = spanOf(file, textEdit.range);
      return [{ text: textEdit.newText, start, end, kind: kinds.get(kind!) ?? "" }];
    });
}

/** Markdown; null if there is nothing to tell. */
export function hoverAt(file: SourceFile, offset: number): string | null {
  const contents = hover(snapshotOf(file), file.path, offset)?.contents;
  return MarkupContent.is(contents) ? contents.value : null;
}

function snapshotOf(file: SourceFile): Snapshot {
  const { read, specs, uriOf } = new WorkspaceDisk([dirname(file.path)], new URL("compiler/", packageRoot()));
  return new Snapshot(new Map([[file.path, file]]), { read, specs, uriOf });
}

function sortKey({ sortText, label }: CompletionItem): string {
  return sortText ?? label;
}
