// docs/commands.md shows what the commands print. What depends on a trained run is held to its form, numbers left out.

import { spawnSync } from "node:child_process";
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { allCommands } from "../../runtime/cli/table/commands.ts";
import { runHere } from "../cli/run-here.ts";
import { root } from "../cli/spawn.ts";

const text = readFileSync(join(root, "docs/commands.md"), "utf8");
const shown = [...text.matchAll(/^```\n\$ dinc (\S+.*)\n([^$`][\s\S]*?)```$/gm)].map(
  ([, command, output]) => [command!, output!] as const,
);
/** Whether it reads what is made below, instead of files of the repository. */
const isOfRun = ([command]: readonly [string, string]) => !/ (?:examples|tests)\//.test(command);

/** Commands with `--format pretty`, except those that other pages show. */
const printing = allCommands().filter(
  ({ path, options }) =>
    options.some(({ name, choices }) => name === "format" && choices?.includes("pretty")) &&
    !["train", "test-data"].includes(path[0]!),
);

test("what the commands that print for a reader print is shown", () => {
  const names = new Set(shown.map(([command]) => command.split(" ")[0]));
  expect(names).toEqual(new Set([...names, ...printing.map(({ name }) => name)]));
  expect([...names].filter((name) => !allCommands().some(({ path }) => path[0] === name))).toEqual([]);
});

/** `…` stands for lines left out. */
const partsOf = (output: string) => output.split("…\n");

test.each(shown.filter((each) => !isOfRun(each)))("dinc %s", async (command, output) => {
  const { code, out } = await runHere(command.split(" "));
  expect(code).toBe(0);
  for (const part of partsOf(output)) expect(out).toContain(part);
});

let folder = "";
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "dinc-documentation-"));
  const spec = readFileSync(join(root, "examples/din-simulated/model.din"), "utf8");
  const measured = "metrics auc, gauc(by: user_id), log_loss, ece(equal: rows), ndcg(by: user_id, at: 5)";
  writeFileSync(join(folder, "model.din"), spec.replace(/metrics .*/, measured));
  const line = (i: number) =>
    `u${i % 40},f,i${(i * 7) % 50},c${(i * 7) % 5},${i % 9}.5,${i % 24},i${i % 50}|i${(i * 3) % 50},c1|c2,${(i * i) % 3 === 0 ? 1 : 0}`;
  const head = "user_id,gender,item_id,cate_id,price,hour,hist_item_id,hist_cate_id,click";
  for (const split of ["train", "valid", "test"])
    writeFileSync(
      join(folder, `${split}.csv`),
      `${head}\n${Array.from({ length: 400 }, (_, i) => line(i + (split === "valid" ? 7 : 0))).join("\n")}\n`,
    );
  const generated = join(folder, "generated");
  const generator = join(root, "examples/din-simulated/generate.mjs");
  const { status } = spawnSync(process.execPath, [generator, "--users", "300", "--out", generated]);
  expect(status).toBe(0);
  copyFileSync(join(generated, "train.csv"), join(folder, "rows.csv"));
  writeFileSync(join(folder, "dinc.yaml"), "spec: model.din\ndata: { train: train.csv, test: test.csv }\n");
  const train = async (out: string, epochs: number, ...args: string[]) => {
    const options = ["-c", "dinc.yaml", "--out", out, "--backend", "wasm", "--set", `train.epochs=${epochs}`];
    const { code, err } = await runHere(["train", ...args, ...options], { cwd: folder });
    expect(code, err).toBe(0);
  };
  await train("run", 1);
  await train("base", 1);
  const wide = readFileSync(join(folder, "model.din"), "utf8").replace("mlp([64, 32]", "mlp([128, 32]");
  writeFileSync(join(folder, "wide.din"), wide);
  await train("wide", 2, "wide.din");
  writeFileSync(join(folder, "few.din"), spec.replace(/metrics .*/, "metrics auc, log_loss"));
  const tuned = "  train.learning_rate: log(1e-3..1e-1)\n  train.batch: choice(128, 256)\n";
  writeFileSync(
    join(folder, "tune.yaml"),
    `spec: few.din\ntune:\n${tuned}data: { train: train.csv, valid: valid.csv, test: test.csv }\n`,
  );
  for (const batch of ["128", "256"]) {
    const set = ["--set", "data.valid=valid.csv", "--set", `train.batch=${batch}`];
    await train(`runs/batch-${batch}`, 2, "few.din", ...set);
  }
});
afterAll(() => rmSync(folder, { recursive: true }));

const withoutNumbers = (output: string) =>
  output.replaceAll(/\d[\d.,]*(?:e-?\d+\.?)?/g, "0").replaceAll(/ +/g, " ");

test.each(shown.filter(isOfRun))("dinc %s", async (command, output) => {
  const { code, out, err } = await runHere(command.split(" "), { cwd: folder });
  // As of diff(1), which says by it that the two differ.
  expect(code, err).toBe(command.startsWith("diff ") ? 1 : 0);
  for (const part of partsOf(output)) expect(withoutNumbers(out + err)).toContain(withoutNumbers(part));
});
