// A training of rows in memory: the same weights and metrics as `dinc train` of a file with these rows, bit
// by bit, and what can be asked of it between two steps.

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, onTestFinished, test } from "vitest";
import { typescript } from "../../compiler/backends/typescript/backend.ts";
import {
  type Cell,
  compileTrained,
  DiagnosticError,
  openTraining,
  type Training,
  type TrainingEvent,
  UsageError,
} from "../../compiler/train/index.ts";
import { emitContext } from "../../runtime/driver/emit-context.ts";
import { formOfNode } from "../../runtime/engines/threads.ts";
import { openRun, train } from "../../runtime/index.ts";
import { TestFolder } from "../data/files.ts";
import { modelOf } from "../data/models.ts";
import { line, model as rich, row, WHOLE } from "../data/rich-rows.ts";

type Row = Readonly<Record<string, Cell>>;

/** Rows of every kind of feature, as a file has them and as JavaScript does. */
const lines = [...WHOLE, ...fc.sample(row, 60)].map(line);
const rows = lines.map((text) => JSON.parse(text) as Row);
const [trainRows, validRows] = [rows.slice(0, 48), rows.slice(48)];

/** As long as the spec says: twice, with what is drawn for each step. */
const model = modelOf(
  rich.file.text
    .replace("epochs 1", "epochs 2")
    .replace("sum(recent)) |> dense(2)", "sum(recent)) |> dropout(0.2) |> dense(2)"),
);

const portable = formOfNode() === "plain";

async function opened(over: Partial<Parameters<typeof openTraining>[1]> = {}): Promise<Training> {
  const training = await openTraining(model, { train: trainRows, seed: 7, portable, ...over });
  onTestFinished(() => training.close());
  return training;
}

const bitsOf = (values: Float32Array) => [...new Uint32Array(values.slice().buffer)];

function weightsOf({ parameters, tables }: Pick<ReturnType<Training["trained"]>, "parameters" | "tables">) {
  return new Map([
    ...[...parameters].map(([name, values]) => [name, bitsOf(values)] as const),
    ...[...tables].map(([name, { values }]) => [`table ${name}`, bitsOf(values)] as const),
  ]);
}

const columnsOf = (all: readonly Row[]): Record<string, Cell[]> =>
  Object.fromEntries(Object.keys(all[0]!).map((name) => [name, all.map((each) => each[name])]));

describe("rows in memory", () => {
  test("train to the weights of dinc train, with its vocabularies, losses and metrics", async () => {
    const folder = new TestFolder();
    const write = (name: string, some: readonly string[]) => {
      writeFileSync(join(folder.path, name), some.join("\n"));
      return join(folder.path, name);
    };
    const set = [
      `data.train=${write("train.jsonl", lines.slice(0, 48))}`,
      `data.valid=${write("valid.jsonl", lines.slice(48))}`,
    ];
    const out = join(folder.path, "run");
    const there = await train(model.file, { set, out, seed: 7, backend: "wasm" });
    const run = await openRun(out);

    for (const given of [trainRows, columnsOf(trainRows)]) {
      const training = await opened({ train: given, valid: columnsOf(validRows) });
      await training.run();
      expect(training.isOver).toBe(true);
      expect(training.fitted).toEqual(run.run.fitted);
      expect(weightsOf(training.trained())).toEqual(weightsOf(run));
      const known = ({ epoch, loss, terms, curve, evaluations }: (typeof there.epochs)[number]) => ({
        ...{ epoch, loss, terms, curve },
        evaluations: evaluations.map(({ split, label, rows: count, values }) => ({
          split,
          label,
          count,
          values,
        })),
      });
      expect(training.epochs.map(known)).toEqual(there.epochs.map(known));
    }
  });

  test("train to the same weights step by step, with pauses, aborts, scores and metrics between steps", async () => {
    const whole = await opened();
    await whole.run();
    const events: TrainingEvent[] = [];
    const training = await opened({ onEvent: (event) => events.push(event) });
    const first = await training.step();
    expect(first).toMatchObject({ kind: "step", epoch: 1, step: 1, steps: 12, epochs: 2 });
    await training.run({ steps: 4 });
    expect(training.position).toEqual({ epoch: 1, steps: 5 });
    const held = training.encode(validRows);
    expect(held.rows).toBe(validRows.length);
    const measured = await training.evaluate(held, { metrics: [{ kind: "auc" }, { kind: "log_loss" }] });
    expect(measured.map(({ label }) => label)).toEqual(["click", "buy"]);
    expect(measured[0]!.values).toEqual({ auc: expect.any(Number), log_loss: expect.any(Number) });
    const signal = { aborted: true };
    await training.run({ signal });
    expect(training.position.steps).toBe(5);
    // The end of an epoch belongs to its last step.
    await training.run({ steps: 7 });
    expect(training.position).toEqual({ epoch: 2, steps: 0 });
    await training.predict(held);
    while (!training.isOver) await training.step();
    expect(weightsOf(training.trained())).toEqual(weightsOf(whole.trained()));
    expect(events.filter(({ kind }) => kind === "step")).toHaveLength(24);
    expect(events.filter(({ kind }) => kind === "epoch")).toHaveLength(2);
    await expect(training.step()).rejects.toThrow(UsageError);
  });

  test("are scored with labels and without, as encoded rows or as they are", async () => {
    const training = await opened();
    await training.run({ steps: 3 });
    const predicted = await training.predict(validRows);
    const { logits, probabilities, numbers, outputs } = predicted;
    expect([numbers.size, outputs.size]).toEqual([0, 0]);
    const without = validRows.map(({ click: _, buy: __, ...others }) => others);
    expect(await training.predict(without)).toEqual(predicted);
    expect(await training.predict(training.encode(without))).toEqual(predicted);
    expect([...logits.keys()]).toEqual(["click", "buy"]);
    logits.get("click")!.forEach((logit, i) => {
      expect(probabilities.get("click")![i]).toBeCloseTo(1 / (1 + Math.exp(-logit)), 6);
    });
    const [click] = await training.evaluate(validRows, { intervals: true });
    expect(Object.keys(click!.values)).toEqual(["auc", "gauc"]);
    await expect(training.evaluate(without)).rejects.toThrow(DiagnosticError);
  });
});

