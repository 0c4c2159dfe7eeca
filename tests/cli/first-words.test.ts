// Whatever a newcomer gives a command first (nothing, a folder, a spec, a run, rows, settings), the answer is never a stack
// trace, and a refusal says what to give instead.

import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { allCommands } from "../../runtime/cli/table/commands.ts";
import { flagOf, type NamedCommand } from "../../runtime/cli/table/describe.ts";
import { sweep } from "../support/how-often.ts";
import { runHere } from "./run-here.ts";

const folder = mkdtempSync(join(tmpdir(), "dinc-first-"));
const here = { cwd: folder };
const written = ["model.din", "dinc.yaml", "clicks.csv", "my-run", "folder"].sort();
afterAll(() => rmSync(folder, { recursive: true }));
beforeAll(async () => {
  const write = (name: string, text: string) => writeFileSync(join(folder, name), text);
  mkdirSync(join(folder, "folder"));
  write(
    "model.din",
    `model first
features user { user_id : id  embed 2 }
features item { item_id : id  embed 2 }
label click : binary
net { predict click = concat(user_id, item_id) |> dense(1) |> sigmoid }
train { optimizer adam  batch 4  epochs 1  metrics log_loss }
`,
  );
  write("dinc.yaml", "spec: model.din\ndata:\n  train: clicks.csv\n");
  const rows = Array.from({ length: 20 }, (_, i) => `u${i % 3},i${i % 5},${i % 2}\n`);
  write("clicks.csv", `user_id,item_id,click\n${rows.join("")}`);
  const { code, err } = await runHere(
    ["train", "-c", "dinc.yaml", "--backend", "wasm", "--out", "my-run"],
    here,
  );
  expect(code, err).toBe(0);
});

/** They serve, install, or are no answer to a file. */
const others = ["serve", "lsp", "playground", "completion", "native install", "torch install", "doctor"];

/** Files of these endings are refused before anything else is read. */
const ENDINGS: Readonly<Record<string, string>> = {
  predict: ".csv",
  "export items": ".npy",
  "export embeddings": ".npy",
};

function requiredOf({ path, options }: NamedCommand): string[] {
  const out = `out${ENDINGS[path.join(" ")] ?? ""}`;
  return options
    .filter(({ isRequired, name }) => isRequired || name === "out")
    .flatMap((option) => [
      flagOf(option),
      option.name === "data" ? "clicks.csv" : (option.choices?.[0] ?? out),
    ]);
}

const firstWords = ["", "folder", "model.din", "my-run", "clicks.csv", "dinc.yaml", "none"];
const lines = allCommands()
  .filter(({ path }) => !others.includes(path.join(" ")))
  .flatMap((command) => {
    const required = requiredOf(command);
    const all = firstWords.map((word) => [...command.path, ...(word === "" ? [] : [word]), ...required]);
    return required.length === 0 ? all : [[...command.path], ...all];
  });

test.each(sweep(lines, 4).map((words) => [words.join(" "), words] as const))("dinc %s", async (_, words) => {
  const { code, err } = await runHere(words, here);
  expect(err).not.toMatch(/internal error|\n {4}at /);
  expect(code).toBeLessThan(3);
  if (code !== 0) expect(err).toMatch(/= (?:help|fix|guess): |`dinc |--[a-z]/);
  for (const name of readdirSync(folder))
    if (!written.includes(name)) rmSync(join(folder, name), { recursive: true });
  for (const name of readdirSync(join(folder, "folder"))) rmSync(join(folder, "folder", name));
});

describe("the answer names", () => {
  test.each([
    ["graph folder", "there is no spec in it: name a .din file; `dinc init folder --data clicks.csv`"],
    ["graph my-run", "name the spec in it: my-run/model.din"],
    ["eval none", "there is no such folder; the path begins at the current folder"],
    ["compile my-run --target typescript --out out", "write `--target ts`"],
    ["export my-run", "such as `dinc export"],
    ["export items", "dinc export items --help"],
    ["lint", "such as `dinc lint"],
    ["diff my-run", "such as `dinc diff"],
    ["check my-run", "`dinc check my-run/model.din` looks at that"],
    ["check folder", "`dinc init folder --data clicks.csv` drafts both there"],
    ["runs model.din", "model.din is a file, not a folder of runs"],
    ["eval clicks.csv", "it has rows, which --data clicks.csv names"],
    ["eval dinc.yaml", "it has settings, which -c dinc.yaml names"],
    ["explain model.din", "`dinc check model.din` checks a file"],
    [
      "init mine.din --data clicks.csv",
      "`dinc init mine --data clicks.csv` writes model.din and dinc.yaml into it",
    ],
    ["init model.din --data clicks.csv", "name a folder"],
  ])("dinc %s", async (line, meant) => {
    const { code, err } = await runHere(line.split(" "), here);
    expect(code).toBeGreaterThan(0);
    expect(err).toContain(meant);
  });
});
