// What `dinc cost` counts, against numbers worked out by hand for DIN with two attention layers (80, 40) over 32-wide
// items, a network (200, 80) over 81 numbers, 200 candidates and 50 steps.

import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { sourceFile } from "../../compiler/common/source-file.ts";
import { check } from "../../compiler/frontend/check/check.ts";
import type { Fitted, Model } from "../../compiler/frontend/model/model.ts";
import { cost, type Flops } from "../../compiler/tools/cost/cost.ts";
import { runHere } from "../cli/run-here.ts";
import { root } from "../cli/spawn.ts";

const DIN = `model din
features user { user_id : id  embed 16 }
features item {
  item_id : id               embed 16
  cate_id : enum("a", "b")   embed 16
  price   : number
}
history clicks(max: 50) { item_id <-> hist_item_id  cate_id <-> hist_cate_id }
label click : binary
block activation_unit(query: Vec[d], key: Vec[d]) -> Vec[1] {
  concat(query, key, query - key, query * key) |> dense(80, sigmoid) |> dense(40, sigmoid) |> dense(1)
}
net {
  let target    = concat(item_id, cate_id)
  let interest  = sum(activation_unit(target, clicks) * clicks)
  predict click = concat(user_id, target, interest, price) |> mlp([200, 80], sigmoid) |> dense(1) |> sigmoid
}
`;

function modelOf(text: string): Model {
  const { value, diagnostics } = check(sourceFile("model.din", text));
  expect(diagnostics).toEqual([]);
  return value!;
}

const size = { candidates: 200, history: 50 };
const pairs = 200 * 50;
const byOp = (flops: Flops) => Object.fromEntries(flops.ops.map(({ op, flops: count }) => [op, count]));

describe("FLOPs", () => {
  const { before, after } = cost(modelOf(DIN), size);

  test("before the passes every candidate pays for everything", () => {
    const attention = 2 * pairs * (128 * 80 + 80 * 40 + 40 * 1);
    const network = 2 * 200 * (81 * 200 + 200 * 80 + 80 * 1);
    expect(byOp(before)).toEqual({
      matmul: attention + network,
      add: pairs * (80 + 40 + 1) + 200 * (200 + 80 + 1),
      sigmoid: pairs * (80 + 40) + 200 * (200 + 80),
      // query − key; query · key and weight · key; the sum over the steps.
      subtract: pairs * 32,
      multiply: pairs * (32 + 32),
      sum_steps: pairs * 32,
    });
    expect(before.request).toBe(0);
    expect(before.total).toBe(200 * before.candidate);
    // What the literature quotes for this model: matrix products and the weighted sum.
    expect((attention + network + 2 * pairs * 32) / 1e6).toBeCloseTo(283.2, 1);
  });

  test("after them a linear layer multiplies each part where it is known", () => {
    const { matmul, sigmoid } = byOp(after);
    const products = 2 * pairs * (32 * 80 + 80 * 40 + 40);
    const projections = 2 * 200 * 32 * 80 + 2 * 50 * 32 * 80;
    // Categories are projected before: there are two.
    const network = 2 * 200 * ((81 - 16 - 16) * 200 + 200 * 80 + 80) + 2 * 16 * 200;
    expect(matmul).toBe(products + projections + network);
    expect(sigmoid).toBe(byOp(before)["sigmoid"]);
    expect(after.total).toBe(after.request + 200 * after.candidate);
    // Keys and user are projected once for the request.
    expect(after.request).toBeGreaterThanOrEqual(2 * 50 * 32 * 80 + 2 * 16 * 200);
    expect(after.total).toBeLessThan(0.47 * before.total);
  });

  test("a history counts up to its max, and none costs no step", () => {
    const model = modelOf(DIN);
    const long = cost(model, { candidates: 200, history: 5000 });
    expect(long.after).toEqual(after);
    expect(Object.fromEntries(long.steps)).toEqual({ clicks: 50 });
    const network = 2 * (81 * 200 + 200 * 80 + 80);
    const none = cost(model, { candidates: 1, history: 0 });
    expect(byOp(none.before)["matmul"]).toBe(network);
  });
});

