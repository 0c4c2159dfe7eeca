// Scores the golden requests with a newly generated module, because the error of 16-bit products shows only
// when they are computed.

import { FAST_TOLERANCE, isClose } from "../../serve/golden.ts";
import type { EmbeddingSource } from "../../serve/tables.ts";
import type { GoldenRequest } from "../../serve/weights.ts";
import type { GoldenDifference } from "../contract/emitted.ts";
import { sourceOf, type TrainedTable } from "../contract/trained-model.ts";

/** The ranker of a compiled module with any number of labels. */
export interface AnyRanker {
  logits(request: unknown): Float32Array | Readonly<Record<string, Float32Array>>;
}

interface GeneratedModule {
  createRanker(options: {
    readonly weights: Uint8Array;
    readonly tables: Readonly<Record<string, EmbeddingSource>>;
  }): Promise<AnyRanker>;
}

/** `module` is the generated one, loaded; `stored` are the tables outside the weights. */
export async function measureGolden(
  module: unknown,
  weights: Uint8Array,
  stored: ReadonlyMap<string, TrainedTable>,
  golden: readonly GoldenRequest[],
): Promise<GoldenDifference> {
  const { createRanker } = module as GeneratedModule;
  const tables = Object.fromEntries([...stored].map(([name, table]) => [name, sourceOf(table)]));
  const ranker = await createRanker({ weights, tables });
  let [largest, allClose] = [0, true];
  for (const { request, logits } of golden) {
    const found = ranker.logits(request);
    for (const [label, expected] of logits) {
      const scores = found instanceof Float32Array ? found : found[label]!;
      for (const [i, logit] of expected.entries()) {
        largest = Math.max(largest, Math.abs(scores[i]! - logit));
        allClose &&= isClose(scores[i]!, logit, FAST_TOLERANCE);
      }
    }
  }
  return { largest, isClose: allClose };
}
