// dinc test-data FILE --run RUN, and --stats FILE: compares the columns of a file, or the statistics of a
// served ranker, with the training data of a run.

import { formatCount } from "../../../compiler/common/format-count.ts";
import { UsageError } from "../../../compiler/common/usage-error.ts";
import { checkText, formatNumber, percent } from "../../../compiler/data/checks.ts";
import { type ComparedColumn, countedWords, rowsText } from "../../../compiler/data/profile.ts";
import { type DataTest, type TestDataOptions, testData as test } from "../../driver/test-data.ts";
import { type StatsTest, testStats } from "../../driver/test-stats.ts";
import { alignedLines } from "../../driver/text-table.ts";
import { exitCodes } from "../exit-codes.ts";
import type { Terminal } from "../terminal.ts";
import { terminalWatch } from "../terminal-watch.ts";

export interface TestDataCommandOptions {
  readonly run: string;
  readonly config?: string;
  readonly set: readonly string[];
  readonly baseline?: string;
  readonly separator?: string;
  readonly stats?: string;
  readonly report?: string;
  readonly format: "pretty" | "json";
}

export async function testData(
  file: string | undefined,
  { run, set, format, stats, ...options }: TestDataCommandOptions,
  terminal: Terminal,
): Promise<number> {
  const settings = set.length === 0 ? {} : { set };
  const found =
    stats === undefined
      ? await test(named(file), run, { ...options, ...settings, ...terminalWatch(terminal) })
      : await ofStats(file, stats, run, { ...options, ...settings });
  if (options.report !== undefined) terminal.say(`report: ${options.report}`);
  terminal.out(
    format === "json"
      ? `${JSON.stringify({ version: 1, run, ...found }, null, 2)}\n`
      : text(found, options.config !== undefined),
  );
  return found.passed ? exitCodes.clean : exitCodes.findings;
}

function named(file: string | undefined): string {
  if (file === undefined)
    throw new UsageError("test-data takes a file of rows, or with --stats the counts of a ranker");
  return file;
}

function ofStats(
  file: string | undefined,
  stats: string,
  run: string,
  { baseline, separator, ...options }: TestDataOptions,
): Promise<StatsTest> {
  if (file !== undefined)
    throw new UsageError(`--stats is instead of ${file}: test one of them, then the other`);
  for (const [option, value] of Object.entries({ baseline, separator }))
    if (value !== undefined) throw new UsageError(`--${option} is about rows: it does not go with --stats`);
  return testStats(stats, run, options);
}

function text(test: DataTest | StatsTest, hasSettings: boolean): string {
  const { path, rows, baseline, columns, checks, passed } = test;
  const what =
    "requests" in test
      ? `${formatCount(rows)} candidates of ${formatCount(test.requests)} requests`
      : `${formatCount(rows)} rows`;
  const head = ["column", "counted", "missing", "new", "mean", "in training", "PSI", "changed"];
  const table = alignedLines([head, ...columns.map(line)], new Set([2, 3, 4, 5, 6]));
  const failed = checks.filter(({ holds }) => !holds).length;
  const verdict =
    checks.length === 0
      ? ["no conditions are set: `expect` in dinc.yaml states them"]
      : [
          ...checks.map((check) => `${check.holds ? "ok    " : "FAILED"}  ${checkText(check)}`),
          "",
          passed ? `all ${checks.length} checks hold` : `${failed} of ${checks.length} checks failed`,
        ];
  const { notCompared } = test;
  const left =
    notCompared.length === 0
      ? []
      : [
          `not compared with training, because the rows lack them: ${notCompared.join(", ")} (made from a log, or of a joined table${hasSettings ? "" : "; -c dinc.yaml makes and joins them"})`,
          "",
        ];
  return [`${path}: ${what}; compared with ${rowsText(baseline)}`, "", table, ...left, ...verdict, ""].join(
    "\n",
  );
}

/** `usual` is the value in training: the share of ids outside the vocabulary, or the mean. */
function line(column: ComparedColumn): string[] {
  const { before, newShare: fresh, psi, shift, numbers } = column;
  const usual =
    before === null
      ? ""
      : numbers !== null
        ? before.numbers === null
          ? ""
          : formatNumber(before.numbers.mean)
        : before.fresh === null
          ? ""
          : percent(before.present === 0 ? 0 : before.fresh / before.present);
  return [
    column.column,
    column.inLists ? "ids in lists" : countedWords[column.counted],
    percent(column.missingShare),
    fresh === null ? "" : percent(fresh),
    numbers === null ? "" : formatNumber(numbers.mean),
    usual,
    psi === null ? "" : psi.toFixed(3),
    shift === null || shift === "little" ? "" : shift,
  ];
}
