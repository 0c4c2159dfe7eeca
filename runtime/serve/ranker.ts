// The ranker of one thread, from the folder of a compiled model.

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { About } from "../../compiler/serve/about.ts";
import { type Tolerance, verifyGolden } from "../../compiler/serve/golden.ts";
import type { Attention } from "../../compiler/serve/plan.ts";
import type { RankerStats } from "../../compiler/serve/stats.ts";
import type { GoldenRequest } from "../../compiler/serve/weights.ts";
import { LIBRARY } from "./options.ts";

/** One list of numbers, or one by label. */
export type ServedScores = Float32Array | Readonly<Record<string, Float32Array>>;

export interface ServingRanker {
  readonly about: About;
  readonly engine: RankingEngine;
  rank(request: unknown): ServedScores;
  /** Absent if the network attends to no history. */
  explain?(request: unknown): readonly Attention[];
  stats(): RankerStats | null;
  /** Counts from 0 again. */
  resetStats(): void;
}

/** The code that computes scores. */
export type RankingEngine = "C" | "WebAssembly";

/** The exports of model.js that a server calls. */
interface CompiledModule {
  createRanker(options: {
    readonly weights: Uint8Array;
    readonly stats: boolean;
    readonly verify: boolean;
    readonly checkTables: boolean;
  }): Promise<CountingRanker>;
}

interface CountingRanker extends Omit<ServingRanker, "engine" | "stats" | "resetStats"> {
  stats(options?: { readonly reset: boolean }): RankerStats | null;
}

/** The exports of the library in C for Node. */
interface LibraryModule {
  createRanker(): Promise<
    Pick<ServingRanker, "rank"> &
      Required<Pick<ServingRanker, "explain">> & { logits(request: unknown): ServedScores }
  >;
}

export interface RankerFiles {
  /** The folder of the compiled model. */
  readonly folder: string;
  /** The bytes of model.weights.bin, which threads share. */
  readonly weights: Uint8Array;
  /** Whether to check the bytes and to score the golden requests; one thread does it for all. */
  readonly verify: boolean;
}

/** With C, one request in so many is also scored in WebAssembly, which counts it for `stats`. */
const COUNTED = 16;

/** Throws an Error that says why the files cannot be used. */
export async function openRanker({ folder, weights, verify }: RankerFiles): Promise<ServingRanker> {
  const load = (name: string): Promise<unknown> => import(pathToFileURL(join(folder, name)).href);
  const module = (await load("model.js")) as CompiledModule;
  const own = await module.createRanker({ weights, stats: true, verify, checkTables: verify });
  const { about, explain } = own;
  const stats = () => own.stats();
  const resetStats = () => void own.stats({ reset: true });
  if (!existsSync(join(folder, LIBRARY))) {
    const rank = (request: unknown) => own.rank(request);
    return {
      about,
      engine: "WebAssembly",
      rank,
      stats,
      resetStats,
      ...(explain && { explain: (given) => own.explain!(given) }),
    };
  }
  const library = await ((await load(`${LIBRARY}/node/index.js`)) as LibraryModule).createRanker();
  if (verify) {
    const golden = JSON.parse(readFileSync(join(folder, "model.golden.json"), "utf8")) as GoldenFile;
    const logits = (request: unknown) => entriesOf(library.logits(request), golden.requests[0]!);
    verifyGolden(golden.requests, logits, golden.tolerance);
  }
  let ranked = 0;
  return {
    ...{ about, engine: "C", stats, resetStats },
    rank(request) {
      const scores = library.rank(request);
      // After the answer.
      if (ranked++ % COUNTED === 0) setImmediate(() => own.rank(request));
      return scores;
    },
    ...(explain && { explain: (given) => library.explain(given) }),
  };
}

interface GoldenFile {
  readonly requests: readonly GoldenRequest[];
  readonly tolerance: Tolerance;
}

/** Scores by label; one list is that of the only label. */
function entriesOf(scores: ServedScores, { logits }: GoldenRequest): [string, Float32Array][] {
  return scores instanceof Float32Array ? [[logits[0]![0], scores]] : Object.entries(scores);
}
