// From a spec and rows to a run, predictions and metrics, through the command line, on the back end that is always there.

import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { sigmoid } from "../../compiler/common/sigmoid.ts";
import type { Manifest } from "../../runtime/run/run-folder.ts";
import { runHere } from "./run-here.ts";
import { type Ran, STACK_TRACE } from "./spawn.ts";

const spec = `model tiny

features user {
  user_id : id
}
features item {
  item_id : id      embed 4
  price   : number |> standardize
}

history clicks(max: 5) {
  item_id <-> hist_item_id
}

label click : binary

net {
  predict click = concat(item_id, sum(clicks), price) |> dense(8, dice) |> dense(1) |> sigmoid
}

train {
  loss      binary_cross_entropy
  optimizer adam(learning_rate: 1e-2)
  batch 32  epochs 4
  metrics   auc, gauc(by: user_id), log_loss, ece(bins: 5), ndcg(by: user_id, at: 3)
}
`;

/** A user who has clicked an item clicks it again; row 0 of every user has an empty history. */
function rows(users: number, labelled = true): string {
  const lines = [`user_id,item_id,price,hist_item_id${labelled ? ",click" : ""}`];
  for (let user = 0; user < users; user++)
    for (let row = 0; row < 6; row++) {
      const history = row === 0 ? [] : [user % 7, (user + 1) % 7].slice(0, row);
      const item = (user + row * 3) % 7;
      const click = history.includes(item) || (item + user) % 5 === 0 ? 1 : 0;
      lines.push(
        `u${user},i${item},${row + item / 2},${history.map((id) => `i${id}`).join("|")}${labelled ? `,${click}` : ""}`,
      );
    }
  return `${lines.join("\n")}\n`;
}

let folder = "";
let trained: Ran;
const at = (...parts: string[]) => join(folder, ...parts);
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "dinc-train-"));
  writeFileSync(at("model.din"), spec);
  writeFileSync(at("train.csv"), rows(60));
  writeFileSync(at("test.csv"), rows(25));
  writeFileSync(at("unlabelled.csv"), rows(5, false));
  writeFileSync(at("dinc.yaml"), "spec: model.din\ndata:\n  train: train.csv\n  test: test.csv\n");
  trained = await runHere(["train", "--backend", "wasm", "--out", "run"], { cwd: folder });
});
afterAll(() => rmSync(folder, { recursive: true }));

describe("dinc train", () => {
  test("prints a table on standard output, and its progress and the next commands on standard error", () => {
    expect(trained.code, trained.err).toBe(0);
    const lines = trained.out.trimEnd().split("\n");
    expect(lines).toHaveLength(6);
    expect(lines[0]!.trim().split(/\s{2,}/)).toEqual([
      "epoch",
      "loss",
      "auc",
      "gauc",
      "log_loss",
      "ece",
      "ndcg@3",
      "samples/s",
      "seconds",
    ]);
    expect(trained.err).toContain("360 training rows, 150 test rows");
    expect(trained.err).toMatch(/epoch 4\/4: loss 0\.\d{5}, auc 0\.\d{5}/);
    expect(trained.err).toMatch(/gauc: by user_id, weighted by impressions; \d+ of 25 groups skipped/);
    expect(trained.err).toMatch(/ndcg@3: by user_id; \d+ of 25 groups skipped \(without a click\)/);
    expect(trained.err).toMatch(/test auc 0\.\d{5}–0\.\d{5}, .* 1,000 resamples of the users \(user_id\)/);
    expect(trained.err).toMatch(/next: dinc compile run --target ts --out run-ranker/);
    expect(trained.err).not.toContain("\u001b");
  });

  test("learns: the loss falls every epoch, and the order becomes better than chance", () => {
    const epochs = trained.out
      .trimEnd()
      .split("\n")
      .slice(2)
      .map((line) => line.trim().split(/\s+/).map(Number));
    const losses = epochs.map(([, loss]) => loss!);
    for (let i = 1; i < losses.length; i++) expect(losses[i]!).toBeLessThan(losses[i - 1]!);
    expect(epochs.at(-1)![2]!).toBeGreaterThan(0.65);
  });

  test("leaves a run folder with everything in it", () => {
    expect(readdirSync(at("run")).sort()).toEqual([
      "baseline.json",
      "fitted.json",
      "manifest.json",
      "metrics.jsonl",
      "model.din",
      "report.html",
      "state.safetensors",
      "vocab",
      "weights.safetensors",
    ]);
    expect(readFileSync(at("run", "model.din"), "utf8")).toBe(spec);
    expect(readFileSync(at("run", "metrics.jsonl"), "utf8").trimEnd().split("\n")).toHaveLength(4);
    const manifest = JSON.parse(readFileSync(at("run", "manifest.json"), "utf8")) as {
      metrics: object;
      data: { files: object[] };
    };
    expect(Object.keys(manifest.metrics)).toEqual(["auc", "gauc", "log_loss", "ece", "ndcg@3"]);
    expect(manifest.data.files).toHaveLength(2);
    expect(readFileSync(at("run", "report.html"), "utf8")).toContain('aria-label="Training loss by step');
  });

  test("the same seed gives the same weights, another seed others", async () => {
    await runHere(["train", "--backend", "wasm", "--out", "again"], { cwd: folder });
    await runHere(["train", "--backend", "wasm", "--seed", "9", "--out", "other"], { cwd: folder });
    const weights = (name: string) => readFileSync(at(name, "weights.safetensors"));
    expect(weights("again").equals(weights("run"))).toBe(true);
    expect(weights("other").equals(weights("run"))).toBe(false);
  });

  test("--set overrides the spec's epochs, --limit the rows", async () => {
    const { code, out, err } = await runHere(
      ["train", "--backend", "wasm", "--set", "train.epochs=1", "--limit", "40", "--out", "short"],
      { cwd: folder },
    );
    expect(code).toBe(0);
    expect(out.trimEnd().split("\n")).toHaveLength(3);
    expect(err).toContain("40 training rows");
  });
});

