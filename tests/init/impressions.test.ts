// A table of what was shown to whom, when, and whether it was clicked has no histories: the draft has dinc make them of
// what was before each row.

import fc from "fast-check";
import { expect, test } from "vitest";
import { sourceFile } from "../../compiler/common/source-file.ts";
import { check } from "../../compiler/frontend/check/check.ts";
import type { DraftData } from "../../compiler/tools/init/plan.ts";
import { lint } from "../../compiler/tools/lint/lint.ts";
import { withPasts } from "../../playground/workers/own-impressions.ts";
import { init } from "../../runtime/driver/init.ts";
import { readConfig } from "../../runtime/driver/read-config.ts";
import { TestFolder } from "../data/files.ts";
import { readTraining } from "../data/in-memory.ts";
import { runs } from "../support/how-often.ts";

const ROWS = 600;
const FIRST = 1_772_358_660;

interface Log {
  readonly users: number;
  /** Seconds between two rows. */
  readonly step: number;
  readonly written: "timestamp" | "day" | "seconds" | "milliseconds";
  readonly yes: "1" | "true";
  /** Whether the file has the latest rows first. */
  readonly isReversed: boolean;
}

const secondOf = ({ step }: Log, row: number) => FIRST + Math.floor(row * step);
const isClicked = (row: number) => (row * 13) % 10 < 3;

/** As the file has it. */
function timeText(log: Log, row: number): string {
  const seconds = secondOf(log, row);
  const text = new Date(seconds * 1000).toISOString();
  const texts = {
    timestamp: text,
    day: text.slice(0, 10),
    seconds: `${seconds}`,
    milliseconds: `${seconds}000`,
  };
  return texts[log.written];
}

const HEADERS = ["user_id", "item_id", "cate_id", "price", "shown_at", "clicked"];

function linesOf(log: Log): string[] {
  const lines = Array.from({ length: ROWS }, (_, row) => {
    const item = (row * 7) % 60;
    const label = log.yes === "1" ? Number(isClicked(row)) : isClicked(row);
    return `u${row % log.users},i${item},c${item % 7},${(row % 890) / 10},${timeText(log, row)},${label}`;
  });
  return log.isReversed ? lines.reverse() : lines;
}

const fileOf = (folder: TestFolder, log: Log) => folder.csv("log.csv", HEADERS.join(","), ...linesOf(log));

/** How many steps each row of the log gets by the draft, which must be as many in a page. */
async function stepsByDraft(log: Log): Promise<readonly number[]> {
  const folder = new TestFolder();
  const data = fileOf(folder, log);
  const { spec, plan } = await init({ data, folder: folder.path });
  const file = sourceFile("model.din", spec);
  expect(lint(file)).toEqual([]);
  const { value: model, diagnostics } = check(file);
  expect(diagnostics).toEqual([]);
  const { data: source } = await readConfig(`${folder.path}/dinc.yaml`);
  const { train } = await readTraining(model!, source!);
  const { start, end } = train.histories.get("clicks")!;
  const steps = Array.from({ length: train.rows }, (_, row) => end[row]! - start[row]!);
  const rows = linesOf(log).map((line) => line.split(","));
  const columns = new Map(HEADERS.map((header, i) => [header, rows.map((row) => row[i]!)]));
  const { impressions } = plan.rows as DraftData & { readonly kind: "rows" };
  const inPage = withPasts(model!, columns, impressions!).get("hist_item_id")!;
  expect(inPage.map((each) => (each as readonly string[]).length)).toEqual(steps);
  return steps;
}

const logs: fc.Arbitrary<Log> = fc.record({
  users: fc.integer({ min: 3, max: 20 }),
  step: fc.constantFrom(0.5, 61, 7000, 90_000),
  written: fc.constantFrom("timestamp", "day", "seconds", "milliseconds"),
  yes: fc.constantFrom("1", "true"),
  isReversed: fc.boolean(),
});

test("each row has the clicks that were before it, however times are written", async () => {
  await fc.assert(
    fc.asyncProperty(logs, async (log) => {
      const shown = Array.from({ length: ROWS }, (_, row) => timeText(log, row));
      fc.pre(new Set(shown).size > 4);
      const steps = await stepsByDraft(log);
      const lengths = shown.map((time, row) => {
        let before = 0;
        for (let other = row % log.users; other < row; other += log.users)
          if (isClicked(other) && shown[other]! !== time) before++;
        return before;
      });
      // The draft's `max` covers nearly all rows.
      const max = Math.max(...steps);
      const wanted = lengths.map((length) => Math.min(length, max));
      expect(steps).toEqual(log.isReversed ? wanted.reverse() : wanted);
      expect(max).toBeGreaterThan(0);
    }),
    { numRuns: runs(5) },
  );
});

test("the draft says what it made, binds what belongs to an item, and how to do without it", async () => {
  const folder = new TestFolder();
  const log: Log = { users: 13, step: 61, written: "timestamp", yes: "1", isReversed: false };
  const { plan, config, spec } = await init({ data: fileOf(folder, log) });
  expect(plan.guesses.find(({ column }) => column === "clicks")).toMatchObject({
    is: expect.stringContaining("made of earlier rows of the same user_id whose clicked is 1"),
    reason: expect.stringContaining("shown_at says when each row was shown"),
    change: expect.stringContaining("`impressions`"),
  });
  expect(config).toMatch(
    /^ {2}impressions:\n {4}user: user_id\n {4}time: shown_at\n.*\n {4}histories:\n {6}clicks: \{ where: \{ clicked: 1 \} \}\n/m,
  );
  expect(spec).toMatch(/item_id <-> hist_item_id .*\n {2}cate_id <-> hist_cate_id .*\n}/);
});

test("no history is made where no user comes again", async () => {
  const folder = new TestFolder();
  const log: Log = { users: ROWS, step: 61, written: "seconds", yes: "1", isReversed: false };
  const { plan, config } = await init({ data: fileOf(folder, log) });
  expect(plan.histories).toEqual([]);
  expect(config).not.toContain("impressions");
});
