// A step after its row's own time is told with the row that has it, whichever rows a window takes, and beside
// no other mistake of that row.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runHere } from "../cli/run-here.ts";

const SPEC = `model ages
features context { now : time }
features item { item_id : id  embed 4 }
history clicks(max: 5) {
  item_id <-> clicked
  at      : time
}
label click : binary
net { predict click = concat(item_id, sum(clicks), mean(log(1 + max(now - clicks.at, 0)))) |> dense(1) |> sigmoid }
`;

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "dinc-future-"));
  writeFileSync(join(folder, "model.din"), SPEC);
});
afterAll(() => rmSync(folder, { recursive: true }));

async function said(rows: readonly string[], data = ""): Promise<string> {
  writeFileSync(join(folder, "rows.csv"), ["now,item_id,clicked,at,click", ...rows, ""].join("\n"));
  writeFileSync(join(folder, "dinc.yaml"), `spec: model.din\ndata: { train: rows.csv${data} }\n`);
  const { code, err } = await runHere(["train", "--out", "run"], { cwd: folder });
  expect(code).toBe(1);
  return err;
}

test("a window leaves out rows before it", async () => {
  const before = ["2026-03-01,a,b,2026-02-01,1", "2026-03-01,b,a,2026-02-01,0"];
  const rows = ["2026-03-05,a,b,2026-03-01,1", "2026-03-06,b,a,2026-03-07,0"];
  const err = await said([...before, ...rows], ", time: now, since: 2026-03-04");
  expect(err).toContain("DIN0879");
  expect(err).toContain("rows.csv, row 4, column at");
});

test("a time that cannot be read is one mistake", async () => {
  const rows = ["2026-03-05,a,b,2026-03-01,1", "soon,b,a,2026-03-01,0", ",a,b,2026-03-01,0"];
  const err = await said(rows);
  expect(err).toContain("rows.csv, row 2, column now");
  expect(err).not.toContain("DIN0879");
});