describe("what dinc train refuses, with exit code 1, a sentence, and nothing left behind", () => {
  test.each<[string, string[], RegExp]>([
    ["an existing run", ["--out", "run"], /DIN0501[\s\S]*--force/],
    ["a folder that is no run", ["--out", "mine", "--force"], /DIN0502/],
    [
      "a spec that is not there",
      ["none.din", "--out", "new"],
      /cannot read none\.din: there is no such file/,
    ],
    ["a dinc.yaml that is not there", ["-c", "none.yaml", "--out", "new"], /none\.yaml/],
    ["data that is not there", ["--set", "data.train=none.csv", "--out", "new"], /none\.csv/],
    ["a spec with a mistake", ["wrong.din", "--out", "new"], /wrong\.din:\d+:\d+/],
    [
      "a loss that explodes",
      ["--set", "train.learning_rate=1e30", "--out", "new"],
      /DIN0507[\s\S]*learning rate/,
    ],
  ])("%s", async (_name, args, message) => {
    mkdirSync(at("mine"), { recursive: true });
    writeFileSync(at("mine", "thesis.txt"), "");
    writeFileSync(at("wrong.din"), spec.replace("sum(clicks)", "sum(click)"));
    const { code, out, err } = await runHere(["train", "--backend", "wasm", ...args], { cwd: folder });
    expect(err).toMatch(message);
    expect(err).not.toMatch(STACK_TRACE);
    expect({ code, out }).toEqual({ code: 1, out: "" });
    expect(readdirSync(folder).filter((name) => name.startsWith("new"))).toEqual([]);
  });

  test("no --out at all: 2", async () => {
    expect(await runHere(["train"], { cwd: folder })).toMatchObject({ code: 2, out: "" });
  });
});

describe("dinc eval", () => {
  test("gives the metrics that training stored, to the last digit", async () => {
    const { metrics, details } = JSON.parse(readFileSync(at("run", "manifest.json"), "utf8")) as Manifest;
    const { code, out } = await runHere(["eval", "run", "-c", "dinc.yaml", "--format", "json"], {
      cwd: folder,
    });
    expect(code).toBe(0);
    const { calibration, ...stored } = JSON.parse(out);
    expect(stored).toEqual({ rows: 150, metrics, details });
    const scored = await runHere(["predict", "run", "--data", "test.csv", "--out", "-"], { cwd: folder });
    const sumOfLast = (csv: string) =>
      csv
        .trimEnd()
        .split("\n")
        .slice(1)
        .reduce((sum, line) => sum + Number(line.split(",").at(-1)), 0);
    const ratio = sumOfLast(scored.out) / sumOfLast(readFileSync(at("test.csv"), "utf8"));
    expect(calibration.click).toBeCloseTo(ratio, 6);
    const byFile = await runHere(["eval", "run", "--data", "test.csv", "--format", "json"], { cwd: folder });
    expect(byFile.out).toBe(out);
  });

  test("prints a table for people", async () => {
    const { out, err } = await runHere(["eval", "run", "--data", "test.csv"], { cwd: folder });
    const lines = out.split("\n").map((line) => line.trim().split(/\s{2,}/));
    expect(lines.slice(0, 8).map(([first]) => first)).toEqual([
      "click, 150 rows",
      "metric",
      "auc",
      "gauc",
      "log_loss",
      "ece",
      "ndcg@3",
      "interval: the middle 95 % of 1,000 resamples of the users (user_id)",
    ]);
    expect(lines[2]).toEqual(["auc", expect.stringMatching(/^0\.\d{5}$/), expect.stringMatching(/^0.*–0/)]);
    expect(lines[9]).toEqual(["ece, by predicted probability"]);
    expect(lines[10]).toEqual(["probabilities", "rows", "predicted", "clicked"]);
    expect(err).toMatch(/ece: 5 bins of equal width/);
    // 50 of 150 rows.
    expect(err).toMatch(/click: 33\.3 % of the rows are 1, the mean prediction is \d\d\.\d %/);
  });

  test("resamples users as often as --resamples says", async () => {
    const details = async (resamples: string) => {
      const args = ["eval", "run", "--data", "test.csv", "--format", "json", "--resamples", resamples];
      return (JSON.parse((await runHere(args, { cwd: folder })).out) as Pick<Manifest, "details">).details![
        "click"
      ]!;
    };
    expect((await details("40"))["auc"]!.interval).toMatchObject({ by: "user_id", resamples: 40 });
    expect((await details("0"))["auc"]).not.toHaveProperty("interval");
  });

  test.each<[string, string[], RegExp]>([
    ["rows without labels", ["--data", "unlabelled.csv"], /click/],
    ["a split that is not there", ["-c", "dinc.yaml", "--split", "valid"], /DIN0510/],
  ])("%s: 1", async (_name, args, message) => {
    const { code, err } = await runHere(["eval", "run", ...args], { cwd: folder });
    expect(code).toBe(1);
    expect(err).toMatch(message);
    expect(err).not.toMatch(STACK_TRACE);
  });

  test("no rows named: 2", async () => {
    expect(await runHere(["eval", "run"], { cwd: folder })).toMatchObject({
      code: 2,
      err: expect.stringContaining("--data"),
    });
  });
});

