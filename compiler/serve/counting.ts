// What `ranker.stats()` counts: each value as the network reads it, each history's length, each score.

import type { About } from "./about.ts";
import type { Records } from "./columns.ts";
import type { Input, InputCounter, Inputs } from "./inputs.ts";
import type { CandidateValues, RequestValues } from "./model/program.ts";
import { OUTPUTS } from "./model/tables.ts";
import { scoresOf } from "./outputs.ts";
import type { CountedSteps } from "./scoring.ts";
import { LengthCounter, type RankerStats, ScoreCounter } from "./stats.ts";
import type { WeightsFile } from "./weights.ts";

/** A counter for each input, history and label, in the order of their tables. */
export class RankerCounters {
  private requests = 0;
  private candidates = 0;
  private since = Date.now();
  private readonly histories: readonly HistoryCounters[];
  private readonly records: readonly (readonly InputCounter<RequestValues>[])[];
  private readonly items: readonly InputCounter<CandidateValues>[];
  private readonly scores: readonly (readonly [label: string, counter: ScoreCounter])[];

  constructor({ histories, records, candidates }: Inputs, file: WeightsFile) {
    const counters = <V>(inputs: readonly Input<V>[]) => inputs.map((input) => input.newCounter(file));
    this.histories = histories.map(({ name, column, fields }) => ({
      ...{ name, lengths: new LengthCounter(file.usual(column)), fields: counters(fields) },
    }));
    this.records = records.map(({ fields }) => counters(fields));
    this.items = counters(candidates);
    this.scores = OUTPUTS.filter(({ isCounted }) => isCounted).map(({ label }) => [
      label,
      new ScoreCounter(),
    ]);
  }

  addRequest(): void {
    this.requests++;
  }

  /** Counts the history at place `i`. */
  addHistory(i: number, q: RequestValues, { steps, from, count, length }: CountedSteps): void {
    const { lengths, fields } = this.histories[i]!;
    lengths.add(length);
    for (const field of fields) field.count(q, steps, from, count);
  }

  addRecord(i: number, q: RequestValues, record: object): void {
    for (const field of this.records[i]!) field.count(q, [record], 0, 1);
  }

  addCandidates(c: CandidateValues, candidates: Records, from: number, count: number): void {
    for (const field of this.items) field.count(c, candidates, from, count);
  }

  addScores(scores: unknown, count: number, areProbabilities: boolean): void {
    this.candidates += count;
    for (const [label, counter] of this.scores) counter.add(scoresOf(scores, label), count, areProbabilities);
  }

  read(about: About): RankerStats {
    const { since, requests, candidates } = this;
    const each = (counters: readonly InputCounter<never>[]) =>
      Object.fromEntries(counters.map((counter) => [counter.name, counter.read()]));
    return {
      ...{ about, since, requests, candidates, features: each([...this.records.flat(), ...this.items]) },
      histories: Object.fromEntries(
        this.histories.map(({ name, lengths, fields }) => [
          name,
          { empty: lengths.empty, lengths: lengths.others.numbers(), fields: each(fields) },
        ]),
      ),
      scores: Object.fromEntries(this.scores.map(([label, counter]) => [label, counter.read()])),
    };
  }

  reset(): void {
    this.requests = 0;
    this.candidates = 0;
    this.since = Date.now();
    for (const counter of [...this.records.flat(), ...this.items]) counter.reset();
    for (const [, counter] of this.scores) counter.reset();
    for (const { lengths, fields } of this.histories)
      for (const counter of [lengths, ...fields]) counter.reset();
  }
}

interface HistoryCounters {
  readonly name: string;
  readonly lengths: LengthCounter;
  readonly fields: readonly InputCounter<RequestValues>[];
}
