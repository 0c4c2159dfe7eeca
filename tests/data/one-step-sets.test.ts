// An empty cell of a CSV beside one step is that step's empty set, also for a network that reads the sets alone: `dinc predict`
// scores a row as its lists do, in which nothing is left to guess.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runHere } from "../cli/run-here.ts";

const SPEC = `model shop
features item {
  item_id : id  embed 2
  tags    : set(id, max: 3)  embed 3
}
history clicks(max: 4) {
  item_id <-> clicked
  tags    <-> clicked_tags
}
label click : binary
net { predict click = concat(tags, mean(clicks.tags), sum(place(clicks))) |> dense(1) |> sigmoid }
train { batch 8  epochs 2 }
`;

/** Up to three steps, of which some have no tag. */
const rows = Array.from({ length: 40 }, (_, i) => ({
  item_id: `i${i % 7}`,
  tags: [`t${i % 3}`],
  clicked: Array.from({ length: i % 4 }, (_, step) => `i${(i + step) % 7}`),
  clicked_tags: Array.from({ length: i % 4 }, (_, step) => ((i + step) % 3 === 0 ? [] : [`t${step}`])),
  click: (i * i) % 3 === 0 ? 1 : 0,
}));
const csv = rows.map(({ item_id, tags, clicked, clicked_tags, click }) =>
  [
    item_id,
    tags.join("|"),
    clicked.join("|"),
    clicked_tags.map((set) => set.join(";")).join("|"),
    click,
  ].join(","),
);

let folder = "";
const at = (file: string) => join(folder, file);
const dinc = async (...args: string[]) => {
  const { code, err } = await runHere(args, { cwd: folder });
  expect(code, err).toBe(0);
};

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "dinc-one-step-"));
  writeFileSync(at("model.din"), SPEC);
  writeFileSync(at("rows.csv"), `${Object.keys(rows[0]!).join(",")}\n${csv.join("\n")}\n`);
  writeFileSync(at("rows.jsonl"), rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
  writeFileSync(at("dinc.yaml"), "spec: model.din\ndata: { train: rows.csv }\n");
  await dinc("train", "-c", "dinc.yaml", "--out", "run", "--backend", "wasm");
});
afterAll(() => rmSync(folder, { recursive: true }));

test("cells and lists have the same scores", async () => {
  expect(
    rows.some(({ clicked_tags: [first, ...others] }) => first?.length === 0 && others.length === 0),
  ).toBe(true);
  for (const format of ["csv", "jsonl"])
    await dinc("predict", "run", "--data", `rows.${format}`, "--out", `${format}.scores.csv`);
  expect(readFileSync(at("csv.scores.csv"), "utf8")).toBe(readFileSync(at("jsonl.scores.csv"), "utf8"));
});
