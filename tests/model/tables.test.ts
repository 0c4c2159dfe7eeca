// `weight(f)` and `embed(f, n)`: which tables a network declares, what it computes from them, and how training treats
// them.

import { describe, expect, test } from "vitest";
import { tablesOf } from "../../compiler/frontend/kinds/model-queries.ts";
import { evaluate } from "../../compiler/middle/builder/evaluate.ts";
import { exampleLayout } from "../../compiler/middle/graph/layout.ts";
import { wholeWay } from "../support/whole-way.ts";
import { codesOf, graphOf, modelOf } from "./support.ts";

const spec = (net: string) => `model small
features user { user_id : id  age : number }
features item {
  item_id : id  embed 2
  shop    : int(0..2)
}
history clicks(max: 5) {
  item_id <-> clicked_items
  shop    <-> clicked_shops
}
label click : binary
net { ${net} }
train { optimizer adam(learning_rate: 0.05)  batch 8  epochs 3  regularize mini_batch_aware(0.1) }`;

const ALL = `
  let first     = weight(user_id) + weight(item_id) + (shop |> weight) + weight(age)
  let steps     = sum(weight(clicks.item_id)) + sum(weight(clicks.shop))
  let second    = total(embed(age, 2) * embed(item_id, 2)) + total(sum(embed(clicks.item_id, 2)))
  let other     = total(embed(item_id, 2, name: "other") * item_id)
  predict click = first + steps + second + other |> sigmoid
`;

describe("the tables of a network", () => {
  test("are one for each feature, width and name, shared by the histories bound to the feature", () => {
    const { tables } = modelOf(spec(ALL));
    expect([...tables.values()].map(({ name, feature, width }) => [name, feature, width])).toEqual([
      ["user_id.weight", "user_id", 1],
      ["item_id.weight", "item_id", 1],
      ["shop.weight", "shop", 1],
      ["item_id.embed_2", "item_id", 2],
      ["item_id.embed_2.other", "item_id", 2],
      ["item_id", "item_id", 2],
    ]);
    const numbers = [...graphOf(spec(ALL)).parameters.values()];
    expect(numbers.map(({ name, dims, init }) => [name, dims, init.kind])).toEqual([
      ["net.age.weight", [1, 1], "zeros"],
      ["net.age.embed_2", [1, 2], "normal"],
    ]);
  });

  test("have a row for padding, for the unknown value and for each known one", () => {
    const vocabularies = new Map([
      ["user_id", ["a"]],
      ["item_id", ["x", "y", "z"]],
    ]);
    const specs = tablesOf(modelOf(spec(ALL)), { vocabularies, transforms: new Map() });
    expect(Object.fromEntries(specs.map(({ name, rows }) => [name, rows]))).toEqual({
      ...{ "user_id.weight": 3, "item_id.weight": 5, "shop.weight": 5 },
      ...{ "item_id.embed_2": 5, "item_id.embed_2.other": 5, item_id: 5 },
    });
  });

  test("are read by feature through names, and not of what is computed", () => {
    const named = spec("let f = item_id  predict click = weight(f) |> sigmoid");
    expect(codesOf(named)).not.toContain("DIN0360");
    const lambda = spec("predict click = fold([item_id], weight(shop), (h, x) => h + weight(x)) |> sigmoid");
    expect(codesOf(lambda)).not.toContain("DIN0360");
    const computed = spec("let f = 1 * item_id  predict click = weight(f) |> sigmoid");
    expect(codesOf(computed)).toContain("DIN0360");
    const step = spec(
      "predict click = fold([1 * item_id], weight(shop), (h, x) => h + weight(x)) |> sigmoid",
    );
    expect(codesOf(step)).toContain("DIN0360");
  });

  test("a spec's own block called `weight` is that block", () => {
    const own = "block weight(x: Vec[d]) -> Vec[1] { total(x) }";
    const text = spec("predict click = weight(item_id) |> sigmoid").replace("net {", `${own} net {`);
    expect(codesOf(text).filter((code) => code === "DIN0360")).toEqual([]);
  });
});

