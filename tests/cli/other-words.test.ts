// A newcomer types the commands and options of other tools first: the answer names dinc's own.

import { describe, expect, test } from "vitest";
import { allCommands } from "../../runtime/cli/table/commands.ts";
import { flagOf } from "../../runtime/cli/table/describe.ts";
import { withOtherWords } from "../../runtime/cli/table/other-words.ts";
import { runHere } from "./run-here.ts";

const all = allCommands();
const commandNames = new Set(all.map(({ path }) => path.join(" ")));
const firstWords = new Set(all.map(({ path }) => path[0]!));
const flags = new Set(["--version", ...all.flatMap(({ options }) => options.map(flagOf))]);

describe("a command of another tool", () => {
  test.each([
    ["fit", "dinc train"],
    ["test", "dinc eval"],
    ["score", "dinc predict"],
    ["server", "dinc serve"],
    ["deploy", "dinc compile"],
    ["report", "report.html"],
    ["version", "dinc --version"],
    ["tensorboard", "dinc train --tensorboard"],
    ["install", "dinc doctor"],
  ])("%s", async (typed, meant) => {
    const { code, err } = await runHere([typed]);
    expect(code).toBe(2);
    expect(err).toContain(`unknown command '${typed}'`);
    expect(err).toContain(meant);
    expect(err).not.toContain("Did you mean");
  });

  test("not behind a command that has commands", async () => {
    const { err } = await runHere(["export", "run"]);
    expect(err).toContain("unknown command 'run'");
    expect(err).toContain("dinc export embeddings");
    expect(err).not.toContain("dinc train");
  });

  test("a misspelt one still gets commander's guess", async () => {
    const { err } = await runHere(["trian"]);
    expect(err).toContain("(Did you mean train?)");
  });
});

describe("an option of another tool", () => {
  test.each([
    ["--epochs", "train.epochs=3"],
    ["--lr", "write `--set train.learning_rate=1e-3`"],
    ["--optimizer", "optimizer adam(learning_rate: 1e-3)"],
    ["--data", "write `-c dinc.yaml`, which names the data"],
    ["--batch_size", "train.batch=256"],
    ["--output-dir", "--out my-run"],
    ["--test", "data.test=test.csv"],
    ["--valid", "data.valid=valid.csv"],
  ])("%s", async (typed, meant) => {
    const { code, err } = await runHere(["train", typed, "3"]);
    expect(code).toBe(2);
    expect(err).toContain(`unknown option '${typed}'`);
    expect(err).toContain(meant);
  });
});

test.each([
  ["-v", "dinc --version"],
  ["-V", "dinc --version"],
  ["init clicks.csv", "`dinc init --data clicks.csv`"],
  ["init", "`dinc init --data clicks.csv`"],
  ["train model.din clicks.csv", "`--set data.train=clicks.csv`"],
  ["predict my-run 'clicks.csv' --out scores.csv", "`--data clicks.csv`"],
  ["eval my-run test.parquet", "`--data test.parquet`"],
  ["predict model.din", "dinc train model.din"],
])("dinc %s", async (line, meant) => {
  const { code, err } = await runHere(line.replaceAll("'", "").split(" "));
  expect(code).toBe(2);
  expect(err).toContain(meant);
});

test.each([
  ["check tests/bad/none.csv", "there is no such file"],
  ["check package.json", "DIN0569"],
  ["train compiler/std/none.din --out /tmp/none", "the path begins at the current folder"],
  ["eval examples/din-simulated/model.din --data rows.csv", "it is a spec"],
])("dinc %s says what to name instead", async (line, meant) => {
  const { code, err } = await runHere(line.split(" "));
  expect(code).toBe(1);
  expect(err).toContain(meant);
});

test("what the answers name exists", async () => {
  const source = await import("node:fs").then(({ readFileSync }) =>
    readFileSync(new URL("../../runtime/cli/table/other-words.ts", import.meta.url), "utf8"),
  );
  const named = [...source.matchAll(/`dinc ([a-z][a-z-]*)/g)].map(([, name]) => name!);
  expect(named.length).toBeGreaterThan(10);
  expect(named.filter((name) => !firstWords.has(name))).toEqual([]);
  const written = [...source.matchAll(/[` ](--[a-z-]+)/g)].map(([, flag]) => flag!);
  expect(written.filter((flag) => !flags.has(flag))).toEqual([]);
});

test("a word that is a command or an option of dinc stays what it is", () => {
  for (const name of commandNames)
    expect(withOtherWords(`error: unknown command '${name}'`)).toBe(`error: unknown command '${name}'`);
});