describe("dinc predict", () => {
  test("writes logits and probabilities as CSV, to a file or to standard output", async () => {
    const { code, out } = await runHere(["predict", "run", "--data", "unlabelled.csv", "--out", "-"], {
      cwd: folder,
    });
    expect(code).toBe(0);
    const [head, ...lines] = out.trimEnd().split("\n");
    expect(head).toBe("row,click_logit,click_probability");
    expect(lines).toHaveLength(30);
    lines.forEach((line, i) => {
      const [row, logit, probability] = line.split(",").map(Number) as [number, number, number];
      expect(row).toBe(i + 1);
      expect(Math.fround(probability)).toBe(Math.fround(sigmoid(Math.fround(logit))));
    });
    const toFile = await runHere(["predict", "run", "--data", "unlabelled.csv", "--out", "scores.csv"], {
      cwd: folder,
    });
    expect(toFile).toMatchObject({ code: 0, out: "" });
    expect(readFileSync(at("scores.csv"), "utf8")).toBe(out);
  });

  test("writes JSON Lines by extension", async () => {
    await runHere(["predict", "run", "--data", "unlabelled.csv", "--out", "scores.jsonl"], { cwd: folder });
    const lines = readFileSync(at("scores.jsonl"), "utf8").trimEnd().split("\n");
    expect(lines).toHaveLength(30);
    expect(Object.keys(JSON.parse(lines[0]!) as object)).toEqual(["row", "click_logit", "click_probability"]);
  });

  test("a row's score does not depend on the rows beside it", async () => {
    const all = (
      await runHere(["predict", "run", "--data", "unlabelled.csv", "--out", "-"], { cwd: folder })
    ).out.split("\n");
    const [head, ...lines] = readFileSync(at("unlabelled.csv"), "utf8").trimEnd().split("\n");
    writeFileSync(at("one.csv"), `${head}\n${lines[8]}\n`);
    const alone = (
      await runHere(["predict", "run", "--data", "one.csv", "--out", "-"], { cwd: folder })
    ).out.split("\n");
    expect(Number(alone[1]!.split(",")[1])).toBeCloseTo(Number(all[9]!.split(",")[1]), 5);
  });

  test.each<[string, string[], number, RegExp]>([
    ["a format that dinc does not write", ["run", "--data", "test.csv", "--out", "x.xml"], 2, /x\.xml/],
    ["a run that is not there", ["none", "--data", "test.csv", "--out", "-"], 1, /DIN0503/],
    ["a file that is not there", ["run", "--data", "none.csv", "--out", "-"], 1, /none\.csv/],
    ["a place that cannot be written", ["run", "--data", "test.csv", "--out", "no/where.csv"], 1, /DIN0509/],
  ])("%s", async (_name, args, code, message) => {
    const ran = await runHere(["predict", ...args], { cwd: folder });
    expect(ran).toMatchObject({ code, out: "" });
    expect(ran.err).toMatch(message);
    expect(ran.err).not.toMatch(STACK_TRACE);
  });

  test("a run whose weights were swapped is refused", async () => {
    await runHere(["train", "--backend", "wasm", "--set", "train.epochs=1", "--out", "swapped"], {
      cwd: folder,
    });
    writeFileSync(at("swapped", "weights.safetensors"), readFileSync(at("run", "weights.safetensors")));
    const { code, err } = await runHere(["predict", "swapped", "--data", "test.csv", "--out", "-"], {
      cwd: folder,
    });
    expect(code).toBe(1);
    expect(err).toMatch(/DIN0504.*weights\.safetensors has been changed since training/);
  });
});
