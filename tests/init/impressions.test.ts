// A table of what was shown to whom, when, and whether it was clicked has no histories: the draft names the lines by which dinc
// makes them, and with these it trains.

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { sourceFile } from "../../compiler/common/source-file.ts";
import { renderPretty } from "../../compiler/diagnostics/render/pretty.ts";
import { check } from "../../compiler/frontend/check/check.ts";
import { init } from "../../runtime/driver/init.ts";
import { readConfig } from "../../runtime/driver/read-config.ts";
import { TestFolder } from "../data/files.ts";
import { readTraining } from "../data/in-memory.ts";

const ROWS = 2400;
const time = (row: number) => new Date(1_772_358_660_000 + 61_000 * row).toISOString();
const itemAt = (row: number) => (row * 7) % 60;
const isClicked = (row: number) => (row * 13) % 10 < 3;

function logOf(folder: TestFolder, yes: string, no: string, users = 97): string {
  return folder.csv(
    "log.csv",
    "user_id,item_id,cate_id,price,shown_at,clicked",
    ...Array.from({ length: ROWS }, (_, row) => {
      const item = itemAt(row);
      return `u${row % users},i${item},c${item % 7},${(row % 890) / 10},${time(row)},${isClicked(row) ? yes : no}`;
    }),
  );
}

test.each([
  ["1", "0"],
  ["true", "false"],
])("histories are made by the lines of the draft, where %s is a click", async (yes, no) => {
  const folder = new TestFolder();
  const own = join(folder.path, "draft");
  const { plan, config, spec } = await init({ data: logOf(folder, yes, no), folder: own });
  expect(plan.guesses.find(({ column }) => column === "histories")).toMatchObject({
    reason: expect.stringContaining("shown_at says when each row was shown"),
    change: expect.stringContaining("`data.impressions`"),
  });
  // As a reader does it.
  const [, settings] = /^( {2}# impressions:\n(?: {2}# {3}.*\n)+)/m.exec(config)!;
  writeFileSync(join(own, "dinc.yaml"), config.replace(settings!, settings!.replaceAll("  # ", "  ")));
  const [, history, attention] = /put `(history [^`]+)` [\s\S]*`(attend_softmax[^`]+)`/.exec(config)!;
  const text = spec.replace(/^label /m, `${history}\nlabel `).replace("concat(", `concat(${attention}, `);
  const { value: model, diagnostics } = check(sourceFile("model.din", text));
  expect(renderPretty(diagnostics)).toBe("");
  const { data } = await readConfig(join(own, "dinc.yaml"));
  const { train } = await readTraining(model!, data!);
  const { start, end } = train.histories.get("clicks")!;
  const clicks = new Map<number, number>();
  for (let row = 0; row < train.rows; row++) {
    const user = row % 97;
    expect(end[row]! - start[row]!).toBe(clicks.get(user) ?? 0);
    if (isClicked(row)) clicks.set(user, (clicks.get(user) ?? 0) + 1);
  }
});

test("no history is named where no user comes again", async () => {
  const folder = new TestFolder();
  const { plan, config } = await init({ data: logOf(folder, "1", "0", ROWS) });
  expect(plan.guesses.some(({ column }) => column === "histories")).toBe(false);
  expect(config).not.toContain("impressions");
});
