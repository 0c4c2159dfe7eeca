// DIN as the language writes it, against DIN as the paper writes it: the Graph evaluated by the ops' references must
// give what a plain computation over loops gives, with an example whose history is empty among the batch.

import { describe, expect, test } from "vitest";
import { evaluate } from "../../compiler/middle/builder/evaluate.ts";
import { exampleLayout } from "../../compiler/middle/graph/layout.ts";
import { graphOf } from "./support.ts";

const spec = `model din
features item {
  item_id : id      embed 2
  cate_id : id      embed 1
  price   : number
}
history clicks(max: 10) {
  item_id <-> hist_item_id
  cate_id <-> hist_cate_id
}
label click : binary
block activation_unit(query: Vec[d], key: Vec[d]) -> Vec[1] {
  concat(query, key, query - key, query * key) |> dense(4, dice) |> dense(1)
}
net {
  let target   = concat(item_id, cate_id)
  let interest = sum(activation_unit(target, clicks) * clicks)
  predict click = concat(price, target, interest) |> dense(3, dice) |> dense(1) |> sigmoid
}`;

type Matrix = number[][];

// Three examples; the second has no history.
const lengths = [2, 0, 3];
const items = [2, 3, 4];
const cates = [2, 2, 3];
const prices = [0.5, -1, 2];
const clickedItems = [3, 4, 2, 3, 1];
const clickedCates = [2, 3, 2, 2, 1];

let state = 7;
/** A fixed sequence that looks random, in −1 … 1. */
function next(): number {
  state = (state * 1103515245 + 12345) % 2147483648;
  return state / 1073741824 - 1;
}
const numbers = (count: number) => Array.from({ length: count }, next);
const matrix = (rows: number, columns: number) => Array.from({ length: rows }, () => numbers(columns));

const itemTable = matrix(5, 2);
const cateTable = matrix(4, 1);
const attention1 = { kernel: matrix(12, 4), bias: numbers(4), alpha: numbers(4) };
const attention2 = { kernel: matrix(4, 1), bias: numbers(1) };
const network1 = { kernel: matrix(7, 3), bias: numbers(3), alpha: numbers(3) };
const network2 = { kernel: matrix(3, 1), bias: numbers(1) };

function linear(x: Matrix, { kernel, bias }: { kernel: Matrix; bias: number[] }): Matrix {
  return x.map((row) => bias.map((b, j) => row.reduce((sum, value, i) => sum + value * kernel[i]![j]!, b)));
}

/** f(s) = p·s + (1 − p)·α·s, p = σ((s − E) / √(Var + ε)), E and Var over the rows given (section 5.2). */
function diceOf(x: Matrix, alpha: number[]): Matrix {
  const mean = alpha.map((_, j) => x.reduce((sum, row) => sum + row[j]!, 0) / x.length);
  const variance = mean.map((e, j) => x.reduce((sum, row) => sum + (row[j]! - e) ** 2, 0) / x.length);
  return x.map((row) =>
    row.map((s, j) => {
      const p = 1 / (1 + Math.exp(-(s - mean[j]!) / Math.sqrt(variance[j]! + 1e-8)));
      return p * s + (1 - p) * alpha[j]! * s;
    }),
  );
}

function plainDin(): number[] {
  const targets = items.map((item, i) => [...itemTable[item]!, ...cateTable[cates[i]!]!]);
  const steps = clickedItems.map((item, s) => [...itemTable[item]!, ...cateTable[clickedCates[s]!]!]);
  const rowOf = lengths.flatMap((length, row) => Array.from({ length }, () => row));
  const pairs = steps.map((key, s) => {
    const query = targets[rowOf[s]!]!;
    return [...query, ...key, ...query.map((q, j) => q - key[j]!), ...query.map((q, j) => q * key[j]!)];
  });
  const scores = linear(diceOf(linear(pairs, attention1), attention1.alpha), attention2);
  const interests = targets.map((target, row) =>
    target.map((_, j) =>
      steps.reduce((sum, step, s) => (rowOf[s] === row ? sum + scores[s]![0]! * step[j]! : sum), 0),
    ),
  );
  const all = targets.map((target, row) => [prices[row]!, ...target, ...interests[row]!]);
  return linear(diceOf(linear(all, network1), network1.alpha), network2).map(([logit]) => logit!);
}