describe("parameters and tables", () => {
  test("by path, and every weight of the network", () => {
    const { parameters } = cost(modelOf(DIN), size);
    const numbers = new Map(parameters.map((each) => [each.name, each.numbers]));
    expect(numbers.get("net.interest.activation_unit.dense_1.kernel")).toBe(128 * 80);
    expect(numbers.get("net.click.mlp.dense_2.bias")).toBe(80);
    const attention = 128 * 80 + 80 + 80 * 40 + 40 + 40 + 1;
    expect([...numbers.values()].reduce((sum, each) => sum + each, 0)).toBe(
      attention + 81 * 200 + 200 + 200 * 80 + 80 + 80 + 1,
    );
  });

  test("weights that only losses and noise read are listed apart", () => {
    const text = `model noisy
features item { item_id : id  embed 8 }
history clicks(max: 50) { item_id <-> hist_item_id }
label click : binary
net {
  let hidden    = where(masked(clicks, 0.2), parameter(8), crop(clicks, 1) |> sum)
  predict click = dot(where(masked(item_id, 0.2), parameter(8), item_id), mean(clicks)) |> sigmoid
  loss found    = total(linear(sum(hidden), 4))
}
`;
    const { parameters, onlyTrained } = cost(modelOf(text), size);
    expect(parameters).toEqual([]);
    expect(onlyTrained.map(({ name, numbers }) => [name, numbers])).toEqual([
      ["net.hidden.parameter_1.value", 8],
      ["net.click.parameter_1.value", 8],
      ["net.found.linear_1.kernel", 32],
    ]);
  });

  test("closed vocabularies have their rows, learned ones once there is a run", () => {
    const model = modelOf(DIN);
    const found = new Map(cost(model, size).tables.map((table) => [table.name, table]));
    expect(found.get("cate_id")).toMatchObject({ rows: 4, bytes: 4 * 16 * 4 });
    expect(found.get("item_id")).toMatchObject({ rows: null, bytes: null, bytesPerThousandIds: 64_000 });
    const fitted: Fitted = {
      vocabularies: new Map([
        ["user_id", ["u"]],
        ["item_id", ["1", "2", "3"]],
      ]),
      transforms: new Map(),
    };
    const trained = new Map(cost(model, { ...size, fitted }).tables.map((table) => [table.name, table]));
    expect(trained.get("item_id")).toMatchObject({ rows: 5, bytes: 5 * 16 * 4 });
  });

  test("projected ones are those of a module, as far as sizes are known", () => {
    const model = modelOf(DIN);
    expect(cost(model, size).projected).toEqual([{ name: "cate_id", width: 200, bytes: 4 * 200 * 4 }]);
    // Reading rows is a small share of what a DIN does, but not of what a DeepFM does.
    expect(cost(model, size).copied).toBe(0);
    const deepfm = modelOf(readFileSync(`${root}/tests/bench/rank/deepfm.din`, "utf8"));
    const ids = Array.from({ length: 98 }, (_, i) => String(i));
    const known = ["item_id", "cate_id", "brand_id", "shop_id"].map((name) => [name, ids] as const);
    const fitted = { vocabularies: new Map(known), transforms: new Map() };
    expect(cost(deepfm, { ...size, fitted }).copied).toBe((4 * 100 + 7) * (16 + 1) * 4);
    const vocabularies = new Map([["item_id", Array.from({ length: 98 }, (_, i) => String(i))]]);
    const { projected } = cost(model, { ...size, fitted: { vocabularies, transforms: new Map() } });
    expect(projected).toContainEqual({ name: "item_id", width: 200, bytes: 100 * 200 * 4 });
    const huge = modelOf(DIN.replace("item_id : id ", "item_id : id(size: 50_000_000) "));
    expect(cost(huge, size).projected.map(({ name }) => name)).toEqual(["cate_id"]);
  });

  test("a fixed size is counted, not listed", () => {
    const model = modelOf(DIN.replace("item_id : id ", "item_id : id(size: 50_000_000) "));
    const table = cost(model, size).tables.find(({ name }) => name === "item_id");
    expect(table).toMatchObject({ rows: 50_000_002 });
  });
});

