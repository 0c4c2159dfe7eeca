// Predictions that see the other candidates of a request: formulas and gradients on every back end, trainings,
// and scores that do not depend on the order or the batches of rows.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { planBatches } from "../../compiler/data/batch-plan.ts";
import { lower } from "../../compiler/frontend/check/lower.ts";
import { evaluate } from "../../compiler/middle/builder/evaluate.ts";
import { exampleLayout } from "../../compiler/middle/graph/layout.ts";
import { trainingProgram } from "../../compiler/middle/programs/step.ts";
import { openTraining } from "../../compiler/train/index.ts";
import { initialParameters } from "../../compiler/train/initial.ts";
import { inlineBatches } from "../../runtime/data/batches/prefetch.ts";
import { runHere } from "../cli/run-here.ts";
import { modelOf } from "../data/models.ts";
import { everywhere, farthest } from "../support/everywhere.ts";
import { randomRows } from "../support/random-rows.ts";
import { madeOf } from "../support/random-training.ts";

const model = modelOf(`model lists
features training { request_id : id }
features user { user_id : id(size: 30)  embed 2 }
features item { item_id : id(size: 40)  embed 2 }
label click : binary
net {
  let others    = candidates(item_id, by: request_id, max: 6)
  let seen      = attention(item_id, others, others)
  let weights   = softmax(dot(user_id, others))
  let same      = mean(candidates(item_id, by: request_id, max: 6) == item_id)
  predict click = dot(user_id, seen) + dot(sum(weights * others), item_id) + total(max(others)) + same |> sigmoid
}
train { batch 8  epochs 2  optimizer sgd(0.5) }`);
const program = trainingProgram(lower(model), model);

const requests = [0, 1, 0, 0, 1, 2];
const clicks = [1, 0, 0, 1, 1, 1];
const rows = [...requests.keys()];
const beside = (i: number) => rows.filter((j) => requests[j] === requests[i]);
const numbers = (from: number) => rows.flatMap((i) => [Math.sin(from + 2 * i), Math.cos(from + 5 * i)]);
const [users, items] = [numbers(1), numbers(2)];
const layout = exampleLayout({
  examples: rows.length,
  lengths: { "candidates(request_id)": rows.map((i) => beside(i).length) },
  tables: { user_id: rows.length, item_id: rows.length },
});
const feeds = (u: readonly number[] = users, v: readonly number[] = items) => ({
  inputs: {
    ...{ user_id: rows, item_id: rows, "label/click": clicks, "scalar/learning_rate": [1] },
    ...{ "ids/item_id": rows.map((row) => row + 2), "batch/candidates(request_id)": rows.flatMap(beside) },
  },
  parameters: Object.fromEntries(initialParameters(program.step, 1)),
  tables: { user_id: u, item_id: v },
});

const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);
const of = (values: readonly number[], i: number) => [values[2 * i]!, values[2 * i + 1]!] as const;
const dot = (a: readonly number[], b: readonly number[]) => sum(a.map((each, i) => each * b[i]!));
const mixed = (i: number, score: (j: number) => number) => {
  const weights = beside(i).map((j) => Math.exp(score(j)));
  return [0, 1].map((k) => sum(beside(i).map((j, at) => weights[at]! * items[2 * j + k]!)) / sum(weights));
};
const wanted = rows.map((i) => {
  const [user, item] = [of(users, i), of(items, i)];
  const seen = mixed(i, (j) => dot(item, of(items, j)) / Math.SQRT2);
  const weighted = mixed(i, (j) => dot(user, of(items, j)));
  const most = [0, 1].map((k) => Math.max(...beside(i).map((j) => items[2 * j + k]!)));
  return dot(user, seen) + dot(weighted, item) + sum(most) + 1 / beside(i).length;
});

describe("on every back end", () => {
  test.each(everywhere)(
    "$name gives the formula's logits, and their gradients",
    async ({ run, tolerance }) => {
      const { outputs: predicted } = await run(program.predict, feeds(), layout);
      expect(farthest(predicted.get("logit.click")!, wanted)).toBeLessThan(3 * tolerance);
      const { outputs } = await run(program.step, feeds(), layout);
      const loss = (u: readonly number[], v: readonly number[]) =>
        evaluate(program.step, feeds(u, v), layout).outputs.get("loss")![0]!;
      const moved = (of: readonly number[], i: number, by: number) =>
        of.map((each, k) => (k === i ? each + by : each));
      const slopes = (of: readonly number[], at: (values: readonly number[]) => number) =>
        of.map((_, i) => (at(moved(of, i, 1e-5)) - at(moved(of, i, -1e-5))) / 2e-5);
      const ofUsers = slopes(users, (u) => loss(u, items));
      const ofItems = slopes(items, (v) => loss(users, v));
      expect(farthest(outputs.get("gradient.user_id")!, ofUsers)).toBeLessThan(1e-5);
      expect(farthest(outputs.get("gradient.item_id")!, ofItems)).toBeLessThan(1e-5);
    },
  );
});

test("rows of a request need not be neighbours: a batch to score has all of them, and scores keep their places", async () => {
  const made = madeOf(model, 30);
  const random = randomRows(made.program, made.tables, { rows: 6 });
  const data = { ...random, groups: new Map([["request_id", Int32Array.from([7, 1, 7, 7, 1, 1])]]) };
  const { stream } = inlineBatches(planBatches(program.predict, made.tables));
  const order = Int32Array.from(rows);
  for await (const batch of stream(data, order, 2)) {
    expect(batch.size).toBe(6);
    expect([...batch.requests!.places]).toEqual([0, 2, 3, 1, 4, 5]);
    expect(batch.requests!.largest).toBe(3);
    // 1 is what has no value: these rows are alone.
    expect([...batch.segments.get("candidates(request_id)")!]).toEqual([0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 4, 5]);
  }
});

