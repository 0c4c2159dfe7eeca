// Every feature of the editor, asked about one place: for tests that hold for all of them. A row for each function that
// compiler/lsp/features exports; `robustness.test.ts` sees to it that none is left out.

import { definition } from "../../compiler/lsp/features/definition.ts";
import { diagnosticsFor, judged, shown } from "../../compiler/lsp/features/diagnostics.ts";
import { highlights, references } from "../../compiler/lsp/features/references.ts";
import { prepareRename, rename } from "../../compiler/lsp/features/rename.ts";
import type { Snapshot } from "../../compiler/lsp/snapshot.ts";

type Feature = (snapshot: Snapshot, path: string, offset: number) => unknown;

/** By name of the function. */
export const everyFeature: Readonly<Record<string, Feature>> = {
  definition,
  diagnosticsFor: (snapshot, path) =>
    [...diagnosticsFor(snapshot, path, "quick")].flatMap(([, found]) =>
      found.map((each) => shown(snapshot, each)),
    ),
  judged: (snapshot, path) => judged(snapshot, path, "whole"),
  shown: (snapshot, path) => judged(snapshot, path, "quick").map((each) => shown(snapshot, each)),
  highlights,
  prepareRename,
  references: (snapshot, path, offset) => references(snapshot, path, offset, true),
  rename: (snapshot, path, offset) => rename(snapshot, path, offset, "renamed_to_this"),
};
