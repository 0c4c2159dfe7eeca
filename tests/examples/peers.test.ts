// The README of examples/peers: other libraries' first examples train on their files as they are, and the table counts the
// lines of each.

import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { runHere } from "../cli/run-here.ts";
import { root } from "../cli/spawn.ts";
import { commandsOf, copyOf } from "./commands.ts";

const { folder: copies, path: folder } = copyOf("peers");
afterAll(() => rmSync(copies, { recursive: true, force: true }));

interface Ran {
  readonly loss: number;
  readonly auc: number;
  readonly logLoss: number;
  /** The messages of its training. */
  readonly said: string;
}

/** By run, after its last epoch. */
const runs = new Map<string, Ran>();

beforeAll(async () => {
  for (const command of commandsOf("peers")) {
    const args = command.split(" ").slice(2);
    const { code, err } = await runHere([...args, "--backend", "wasm"], { cwd: folder });
    expect([command, code], err).toEqual([command, 0]);
    const name = args.at(-1)!;
    const last = readFileSync(join(folder, name, "metrics.jsonl"), "utf8")
      .trimEnd()
      .split("\n")
      .at(-1)!;
    const { train_loss, auc, log_loss } = JSON.parse(last) as Record<
      "train_loss" | "auc" | "log_loss",
      number
    >;
    runs.set(name, { loss: train_loss, auc, logLoss: log_loss, said: err });
  }
});

/** The labels of rows, which are the first column. */
function onesOf(rows: readonly string[]): { readonly ones: number; readonly zeros: number } {
  const ones = rows.filter((row) => row.startsWith("1,")).length;
  return { ones, zeros: rows.length - ones };
}

function linesOf(path: string): string[] {
  return readFileSync(join(root, "examples", path), "utf8")
    .trimEnd()
    .split("\n");
}

/** The log loss of a model that knows only the share of clicks in Criteo's last fifth. */
function criteoEntropy(): number {
  const rows = linesOf("peers/samples/criteo_sample.txt").slice(1);
  const { ones, zeros } = onesOf(rows.slice(-rows.length / 5));
  const share = ones / (ones + zeros);
  return -share * Math.log(share) - (1 - share) * Math.log(1 - share);
}

describe("DeepFM", () => {
  test("is better on Criteo's last fifth than the share of clicks", () => {
    expect(runs.get("criteo")!.logLoss).toBeLessThan(criteoEntropy());
  });

  test("tells, by one step, the clicks of Taobao's rows that it was trained on", () => {
    const { ones, zeros } = onesOf(linesOf("peers/samples/valid_sample.csv").slice(1));
    // The deviation of the AUC of scores that have nothing to do with the labels (Mann and Whitney).
    const deviation = Math.sqrt((ones + zeros + 1) / (12 * ones * zeros));
    expect(runs.get("taobao")!.auc).toBeGreaterThan(0.5 + 2 * deviation);
  });
});

test("DeepCTR-Torch's settings, Adagrad from an empty accumulator, learn the training rows by heart", () => {
  // Their loss is below that of the share of clicks, that of the test rows above it: 200 rows are too few for this network.
  const { loss, logLoss } = runs.get("criteo-torch")!;
  expect(loss).toBeLessThan(criteoEntropy());
  expect(logLoss).toBeGreaterThan(criteoEntropy());
});

test("one step of DIN knows more than a coin", () => {
  expect(runs.get("taobao-din")!.logLoss).toBeLessThan(Math.LN2);
});

test("most of FuxiCTR's validation rows are training rows, which dinc says", () => {
  expect(runs.get("taobao")!.said).toContain("95 of these 100 validation rows are also training rows");
});

test("the table counts the lines of specs and settings", () => {
  const readme = linesOf("peers/README.md");
  const counted = (path: string) =>
    linesOf(path).filter((line) => line.trim() !== "" && !/^\s*(\/\/|#)/.test(line)).length;
  for (const [here, ...files] of [
    ["[census-income](../census-income)", "census-income/mmoe.din", "census-income/dinc.yaml"],
    ["`criteo.din`, `criteo.yaml`", "peers/criteo.din", "peers/criteo.yaml"],
    ["`taobao.din`, `taobao.yaml`", "peers/taobao.din", "peers/taobao.yaml"],
    ["`taobao-din.din`, `taobao.yaml`", "peers/taobao-din.din", "peers/taobao.yaml"],
  ] as const) {
    const row = readme.find((line) => line.startsWith(`| ${here} |`));
    expect(row?.split(" | ").at(-1)).toBe(`${files.map(counted).join(" + ")} |`);
  }
});
