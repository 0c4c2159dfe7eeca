// Whatever stands in a sound spec would have been offered where it stands: every name that is used is taken
// out, and asked for.

import { expect, test } from "vitest";
import { sourceFile } from "../../compiler/common/source-file.ts";
import { completion } from "../../compiler/tools/lsp/features/completion.ts";
import { Snapshot } from "../../compiler/tools/lsp/snapshot.ts";
import type { Mention } from "../../compiler/tools/lsp/symbols/symbol.ts";
import { specFiles } from "../support/spec-files.ts";
import { nothingOnDisk } from "./markers.ts";

const specs = specFiles("examples", "tests/good", "compiler/std");
const files = new Map(specs.map(([path, text]) => [path, sourceFile(path, text)]));

/** Names that are used, each once for each way to mean it. */
function uses(snapshot: Snapshot, path: string): readonly Mention[] {
  const seen = new Set<string>();
  return snapshot.mentions(path).filter(({ declares, symbol }) => {
    const key = `${symbol.kind} ${symbol.name} ${symbol.of}`;
    if (declares || seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

test.each(specs)("%s", (path, text) => {
  const snapshot = new Snapshot(files, nothingOnDisk);
  snapshot.analysis(path);
  const missed: string[] = [];
  for (const { span, symbol } of uses(snapshot, path)) {
    const cut = text.slice(0, span.start) + text.slice(span.end);
    const next = snapshot.with(new Map([[path, sourceFile(path, cut)]]));
    const labels = completion(next, path, span.start, { snippets: false }).map(({ label }) => label);
    const isOffered = labels.some(
      (label) => label === symbol.name || label.replace(/[:([ ].*$/, "") === symbol.name,
    );
    if (!isOffered)
      missed.push(
        `${symbol.kind} ${symbol.name}: …${text.slice(Math.max(0, span.start - 40), span.start)}┆${text.slice(span.start, span.end + 10)}`.replaceAll(
          "\n",
          "⏎",
        ),
      );
  }
  expect(missed).toEqual([]);
});
