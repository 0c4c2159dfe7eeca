// Impressions from the command line: what is said where rows, logs and columns do not fit together.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runHere } from "./run-here.ts";

const cwd = mkdtempSync(join(tmpdir(), "dinc-impressions-"));
afterAll(() => rmSync(cwd, { recursive: true }));

const dinc = async (...args: readonly string[]) => {
  const { code, out, err } = await runHere([...args], { cwd });
  return { code, said: out + err };
};

const shown = (users: readonly string[], from: number) =>
  users.map((user, i) => `${user},${i % 3},${from + i},${i % 2}`);
const csv = (lines: readonly string[], more = "") =>
  `${[`user_id,item_id,at,click${more}`, ...lines].join("\n")}\n`;
const users = Array.from({ length: 24 }, (_, i) => `u${i % 4}`);
const yaml = (rows: string) => `spec: model.din
data:
  train: ${rows}
  impressions: { user: user_id, time: at, histories: { clicks: { where: { click: 1 } } } }
`;

beforeAll(async () => {
  const files = {
    "model.din": `model shop
features user { user_id : id  embed 2 }
features item { item_id : id  embed 2 }
history clicks(max: 4) { item_id <-> past }
history seen(max: 4) { item_id <-> seen_items }
label click : binary
net { predict click = concat(user_id, item_id, mean(clicks), mean(seen)) |> dense(1) |> sigmoid }
train { batch 8  epochs 1  metrics log_loss }
`,
    "rows.csv": csv(
      shown(users, 100).map((line) => `${line},`),
      ",seen_items",
    ),
    "dinc.yaml": yaml("rows.csv"),
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(cwd, name), text);
  const { code, said } = await dinc("train", "-c", "dinc.yaml", "--out", "run");
  expect(said).toContain("24 training rows");
  expect(code).toBe(0);
});

test("a history that training made is not in a file: the config makes it again", async () => {
  const help =
    "In training, `data.impressions` made it: `-c dinc.yaml --split test` makes it again; rows of --data have it already.";
  writeFileSync(join(cwd, "plain.csv"), csv(shown(users, 200)));
  for (const command of [["eval"], ["predict", "--out", "scores.csv"]]) {
    const [name, ...more] = command;
    const { code, said } = await dinc(name!, "run", "--data", "plain.csv", ...more);
    expect(code).toBe(1);
    const [ofClicks, ofSeen] = said.split(/(?=error\[DIN0543)/).filter((text) => text.includes("DIN0543"));
    expect(ofClicks).toContain("no column `past`");
    expect(ofClicks).toContain(`= help: ${help} The columns are \`user_id\``);
    expect(ofSeen).toContain("no column `seen_items`");
    expect(ofSeen).not.toContain("impressions");
  }
});

test("splits of two formats are no log, and one is to be named", async () => {
  writeFileSync(
    join(cwd, "later.jsonl"),
    `${JSON.stringify({ user_id: "u1", item_id: 1, at: 300, click: 1, seen_items: [] })}\n`,
  );
  const two = ["train", "-c", "dinc.yaml", "--set", "data.test=later.jsonl"];
  const { code, said } = await dinc(...two, "--out", "two");
  expect(code).toBe(1);
  expect(said).toContain(
    "error[DIN0673 formats-differ]: `data.impressions` names no log, and the rows of all splits cannot serve as one, because they have two formats: rows.csv and later.jsonl",
  );
  expect(said).toContain("name a log: `log: { path: … }`");
  const named = await dinc(...two, "--set", "data.impressions.log.path=rows.csv", "--out", "named");
  expect(named.said).toContain("24 training rows, 1 test row");
  expect(named.code).toBe(0);
});

test("a time that is none counts once, though it parts the rows and is compared with the log's", async () => {
  writeFileSync(join(cwd, "bad.csv"), csv([...shown(users, 100), "u1,1,oops,0", "u2,1,late,0"]));
  writeFileSync(
    join(cwd, "bad.yaml"),
    `${yaml("bad.csv").replace(" histories: { clicks: { where: { click: 1 } } }", "")}  validate: { share: 0.2, latest_by: at }\n`,
  );
  const counted = await dinc("train", "-c", "bad.yaml", "--on-bad-row", "count", "--out", "counted");
  expect(counted.said).toContain(
    '`at` is "oops", which cannot be compared with the numbers of the other rows (and 1 more like this)',
  );
  const skipped = await dinc("train", "-c", "bad.yaml", "--on-bad-row", "skip", "--out", "skipped");
  expect(skipped.said).toContain("left out 2 of 26 rows of bad.csv: not-an-order in at (2, first row 25)");
  expect(skipped.code).toBe(0);
});