test("a network of weights computes the sum of what it looks up", () => {
  const graph = graphOf(spec(ALL));
  const { outputs } = evaluate(
    graph,
    {
      inputs: {
        user_id: [1, 0],
        item_id: [0, 1],
        shop: [1, 2],
        age: [3, -1],
        "clicks.item_id": [1, 0, 0],
        "clicks.shop": [0, 1, 2],
      },
      tables: {
        "user_id.weight": [10, 20],
        "item_id.weight": [1, 2],
        "shop.weight": [100, 200, 300],
        item_id: [1, 2, 3, 4],
        "item_id.embed_2": [0.5, 1, 2, 4],
        "item_id.embed_2.other": [7, 1, 1, 7],
      },
      parameters: { "net.age.weight": [4], "net.age.embed_2": [2, 3] },
    },
    exampleLayout({
      ...{ examples: 2, lengths: { clicks: [2, 1] } },
      tables: {
        "user_id.weight": 2,
        "item_id.weight": 2,
        "shop.weight": 3,
        item_id: 2,
        "item_id.embed_2": 2,
        "item_id.embed_2.other": 2,
      },
    }),
  );
  const [first, second] = outputs.get("logit.click")!;
  // First, by step, second by product with x·v, by step, other.
  expect(first).toBeCloseTo(
    20 + 1 + 200 + 12 + (2 + 1) + (100 + 200) + 3 * (2 * 0.5 + 3 * 1) + (6 + 1.5) + (7 + 2),
    9,
  );
  expect(second).toBeCloseTo(10 + 2 + 300 - 4 + 1 + 300 - (2 * 2 + 3 * 4) + 1.5 + (3 + 28), 9);
});

/** Shop and user decide; items are many and say nothing. */
function rows(): string {
  const lines = ["user_id,age,item_id,shop,clicked_items,clicked_shops,click"];
  for (let i = 0; i < 120; i++) {
    const [user, shop] = [i % 5, (i * 7) % 3];
    const steps = Array.from({ length: i % 4 }, (_, k) => (i + k) % 11);
    const cells = [`u${user}`, (i % 9) / 4, `i${i % 11}`, shop, steps.map((k) => `i${k}`).join("|")];
    lines.push([...cells, steps.map((k) => k % 3).join("|"), shop === 1 || user === 2 ? 1 : 0].join(","));
  }
  return `${lines.join("\n")}\n`;
}

describe("trained on rows", () => {
  test("every table learns, its padding stays zero, and the compiled module scores every row the same", async () => {
    const { opened, comparison, typescript } = await wholeWay(spec(ALL), { "train.csv": rows() });
    expect(comparison).toMatchObject({ rows: 120, beyondTolerance: 0 });
    expect([...opened.tables.keys()].sort()).toEqual([
      ...["item_id", "item_id.embed_2", "item_id.embed_2.other", "item_id.weight", "shop.weight"],
      "user_id.weight",
    ]);
    for (const { values, width } of opened.tables.values()) {
      expect([...values.subarray(0, 2 * width)].every((value) => value === 0)).toBe(true);
      expect(values.subarray(2 * width).every((value) => value !== 0)).toBe(true);
    }
    // The linear part found who clicks: shop 1 and user u2.
    const shops = opened.tables.get("shop.weight")!.values;
    expect(Math.max(...shops.subarray(2))).toBe(shops[3]);
    const users = opened.run.fitted.vocabularies.get("user_id")!;
    const weights = opened.tables.get("user_id.weight")!.values;
    expect(Math.max(...weights.subarray(2))).toBe(weights[2 + users.indexOf("u2")]);
    expect(typescript).toMatch(
      /this\.file\.table\(\s*"item_id\.embed_2\.other",\s*this\.file\.vocabulary\("item_id"\)\.length,\s*2,?\s*\)/,
    );
  });

  test("ids that only the history has leave the weights of the candidate alone", async () => {
    const net = "predict click = weight(item_id) + total(sum(clicks.item_id)) |> sigmoid";
    const text = spec(net)
      .replace("  shop    : int(0..2)\n", "")
      .replace("  shop    <-> clicked_shops\n", "");
    // Item h stands in histories only.
    const lines = ["user_id,age,item_id,clicked_items,click"];
    for (let i = 0; i < 40; i++) lines.push(`u,1,i${i % 3},h|i${i % 2},${i % 2}`);
    const { opened, comparison } = await wholeWay(text, { "train.csv": `${lines.join("\n")}\n` });
    expect(comparison).toMatchObject({ rows: 40, beyondTolerance: 0 });
    const h = 2 + opened.run.fitted.vocabularies.get("item_id")!.indexOf("h");
    const weights = opened.tables.get("item_id.weight")!.values;
    expect(weights[h]).toBe(0);
    expect([...weights.subarray(2)].filter((value) => value !== 0)).toHaveLength(3);
    expect(opened.tables.get("item_id")!.values[2 * h]).not.toBe(0);
  });
});
