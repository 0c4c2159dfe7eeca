// Counts for `ranker.stats()`: each value as the network reads it, each history's length, each score.

import type { About } from "./about.ts";
import type { Records } from "./columns.ts";
import type { Input } from "./inputs.ts";
import type { CandidateValues, RequestValues } from "./model/program.ts";
import type { Scores } from "./model/requests.ts";
import { OUTPUTS } from "./model/tables.ts";
import type { HistoryPart, Inputs, RequestPart } from "./parts.ts";
import { type Counter, type HistoryStats, type RankerStats, ScoreCounter, type ValueStats } from "./stats.ts";
import type { WeightsFile } from "./weights.ts";

type CountedInputs<Values> = readonly { readonly input: Input<Values>; readonly counter: Counter }[];

function countersOf<Values>(inputs: readonly Input<Values>[], file: WeightsFile): CountedInputs<Values> {
  return inputs.map((input) => ({ input, counter: input.newCounter!(file) }));
}

function addValues<Values>(
  counted: CountedInputs<Values>,
  values: Values,
  records: Records,
  from: number,
  count: number,
): void {
  for (const { input, counter } of counted)
    counter.add(records, from, count, input.name, input.idsIn?.(values, count));
}

export class RankerCounters {
  private requests = 0;
  private candidates = 0;
  private readonly since = Date.now();
  private readonly parts;
  private readonly items: CountedInputs<CandidateValues>;
  private readonly scores;

  constructor({ parts, candidates }: Inputs, file: WeightsFile) {
    this.parts = parts.map((part) => ({
      ...{ part, lengths: (part as Partial<HistoryPart>).newLengths?.(file) },
      values: countersOf(part.inputs, file),
    }));
    this.items = countersOf(candidates, file);
    const counted = OUTPUTS.filter(({ isCounted }) => isCounted);
    this.scores = counted.map((output) => ({ ...output, counter: new ScoreCounter() }));
  }

  addRequest(q: RequestValues): void {
    this.requests++;
    for (const { part, lengths, values } of this.parts) {
      lengths?.add(part.given);
      addValues(values, q, part.records, part.from, part.count);
    }
  }

  /** `lengthOf` gives the steps of a history after the event; null for an event alone, whose steps count. */
  addEvent(q: RequestValues, lengthOf: ((part: RequestPart) => number) | null): void {
    if (lengthOf !== null) this.requests++;
    for (const { part, lengths, values } of this.parts) {
      if (lengthOf !== null) lengths?.add(lengthOf(part));
      else if (lengths === undefined) continue;
      addValues(values, q, part.records, part.from, part.count);
    }
  }

  addCandidates(c: CandidateValues, candidates: Records, from: number, count: number): void {
    addValues(this.items, c, candidates, from, count);
  }

  addScores(scores: Scores, count: number, areProbabilities: boolean): void {
    this.candidates += count;
    for (const { listIn, counter } of this.scores) counter.add(listIn(scores), count, areProbabilities);
  }

  read(about: About): RankerStats {
    const { since, requests, candidates } = this;
    const features: Record<string, ValueStats> = {};
    const histories: Record<string, HistoryStats> = {};
    for (const { part, lengths, values } of this.parts) {
      const found: Record<string, ValueStats> = lengths === undefined ? features : {};
      for (const { input, counter } of values) found[input.name] = counter.read();
      if (lengths !== undefined) histories[part.name] = lengths.read(found);
    }
    for (const { input, counter } of this.items) features[input.name] = counter.read();
    const scores = Object.fromEntries(this.scores.map(({ label, counter }) => [label, counter.read()]));
    return { about, since, requests, candidates, features, histories, scores };
  }
}
