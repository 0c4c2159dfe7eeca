// Counts a ranker's requests and scores, for a dashboard. Nothing is counted unless `createRanker` gets the
// option. Ids are counted as the network reads them, and numbers as given, before transforms.

import type { About } from "./about.ts";
import type { Records } from "./columns.ts";
import { FIRST_KNOWN_ID, type IdSpace, UNKNOWN_ID } from "./features.ts";
import { propertyOf } from "./requests.ts";
import type { WeightsFile } from "./weights.ts";

/** A ranker's counts since it was made, or since the last reset. */
export interface RankerStats {
  readonly about: About;
  /** The start of counting, in milliseconds since 1970. */
  readonly since: number;
  readonly requests: number;
  readonly candidates: number;
  /** By feature: one value per request for users and contexts, one per candidate for candidates. */
  readonly features: Readonly<Record<string, ValueStats>>;
  readonly histories: Readonly<Record<string, HistoryStats>>;
  /** By label: the number of scores from i / 20 up to, but not including, (i + 1) / 20. */
  readonly scores: Readonly<Record<string, readonly number[]>>;
}

export interface HistoryStats {
  /** Requests without any step. */
  readonly empty: number;
  /**
   * For all other requests: the number of steps in the request, including those before the latest that count.
   */
  readonly lengths: NumberStats;
  /** For the counted steps. */
  readonly fields: Readonly<Record<string, ValueStats>>;
}

/**
 * Values of columns are already ids and transformed numbers. In these columns only ids are counted; a missing
 * one counts as unknown.
 */
export interface ValueStats {
  /** The number of present values. */
  readonly values: number;
  readonly missing: number;
  /** Ids unknown to training; null for numbers. */
  readonly unknown: number | null;
  /**
   * For known ids: each of the training rows' most frequent ones, then all others; empty if these are not
   * known.
   */
  readonly bins: readonly number[];
  /** null for values that are not numbers. */
  readonly numbers: NumberStats | null;
}

export interface NumberStats {
  readonly sum: number;
  /** null without any number. */
  readonly least: number | null;
  readonly largest: number | null;
  /** The number of values outside the range of the training rows. */
  readonly outOfRange: number;
  /**
   * The counts up to each of the bounds, then above. The bounds are deciles of the training rows; empty if
   * these are not known.
   */
  readonly bounds: readonly number[];
  readonly bins: readonly number[];
}

/** The sum of the counts of several rankers with the same weights, such as the threads of a pool. */
export function sumStats(all: readonly RankerStats[]): RankerStats {
  return all.reduce((a, b) => ({
    about: a.about,
    since: Math.min(a.since, b.since),
    requests: a.requests + b.requests,
    candidates: a.candidates + b.candidates,
    features: eachOf(a.features, b.features, sumValues),
    histories: eachOf(a.histories, b.histories, (x, y) => ({
      empty: x.empty + y.empty,
      lengths: sumNumbers(x.lengths, y.lengths),
      fields: eachOf(x.fields, y.fields, sumValues),
    })),
    scores: eachOf(a.scores, b.scores, sumBins),
  }));
}

function eachOf<T>(
  a: Readonly<Record<string, T>>,
  b: Readonly<Record<string, T>>,
  sum: (x: T, y: T) => T,
): Readonly<Record<string, T>> {
  return Object.fromEntries(Object.entries(a).map(([name, x]) => [name, sum(x, b[name]!)]));
}

function sumBins(a: readonly number[], b: readonly number[]): readonly number[] {
  return a.map((count, i) => count + b[i]!);
}

function sumValues(a: ValueStats, b: ValueStats): ValueStats {
  return {
    values: a.values + b.values,
    missing: a.missing + b.missing,
    unknown: a.unknown === null ? null : a.unknown + b.unknown!,
    bins: sumBins(a.bins, b.bins),
    numbers: a.numbers === null ? null : sumNumbers(a.numbers, b.numbers!),
  };
}

function sumNumbers(a: NumberStats, b: NumberStats): NumberStats {
  return {
    sum: a.sum + b.sum,
    least: a.least === null || b.least === null ? (a.least ?? b.least) : Math.min(a.least, b.least),
    largest:
      a.largest === null || b.largest === null ? (a.largest ?? b.largest) : Math.max(a.largest, b.largest),
    outOfRange: a.outOfRange + b.outOfRange,
    bounds: a.bounds,
    bins: sumBins(a.bins, b.bins),
  };
}

/** The number of records in a list without a value of that name. Columns have no missing values. */
function missingOf(records: Records, from: number, count: number, name: string): number {
  if (!Array.isArray(records)) return 0;
  let missing = 0;
  for (let i = from; i < from + count; i++) if ((propertyOf(records[i], name) ?? null) === null) missing++;
  return missing;
}

/** Counts the values `name` of `count` records from index `from` on. `ids` are their ids, if they have some. */
export interface Counter {
  add(records: Records, from: number, count: number, name: string, ids?: Int32Array): void;
  read(): ValueStats;
}

export type NewCounter = (file: WeightsFile) => Counter;

/** `column` is the column of the training rows. */
export function countIds(space: IdSpace, column: string): NewCounter {
  return (file) => new IdCounter(space, file.common(column));
}

/** Tells missing values from unknown ones. The network reads both as the id of unknown values. */
export function countMissing(newCounter: NewCounter): NewCounter {
  return (file) => {
    const counter = newCounter(file);
    let missing = 0;
    return {
      add(records, from, count, name, ids) {
        counter.add(records, from, count, name, ids);
        missing += missingOf(records, from, count, name);
      },
      read() {
        const { values, unknown, ...rest } = counter.read();
        return { ...rest, values: values - missing, missing, unknown: unknown! - missing };
      },
    };
  };
}

