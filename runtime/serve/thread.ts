// A thread that scores: opens the ranker, then answers one message after the other. Bodies are read and answers
// written here, so that the main thread only passes texts on.

import { parentPort } from "node:worker_threads";
import type { About } from "../../compiler/serve/about.ts";
import type { RankerStats } from "../../compiler/serve/stats.ts";
import { type Answer, answerTo, type RankingQuestion, refusal } from "./answer.ts";
import { systemText } from "./errors.ts";
import { openRanker, type RankerFiles, type RankingEngine } from "./ranker.ts";

export interface ThreadData extends RankerFiles {
  readonly maxCandidates: number;
}

export type ThreadCall =
  | {
      readonly kind: RankingQuestion;
      readonly id: number;
      readonly body: string;
      /** When its caller no longer waits, in milliseconds since 1970. */
      readonly until: number;
    }
  | { readonly kind: "stats"; readonly id: number };

export type Message =
  | { readonly kind: "ready"; readonly about: About; readonly engine: RankingEngine }
  | { readonly kind: "unusable"; readonly reason: string }
  | { readonly kind: "answer"; readonly id: number; readonly answer: Answer }
  | { readonly kind: "stats"; readonly id: number; readonly stats: RankerStats | null };

export async function serveThread({ maxCandidates, ...files }: ThreadData): Promise<void> {
  const tell = (message: Message) => parentPort!.postMessage(message);
  try {
    const ranker = await openRanker(files);
    parentPort!.on("message", (call: ThreadCall) => {
      const { id } = call;
      if (call.kind === "stats") tell({ kind: "stats", id, stats: ranker.stats() });
      else if (Date.now() > call.until) tell({ kind: "answer", id, answer: LATE });
      else tell({ kind: "answer", id, answer: answerTo(ranker, call.kind, call.body, maxCandidates) });
    });
    tell({ kind: "ready", about: ranker.about, engine: ranker.engine });
  } catch (error) {
    tell({ kind: "unusable", reason: systemText(error) });
  }
}

const LATE = refusal(503, { error: "Overloaded", message: "the request waited too long to be scored" });
