// Checks training rows against their expectations: their whole file is counted while a training reads it.

import { checksOf, checkText } from "../../compiler/data/checks.ts";
import type { ColumnProfile } from "../../compiler/data/profile.ts";
import { dataUnexpected } from "../../compiler/diagnostics/catalog/expect.ts";
import { DiagnosticError, diagnose, type Location } from "../../compiler/diagnostics/diagnostic.ts";
import type { BadRowPolicy } from "../../compiler/frontend/config/choices.ts";
import { type DataConfig, separatorsOf } from "../../compiler/frontend/config/config.ts";
import type { Expectations } from "../../compiler/frontend/config/expect.ts";
import type { Fitted, Model } from "../../compiler/frontend/model/model.ts";
import { historiesFromLogs } from "../data/read-data.ts";
import { BadRowReport } from "../data/tables.ts";
import { trainingPath } from "../files/data-paths.ts";
import type { Watch } from "./events.ts";
import { Counting, checksOfHistories, columnsOf, tablesOf } from "./test-data.ts";

/** The expectations of training rows, with their location. */
export interface Expected {
  readonly expect: Expectations;
  readonly location: Location;
}

/** Counts the training rows while they are read. */
export class ExpectationCounter {
  readonly settled: Promise<unknown>;
  /** The memory that it uses until it is finished, in bytes. */
  readonly bytes: number;
  private readonly counting: Counting;
  private readonly expected: Expected;
  private readonly path: string;

  constructor(
    model: Model,
    data: DataConfig,
    expected: Expected,
    policy: BadRowPolicy,
    options: Watch & { readonly limit?: number },
  ) {
    this.expected = expected;
    this.path = trainingPath(data);
    this.bytes = Math.max(LEAST_DUCKDB, data.memory / 4);
    const histories = historiesFromLogs(model, data).map(({ name }) => name);
    const made = columnsOf(model, (history) => histories.includes(history));
    this.counting = new Counting(
      { model, expect: expected.expect, path: this.path, tables: tablesOf(data), made },
      {
        ...(data.kind === "rows" ? { padding: data.padding } : {}),
        ...{ separators: separatorsOf(data.separator), csv: data.csv, baseline: null, memory: this.bytes },
        ...{ badRows: new BadRowReport(policy), ...options },
      },
    );
    this.settled = this.counting.settled;
  }

  /**
   * Throws DiagnosticError if an expectation fails, among those that need no earlier run. `made` are the columns of histories that
   * are made from a log.
   */
  async require(fitted: Fitted, made: readonly ColumnProfile[]): Promise<void> {
    const { counting, path, expected } = this;
    const { profile, looked } = await counting.profile(fitted);
    const checks = [
      ...checksOf(expected.expect, profile, null, { ...looked, lacking: [] }),
      ...checksOfHistories(expected.expect, { ...profile, columns: made }, null),
    ];
    const failed = checks.filter(({ holds }) => !holds).map(checkText);
    if (failed.length > 0)
      throw new DiagnosticError([diagnose(dataUnexpected, { path, failed }, expected.location)]);
  }

  /** Stops the counting if it is still running. */
  close(): Promise<void> {
    return this.counting.close();
  }
}

/** The least memory that DuckDB needs, in bytes. */
const LEAST_DUCKDB = 64e6;
