// Every feature of the editor, asked about one place: for tests that hold for all of them. A row for each function that
// compiler/lsp/features exports; `robustness.test.ts` sees to it that none is left out.

import {
  incomingCalls,
  outgoingCalls,
  prepareCallHierarchy,
} from "../../compiler/lsp/features/call-hierarchy.ts";

import { codeActions } from "../../compiler/lsp/features/code-actions.ts";
import { codeLenses, resolveCodeLens } from "../../compiler/lsp/features/code-lens.ts";
import { completion } from "../../compiler/lsp/features/completion.ts";
import { definition } from "../../compiler/lsp/features/definition.ts";
import { diagnosticsFor } from "../../compiler/lsp/features/diagnostics.ts";
import { foldingRanges } from "../../compiler/lsp/features/folding.ts";
import { formatting, onTypeFormatting, rangeFormatting } from "../../compiler/lsp/features/formatting.ts";
import { hover } from "../../compiler/lsp/features/hover.ts";
import { inlayHints } from "../../compiler/lsp/features/inlay-hints.ts";
import { documentLinks } from "../../compiler/lsp/features/links.ts";
import { highlights, references } from "../../compiler/lsp/features/references.ts";
import { prepareRename, rename } from "../../compiler/lsp/features/rename.ts";
import { selectionRanges } from "../../compiler/lsp/features/selection.ts";
import { semanticTokens, shownTokens } from "../../compiler/lsp/features/semantic-tokens.ts";
import { signatureHelp } from "../../compiler/lsp/features/signature-help.ts";
import { documentSymbols, workspaceSymbols } from "../../compiler/lsp/features/symbols.ts";
import { judged, shown } from "../../compiler/lsp/published.ts";
import { positionOf } from "../../compiler/lsp/ranges.ts";
import type { Snapshot } from "../../compiler/lsp/snapshot.ts";

type Feature = (snapshot: Snapshot, path: string, offset: number) => unknown;

const commands = new Set(["dinc.check", "dinc.showReferences"]);

/** By name of the function. */
export const everyFeature: Readonly<Record<string, Feature>> = {
  codeActions: (snapshot, path, offset) => {
    const file = snapshot.file(path)!;
    const context = { diagnostics: [], only: ["quickfix", "refactor", "source"] };
    return [Math.max(0, offset - 9), offset].map((start) =>
      codeActions(snapshot, path, { file, start, end: offset }, context),
    );
  },
  codeLenses: (snapshot, path) => codeLenses(snapshot, path, commands),
  completion: (snapshot, path, offset) => completion(snapshot, path, offset, { snippets: true }),
  definition,
  diagnosticsFor: (snapshot, path) =>
    [...diagnosticsFor(snapshot, path, "quick")].flatMap(([, found]) =>
      found.map((each) => shown(snapshot, each)),
    ),
  documentLinks,
  documentSymbols,
  foldingRanges,
  formatting,
  // Ranges are those of the caller's file.
  incomingCalls: (snapshot, path, offset) =>
    incomingCalls(snapshot, path, offset).map(({ from, fromRanges }) => ({
      uri: from.uri,
      from,
      fromRanges,
    })),
  inlayHints: (snapshot, path) => {
    const file = snapshot.file(path)!;
    return inlayHints(snapshot, path, { file, start: 0, end: file.text.length });
  },
  judged: (snapshot, path) => judged(snapshot, path, "whole"),
  shown: (snapshot, path) => judged(snapshot, path, "quick").map((each) => shown(snapshot, each)),
  highlights,
  hover,
  onTypeFormatting: (snapshot, path, offset) => {
    const position = positionOf(snapshot.file(path)!, offset);
    return ["}", "\n"].map((typed) => onTypeFormatting(snapshot, path, position, typed));
  },
  outgoingCalls,
  prepareCallHierarchy,
  prepareRename,
  rangeFormatting: (snapshot, path, offset) =>
    rangeFormatting(snapshot, path, { file: snapshot.file(path)!, start: offset, end: offset }),
  references: (snapshot, path, offset) => references(snapshot, path, offset, true),
  rename: (snapshot, path, offset) => rename(snapshot, path, offset, "renamed_to_this"),
  resolveCodeLens: (snapshot, path) =>
    codeLenses(snapshot, path, commands).map((lens) =>
      resolveCodeLens(
        snapshot,
        lens,
        () => path,
        commands,
        () => Promise.resolve(null),
      ),
    ),
  selectionRanges: (snapshot, path, offset) =>
    selectionRanges(snapshot, path, [positionOf(snapshot.file(path)!, offset)]),
  signatureHelp,
  workspaceSymbols: (snapshot) => workspaceSymbols(snapshot, "i"),
  semanticTokens,
  shownTokens: (snapshot, path) => shownTokens(snapshot.file(path)!, snapshot.mentions(path)),
};
