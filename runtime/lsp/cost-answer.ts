// The cost of a model for the lens above it. The question consists of texts and can be sent to another
// thread.

import { sourceFile } from "../../compiler/common/source-file.ts";
import { inText } from "../../compiler/diagnostics/diagnostic.ts";
import { check } from "../../compiler/frontend/check/check.ts";
import { type CostSummary, costSummary } from "../../compiler/tools/lsp/cost-summary.ts";
import type { Snapshot } from "../../compiler/tools/lsp/snapshot.ts";

/** The texts of a model: the spec first, then its imports. */
export interface CostQuestion {
  readonly files: readonly { readonly path: string; readonly text: string }[];
  readonly variant: string | null;
}

/** Null if there is no such model. */
export function costQuestion(snapshot: Snapshot, path: string, variant: string | null): CostQuestion | null {
  const analysis = snapshot.analysis(path, variant);
  if (analysis === null || analysis.value === null) return null;
  const own = snapshot.file(path);
  const files = analysis.files.toSorted((a, b) => Number(b === own) - Number(a === own));
  return { files: files.map((file) => ({ path: file.path, text: file.text })), variant };
}

/** Null if there is no such model. */
export function answerOf({ files, variant }: CostQuestion): CostSummary | null {
  const sources = new Map(files.map(({ path, text }) => [path, sourceFile(path, text)]));
  const [file] = sources.values();
  if (file === undefined) return null;
  const location = inText({ file, start: 0, end: 0 });
  const { value } = check(file, {
    resolve: (path) => sources.get(path) ?? null,
    variant: variant === null ? null : { name: variant, location },
  });
  return value === null ? null : costSummary(value);
}
