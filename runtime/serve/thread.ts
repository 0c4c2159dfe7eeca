// A thread that scores: opens the ranker, then answers one message after the other. Bodies are read and answers
// written here, so that the main thread only passes texts on.

import { setTimeout } from "node:timers/promises";
import { parentPort } from "node:worker_threads";
import type { About } from "../../compiler/serve/about.ts";
import { patchedWeights } from "../../compiler/serve/patch.ts";
import type { RankerStats } from "../../compiler/serve/stats.ts";
import { type GoldenRequest, readHeader } from "../../compiler/serve/weights.ts";
import { type Answer, answerTo, LATE, type RankingQuestion } from "./answer.ts";
import { systemText } from "./errors.ts";
import { sharedMemory } from "./memory.ts";
import { openRanker, type RankerFiles, type RankingEngine, type ServingRanker } from "./ranker.ts";

export interface ThreadData extends RankerFiles {
  readonly maxCandidates: number;
  /** Leads from `weights` to those to rank with; null if these are them. */
  readonly patch: Uint8Array | null;
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
  | {
      readonly kind: "ready";
      readonly about: About;
      readonly engine: RankingEngine;
      /** In memory that threads share. */
      readonly weights: Uint8Array;
    }
  | { readonly kind: "unusable"; readonly reason: string }
  | { readonly kind: "answer"; readonly id: number; readonly answer: Answer }
  | { readonly kind: "stats"; readonly id: number; readonly stats: RankerStats | null };

export async function serveThread({ maxCandidates, patch, ...given }: ThreadData): Promise<void> {
  const tell = (message: Message) => parentPort!.postMessage(message);
  try {
    const weights = patch === null ? given.weights : patchedWeights(given.weights, patch, sharedMemory);
    const ranker = await openRanker({ ...given, weights });
    await warmUp(ranker, readHeader(weights)[0].golden);
    parentPort!.on("message", (call: ThreadCall) => {
      const { id } = call;
      if (call.kind === "stats") tell({ kind: "stats", id, stats: ranker.stats() });
      else if (Date.now() > call.until) tell({ kind: "answer", id, answer: LATE });
      else tell({ kind: "answer", id, answer: answerTo(ranker, call.kind, call.body, maxCandidates) });
    });
    tell({ kind: "ready", about: ranker.about, engine: ranker.engine, weights });
  } catch (error) {
    tell({ kind: "unusable", reason: systemText(error) });
  }
}

/** The first requests of a thread are slow, because Node compiles code that runs often. These are not a caller's. */
async function warmUp(ranker: ServingRanker, golden: readonly GoldenRequest[]): Promise<void> {
  const bodies = golden.map(({ request }) => JSON.stringify(request));
  for (let took = 0; took < WARM_UP && bodies.length > 0; ) {
    const began = performance.now();
    for (const body of bodies) answerTo(ranker, "rank", body, Number.POSITIVE_INFINITY);
    const now = performance.now() - began;
    took += now;
    // Threads that answer callers come first.
    await setTimeout(now);
  }
  ranker.resetStats();
}

/** Milliseconds. */
const WARM_UP = 150;
