// Counts for `ranker.stats()`: each value as the network reads it, each history's length, each score.

import type { About } from "./about.ts";
import type { Records } from "./columns.ts";
import type { InputCounter } from "./inputs.ts";
import type { CandidateValues, RequestValues } from "./model/program.ts";
import type { Scores } from "./model/requests.ts";
import { OUTPUTS } from "./model/tables.ts";
import { addValues, type Inputs, type PartCounter } from "./parts.ts";
import type { Output } from "./plan.ts";
import { type HistoryStats, type RankerStats, ScoreCounter, type ValueStats } from "./stats.ts";
import type { WeightsFile } from "./weights.ts";

// A counter for each part of a request, input of candidates and label.
export class RankerCounters {
  private requests = 0;
  private candidates = 0;
  private readonly since = Date.now();
  private readonly parts: readonly PartCounter[];
  private readonly items: readonly InputCounter<CandidateValues>[];
  private readonly scores: readonly (Output & { readonly counter: ScoreCounter })[];

  constructor({ parts, candidates }: Inputs, file: WeightsFile) {
    this.parts = parts.map((part) => part.newCounter(file));
    this.items = candidates.map((input) => input.newCounter(file));
    const counted = OUTPUTS.filter(({ isCounted }) => isCounted);
    this.scores = counted.map((output) => ({ ...output, counter: new ScoreCounter() }));
  }

  addRequest(q: RequestValues): void {
    this.requests++;
    for (const part of this.parts) part.count(q);
  }

  addCandidates(c: CandidateValues, candidates: Records, from: number, count: number): void {
    for (const item of this.items) item.count(c, candidates, from, count);
  }

  addScores(scores: Scores, count: number, areProbabilities: boolean): void {
    this.candidates += count;
    for (const { listIn, counter } of this.scores) counter.add(listIn(scores), count, areProbabilities);
  }

  read(about: About): RankerStats {
    const { since, requests, candidates } = this;
    const features: Record<string, ValueStats> = {};
    const histories: Record<string, HistoryStats> = {};
    for (const part of this.parts) part.addTo(features, histories);
    addValues(features, this.items);
    const scores = Object.fromEntries(this.scores.map(({ label, counter }) => [label, counter.read()]));
    return { about, since, requests, candidates, features, histories, scores };
  }
}
