// Computes costs of models in a thread of its own: that takes many times as long as a check, seconds at a thousand lines, and an
// author must not wait for it while typing. Run from TypeScript source, where no worker can be started, it is computed in place.

import { sourceFile } from "../../compiler/common/source-file.ts";
import { inText } from "../../compiler/diagnostics/diagnostic.ts";
import { check } from "../../compiler/frontend/check/check.ts";
import { type CostSummary, costSummary } from "../../compiler/tools/lsp/cost-summary.ts";
import type { Snapshot } from "../../compiler/tools/lsp/snapshot.ts";
import { defaultLimits, type Limits, Thread } from "./thread.ts";

/** A model by its texts: the spec first, then its imports. */
export interface CostQuestion {
  readonly files: readonly { readonly path: string; readonly text: string }[];
  readonly variant: string | null;
}

interface Waiting {
  readonly key: string;
  readonly question: CostQuestion;
  readonly settle: (summary: CostSummary | null) => void;
}

/** Null where there is no such model. */
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

export class CostThread {
  private readonly thread: Thread<CostQuestion, CostSummary | null>;
  private waiting: Waiting[] = [];

  constructor(log: (problem: unknown) => void, limits: Limits = defaultLimits) {
    this.thread = new Thread(new URL("./cost-worker.js", import.meta.url), {}, log, limits);
  }

  /** Computed once for a text; null where there is no such model, or where a newer text has been asked about meanwhile. */
  costOf(snapshot: Snapshot, path: string, variant: string | null): Promise<CostSummary | null> {
    return snapshot.keeping(`cost ${variant ?? ""} ${path}`, () => {
      const analysis = snapshot.analysis(path, variant);
      if (analysis === null || analysis.value === null) return Promise.resolve(null);
      const own = snapshot.file(path);
      const files = analysis.files.toSorted((a, b) => Number(b === own) - Number(a === own));
      return this.ask(`${variant ?? ""} ${path}`, {
        files: files.map((file) => ({ path: file.path, text: file.text })),
        variant,
      });
    });
  }

  private ask(key: string, question: CostQuestion): Promise<CostSummary | null> {
    if (import.meta.url.endsWith(".ts")) return Promise.resolve(answerOf(question));
    return new Promise((settle) => {
      for (const old of this.waiting.filter((each) => each.key === key)) old.settle(null);
      this.waiting = [...this.waiting.filter((each) => each.key !== key), { key, question, settle }];
      this.next();
    });
  }

  private next(): void {
    const next = this.waiting[0];
    if (this.thread.isBusy || next === undefined) return;
    this.waiting = this.waiting.slice(1);
    void this.thread.ask(next.question).then((summary) => {
      next.settle(summary);
      this.next();
    });
  }
}
