// What a person may ask of an engine, and who hears what it finds out.

import type { WideOutcome } from "../../compiler/backends/wasm/training/wide.ts";

/** What a person may ask of an engine. Results are the same, whatever they say. */
export interface EngineOptions {
  /** Threads that compute a step; by default as many as make it faster. */
  readonly threads?: number;
  /**
   * V8's experimental vectors of 256 bits (Node 24 and later, x64): `off` by default; `auto` where they make
   * a step faster and leave the same bits, `on` from the first step on where they leave the same bits.
   */
  readonly wideVectors?: WideVectorsChoice;
}

export const wideVectorsChoices = ["off", "auto", "on"] as const;
export type WideVectorsChoice = (typeof wideVectorsChoices)[number];

/** Who hears what engines find out while they run. */
export interface EngineWatch {
  readonly onWideVectors?: (outcome: WideOutcome) => void;
}
