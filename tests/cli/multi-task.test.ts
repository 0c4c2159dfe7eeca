// A model of two labels and a loss that only training knows, through the command line: every label has its metrics, its
// predictions and its scores; what only the loss reads is needed by training alone.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { sigmoid } from "../../compiler/common/sigmoid.ts";
import type { Manifest } from "../../runtime/run/run-folder.ts";
import type { Generated } from "../serve/compiled.ts";
import { loadModule } from "../serve/load-module.ts";
import { runHere } from "./run-here.ts";
import type { Ran } from "./spawn.ts";

const spec = `model tasks

features user {
  user_id : id  embed 4
  city    : enum("a", "b")  embed 3
}
features item { item_id : id  embed 4 }

history clicks(max: 5) { item_id <-> hist_item_id }

label click : binary
label buy   : binary

net {
  let taste = dense(user_id, 4, tanh)
  let score = concat(layer_norm(taste), item_id, sum(dropout(clicks, 0.1))) |> batch_norm |> dense(8, dice) |> dropout(0.2)
  let clicked = score |> dense(1) |> sigmoid
  predict click = clicked
  predict buy(weight: 2) = clicked * (score |> dense(1) |> sigmoid)
  loss taste_of_steps(weight: 0.5) = mean(log_loss(dot(taste, clicks), 1) + log_loss(dot(taste, shuffled(clicks)), 0))
  loss town = total(city * city)
}

train {
  optimizer adam(learning_rate: 1e-2)
  batch 32  epochs 2
  metrics   auc, gauc(by: user_id), log_loss
}
`;

const columns = ["user_id", "city", "item_id", "hist_item_id", "click", "buy"];

function rows(users: number, without: readonly string[] = [], change = (cells: string[]) => cells): string {
  const kept = columns.flatMap((name, i) => (without.includes(name) ? [] : [i]));
  const lines = [columns];
  for (let user = 0; user < users; user++)
    for (let row = 0; row < 6; row++) {
      const history = row === 0 ? [] : [user % 7, (user + 1) % 7].slice(0, row);
      const item = (user + row * 3) % 7;
      const click = history.includes(item) || (item + user) % 5 === 0;
      const steps = history.map((id) => `i${id}`).join("|");
      const cells = [`u${user}`, user % 2 === 0 ? "a" : "b", `i${item}`, steps, click ? "1" : "0"];
      lines.push(change([...cells, click && row % 2 === 1 ? "1" : "0"]));
    }
  return lines.map((cells) => `${kept.map((i) => cells[i]).join(",")}\n`).join("");
}

let folder = "";
let trained: Ran;
const at = (...parts: string[]) => join(folder, ...parts);
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "dinc-tasks-"));
  writeFileSync(at("model.din"), spec);
  writeFileSync(at("train.csv"), rows(60));
  writeFileSync(at("test.csv"), rows(25));
  writeFileSync(at("served.csv"), rows(5, ["click", "buy"]));
  writeFileSync(at("dinc.yaml"), "spec: model.din\ndata:\n  train: train.csv\n  test: test.csv\n");
  trained = await runHere(["train", "--backend", "wasm", "--out", "run"], { cwd: folder });
});
afterAll(() => rmSync(folder, { recursive: true }));

const labels = ["click", "buy"];

describe("dinc train", () => {
  test("has a column for the loss, for each part of it, and for each metric of each label", () => {
    expect(trained.code, trained.err).toBe(0);
    const [head, , ...lines] = trained.out.trimEnd().split("\n");
    const names = head!.trim().split(/\s{2,}/);
    expect(names).toEqual([
      "epoch",
      "loss",
      ...["click loss", "buy loss", "taste_of_steps loss", "town loss"],
      ...labels.flatMap((label) => ["auc", "gauc", "log_loss"].map((metric) => `${label} ${metric}`)),
      "samples/s",
      "seconds",
    ]);
    for (const line of lines) {
      const [, loss, click, buy, taste, town] = line.trim().split(/\s+/).map(Number) as number[];
      expect(loss).toBeCloseTo(click! + 2 * buy! + taste! / 2 + town!, 4);
    }
    expect(trained.err).toMatch(
      /epoch 2\/2: loss [\d.]+, click loss [\d.]+, buy loss [\d.]+, taste_of_steps loss/,
    );
  });

  test("stores them by label, and draws a curve of each", () => {
    const { metrics } = JSON.parse(readFileSync(at("run", "manifest.json"), "utf8")) as { metrics: object };
    const shape = { auc: expect.any(Number), gauc: expect.any(Number), log_loss: expect.any(Number) };
    expect(metrics).toEqual({ click: shape, buy: shape });
    const lines = readFileSync(at("run", "metrics.jsonl"), "utf8").trimEnd().split("\n");
    expect(lines.map((line) => JSON.parse(line) as object)).toMatchObject(
      [1, 2].flatMap((epoch) =>
        labels.map((prediction) => ({
          epoch,
          prediction,
          ...shape,
          train_losses: Object.fromEntries(
            [...labels, "taste_of_steps", "town"].map((name) => [name, expect.any(Number)]),
          ),
        })),
      ),
    );
    const report = readFileSync(at("run", "report.html"), "utf8");
    const curves = [...report.matchAll(/aria-label="([\w: ]+) by epoch"/g)].map(([, name]) => name);
    expect(curves).toEqual(expect.arrayContaining(["buy loss", "taste_of_steps loss", "buy: auc"]));
  });

  test("draws the same for the same seed", async () => {
    await runHere(["train", "--backend", "wasm", "--out", "again"], { cwd: folder });
    await runHere(["train", "--backend", "wasm", "--seed", "9", "--out", "other"], { cwd: folder });
    const weights = (name: string) => readFileSync(at(name, "weights.safetensors"));
    expect(weights("again").equals(weights("run"))).toBe(true);
    expect(weights("other").equals(weights("run"))).toBe(false);
  });

  test("refuses a row that has no value for one of the labels", async () => {
    const holes = rows(3, [], (cells) => (cells[0] === "u1" && cells[4] === "0" ? cells.with(5, "") : cells));
    writeFileSync(at("holes.csv"), holes);
    const args = ["train", "--backend", "wasm", "--set", "data.train=holes.csv", "--out", "new"];
    const { code, err } = await runHere(args, { cwd: folder });
    expect(code).toBe(1);
    expect(err).toMatch(/DIN0545[^\n]*`buy` has no value here/);
  });
});

