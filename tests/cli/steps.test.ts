// A run remembers how the lists of its rows stood: rows to be scored are read the same way unless the command
// says otherwise.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runHere } from "./run-here.ts";

const spec = `model ordered

features item { item_id : id  embed 4 }
history clicks(max: 3) {
  item_id <-> seen
  dwell   : number |> log1p
}
label click : binary

net { predict click = concat(item_id, last(gru(clicks, width: 4))) |> dense(8, tanh) |> dense(1) |> sigmoid }

train { optimizer adam(learning_rate: 0.05)  batch 16  epochs 3 }
`;

function rows(latestFirst: boolean, between: string): string {
  const lines = ["item_id,seen,dwell,click"];
  for (let i = 0; i < 40; i++) {
    const steps = Array.from({ length: i % 6 }, (_, k) => [`i${(i + k) % 5}`, String((i * k) % 7)] as const);
    if (latestFirst) steps.reverse();
    const column = (at: 0 | 1) => steps.map((step) => step[at]).join(between);
    lines.push(`i${(i * 3) % 5},${column(0)},${column(1)},${(i + (i % 3)) % 2}`);
  }
  return `${lines.join("\n")}\n`;
}

let folder = "";
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "dinc-steps-"));
  writeFileSync(join(folder, "model.din"), spec);
  writeFileSync(join(folder, "turned.csv"), rows(true, ";"));
  writeFileSync(join(folder, "usual.csv"), rows(false, "|"));
  writeFileSync(
    join(folder, "dinc.yaml"),
    'spec: model.din\ndata:\n  train: turned.csv\n  separator: ";"\n  steps: latest_first\n',
  );
  expect(await runHere(["train", "--backend", "wasm", "--out", "run"], { cwd: folder })).toMatchObject({
    code: 0,
  });
});
afterAll(() => rmSync(folder, { recursive: true }));

const predict = (...args: readonly string[]) =>
  runHere(["predict", "run", "--out", "-", ...args], { cwd: folder });

test("rows with the steps ordered as in training, rows with the other order, and dinc.yaml give the same scores", async () => {
  const asTrained = await predict("--data", "turned.csv");
  expect(asTrained.code, asTrained.err).toBe(0);
  expect(asTrained.out.split("\n")).toHaveLength(42);
  expect((await predict("-c", "dinc.yaml", "--split", "train")).out).toBe(asTrained.out);
  const usual = ["--data", "usual.csv", "--separator", "|"];
  expect((await predict(...usual, "--steps", "latest_last")).out).toBe(asTrained.out);
  expect((await predict(...usual)).out).not.toBe(asTrained.out);
});

test("an unknown order is a mistake in the command", async () => {
  const said = await predict("--data", "usual.csv", "--steps", "newest");
  expect(said).toMatchObject({ code: 2, out: "" });
  expect(said.err).toContain("latest_last, latest_first");
});
