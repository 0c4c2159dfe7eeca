// The baseline of a run to be: its training rows are counted while they are read, and held to what is expected of them.

import { type Check, checksOf, checkText } from "../../compiler/data/checks.ts";
import { dataUnexpected } from "../../compiler/diagnostics/catalog/expect.ts";
import { DiagnosticError, diagnose, type Location } from "../../compiler/diagnostics/diagnostic.ts";
import type { BadRowPolicy } from "../../compiler/frontend/config/choices.ts";
import { type DataConfig, separatorsOf } from "../../compiler/frontend/config/config.ts";
import { type Expectations, nothingExpected } from "../../compiler/frontend/config/expect.ts";
import type { LocatedData } from "../../compiler/frontend/config/rows-asked.ts";
import type { Fitted, Model } from "../../compiler/frontend/model/model.ts";
import { BadRows } from "../data/bad-rows.ts";
import type { TrainingData } from "../data/training-data.ts";
import type { Baseline } from "../run/baseline.ts";
import type { Watch } from "./events.ts";
import { Counting, type Reading, type Subject } from "./test-data.ts";

/** What the training rows of a run to be hold; the checks are those that no earlier run is needed for. */
interface HeldRows {
  readonly baseline: Baseline;
  readonly checks: readonly Check[];
}

/** The counting of the training rows of a run to be, which goes on while they are read. */
export class BaselineCounting {
  readonly settled: Promise<unknown>;
  /** Of memory, until it is settled. */
  readonly bytes: number;
  private readonly counting: Counting;
  private readonly expect: Expectations;

  constructor(subject: Omit<Subject, "fitted">, reading: Omit<Reading, "baseline">) {
    this.counting = new Counting(subject, { ...reading, baseline: null });
    this.expect = subject.expect;
    this.settled = this.counting.settled;
    this.bytes = reading.memory;
  }

  async of(fitted: Fitted): Promise<HeldRows> {
    const { expect } = this;
    const { profile, looked } = await this.counting.profile(fitted);
    return {
      baseline: { ...profile, expect: expect === nothingExpected ? null : expect },
      checks: checksOf(expect, profile, null, { ...looked, lacking: [] }),
    };
  }

  /** Stops it where it still goes on. */
  close(): Promise<void> {
    return this.counting.close();
  }
}

/** The training rows, and what is expected of them. */
interface ExpectedRows {
  readonly model: Model;
  readonly source: LocatedData | null;
  readonly expected: { readonly expect: Expectations; readonly location: Location } | null;
}

/** What counts the training rows while they are read; null where nobody asks what they hold. */
export function countingOf(
  { model, source, expected }: ExpectedRows,
  policy: BadRowPolicy,
  options: Watch & { readonly limit?: number },
): BaselineCounting | null {
  const { data } = source!;
  if (data.window !== null && expected === null) return null;
  const subject = { model, expect: expected?.expect ?? nothingExpected, path: trainingPath(data) };
  return new BaselineCounting(subject, {
    ...{ separators: separatorsOf(data.separator), csv: data.csv, limit: options.limit },
    ...{ memory: Math.max(LEAST_DUCKDB, data.memory / 4), badRows: new BadRows(policy), ...options },
  });
}

/** Null where rows of a window are trained on: a file is counted as a whole. Throws DiagnosticError where an expectation does not hold. */
export async function baselineFrom(
  counting: BaselineCounting,
  { source, expected }: Omit<ExpectedRows, "model">,
  { fitted }: TrainingData,
): Promise<Baseline | null> {
  const { data } = source!;
  const { baseline, checks } = await counting.of(fitted);
  const failed = checks.filter(({ holds }) => !holds).map(checkText);
  if (failed.length > 0) {
    const parameters = { path: trainingPath(data), failed };
    throw new DiagnosticError([diagnose(dataUnexpected, parameters, expected!.location)]);
  }
  return data.window === null ? baseline : null;
}

/** Where training rows come from. */
export function trainingPath(data: DataConfig): string {
  return data.kind === "rows" ? data.train! : data.events.path;
}

/** Bytes that DuckDB cannot do without. */
const LEAST_DUCKDB = 64e6;
