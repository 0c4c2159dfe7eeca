// Checks the scores that the README of examples/census-income states, on DeepCTR's file as it is, by bounds that
// follow from the file.

import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { commandsOf, copyOf, runCommands } from "./commands.ts";

const { folder, path } = copyOf("census-income");
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Manifest {
  /** By label and metric. */
  readonly metrics: Readonly<
    Record<"income" | "unmarried", { readonly auc: number; readonly log_loss: number }>
  >;
  readonly data: { readonly trainRows: number };
}

function manifestOf(run: string): Manifest {
  return JSON.parse(readFileSync(join(path, run, "manifest.json"), "utf8")) as Manifest;
}

/** The labels of the last fifth of the file. */
function testLabels(isOne: (line: string) => boolean): { readonly ones: number; readonly zeros: number } {
  const lines = readFileSync(join(path, "samples/census-income.sample"), "utf8").trimEnd().split("\n");
  const tested = lines.slice(-lines.length / 5);
  const ones = tested.filter(isOne).length;
  return { ones, zeros: tested.length - ones };
}

/** The log loss of a model that knows nothing but the share of ones. */
function entropy({ ones, zeros }: ReturnType<typeof testLabels>): number {
  const share = ones / (ones + zeros);
  return -share * Math.log(share) - (1 - share) * Math.log(1 - share);
}

/** The deviation of the AUC of scores that have nothing to do with the labels (Mann and Whitney). */
function deviation({ ones, zeros }: ReturnType<typeof testLabels>): number {
  return Math.sqrt((ones + zeros + 1) / (12 * ones * zeros));
}

const income = testLabels((line) => line.endsWith(" 50000+."));
const unmarried = testLabels((line) => line.includes(", Never married,"));

test("its commands train on the file as it is, and both tasks learn", async () => {
  const commands = commandsOf("census-income");
  expect(commands.map((command) => command.split(" ").slice(0, 3).join(" "))).toEqual([
    "npx dinc train",
    "npx dinc predict",
    "npx dinc importance",
    "npx dinc compile",
    "node --test ranker/model.test.js",
  ]);
  const printed = await runCommands(commands, path);
  expect(printed[2]).toMatch(/^income, 40 rows/m);
  expect(readFileSync(join(path, "scores.csv"), "utf8").trimEnd().split("\n")).toHaveLength(41);
  const { metrics, data } = manifestOf("run");
  expect(data.trainRows).toBe(160);
  // With three people of high income among 40, an AUC says nothing: their log loss must be below that of a constant.
  expect(metrics.income.log_loss).toBeLessThan(entropy(income));
  expect(metrics.unmarried.log_loss).toBeLessThan(entropy(unmarried));
  expect(metrics.unmarried.auc).toBeGreaterThan(0.5 + 4 * deviation(unmarried));
});

test("DeepCTR's batches are ten steps, after which income isn't learned", async () => {
  await runCommands(["npx dinc train -c dinc.yaml --set train.batch=256 --out run-256"], path);
  const { metrics } = manifestOf("run-256");
  expect(metrics.income.log_loss).toBeGreaterThan(entropy(income));
  expect(metrics.income.auc).toBeLessThan(0.5);
});