/** By label: what is predicted of test.csv over what happened, from the scores of dinc predict. */
async function ratiosOf(...labels: readonly string[]): Promise<Record<string, number>> {
  const { out } = await runHere(["predict", "run", "--data", "test.csv", "--out", "-"], { cwd: folder });
  const sumOf = (csv: string, column: string) => {
    const [head, ...lines] = csv
      .trimEnd()
      .split("\n")
      .map((line) => line.split(","));
    return lines.reduce((sum, cells) => sum + Number(cells[head!.indexOf(column)]), 0);
  };
  const rows = readFileSync(at("test.csv"), "utf8");
  return Object.fromEntries(
    labels.map((label) => [label, sumOf(out, `${label}_probability`) / sumOf(rows, label)]),
  );
}

test("dinc eval gives what training stored for each label, to the last digit", async () => {
  const { metrics, details } = JSON.parse(readFileSync(at("run", "manifest.json"), "utf8")) as Manifest;
  const { out } = await runHere(["eval", "run", "--data", "test.csv", "--format", "json"], { cwd: folder });
  const { calibration, ...stored } = JSON.parse(out);
  expect(stored).toEqual({ rows: 150, metrics, details });
  const ratios = await ratiosOf("click", "buy");
  for (const label of ["click", "buy"]) expect(calibration[label]).toBeCloseTo(ratios[label]!, 6);
});

test("dinc predict has two columns for each label; nobody buys more likely than they click", async () => {
  const { code, out, err } = await runHere(["predict", "run", "--data", "served.csv", "--out", "-"], {
    cwd: folder,
  });
  expect({ code, err }).toEqual({ code: 0, err: "" });
  const [head, ...lines] = out.trimEnd().split("\n");
  expect(head).toBe("row,click_logit,click_probability,buy_logit,buy_probability");
  expect(lines).toHaveLength(30);
  for (const line of lines) {
    const [, clickLogit, click, buyLogit, buy] = line.split(",").map(Number) as number[];
    expect(Math.fround(click!)).toBe(Math.fround(sigmoid(Math.fround(clickLogit!))));
    expect(Math.fround(buy!)).toBe(Math.fround(sigmoid(Math.fround(buyLogit!))));
    expect(buy).toBeLessThan(click!);
  }
});

test("compiled code gives the same scores by label, without the inputs that only the losses read", async () => {
  const { code, err } = await runHere(["compile", "run", "--target", "ts", "--out", "ranker"], {
    cwd: folder,
  });
  expect(code, err).toBe(0);
  const typescript = readFileSync(at("ranker", "model.ts"), "utf8");
  expect(typescript).not.toContain("town");
  expect(typescript).not.toMatch(/Table city|embed.*city/);
  expect(typescript).toMatch(/readonly city\?: /);
  const { createRanker } = await loadModule<Generated>(readFileSync(at("ranker", "model.js"), "utf8"));
  const ranker = await createRanker({
    weights: readFileSync(at("ranker", "model.weights.bin")),
    verify: true,
  });
  const scores = ranker.rank({
    user: { user_id: "u3" },
    history: { clicks: [{ item_id: "i3" }, { item_id: "i4" }] },
    candidates: [{ item_id: "i1" }, { item_id: "i4" }],
  }) as Record<string, Float32Array>;
  expect(Object.keys(scores)).toEqual(labels);
  writeFileSync(at("two.csv"), "user_id,city,item_id,hist_item_id\nu3,b,i1,i3|i4\nu3,b,i4,i3|i4\n");
  const predicted = (await runHere(["predict", "run", "--data", "two.csv", "--out", "-"], { cwd: folder }))
    .out;
  const columns = predicted.trimEnd().split("\n").slice(1);
  expect(columns).toHaveLength(2);
  columns.forEach((line, i) => {
    const [, , click, , buy] = line.split(",").map(Number) as number[];
    expect(scores["click"]![i]).toBeCloseTo(click!, 5);
    expect(scores["buy"]![i]).toBeCloseTo(buy!, 5);
  });
});
