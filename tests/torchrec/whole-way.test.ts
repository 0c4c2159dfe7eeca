// The whole way as a newcomer goes it: rows are prepared, the spec becomes a package, torchrun trains it, and
// the training comes back as a run, with which every command goes on. With the DIN of the README and one
// process, and with a model of many parts and two.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Random } from "../../compiler/common/random.ts";
import { openRun } from "../../runtime/run/open-run.ts";
import { runHere } from "../cli/run-here.ts";
import { root } from "../cli/spawn.ts";
import { noTorch, runRanks } from "./torchrun.ts";

const readme = readFileSync(join(root, "README.md"), "utf8");

/**
 * Of three labels, of which one has weights and one is missing in some rows, with a column that training
 * alone knows, a recurrence, sets, vectors, metrics of each value, and an early stop.
 */
const many = `/// Clicks and purchases.
model shop

param units = 8

features training {
  place   : int(1..9, served: 1)  embed 3
  seconds : number(missing: 0)
}
features user {
  user_id : id  embed 4
  age     : number |> standardize
  page    : enum("home", "search")
}
features item {
  item_id : id  embed 8
  price   : number |> log1p |> standardize
  tags    : set(id, max: 3)  embed 4
  image   : vector(2)
}
history clicks(max: 6) {
  item_id <-> clicked
  dwell   : number |> log1p
}
label click : binary(weight: seconds)
label buy   : binary(weight: click)
label like  : binary(missing: none)

net {
  let state = last(gru(clicks, width: 6))
  let row   = concat(user_id, age, item_id, price, tags, image, state) |> dense(units, dice)
  predict click = (row |> dense(1) |> sigmoid) * (place |> dense(1) |> sigmoid)
  predict buy(weight: 0.5) = row |> dense(4, relu) |> dense(1) |> sigmoid
  predict like  = row |> dense(1) |> sigmoid
  loss late(weight: 0.1) = log_loss(row |> dense(1) |> sigmoid, click * like)
}

train {
  optimizer adagrad(learning_rate: 0.05)  batch 64  epochs 3  stop early(log_loss, label: click)
  metrics auc, gauc(by: user_id), log_loss, log_loss(per: page)
}
`;

interface Project {
  readonly name: string;
  readonly spec: string;
  readonly settings: string;
  readonly ranks: number;
  /** The text of a file of so many rows. */
  readonly rows: (count: number, seed: number) => string;
  readonly file: (split: string) => string;
}

const projects: readonly Project[] = [
  {
    name: "din",
    spec: readme.slice(readme.indexOf("```din\n") + 7, readme.indexOf("```\n", readme.indexOf("```din\n"))),
    settings: "spec: model.din\ndata: { train: train.csv, test: test.csv }\n",
    ranks: 1,
    rows: (count, seed) => `user_id,item_id,cate_id,hist_item_id,hist_cate_id,click\n${csvRows(count, seed)}`,
    file: (split) => `${split}.csv`,
  },
  {
    name: "shop",
    spec: many,
    settings: `spec: model.din
params: { units: 12 }
data: { train: train.jsonl, test: test.jsonl, validate: { share: 0.2, by: user_id } }
train: { epochs: 4 }
`,
    ranks: 2,
    rows: jsonRows,
    file: (split) => `${split}.jsonl`,
  },
];

/** An item is liked where its group is among those of the history. */
function example(random: Random) {
  const item = () => Math.floor(60 * random.next() ** 2);
  const history = Array.from({ length: random.integer(7) }, item);
  const target = item();
  const isLiked = history.some((each) => each % 5 === target % 5);
  return { target, history, click: random.next() < (isLiked ? 0.8 : 0.2) ? 1 : 0 };
}

function csvRows(count: number, seed: number): string {
  const random = Random.of(seed, "whole way");
  const line = () => {
    const { target, history, click } = example(random);
    const [items, groups] = [history.map((i) => `i${i}`), history.map((i) => `c${i % 5}`)];
    return `u${random.integer(40)},i${target},c${target % 5},${items.join("|")},${groups.join("|")},${click}\n`;
  };
  return Array.from({ length: count }, line).join("");
}

