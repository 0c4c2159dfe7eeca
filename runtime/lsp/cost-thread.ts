// Computes costs of models in a thread of its own, because that takes seconds for a thousand lines, many
// times as long as a check, and must not block typing. TypeScript source cannot start a worker, so there it
// is computed in place.

import type { CostSummary } from "../../compiler/tools/lsp/cost-summary.ts";
import type { Snapshot } from "../../compiler/tools/lsp/snapshot.ts";
import { defaultLimits, type Limits } from "./asking.ts";
import { answerOf, type CostQuestion, costQuestion } from "./cost-answer.ts";
import type { Costs } from "./language-services.ts";
import { Thread } from "./thread.ts";

interface Waiting {
  readonly key: string;
  readonly question: CostQuestion;
  readonly settle: (summary: CostSummary | null) => void;
}

export class CostThread implements Costs {
  private readonly thread: Thread<CostQuestion, CostSummary | null>;
  private waiting: Waiting[] = [];

  constructor(log: (problem: unknown) => void, limits: Limits = defaultLimits) {
    this.thread = new Thread(new URL("./cost-worker.js", import.meta.url), {}, log, limits);
  }

  /** Computed once per text; null if there is no such model, or if a newer text was requested meanwhile. */
  costOf(snapshot: Snapshot, path: string, variant: string | null): Promise<CostSummary | null> {
    return snapshot.keeping(`cost ${variant ?? ""} ${path}`, () => {
      const question = costQuestion(snapshot, path, variant);
      return question === null ? Promise.resolve(null) : this.ask(`${variant ?? ""} ${path}`, question);
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
