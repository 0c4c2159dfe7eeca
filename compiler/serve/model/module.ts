// A generated module for the pool and the test next to it, which import this file: there, model.js takes its
// place.

export type { About } from "../about.ts";
export { createRanker, type RankerOptions } from "../ranker.ts";
export { RankerInputError } from "../requests.ts";
export { type RankerStats, sumStats } from "../stats.ts";
export { RankerWasmError } from "../wasm.ts";
export { RankerWeightsError } from "../weights.ts";
export type { Candidate, Request, Scores } from "./requests.ts";