function jsonRows(count: number, seed: number): string {
  const random = Random.of(seed, "whole way");
  const line = () => {
    const { target, history, click } = example(random);
    const user = random.integer(40);
    const row = {
      ...{ user_id: `u${user}`, age: 20 + user, item_id: `i${target}`, price: 1 + target / 2 },
      tags: [...new Set([`t${target % 3}`, `t${target % 4}`])],
      image: [target / 60, 1 - target / 60],
      clicked: history.map((i) => `i${i}`),
      dwell: history.map((i) => i / 3),
      ...{ click, buy: click * random.integer(2), like: user % 3 === 0 ? null : user % 2 },
      ...{ page: target % 2 === 0 ? "home" : "search", place: 1 + (target % 9), seconds: user % 5 },
    };
    return `${JSON.stringify(row)}\n`;
  };
  return Array.from({ length: count }, line).join("");
}

describe.skipIf(noTorch !== null).each(projects)("$name", ({ name, spec, settings, ranks, rows, file }) => {
  let folder = "";
  const at = (...parts: string[]) => join(folder, ...parts);
  const dinc = async (command: string) => {
    const ran = await runHere(command.split(" "), { cwd: folder });
    expect(ran.code, ran.err).toBe(0);
    return ran;
  };
  let said = "";

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "dinc-whole-way-"));
    writeFileSync(at("model.din"), spec);
    writeFileSync(at("dinc.yaml"), settings);
    for (const [split, count, seed] of [
      ["train", 2000, 1],
      ["test", 400, 2],
    ] as const)
      writeFileSync(at(file(split)), rows(count, seed));
    await dinc("prepare -c dinc.yaml --out rows");
    await dinc("compile -c dinc.yaml --target torchrec --out package");
    const trained = await runRanks(
      ranks,
      ["-m", `${name}.train`, "--rows", at("rows"), "--out", at("out")],
      at("package"),
    );
    expect(trained.code, trained.stderr).toBe(0);
    said = (await dinc("import out --out run --backend wasm")).err;
  }, 240_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test("the run says who trained it, and what the training measured", async () => {
    const { manifest } = (await openRun(at("run"))).run;
    expect(said).toMatch(/\d+ golden rows of the training have dinc's logits to \d\.\de-\d/);
    expect(said).not.toContain("DIN0648");
    expect(manifest.trainer).toMatch(
      new RegExp(`^PyTorch \\d.*, TorchRec \\d.*, FBGEMM \\d.*, ${ranks} process(es)? on cpu$`),
    );
    const lines = readFileSync(at("out", "metrics.jsonl"), "utf8").trim().split("\n");
    const own = lines
      .map((line) => JSON.parse(line))
      .find(({ epoch, split }) => epoch === manifest.epoch && split === "test");
    const { [own.prediction]: details } = manifest.details!;
    // Logits differ in their last digits, so that two rows that score alike may change places: one of some
    // 40,000 pairs of the 400 rows, and of the few pairs that a user has.
    const near = { auc: 1e-4, gauc: 1e-3, log_loss: 1e-5 };
    for (const [metric, distance] of Object.entries(near))
      expect(Math.abs(details![metric]!.value! - own[metric]), metric).toBeLessThan(distance);
    expect(details!["auc"]!.value).toBeGreaterThan(0.52);
  });

  test("what was learned from the rows is what dinc train learns", async () => {
    await dinc("train -c dinc.yaml --backend wasm --out trained --set train.epochs=1");
    for (const part of ["fitted.json", "vocab/item_id.jsonl", "model.din"])
      expect(readFileSync(at("run", part), "utf8"), part).toBe(readFileSync(at("trained", part), "utf8"));
    const { out, code } = await runHere(["diff", "trained", "run"], { cwd: folder });
    expect(code).toBe(1);
    expect(out).toContain("PyTorch");
  });

  test("every command goes on with it", async () => {
    const { out } = await dinc("eval run -c dinc.yaml --format json");
    const { manifest } = (await openRun(at("run"))).run;
    expect(JSON.parse(out).metrics).toEqual(manifest.metrics);
    await dinc(`predict run --data ${file("test")} --out scores.csv`);
    expect(readFileSync(at("scores.csv"), "utf8").trim().split("\n")).toHaveLength(401);
    await dinc("compile run --target ts --out ranker");
    expect(readFileSync(at("ranker", "model.ts"), "utf8")).toContain("createRanker");
    await dinc("compile run --target onnx --out onnx");
    expect(readFileSync(at("run", "report.html"), "utf8")).toContain("Trained by");
  });
});
