// Every feature of the editor, asked about one place: for tests that hold for all of them. A row for each function that
// compiler/tools/lsp/features exports; `robustness.test.ts` sees to it that none is left out.

import {
  incomingCalls,
  outgoingCalls,
  prepareCallHierarchy,
} from "../../compiler/tools/lsp/features/call-hierarchy.ts";

import { codeActions } from "../../compiler/tools/lsp/features/code-actions.ts";
import { codeLenses, resolveCodeLens } from "../../compiler/tools/lsp/features/code-lens.ts";
import { completion } from "../../compiler/tools/lsp/features/completion.ts";
import { definition } from "../../compiler/tools/lsp/features/definition.ts";
import { diagnosticsFor } from "../../compiler/tools/lsp/features/diagnostics.ts";
import { foldingRanges } from "../../compiler/tools/lsp/features/folding.ts";
import {
  formatting,
  onTypeFormatting,
  rangeFormatting,
} from "../../compiler/tools/lsp/features/formatting.ts";
import { hover } from "../../compiler/tools/lsp/features/hover.ts";
import { inlayHints } from "../../compiler/tools/lsp/features/inlay-hints.ts";
import { documentLinks } from "../../compiler/tools/lsp/features/links.ts";
import { highlights, references } from "../../compiler/tools/lsp/features/references.ts";
import { prepareRename, rename } from "../../compiler/tools/lsp/features/rename.ts";
import { selectionRanges } from "../../compiler/tools/lsp/features/selection.ts";
import { meantTokens, semanticTokens } from "../../compiler/tools/lsp/features/semantic-tokens.ts";
import { signatureHelp } from "../../compiler/tools/lsp/features/signature-help.ts";
import { documentSymbols, workspaceSymbols } from "../../compiler/tools/lsp/features/symbols.ts";
import { diagnosticsOf, toLsp } from "../../compiler/tools/lsp/published.ts";
import { positionOf } from "../../compiler/tools/lsp/ranges.ts";
import type { Snapshot } from "../../compiler/tools/lsp/snapshot.ts";

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
      found.map((each) => toLsp(snapshot, each)),
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
  diagnosticsOf: (snapshot, path) => diagnosticsOf(snapshot, path, "whole"),
  toLsp: (snapshot, path) => diagnosticsOf(snapshot, path, "quick").map((each) => toLsp(snapshot, each)),
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
  meantTokens: (snapshot, path) => meantTokens(snapshot.file(path)!, snapshot.mentions(path)),
};
