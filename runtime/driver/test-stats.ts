// Tests the counts of a ranker's requests, as `testData` tests a file: against the training rows of the run
// with its weights, and against the expectations.

import { formatCount } from "../../compiler/common/format-count.ts";
import { checksOf } from "../../compiler/data/checks.ts";
import { profileOfStats } from "../../compiler/data/stats-profile.ts";
import { notStats, statsOfAnotherRun } from "../../compiler/diagnostics/catalog/expect.ts";
import { DiagnosticError, diagnose, noLocation } from "../../compiler/diagnostics/diagnostic.ts";
import type { RankerStats } from "../../compiler/serve/stats.ts";
import { readText } from "../files/read-text.ts";
import { readBaseline } from "../run/baseline.ts";
import { FieldError, Fields, parsedJson } from "../run/json-fields.ts";
import { type OpenRun, openedRun } from "../run/open-run.ts";
import { runName } from "../run/run-files.ts";
import { type DataTest, dataTest, expectationsOf, type TestDataOptions, writeDrift } from "./test-data.ts";

export type TestStatsOptions = Pick<TestDataOptions, "config" | "set" | "report">;

export interface StatsTest extends DataTest {
  readonly requests: number;
  /** The start of counting, in milliseconds since 1970. */
  readonly since: number;
}

/**
 * Compares the result of `ranker.stats()` or `pool.stats()`, as an object or a JSON file, with the training
 * rows of the run and with the expectations. Rows are candidates. Throws DiagnosticError if the run or the
 * file cannot be read, or if the stats belong to other weights; a failed expectation is a result.
 */
export async function testStats(
  stats: RankerStats | string,
  run: OpenRun | string,
  options: TestStatsOptions = {},
): Promise<StatsTest> {
  const opened = await openedRun(run);
  const path = typeof stats === "string" ? stats : "ranker.stats()";
  const text = typeof stats === "string" ? await readText(stats) : JSON.stringify(stats);
  const counted = statsIn(text, path);
  if (counted.about.run !== runName(opened.run.manifest)) {
    const parameters = { path, of: counted.about.run, run: opened.folder };
    throw new DiagnosticError([diagnose(statsOfAnotherRun, parameters, noLocation)]);
  }
  const before = await readBaseline(opened, true);
  const expect = (await expectationsOf(options)) ?? before.expect;
  const profile = profileOfStats(counted, opened.model, before, path);
  const nothingLooked = { repeated: null, age: null, lacking: [] };
  const checks = expect === null ? [] : checksOf({ ...expect, newest: null }, profile, before, nothingLooked);
  const { requests, since } = counted;
  const test = dataTest(profile, before, checks);
  const facts = [
    ["counted", `${formatCount(test.rows)} candidates of ${formatCount(requests)} requests`],
    ["since", new Date(since).toISOString()],
  ] as const;
  if (options.report !== undefined) await writeDrift(options.report, opened, test, facts);
  return { ...test, requests, since };
}

function statsIn(text: string, path: string): RankerStats {
  try {
    const value = parsedJson(text);
    requireStats(new Fields(value));
    return value as RankerStats;
  } catch (error) {
    if (!(error instanceof FieldError)) throw error;
    throw new DiagnosticError([diagnose(notStats, { path, reason: error.message }, noLocation)]);
  }
}

function requireStats(stats: Fields): void {
  const about = stats.fields("about");
  about.orNull("run", (of) => of.line("run"));
  const since = stats.number("since");
  if (Number.isNaN(new Date(since).getTime())) throw new FieldError('has no time as "since"');
  for (const count of ["requests", "candidates"]) stats.whole(count);
  const values = (all: Fields) => {
    for (const name of all.names()) {
      const each = all.fields(name);
      for (const count of ["values", "missing"]) each.whole(count);
      each.orNull("unknown", (of) => of.whole("unknown"));
      each.numbers("bins");
      each.orNull("numbers", (of) => requireNumbers(of.fields("numbers")));
    }
  };
  values(stats.fields("features"));
  const histories = stats.fields("histories");
  for (const name of histories.names()) {
    const history = histories.fields(name);
    history.whole("empty");
    requireNumbers(history.fields("lengths"));
    values(history.fields("fields"));
  }
}

function requireNumbers(numbers: Fields): void {
  numbers.number("sum");
  for (const end of ["least", "largest"]) numbers.orNull(end, (of) => of.number(end));
  for (const list of ["bounds", "bins"]) numbers.numbers(list);
}
