// What expressions mean: types of probabilities, repeated and stretched operands, what functions compute on numbers.

import { describe, expect, test } from "vitest";
import { evaluate } from "../../compiler/middle/builder/evaluate.ts";
import { exampleLayout } from "../../compiler/middle/graph/layout.ts";
import { codesOf, graphOf, specOf } from "./support.ts";

const probability = "DIN0277";

describe("a probability", () => {
  test.each([
    ["gates a vector", "let x = sigmoid(dense(item_id, 1)) * user_id"],
    ["gates each step", "let x = sum(buys * sigmoid(dense(buys, 1)))"],
    ["is scaled by a number", "let x = 2 * sigmoid(price)"],
    ["is none where it is wider than 1", "let x = sigmoid(item_id) + item_id"],
  ])("%s", (_, net) => {
    expect(codesOf(specOf(net))).toEqual([]);
  });

  test.each([
    ["is not added", "let x = sigmoid(price) + item_id"],
    ["is not put beside vectors", "let x = concat(item_id, sigmoid(price))"],
    ["is not negated", "let x = -sigmoid(price)"],
    ["is not reduced", "let x = sum(sigmoid(dense(buys, 1)))"],
  ])("%s", (_, net) => {
    expect(codesOf(specOf(net))).toEqual([probability]);
  });
});

/** The logit of a model whose last layer only adds up `net`, one feature `price` and one history of items. */
function computed(net: string, feeds: { price: number[]; steps: number[][][] }): number[] {
  const graph = graphOf(`model test
features item {
  item_id : id  embed 2
  price   : number
}
history clicks(max: 5) { item_id <-> clicked_item_id }
label click : binary
net { predict click = sigmoid(${net}) }`);
  const lengths = feeds.steps.map((steps) => steps.length);
  const rows = feeds.steps.flat();
  const { outputs } = evaluate(
    graph,
    {
      inputs: {
        price: feeds.price,
        "clicks.item_id": rows.map((_, i) => i),
        item_id: feeds.price.map(() => 0),
      },
      tables: { item_id: rows.flat() },
      parameters: {
        "net.click.prelu_1.alpha": [0.25, 0.5],
      },
    },
    exampleLayout({
      examples: lengths.length,
      lengths: { clicks: lengths },
      tables: { item_id: rows.length },
    }),
  );
  return [...outputs.get("logit.click")!];
}

describe("functions compute what their documentation says, on an empty history too", () => {
  const feeds = {
    price: [1, 2, 3],
    steps: [
      [
        [1, -2],
        [3, 4],
      ],
      [],
      [[-5, 6]],
    ],
  };

  test.each<[string, number[]]>([
    ["total(sum(clicks)) + price", [1 + 6, 2 + 0, 3 + 1]],
    ["total(mean(clicks)) + price", [1 + 3, 2 + 0, 3 + 1]],
    ["total(max(clicks)) + price", [1 + 7, 2 + 0, 3 + 1]],
    [
      "total(sum(softmax(total(clicks)) * clicks)) + price",
      [1 + (-1 * Math.exp(-8) + 7) / (1 + Math.exp(-8)), 2, 3 + 1],
    ],
    ["dot(sum(clicks), sum(clicks)) / 2 + price", [1 + 10, 2, 3 + 30.5]],
    ["total(sum(clicks * price))", [6, 0, 3]],
    ["total(sum(clicks + 1)) - price", [10 - 1, -2, 3 - 3]],
    ["total(sum(clicks)) * (7 / 2 - 1.5) - price", [12 - 1, -2, 2 - 3]],
    ["total(sum(relu(clicks))) + price", [1 + 8, 2, 3 + 6]],
    ["total(sum(clicks |> prelu)) + price", [1 + 7, 2, 3 + 4.75]],
    [
      "total(sum(tanh(clicks))) + none(price)",
      [1 + Math.tanh(1) + Math.tanh(-2) + Math.tanh(3) + Math.tanh(4), 2, 3 + Math.tanh(-5) + Math.tanh(6)],
    ],
    ["total(-sum(clicks)) - -price", [1 - 6, 2, 3 - 1]],
  ])("%s", (net, expected) => {
    const logits = computed(net, feeds);
    logits.forEach((logit, i) => {
      expect(logit).toBeCloseTo(expected[i]!, 12);
    });
  });
});
