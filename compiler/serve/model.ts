// Any generated module, as the pool beside it imports it. In a generated folder, model.ts takes the place of this file.

import type { About } from "./about.ts";
import type { RankerStats } from "./stats.ts";

export type { About } from "./about.ts";
export { RankerInputError } from "./requests.ts";
export { type RankerStats, sumStats } from "./stats.ts";
export { RankerWasmError } from "./wasm.ts";
export { RankerWeightsError } from "./weights.ts";

export type Request = object;
export type Scores = Float32Array | Readonly<Record<string, Float32Array>>;

export interface RankerOptions {
  readonly weights: Uint8Array | ArrayBuffer;
  readonly verify?: boolean;
  readonly wasm?: object;
}

export interface Ranker {
  readonly about: About;
  rank(request: Request): Scores;
  logits(request: Request): Scores;
  stats(options?: { readonly reset?: boolean }): RankerStats | null;
}

export declare function createRanker(options: RankerOptions): Promise<Ranker>;