test("a trained model is compiled to the module that dinc compile makes of such a run", async () => {
  const training = await opened();
  await training.run({ steps: 5 });
  const trained = training.trained();
  const { load } = emitContext("", 0);
  const { files } = await compileTrained(trained, { load, version: "1.2.3" });
  const expected = await typescript.target.emit(trained, {}, emitContext("1.2.3", 7));
  expect([...files.keys()]).toEqual([...expected.files.keys()]);
  expect(files).toEqual(expected.files);
  await expect(compileTrained(trained, { load, withoutTable: ["none"] })).rejects.toThrow(UsageError);
});

describe("what is wrong with rows", () => {
  async function said(train: Parameters<typeof openTraining>[1]["train"]) {
    const error: unknown = await openTraining(model, { train }).catch((reason: unknown) => reason);
    if (!(error instanceof DiagnosticError)) throw error;
    return error.diagnostics.map(({ name, location }) => [
      name,
      location.kind === "data" ? location.data : null,
    ]);
  }
  const with3 = (change: Row) => trainRows.map((each, i) => (i === 2 ? { ...each, ...change } : each));
  const path = "the training rows";

  test("is a diagnostic with the row and the column", async () => {
    expect(await said([])).toEqual([["no-rows", { path }]]);
    expect(await said(with3({ price: "much" }))).toEqual([
      ["not-a-number", { path, row: 3, column: "price" }],
    ]);
    expect(await said(with3({ click: 2 }))).toEqual([
      ["label-not-binary", { path, row: 3, column: "click" }],
    ]);
    expect(await said(with3({ user_id: ["a"] }))).toEqual([
      ["wrong-column-type", { path, row: 3, column: "user_id" }],
    ]);
    expect(await said(trainRows.map(({ price: _, ...others }) => others))).toEqual([
      ["missing-column", { path, column: "price" }],
    ]);
  });

  test("is a UsageError where columns are of several lengths", async () => {
    const columns = { ...columnsOf(trainRows), price: [1] };
    await expect(openTraining(model, { train: columns })).rejects.toThrow(
      "the training rows: column `user_id` has 48 values, `price` has 1",
    );
  });
});

test("typed arrays are columns, and vectors", async () => {
  const small = modelOf(`model small
features item { item_id : id  embed 2  image : vector(2)  price : number |> standardize }
label click : binary
net { predict click = concat(item_id, image, price) |> dense(1) |> sigmoid }
train { batch 2  epochs 1  optimizer sgd(learning_rate: 0.1) }`);
  const plain = {
    item_id: [1, 2, 1, 3],
    image: [
      [1, 2],
      [3, 4],
      [5, 6],
      [7, 8],
    ],
    price: [0.5, 1, 2, 4],
    click: [0, 1, 1, 0],
  };
  const typed = {
    item_id: Int32Array.from(plain.item_id),
    image: plain.image.map((pair) => Float32Array.from(pair)),
    price: Float64Array.from(plain.price),
    click: Uint8Array.from(plain.click),
  };
  const [a, b] = await Promise.all([plain, typed].map((each) => openTraining(small, { train: each })));
  for (const each of [a!, b!]) await each.run();
  expect(weightsOf(a!.trained())).toEqual(weightsOf(b!.trained()));
  for (const each of [a!, b!]) await each.close();
});
