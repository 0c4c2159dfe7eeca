// Counts for `ranker.stats()`: each value as the network reads it, each history's length, each score.

import type { About } from "./about.ts";
import type { Records } from "./columns.ts";
import type { Input } from "./inputs.ts";
import type { CandidateValues, RequestValues } from "./model/program.ts";
import type { Scores } from "./model/requests.ts";
import { OUTPUTS } from "./model/tables.ts";
import type { Inputs } from "./parts.ts";
import { type HistoryStats, type RankerStats, ScoreCounter, type ValueStats } from "./stats.ts";
import type { WeightsFile } from "./weights.ts";

// The values of inputs that are read together.
class ValueCounters<Values> {
  private readonly counters;

  constructor(inputs: readonly Input<Values>[], file: WeightsFile) {
    this.counters = inputs.map((input) => ({ input, counter: input.newCounter!(file) }));
  }

  add(values: Values, records: Records, from: number, count: number): void {
    for (const { input, counter } of this.counters)
      counter.add(records, from, count, input.name, input.idsIn?.(values, count));
  }

  addTo(features: Record<string, ValueStats>): Record<string, ValueStats> {
    for (const { input, counter } of this.counters) features[input.name] = counter.read();
    return features;
  }
}

export class RankerCounters {
  private requests = 0;
  private candidates = 0;
  private readonly since = Date.now();
  private readonly parts;
  private readonly items: ValueCounters<CandidateValues>;
  private readonly scores;

  constructor({ parts, candidates }: Inputs, file: WeightsFile) {
    this.parts = parts.map((part) => ({
      ...{ part, lengths: part.newLengths?.(file) },
      values: new ValueCounters(part.inputs, file),
    }));
    this.items = new ValueCounters(candidates, file);
    const counted = OUTPUTS.filter(({ isCounted }) => isCounted);
    this.scores = counted.map((output) => ({ ...output, counter: new ScoreCounter() }));
  }

  addRequest(q: RequestValues): void {
    this.requests++;
    for (const { part, lengths, values } of this.parts) {
      lengths?.add(part.given);
      values.add(q, part.records, part.from, part.count);
    }
  }

  addCandidates(c: CandidateValues, candidates: Records, from: number, count: number): void {
    this.items.add(c, candidates, from, count);
  }

  addScores(scores: Scores, count: number, areProbabilities: boolean): void {
    this.candidates += count;
    for (const { listIn, counter } of this.scores) counter.add(listIn(scores), count, areProbabilities);
  }

  read(about: About): RankerStats {
    const { since, requests, candidates } = this;
    const features: Record<string, ValueStats> = {};
    const histories: Record<string, HistoryStats> = {};
    for (const { part, lengths, values } of this.parts)
      if (lengths === undefined) values.addTo(features);
      else histories[part.name] = lengths.read(values.addTo({}));
    this.items.addTo(features);
    const scores = Object.fromEntries(this.scores.map(({ label, counter }) => [label, counter.read()]));
    return { about, since, requests, candidates, features, histories, scores };
  }
}