const layout = exampleLayout({
  examples: 3,
  lengths: { clicks: lengths },
  tables: { item_id: 5, cate_id: 4 },
});
const unit = "net.interest.activation_unit";
const feeds = {
  inputs: {
    item_id: items,
    cate_id: cates,
    price: prices,
    "clicks.item_id": clickedItems,
    "clicks.cate_id": clickedCates,
  },
  tables: { item_id: itemTable.flat(), cate_id: cateTable.flat() },
  parameters: {
    [`${unit}.dense_1.kernel`]: attention1.kernel.flat(),
    [`${unit}.dense_1.bias`]: attention1.bias,
    [`${unit}.dice_1.alpha`]: attention1.alpha,
    [`${unit}.dice_1.mean`]: numbers(4),
    [`${unit}.dice_1.variance`]: [1, 1, 1, 1],
    [`${unit}.dense_2.kernel`]: attention2.kernel.flat(),
    [`${unit}.dense_2.bias`]: attention2.bias,
    "net.click.dense_1.kernel": network1.kernel.flat(),
    "net.click.dense_1.bias": network1.bias,
    "net.click.dice_1.alpha": network1.alpha,
    "net.click.dice_1.mean": numbers(3),
    "net.click.dice_1.variance": [1, 1, 1],
    "net.click.dense_2.kernel": network2.kernel.flat(),
    "net.click.dense_2.bias": network2.bias,
  },
};

describe("DIN's Graph", () => {
  const graph = graphOf(spec);

  test("gives the logits of the plain computation, for an empty history too", () => {
    const { outputs } = evaluate(graph, feeds, layout);
    const expected = plainDin();
    const logits = [...outputs.get("logit.click")!];
    expect(logits).toHaveLength(3);
    logits.forEach((logit, i) => {
      expect(logit).toBeCloseTo(expected[i]!, 12);
    });
    const probabilities = [...outputs.get("probability.click")!];
    probabilities.forEach((probability, i) => {
      expect(probability).toBeCloseTo(1 / (1 + Math.exp(-expected[i]!)), 12);
    });
  });

  test("names every parameter by its path in the spec", () => {
    expect([...graph.parameters.keys()].sort()).toEqual(Object.keys(feeds.parameters).sort());
  });

  test("reads only what the network uses", () => {
    const inputs = graph.nodes.flatMap((node) =>
      node.op === "input" ? [(node.attributes as { name: string }).name] : [],
    );
    expect(inputs.sort()).toEqual(Object.keys(feeds.inputs).sort());
  });

  test("knows of every computed node where it stands in the spec", () => {
    for (const node of graph.nodes) expect(node.origin).not.toBeNull();
  });

  test("starts Dice with α 0, E 0 and Var 1, and dense layers with zero biases", () => {
    const init = (name: string) => graph.parameters.get(`${unit}.${name}`);
    expect(init("dice_1.alpha")).toMatchObject({ role: "weight", init: { kind: "zeros" } });
    expect(init("dice_1.mean")).toMatchObject({ role: "statistic", init: { kind: "zeros" } });
    expect(init("dice_1.variance")).toMatchObject({
      role: "statistic",
      init: { kind: "constant", value: 1 },
    });
    expect(init("dense_1.kernel")).toMatchObject({ init: { kind: "glorot_normal", fanIn: 12, fanOut: 4 } });
    expect(init("dense_1.bias")).toMatchObject({ init: { kind: "zeros" } });
  });
});
