// Declares the tables by which the library reads requests and scores them. A model's own take their place, as
// in `requests.ts`.

import type { Feed } from "../feeds.ts";
import type { Tolerance } from "../golden.ts";
import type { Inputs } from "../parts.ts";
import type { AttentionPlan, KeptValues, Output } from "../plan.ts";
import type { Top } from "../top.ts";
import type { WeightsFile } from "../weights.ts";
import type { CandidateValues, RequestValues, Weights } from "./program.ts";
import type { RankedBy, Scores } from "./requests.ts";

export declare function inputsOf(file: WeightsFile): Inputs;
export declare const OUTPUTS: readonly Output[];
export declare function newScores(count: number): Scores;
/** Writes the logits of n candidates, from index `from` on. */
export declare function putLogits(logits: Scores, from: number, c: CandidateValues, n: number): void;
/** Replaces logits by predictions. */
export declare function predict(logits: Scores, count: number): void;
/** The best candidates; by one label if there are several. */
export declare function best(logits: Scores, k: number, ...by: RankedBy): Top[];
/** The most candidates of a request, for a model whose candidates see one another. */
export declare const MOST_CANDIDATES: number;
export declare const ATTENTIONS: readonly AttentionPlan[];
/** The names of the tables with rows in a store. */
export declare const SOURCES: readonly string[];
/** The tolerance of the golden requests' scores. */
export declare const CLOSE: Tolerance;
export declare function userVectorOf(w: Weights, q: RequestValues): Float32Array;
/** For an encoder: the inputs of model.onnx, from the values of a request and its n candidates. */
export declare function feedsOf(q: RequestValues, c: CandidateValues, n: number): Record<string, Feed>;
/** The values that sessions keep, in modules whose sessions take events. */
export declare const KEPT: KeptValues;
