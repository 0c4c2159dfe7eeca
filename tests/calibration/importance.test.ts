// `dinc importance`: what matters is found, what does not is not; permutations keep what they must; the same
// seed gives the same numbers.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Random } from "../../compiler/common/random.ts";
import { inputsOf } from "../../compiler/data/graph-inputs.ts";
import type { MemoryRows } from "../../compiler/data/memory-rows.ts";
import { partName, partsRead, permuted } from "../../compiler/data/permuted.ts";
import { crossOf } from "../../compiler/frontend/kinds/encoders.ts";
import { Differences } from "../../compiler/train/metrics/differences.ts";
import { selected } from "../../runtime/data/batches/row-source.ts";
import { readRows } from "../../runtime/data/read-data.ts";
import { evaluate, importance, openRun } from "../../runtime/index.ts";
import { runHere } from "../cli/run-here.ts";

let folder = "";
const at = (name: string) => join(folder, name);
const dinc = (command: string) => runHere(command.split(" "), { cwd: folder });

const SPEC = `model shop
features user {
  user_id : id
  age     : number
}
features item {
  item_id : id  embed 4
  brand   : id  embed 4
  tags    : set(id, max: 3)  embed 2
  match   : cross(brand, hour, hash: 64)  embed 2
}
features context { hour : int(0..3)  embed 2 }
history clicks(max: 5) {
  brand <-> clicked_brands
  dwell : number
}
label click : binary
net { predict click = concat(item_id, brand, tags, age, hour, match, mean(clicks)) |> dense(16, relu) |> dense(1) |> sigmoid }
train { batch 32  epochs 6  optimizer adam(learning_rate: 0.01)  metrics auc, gauc(by: user_id), log_loss }
`;
/** Clicks go by the brand, and by whether it is among the clicked ones. */
const rows = (from: number, count: number) =>
  Array.from({ length: count }, (_, k) => {
    const i = from + k;
    const random = new Random(i);
    const brand = random.integer(6);
    const clicked = Array.from({ length: i % 4 }, () => random.integer(6));
    const rate = 0.15 + 0.12 * brand + (clicked.includes(brand) ? 0.1 : 0);
    const dwell = clicked.map((_, step) => (step + 1) / 4).join("|");
    return `u${i % 37},${i % 5},i${i % 11},b${brand},t${i % 3}|t${i % 2},${i % 4},${clicked.map((b) => `b${b}`).join("|")},${dwell},${random.next() < rate ? 1 : 0}\n`;
  }).join("");
const HEAD = "user_id,age,item_id,brand,tags,hour,clicked_brands,dwell,click\n";

let test_: MemoryRows;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "dinc-importance-"));
  writeFileSync(at("model.din"), SPEC);
  writeFileSync(at("train.csv"), HEAD + rows(0, 3000));
  writeFileSync(at("test.csv"), HEAD + rows(3000, 1000));
  writeFileSync(at("dinc.yaml"), "spec: model.din\ndata: { train: train.csv, test: test.csv }\n");
  const { code, err } = await dinc("train --backend wasm --out run");
  expect(code, err).toBe(0);
  const { model, run, predict } = await openRun(at("run"));
  const inputs = inputsOf(predict);
  const all = await readRows(model, run.fitted, at("test.csv"), { labels: "required", inputs });
  test_ = selected(
    all,
    Int32Array.from({ length: all.rows }, (_, i) => i),
  );
});
afterAll(() => rmSync(folder, { recursive: true }));

async function parts() {
  const { model, predict } = await openRun(at("run"));
  return { model, parts: partsRead(model, inputsOf(predict)) };
}

describe("a permutation", () => {
  const sorted = (values: Iterable<number>) => [...values].sort((a, b) => a - b);

  test("is of each feature that is read, of each history, and of its fields where there are several", async () => {
    const { parts: found } = await parts();
    expect(found.map(partName)).toEqual([
      ...["age", "item_id", "brand", "tags", "match", "hour"],
      ...["clicks", "clicks.brand", "clicks.dwell"],
    ]);
  });

  test("changes one part, and keeps its values as a whole", async () => {
    const { model, parts: found } = await parts();
    for (const part of found) {
      const changed = permuted(model, test_, part, new Random(1));
      const [before, after] = [test_, changed].map((rows) => {
        const { steps, numbers, start, end } = rows.histories.get("clicks")!;
        const [set, own] = [rows.sets.get("tags")!, rows.ids];
        return {
          age: [...rows.numbers.get("age")!],
          ...Object.fromEntries(
            ["item_id", "brand", "hour", "match"].map((name) => [name, [...own.get(name)!]]),
          ),
          tags: Array.from(set.start, (from, row) => 1000 * from + set.end[row]!),
          clicks: Array.from(start, (from, row) => 1000 * from + end[row]!),
          "clicks.brand": [...steps.get("brand")!],
          "clicks.dwell": [...numbers.get("dwell")!],
        } as Record<string, number[]>;
      }) as [Record<string, number[]>, Record<string, number[]>];
      const differing = Object.keys(before).filter((name) => `${before[name]}` !== `${after[name]}`);
      // A cross goes with its parts.
      const withCross = ["brand", "hour"].includes(partName(part)) ? ["match"] : [];
      expect(differing.sort()).toEqual([partName(part), ...withCross].sort());
      expect(sorted(after[partName(part)]!)).toEqual(sorted(before[partName(part)]!));
    }
  });

  test("of a part of a cross gives the cross that the rows then have", async () => {
    const { model } = await parts();
    const { ids } = permuted(model, test_, { kind: "feature", name: "brand" }, new Random(2));
    const cross = crossOf(model.features.get("match")!)!;
    for (const [row, id] of ids.get("match")!.entries())
      expect(id).toBe(cross.idOf([ids.get("brand")![row]!, ids.get("hour")![row]!]));
  });
});

