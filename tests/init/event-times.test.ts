// A log of events is drafted where training can put its events in order, and only there; what the draft says
// of their times is what training then takes them for.

import { expect, test } from "vitest";
import { guess } from "../../compiler/tools/init/guess.ts";
import { DataFiles } from "../../runtime/data/tables/data-files.ts";
import { sampleTable } from "../../runtime/driver/sample-table.ts";
import { TestFolder } from "../data/files.ts";
import { readOrder } from "../data/read-order.ts";

const EVENTS = 24;

/** A log with times that `time` writes of every second event in turn; ids are numbers as hours and minutes are. */
function logOf(
  folder: TestFolder,
  format: string,
  ...times: readonly ((second: number) => unknown)[]
): string {
  const rows = Array.from({ length: EVENTS }, (_, i) => {
    const at = times[i % times.length]!(1772358660 + 3607 * i);
    return { user_id: i % 4, item_id: (7 * i) % 12, ts: at };
  });
  if (format === "csv")
    return folder.csv(
      "log.csv",
      "user_id,item_id,ts",
      ...rows.map(({ user_id, item_id, ts }) => `${user_id},${item_id},${ts}`),
    );
  return folder.write("log.jsonl", rows.map((row) => JSON.stringify(row)).join("\n"));
}

const iso = (second: number) => new Date(1000 * second).toISOString();
const local = (second: number) => iso(second).slice(0, 19).replace("T", " ");
const date = (second: number) => iso(second).slice(0, 10);

test.each([
  ["times with a UTC offset", [iso]],
  ["times with a UTC offset", [(s: number) => `${iso(s).slice(0, 19)}+09:00`]],
  ["times with a UTC offset", [(s: number) => iso(s).replace(/[-:]|\.000/g, "")]],
  ["times without a UTC offset", [local]],
  ["times without a UTC offset", [(s: number) => local(s).slice(0, 16).replaceAll("-", "/")]],
  ["times without a UTC offset", [date]],
  ["times, some of them without a UTC offset", [iso, local]],
  ["epoch seconds", [(s: number) => s]],
  ["epoch milliseconds", [(s: number) => 1000 * s]],
  ["numbers", [(s: number) => s - 1772358000]],
  [null, [(s: number) => date(s).split("-").reverse().join("/")]],
  [null, [(s: number) => date(s).split("-").reverse().join("-")]],
  [null, [(s: number) => `${date(s).split("-").reverse().join(".")} ${local(s).slice(11)}`]],
  [null, [local, () => "NaT"]],
  [null, [local, (s: number) => s]],
  [null, [(s: number) => `${date(s)}Z`]],
  [null, [(s: number) => local(s).slice(11)]],
] as const)("%s", async (holds, times) => {
  for (const format of ["csv", "jsonl"]) {
    const folder = new TestFolder();
    const path = logOf(folder, format, ...times);
    const found = guess(await sampleTable(path), null);
    const files = await DataFiles.open();
    const said = await folder
      .said(async () => {
        await readOrder(files, path, null, "ts");
        throw new Error("nothing is wrong");
      })
      .catch(({ message }: Error) => message);
    await files.close();
    if (holds === null) {
      expect(found).toMatchObject({ kind: "no-label", noLog: expect.stringContaining("`ts` has ") });
      expect(said).toMatch(/DIN0556/);
    } else {
      const rows = { kind: "events", order: "ts", isLocal: holds.includes("without") };
      expect(found).toMatchObject({ kind: "plan", plan: { rows } });
      expect(JSON.stringify(found)).toContain(`it has ${holds}`);
      expect(said).toBe("nothing is wrong");
    }
  }
});

test("a log without some of its times says why it is none", async () => {
  const folder = new TestFolder();
  const found = guess(await sampleTable(logOf(folder, "csv", local, () => "")), null);
  expect(found).toMatchObject({
    kind: "no-label",
    noLog: expect.stringContaining("has no value in some rows"),
  });
});
