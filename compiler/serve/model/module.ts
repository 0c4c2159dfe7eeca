// A generated module, as the pool and the test beside it import it: there, model.js takes the place of this file.

export type { About } from "../about.ts";
export { createRanker, type RankerOptions } from "../ranker.ts";
export { RankerInputError } from "../requests.ts";
export { type RankerStats, sumStats } from "../stats.ts";
export { RankerWasmError } from "../wasm.ts";
export { RankerWeightsError } from "../weights.ts";
export type { Candidate, Request, Scores } from "./requests.ts";