/** Counts raw numbers, before their transforms. */
export function countNumbers(column: string): NewCounter {
  return (file) => new NumberCounter(file.usual(column));
}

export const countPresence: NewCounter = () => new PresenceCounter();

export class IdCounter implements Counter {
  private unknown = 0;
  /** By id: its bin; null if all known ids share one. */
  private readonly binOf: Uint8Array | null;
  private readonly counts: Float64Array;

  /** `common`: the most frequent values, at most 254. */
  constructor(space: IdSpace, common: readonly string[]) {
    const ids = common.map((value) => space.idOf(value));
    // If values have several texts, as for hashed ids and booleans, the frequent ones cannot be recognised.
    const areKnown = ids.every((id) => id >= FIRST_KNOWN_ID) && new Set(ids).size === ids.length;
    this.binOf = areKnown && ids.length > 0 ? new Uint8Array(FIRST_KNOWN_ID + space.known) : null;
    this.binOf?.fill(ids.length);
    for (let bin = 0; this.binOf !== null && bin < ids.length; bin++) this.binOf[ids[bin]!] = bin;
    this.counts = new Float64Array(this.binOf === null ? 1 : ids.length + 1);
  }

  add(_records: Records, _from: number, _count: number, _name: string, ids: Int32Array): void {
    const { binOf, counts } = this;
    for (const id of ids) {
      if (id === UNKNOWN_ID) this.unknown++;
      else counts[binOf === null ? 0 : binOf[id]!]!++;
    }
  }

  read(): ValueStats {
    const { unknown, binOf, counts } = this;
    const known = counts.reduce((sum, count) => sum + count, 0);
    const bins = binOf === null ? [] : [...counts];
    return { values: known + unknown, missing: 0, unknown, bins, numbers: null };
  }
}

/**
 * `usual`: the minimum and maximum of the training rows, then their deciles; empty if these are not known.
 */
export class NumberCounter implements Counter {
  private missing = 0;
  private sum = 0;
  private least = Number.POSITIVE_INFINITY;
  private largest = Number.NEGATIVE_INFINITY;
  private outOfRange = 0;
  private readonly low: number;
  private readonly high: number;
  private readonly bounds: readonly number[];
  private readonly counts: Float64Array;

  constructor(usual: readonly number[]) {
    const [low = Number.NEGATIVE_INFINITY, high = Number.POSITIVE_INFINITY, ...bounds] = usual;
    this.low = low;
    this.high = high;
    this.bounds = bounds;
    this.counts = new Float64Array(bounds.length + 1);
  }

  addNumber(x: number): void {
    this.sum += x;
    if (x < this.least) this.least = x;
    if (x > this.largest) this.largest = x;
    if (x < this.low || x > this.high) this.outOfRange++;
    let bin = 0;
    while (bin < this.bounds.length && x > this.bounds[bin]!) bin++;
    this.counts[bin]!++;
  }

  /** Numbers that have already been read, so each present value is a number. */
  add(records: Records, from: number, count: number, name: string): void {
    if (!Array.isArray(records)) return;
    for (let i = from; i < from + count; i++) {
      const x = propertyOf(records[i], name);
      if (typeof x === "number") this.addNumber(x);
      else this.missing++;
    }
  }

  numbers(): NumberStats {
    const { sum, least, largest, outOfRange, bounds, counts } = this;
    const isNone = least > largest;
    return {
      ...{ sum, least: isNone ? null : least, largest: isNone ? null : largest, outOfRange, bounds },
      bins: bounds.length === 0 ? [] : [...counts],
    };
  }

  read(): ValueStats {
    const values = this.counts.reduce((sum, count) => sum + count, 0);
    return { values, missing: this.missing, unknown: null, bins: [], numbers: this.numbers() };
  }
}

/** Counts the presence of vectors. */
export class PresenceCounter implements Counter {
  private values = 0;
  private missing = 0;

  add(records: Records, from: number, count: number, name: string): void {
    const missing = missingOf(records, from, count, name);
    this.missing += missing;
    this.values += count - missing;
  }

  read(): ValueStats {
    return { values: this.values, missing: this.missing, unknown: null, bins: [], numbers: null };
  }
}

export interface HistoryCounter {
  add(length: number): void;
  read(fields: HistoryStats["fields"]): HistoryStats;
}

/** Lengths of a history, request by request. */
export class LengthCounter implements HistoryCounter {
  private empty = 0;
  private readonly others: NumberCounter;

  constructor(usual: readonly number[]) {
    this.others = new NumberCounter(usual);
  }

  add(length: number): void {
    if (length === 0) this.empty++;
    else this.others.addNumber(length);
  }

  /** The lengths, with the values of the steps. */
  read(fields: HistoryStats["fields"]): HistoryStats {
    return { empty: this.empty, lengths: this.others.numbers(), fields };
  }
}

const SCORE_BINS = 20;

export class ScoreCounter {
  private readonly counts = new Float64Array(SCORE_BINS);

  /** Probabilities, or logits. */
  add(scores: Float32Array, count: number, areProbabilities: boolean): void {
    for (let i = 0; i < count; i++) {
      const score = areProbabilities ? scores[i]! : 1 / (1 + Math.exp(-scores[i]!));
      this.counts[Math.min(SCORE_BINS - 1, Math.floor(score * SCORE_BINS))]!++;
    }
  }

  read(): readonly number[] {
    return [...this.counts];
  }
}
