// The model in a page: imports its module from the page's data, and scores requests.

import type { PageRequest, RankingPageData } from "../page-data.ts";
import { firstScores, type RankerAnswer } from "./scores.ts";

interface PageRankerModule {
  createRanker(options: { readonly weights: Uint8Array }): Promise<{ rank(request: unknown): RankerAnswer }>;
}

export type PageScorer = (request: PageRequest) => readonly number[];

/** Also scores the golden requests, and throws if this browser computes other scores than training did. */
export async function openModel({ module, weights, label }: RankingPageData): Promise<PageScorer> {
  const address = URL.createObjectURL(new Blob([module], { type: "text/javascript" }));
  const { createRanker }: PageRankerModule = await import(address);
  URL.revokeObjectURL(address);
  const bytes = Uint8Array.from(atob(weights), (sign) => sign.charCodeAt(0));
  const ranker = await createRanker({ weights: bytes });
  return (request) => firstScores(ranker.rank(request), request.candidates.length, label.low);
}
