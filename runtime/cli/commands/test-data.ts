// dinc test-data FILE --run RUN: what a file holds beside what a run learned from, and whether it is as expected.

import { checkText, counted, percent, shown } from "../../../compiler/data/checks.ts";
import { countedWords } from "../../../compiler/data/profile.ts";
import { type ComparedColumn, type DataTest, testData as test } from "../../driver/test-data.ts";
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
  readonly format: "pretty" | "json";
}

export async function testData(
  file: string,
  { run, set, format, ...options }: TestDataCommandOptions,
  terminal: Terminal,
): Promise<number> {
  const found = await test(file, run, {
    ...options,
    ...(set.length === 0 ? {} : { set }),
    ...terminalWatch(terminal),
  });
  terminal.out(
    format === "json" ? `${JSON.stringify({ version: 1, run, ...found }, null, 2)}\n` : text(found),
  );
  return found.passed ? exitCodes.clean : exitCodes.findings;
}

function text({ path, rows, baseline, columns, checks, passed }: DataTest): string {
  const head = ["column", "counted", "missing", "new", "mean", "in training", "PSI", "changed"];
  const table = alignedLines([head, ...columns.map(line)], new Set([2, 3, 4, 5, 6]));
  const failed = checks.filter(({ holds }) => !holds).length;
  const verdict =
    checks.length === 0
      ? ["nothing is expected: `expect` in dinc.yaml says what is"]
      : [
          ...checks.map((check) => `${check.holds ? "ok    " : "FAILED"}  ${checkText(check)}`),
          "",
          passed ? `all ${checks.length} checks hold` : `${failed} of ${checks.length} checks failed`,
        ];
  return [
    `${path}: ${counted(rows)} rows; compared with ${counted(baseline.rows)} rows of ${baseline.path}`,
    "",
    table,
    ...verdict,
    "",
  ].join("\n");
}

/** In training: the share of ids that the vocabulary does not have, or the mean. */
function line(column: ComparedColumn): string[] {
  const { before, newShare: fresh, psi, shift, numbers } = column;
  const usual =
    before === null
      ? ""
      : numbers !== null
        ? before.numbers === null
          ? ""
          : shown(before.numbers.mean)
        : before.fresh === null
          ? ""
          : percent(before.present === 0 ? 0 : before.fresh / before.present);
  return [
    column.column,
    column.inLists ? "ids in lists" : countedWords[column.counted],
    percent(column.missingShare),
    fresh === null ? "" : percent(fresh),
    numbers === null ? "" : shown(numbers.mean),
    usual,
    psi === null ? "" : psi.toFixed(3),
    shift === null || shift === "little" ? "" : shift,
  ];
}
