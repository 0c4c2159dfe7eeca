// The ranker of one thread, from the folder of a compiled model.

import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { About } from "../../compiler/serve/about.ts";
import type { Attention } from "../../compiler/serve/plan.ts";
import type { RankerStats } from "../../compiler/serve/stats.ts";

/** One list of numbers, or one by label. */
export type ServedScores = Float32Array | Readonly<Record<string, Float32Array>>;

export interface ServingRanker {
  readonly about: About;
  rank(request: unknown): ServedScores;
  /** Absent if the network attends to no history. */
  explain?(request: unknown): readonly Attention[];
  stats(): RankerStats | null;
}

/** The exports of model.js that a server calls. */
interface CompiledModule {
  createRanker(options: {
    readonly weights: Uint8Array;
    readonly stats: boolean;
    readonly verify: boolean;
    readonly checkTables: boolean;
  }): Promise<ServingRanker>;
}

export interface RankerFiles {
  /** The folder of the compiled model. */
  readonly folder: string;
  /** The bytes of model.weights.bin, which threads share. */
  readonly weights: Uint8Array;
  /** Whether to check the bytes and to score the golden requests; one thread does it for all. */
  readonly verify: boolean;
}

/** Throws an Error that says why the files cannot be used. */
export async function openRanker({ folder, weights, verify }: RankerFiles): Promise<ServingRanker> {
  const module = (await import(pathToFileURL(join(folder, "model.js")).href)) as CompiledModule;
  return module.createRanker({ weights, stats: true, verify, checkTables: verify });
}
