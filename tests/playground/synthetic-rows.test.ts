// Rows that the page makes up for a spec with columns of its own: every spec that the manual opens in the playground trains.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { sourceFile } from "../../compiler/common/source-file.ts";
import { check } from "../../compiler/frontend/check/check.ts";
import { vocabularyFileOf } from "../../compiler/frontend/kinds/registry.ts";
import type { Model } from "../../compiler/frontend/model/model.ts";
import { openTraining } from "../../compiler/train/index.ts";
import { measureShown } from "../../playground/workers/measured.ts";
import { pageRows } from "../../playground/workers/page-rows.ts";
import { root } from "../cli/spawn.ts";
import { modelOf } from "../data/models.ts";
import { sweep } from "../support/how-often.ts";
import { specFiles } from "../support/spec-files.ts";

const SEED = 7;

/** The specs of a document that are whole models. */
function specsIn(document: string): (readonly [name: string, text: string])[] {
  const blocks = [...readFileSync(join(root, document), "utf8").matchAll(/^```din\n([\s\S]*?)^```/gm)];
  return blocks.map(([, text], i) => [`${document} ${i + 1}`, text!]);
}

const documents = readdirSync(join(root, "docs")).filter((name) => name.endsWith(".md"));
const models = [
  ...specFiles("examples", "tests/good"),
  ...documents.flatMap((name) => specsIn(`docs/${name}`)),
  ...specsIn("grammar/SPEC.md"),
].flatMap(([name, text]): [string, Model][] => {
  const { value: model } = check(sourceFile(name, text));
  const isWhole = model !== null && model.predictions.length > 0 && !readsFiles(model) && isSmall(model);
  return isWhole ? [[name, model]] : [];
});

/** A page has no files beside its spec. */
function readsFiles({ features, tables }: Model): boolean {
  return (
    [...features.values()].some((feature) => vocabularyFileOf(feature) !== null) ||
    [...tables.values()].some(({ options }) => options.vectors !== null)
  );
}

/** A page has no memory for tables of machines, nor time for a warm-up of more steps than its rows have (DIN0436). */
function isSmall({ features, train: { schedule } }: Model): boolean {
  const isLong = "warmup" in schedule && schedule.warmup > 200;
  return (
    !isLong && [...features.values()].every(({ kind }) => kind.kind !== "sized_id" || kind.size < 10_000_000)
  );
}

/** A schedule may be longer than a part of the rows, and codes need many vectors. */
function needsMany({ features, train: { schedule } }: Model): boolean {
  const hasCodes = [...features.values()].some(({ kind }) => kind.kind === "codes");
  return hasCodes || ("warmup" in schedule && schedule.warmup > 0);
}

test("these are many specs", () => {
  expect(models.length).toBeGreaterThan(250);
});

describe("a step trains", () => {
  test.each(sweep(models))("%s", async (_, model) => {
    const { model: own, train, test: measured } = pageRows(model, SEED);
    const rows = { train: needsMany(model) ? train : train.slice(0, 200), test: measured.slice(0, 60) };
    const valid = model.train.earlyStop === null ? {} : { valid: rows.test };
    const training = await openTraining(own, { ...rows, ...valid, seed: SEED, intervals: false });
    const { stepLoss } = await training.step();
    await training.close();
    expect(stepLoss).not.toBeNaN();
  });
});

const shop = modelOf(`model shop
features user { shopper : id  embed 8 }
features item {
  sku   : id  embed 8
  shelf : id  embed 8
}
history bought(max: 20) { shelf <-> past_shelves }
label basket : binary
net {
  let interest   = mean(bought)
  predict basket = concat(shopper, sku, shelf, interest, shelf * interest) |> mlp([16], relu) |> dense(1) |> sigmoid
}
train { batch 128  epochs 2  optimizer adam(learning_rate: 1e-2) }
`);

test("there is something to learn, and the best that can be reached is known", async () => {
  const { train, test: measured, best } = pageRows(shop, SEED);
  expect(best!.auc).toBeGreaterThan(0.75);
  expect(best!.auc).toBeLessThan(0.95);
  const training = await openTraining(shop, { train, test: measured, seed: SEED, intervals: false });
  await training.run();
  const { value } = await measureShown(training, training.test!);
  expect(value).toBeGreaterThan(0.7);
  expect(value).toBeLessThan(best!.auc);
});

test("the same seed gives the same rows, and another one others", async () => {
  const some = async (seed: number) => pageRows(shop, seed).train.slice(0, 50);
  expect(await some(SEED)).toEqual(await some(SEED));
  expect(await some(SEED)).not.toEqual(await some(SEED + 1));
});

test("a history has nothing of its own row's visit or later", async () => {
  const { train } = pageRows(shop, SEED);
  const own = train.filter(({ shopper }) => shopper === train[0]!["shopper"]);
  const lengths = own.map(({ past_shelves }) => (past_shelves as readonly unknown[]).length);
  // The four rows of a visit have the same past.
  for (const [i, length] of lengths.entries()) expect(length).toBe(lengths[i - (i % 4)]);
  expect(lengths.at(-1)).toBeGreaterThan(lengths[0]!);
});