/** Requests of three films, one after the other or in turns; the best of each is clicked. */
const listed = (isInTurns: boolean) =>
  Array.from({ length: 120 }, (_, i) => {
    const request = isInTurns ? i % 40 : Math.floor(i / 3);
    const place = isInTurns ? Math.floor(i / 40) : i % 3;
    const item = (7 * request + 11 * place) % 40;
    const best = Math.max(...[0, 1, 2].map((each) => (7 * request + 11 * each) % 40));
    return { request_id: request, user_id: request % 30, item_id: item, click: item === best ? 1 : 0 };
  });

describe("a training", () => {
  test("learns, and scores each row with its request, in whatever order rows come", async () => {
    const training = await openTraining(modelOf(model.file.text.replace("epochs 2", "epochs 40")), {
      train: listed(false),
    });
    await training.run();
    const losses = training.epochs.map(({ loss }) => loss);
    expect(losses.at(-1)!).toBeLessThan(0.6 * losses[0]!);
    const scoresOf = async (given: ReturnType<typeof listed>) => {
      const logits = (await training.predict(given)).logits.get("click")!;
      return new Map(given.map(({ request_id, item_id }, i) => [`${request_id} ${item_id}`, logits[i]!]));
    };
    const scores = await scoresOf(listed(false));
    const inTurns = await scoresOf(listed(true));
    for (const [row, score] of scores) expect(inTurns.get(row), row).toBeCloseTo(score, 4);
    const alone = await training.predict([listed(false)[0]!]);
    expect(alone.logits.get("click")![0]).not.toBeCloseTo(scores.get("0 0")!, 4);
    await training.close();
  });

  test("refuses requests that are larger than a batch or than `max`, in training and to score", async () => {
    const request = Array.from({ length: 7 }, (_, i) => ({
      request_id: 1,
      user_id: 2,
      item_id: i,
      click: i % 2,
    }));
    await expect(openTraining(model, { train: request })).rejects.toThrow(
      "a request has at most 6 candidates, and 7 rows have the same value of `request_id`",
    );
    const small = modelOf(model.file.text.replace("batch 8", "batch 4"));
    await expect(openTraining(small, { train: request.slice(1) })).rejects.toThrow(
      "6 training rows have the same value of `request_id`, and a batch has 4",
    );
    const training = await openTraining(model, { train: request.slice(1) });
    await expect(training.predict(request)).rejects.toThrow("a request has at most 6 candidates");
    expect((await training.predict(request.slice(1))).logits.get("click")).toHaveLength(6);
    await training.close();
  });
});

describe("from files", () => {
  const folder = mkdtempSync(join(tmpdir(), "dinc-candidates-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const dinc = async (...command: string[]) => {
    const { code, err, out } = await runHere(command, { cwd: folder });
    expect(code, err).toBe(0);
    return out;
  };
  const rowsOf = (isInTurns: boolean) => {
    const rows = listed(isInTurns).map((row) => [
      row.request_id,
      row.user_id,
      row.item_id,
      "1|2|3",
      row.click,
    ]);
    return ["request_id,user_id,item_id,clicked,click", ...rows.map((row) => row.join(","))].join("\n");
  };
  /** By row of a file of scores: its request, item and logit. */
  const scoresIn = (name: string, given: ReturnType<typeof listed>) => {
    const [, ...lines] = readFileSync(join(folder, name), "utf8").trim().split("\n");
    return new Map(
      lines.map((line, i) => [`${given[i]!.request_id} ${given[i]!.item_id}`, Number(line.split(",")[1])]),
    );
  };

  test("a run with a report, its importance, and the same scores in any order and of prepared rows", async () => {
    const write = (name: string, text: string) => writeFileSync(join(folder, name), text);
    write(
      "lists.din",
      `model lists
features training { request_id : id }
features user { user_id : id  embed 2 }
features item { item_id : id  embed 2 }
history clicks(max: 5) { item_id <-> clicked }
label click : binary
net {
  let x         = attend(item_id, clicks, units: [2]) + item_id
  predict click = total(x) + dot(x, mean(candidates(x, by: request_id, max: 3))) |> sigmoid
}
train { batch 64  epochs 1  metrics auc, gauc(by: user_id) }
`,
    );
    write("train.csv", rowsOf(true));
    write("test.csv", rowsOf(false));
    write("dinc.yaml", 'data: { train: train.csv, test: test.csv, separator: "|" }\n');
    await dinc("train", "lists.din", "-c", "dinc.yaml", "--out", "run");
    expect(await dinc("importance", "run", "-c", "dinc.yaml")).toContain("item_id");
    await dinc("predict", "run", "--data", "test.csv", "--out", "neighbours.csv");
    await dinc("predict", "run", "--data", "train.csv", "--out", "turns.csv");
    await dinc("prepare", "lists.din", "-c", "dinc.yaml", "--out", "rows");
    await dinc("predict", "run", "--rows", "rows", "--split", "test", "--out", "prepared.csv");
    const expected = scoresIn("neighbours.csv", listed(false));
    expect(scoresIn("prepared.csv", listed(false))).toEqual(expected);
    const turns = scoresIn("turns.csv", listed(true));
    expect(turns.size).toBe(120);
    for (const [row, score] of expected) expect(turns.get(row), row).toBeCloseTo(score, 5);
  });
});
