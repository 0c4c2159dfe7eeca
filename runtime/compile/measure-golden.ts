// Scores the golden requests with a module that was just generated: what 16-bit products cost is known once they are computed.

import { FAST_TOLERANCE, isClose } from "../serve/golden.ts";
import type { EmbeddingSource } from "../serve/tables.ts";
import type { GoldenRequest } from "../serve/weights.ts";
import type { AnyRanker } from "./compare-rows.ts";
import type { TrainedTable } from "./trained-model.ts";

interface GeneratedModule {
  createRanker(options: {
    readonly weights: Uint8Array;
    readonly tables: Readonly<Record<string, EmbeddingSource>>;
  }): Promise<AnyRanker>;
}

export interface GoldenDifference {
  /** The largest of a logit. */
  readonly largest: number;
  /** All are as close as `FAST_TOLERANCE` asks. */
  readonly isClose: boolean;
}

/** `stored` are the tables that are not among the weights. */
export async function measureGolden(
  javascript: string,
  weights: Uint8Array,
  stored: ReadonlyMap<string, TrainedTable>,
  golden: readonly GoldenRequest[],
): Promise<GoldenDifference> {
  const base64 = Buffer.from(javascript, "utf8").toString("base64");
  const { createRanker }: GeneratedModule = await import(`data:text/javascript;base64,${base64}`);
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

/** A table as a store that has its rows. */
export function sourceOf({ width, values }: TrainedTable): EmbeddingSource {
  return {
    lookup(ids, count, out) {
      for (let i = 0; i < count; i++)
        out.set(values.subarray(ids[i]! * width, (ids[i]! + 1) * width), i * width);
    },
  };
}