describe("importance", () => {
  const asked = { backend: "wasm", repeats: 2 } as const;

  test("is large of what clicks go by, and nothing of what they do not", async () => {
    const {
      predictions,
      rows: scored,
      of,
      metric,
    } = await importance(at("run"), {
      ...asked,
      data: at("test.csv"),
    });
    expect({ scored, of, metric }).toEqual({ scored: 1000, of: 1000, metric: "auc" });
    const found = predictions[0]!.parts;
    expect(found[0]).toMatchObject({ name: "brand", kind: "feature", verdict: "helps" });
    expect(found[0]!.differences.map((each) => each.metric)).toEqual(["auc", "gauc", "log_loss"]);
    const { worse, interval } = found[0]!.differences[0]!;
    expect(worse).toBeGreaterThan(0.05);
    expect(interval!.low).toBeLessThan(worse);
    expect(interval!.high).toBeGreaterThan(worse);
    expect(found.find(({ name }) => name === "age")!.verdict).toBe("nothing");
    const order = found.map(({ differences }) => differences[0]!.worse);
    expect(order).toEqual([...order].sort((a, b) => b - a));
  });

  test("begins with the metrics of eval, and the same seed gives the same numbers", async () => {
    const options = { ...asked, config: at("dinc.yaml"), resamples: 16 };
    const [one, again, other] = [
      await importance(at("run"), options),
      await importance(at("run"), options),
      await importance(at("run"), { ...options, seed: 7 }),
    ];
    expect(again).toEqual(one);
    expect(other).not.toEqual(one);
    const { evaluations } = await evaluate(at("run"), { backend: "wasm", config: at("dinc.yaml") });
    const [auc] = one.predictions[0]!.parts[0]!.differences;
    expect(auc!.before).toBe(evaluations[0]!.values["auc"]);
  });

  test("of a sample is about so many rows", async () => {
    const { rows: scored, of } = await importance(at("run"), {
      ...asked,
      ...{ data: at("test.csv"), sample: 300, resamples: 0, repeats: 1 },
    });
    expect({ scored, of }).toEqual({ scored: 300, of: 1000 });
  });

  test("does not change the run's calibration, and may leave it out", async () => {
    expect((await dinc("calibrate run --data train.csv")).code).toBe(1);
    const { code, out, err } = await dinc(
      "importance run -c dinc.yaml --backend wasm --repeats 1 --metric log_loss --uncalibrated --report page.html",
    );
    expect(code, err).toBe(0);
    expect(out).toMatch(
      /^click, 1,000 rows: the loss if each is permuted \(mean of 1, seed \d+\)\n {2}permuted +log_loss lost/,
    );
    expect(out).toMatch(/^ {2}brand +\+0\.\d{5} +\+0\.\d{5} to \+0\.\d{5}/m);
    expect(err).toContain("The network does not read user_id.");
    const page = readFileSync(at("page.html"), "utf8");
    expect(page).toContain("<title>shop: importance</title>");
    expect(page).toContain('aria-label="log_loss lost without it: brand');
  });

  test("a metric that the spec does not ask for is refused", async () => {
    const { code, err } = await dinc("importance run -c dinc.yaml --metric ndcg");
    expect(code).toBe(2);
    expect(err).toContain("the spec does not measure ndcg; it measures auc, gauc, log_loss");
  });
});

test("a difference is that of the metrics, its interval that of users who are drawn for both", async () => {
  const random = new Random(3);
  const count = 2000;
  const users = Int32Array.from({ length: count }, (_, row) => row % 50);
  const base = Float32Array.from(users, () => random.normal());
  const labels = Float32Array.from(base, (logit) => (logit + random.normal() > 0 ? 1 : 0));
  const metrics = [{ kind: "auc" }, { kind: "gauc", by: "user", weight: "impressions" }] as const;
  const groups = new Map([["user", users]]);
  const differences = new Differences(
    {
      ...{ metrics, outcome: "binary", users: "user", labels, weights: null, groups },
      resampling: { seed: 1, resamples: 200 },
    },
    base,
  );
  const [same] = await differences.to([base, base]);
  expect(same).toMatchObject({ worse: 0, interval: { low: 0, high: 0, by: "user" } });
  const noise = base.map(() => random.normal());
  const [one] = await differences.to([noise]);
  const [mean] = await differences.to([base, noise]);
  expect(one!.worse).toBeCloseTo(one!.before - one!.after, 12);
  expect(mean!.worse).toBeCloseTo(one!.worse / 2, 12);
  expect(mean!.interval!.high).toBeCloseTo(one!.interval!.high / 2, 2);
});