test("a softmax over all rows costs each step of training, and no request", () => {
  const text = `model next
features user { user_id : id  embed 8 }
features item { item_id : id(size: 998)  embed 8 }
history clicks(max: 50) { item_id <-> hist_item_id }
label click : binary
net {
  predict click = dot(user_id, item_id) |> sigmoid
  loss a        = mean(next_item_softmax(before_last(clicks), after_first(clicks.item_id)))
  loss b        = log_partition(user_id, rows(user_id), bias: weight(rows(user_id)))
}
`;
  const { softmaxes, before } = cost(modelOf(text), size);
  // The product and its gradients by both sides, and five operations of softmax each time; row, gradient and new row, and Adam's slots twice.
  expect(softmaxes).toEqual([
    { name: "item_id", width: 8, axis: "clicks - 1", flops: 1000 * (10 * 8 + 15), bytes: 4 * 8000 * 7 },
    { name: "user_id", width: 8, axis: null, flops: null, bytes: null },
  ]);
  expect(byOp(before)).not.toHaveProperty("log_partition");
});

test("tables that change as a whole are read and written with Adam's moments, frozen ones are not", () => {
  const text = `model whole
features user { user_id : id  embed 8 }
features item {
  item_id : id(size: 998)  embed 8
  shop_id : id(size: 998)  embed(8, from: "shops.txt", freeze)
}
label click : binary
net { predict click = dot(user_id, item_id + shop_id) |> sigmoid }
train { optimizer adam(rows: all) }
`;
  expect(cost(modelOf(text), size).changed).toEqual([
    { name: "user_id", width: 8, bytes: null },
    { name: "item_id", width: 8, bytes: 2 * 3 * 4 * 8000 },
  ]);
});

test("counts pairs of steps where they are kept", () => {
  const pairsOf = (read: string) =>
    cost(
      modelOf(`model pairs
features item { item_id : id  embed 8 }
history clicks(max: 50) { item_id <-> clicked_id }
label click : binary
net {
  predict click = dot(mean(${read}), item_id) |> sigmoid
}
`),
      size,
    ).pairs;
  expect(pairsOf("sum(dot(clicks, facing(clicks)) * facing(clicks))")).toEqual([
    { axis: "clicks", steps: 50, bytes: 0 },
  ]);
  const [kept] = pairsOf("sum(dense(concat(clicks, facing(clicks)), 8, relu))");
  expect(kept!.bytes).toBeGreaterThanOrEqual(50 * 50 * 8 * 4);
});

describe("dinc cost", () => {
  test("for people, with an example in its help", async () => {
    const { code, out } = await runHere(["cost", "examples/amazon-beauty/din.din"]);
    expect(code).toBe(0);
    expect(out).toContain("FLOPs of a request: 200 candidates, 50 steps of clicks");
    expect(out).toMatch(/item_id +16 wide +rows learned from data +64,000 bytes +for 1,000 ids/);
    expect((await runHere(["cost", "--help"])).out.trimStart()).toMatch(/^\$ dinc cost /);
  });

  test("says the memory of projected tables", async () => {
    const { out } = await runHere(["cost", "tests/bench/rank/deepfm.din"]);
    expect(out).toMatch(/Projected tables: 5,600 bytes once a module has loaded its weights/);
    expect((await runHere(["cost", "examples/amazon-beauty/din.din"])).out).not.toContain("Projected");
  });

  test("as JSON, for a stated size", async () => {
    const args = ["cost", "examples/seed-demo/model.din", "--candidates", "3", "--history", "2"];
    const { out } = await runHere([...args, "--format", "json"]);
    expect(JSON.parse(out)).toMatchObject({
      version: 1,
      model: "seed_demo",
      size: { candidates: 3, history: 2 },
      steps: { hist: 2 },
      tables: expect.arrayContaining([expect.objectContaining({ name: "user", rows: 5, bytes: 200 })]),
    });
  });

  test("a spec with a mistake is 1, a wrong size is 2", async () => {
    expect(await runHere(["cost", "tests/bad/unknown-name.din"])).toMatchObject({ code: 1, out: "" });
    expect((await runHere(["cost", "x.din", "--candidates", "0"])).code).toBe(2);
  });

  test.each(["din-simulated/model.din", "amazon-beauty/din-softmax.din", "seed-demo/model.din"])(
    "the passes make examples/%s no dearer",
    (path) => {
      const model = modelOf(readFileSync(`${root}/examples/${path}`, "utf8"));
      const { before, after } = cost(model, size);
      expect(after.total).toBeLessThan(before.total);
    },
  );
});
