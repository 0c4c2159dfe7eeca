// `scan` in the language, and the library's recurrent blocks against the formulas of their papers, written out here.

import { describe, expect, test } from "vitest";
import { Random } from "../../compiler/common/random.ts";
import { lower } from "../../compiler/frontend/check/lower.ts";
import { evaluate, type Feeds } from "../../compiler/middle/builder/evaluate.ts";
import { printGraph } from "../../compiler/middle/builder/print.ts";
import { validate } from "../../compiler/middle/builder/validate.ts";
import type { OpAttributes } from "../../compiler/middle/graph/attributes.ts";
import { exampleLayout } from "../../compiler/middle/graph/layout.ts";
import { sizeOf } from "../../compiler/middle/graph/types.ts";
import { trainingProgram } from "../../compiler/middle/programs/step.ts";
import { codesOf, graphOf, modelOf, specOf } from "./support.ts";

// ---- DIEN's core, by the paper's formulas

const DIEN = `model dien
features item { item_id : id  embed 3 }
history clicks(max: 10) { item_id <-> clicked }
label click : binary
net {
  let states    = gru(clicks, width: 4)
  let attention = softmax(dot(dense(states, 3), item_id))
  let evolved   = augru(states, attention, width: 2)
  predict click = concat(item_id, mean(states), sum(evolved)) |> dense(1) |> sigmoid
}
train {
  loss binary_cross_entropy
  optimizer sgd(learning_rate: 1)
}`;

type Vector = readonly number[];
type Weights = Readonly<Record<string, Vector>>;

const sigmoid = (z: number) => 1 / (1 + Math.exp(-z));
const zip = (a: Vector, b: Vector, f: (x: number, y: number) => number) => a.map((x, i) => f(x, b[i]!));
const add = (a: Vector, b: Vector) => zip(a, b, (x, y) => x + y);

function dense(weights: Weights, path: string, x: Vector): Vector {
  const [kernel, bias] = [weights[`net.${path}.kernel`]!, weights[`net.${path}.bias`]!];
  return bias.map((b, j) => x.reduce((sum, value, i) => sum + value * kernel[i * bias.length + j]!, b));
}

/** The gates r and z (DIEN's u) and the candidate n (DIEN's h̃) of both cells. */
function gates(weights: Weights, path: string, h: Vector, x: Vector) {
  const both = (gate: string) =>
    add(dense(weights, `${path}.${gate}.dense_1`, x), dense(weights, `${path}.${gate}.dense_2`, h));
  const r = both("reset").map(sigmoid);
  const recurrent = dense(weights, `${path}.candidate.dense_2`, h);
  const n = add(
    dense(weights, `${path}.candidate.dense_1`, x),
    zip(r, recurrent, (a, b) => a * b),
  ).map(Math.tanh);
  return { z: both("update").map(sigmoid), n };
}

/** PyTorch's GRU: h' = (1 − z) ⊙ n + z ⊙ h, where n = tanh(W x + b + r ⊙ (U h + c)). */
function gru(weights: Weights, xs: readonly Vector[]): readonly Vector[] {
  let h: Vector = [0, 0, 0, 0];
  return xs.map((x) => {
    const { z, n } = gates(weights, "states.gru.gru_cell", h, x);
    h = h.map((value, i) => (1 - z[i]!) * n[i]! + z[i]! * value);
    return h;
  });
}

/** DIEN's AUGRU: ũ = a · u, h' = (1 − ũ) ⊙ h + ũ ⊙ h̃. */
function augru(weights: Weights, xs: readonly Vector[], attention: Vector): readonly Vector[] {
  let h: Vector = [0, 0];
  return xs.map((x, t) => {
    const { z: u, n } = gates(weights, "evolved.augru.augru_cell", h, x);
    h = h.map((value, i) => (1 - attention[t]! * u[i]!) * value + attention[t]! * u[i]! * n[i]!);
    return h;
  });
}

function logitOf(weights: Weights, item: Vector, clicks: readonly Vector[]): number {
  const states = gru(weights, clicks);
  const scores = states.map((state) =>
    zip(dense(weights, "attention.dense_1", state), item, (a, b) => a * b).reduce((a, b) => a + b),
  );
  const total = scores.reduce((sum, score) => sum + Math.exp(score), 0);
  const evolved = augru(
    weights,
    states,
    scores.map((score) => Math.exp(score) / total),
  );
  const sums = (vectors: readonly Vector[], width: number) =>
    vectors.reduce(add, new Array<number>(width).fill(0));
  const mean = sums(states, 4).map((value) => value / Math.max(1, states.length));
  return dense(weights, "click.dense_1", [...item, ...mean, ...sums(evolved, 2)])[0]!;
}

describe("GRU and AUGRU are what the papers say", () => {
  const lengths = [3, 0, 1, 4, 2];
  const ROWS = 6;
  const program = trainingProgram(lower(modelOf(DIEN)), modelOf(DIEN));
  const random = Random.of(1, "dien");
  const normals = (length: number) => Array.from({ length }, () => 0.5 * random.normal());
  const weights: Weights = Object.fromEntries(
    [...program.predict.parameters.values()].map(({ name, dims }) => [name, normals(sizeOf(dims))]),
  );
  const table = normals(ROWS * 3);
  const items = lengths.map(() => random.integer(ROWS));
  const clicks = lengths.map((length) => Array.from({ length }, () => random.integer(ROWS)));
  const labels = [1, 0, 0, 1, 1];
  const layout = exampleLayout({
    examples: lengths.length,
    lengths: { clicks: lengths },
    tables: { item_id: ROWS },
  });
  const feeds: Feeds = {
    inputs: {
      item_id: items,
      "clicks.item_id": clicks.flat(),
      "label/click": labels,
      "scalar/learning_rate": [1],
    },
    parameters: weights,
    tables: { item_id: table },
  };

  function logits(of: Weights, rows: Vector): number[] {
    const embed = (id: number) => rows.slice(3 * id, 3 * id + 3);
    return items.map((item, i) => logitOf(of, embed(item), clicks[i]!.map(embed)));
  }

  function loss(of: Weights, rows: Vector): number {
    const each = logits(of, rows).map((z, i) => Math.log1p(Math.exp(z)) - labels[i]! * z);
    return each.reduce((a, b) => a + b) / each.length;
  }

  test("forward", () => {
    const found = evaluate(program.predict, feeds, layout).outputs.get("logit.click")!;
    for (const [i, expected] of logits(weights, table).entries()) expect(found[i]).toBeCloseTo(expected, 12);
  });

  test("the gradient of the whole loss, by every weight and every embedding", () => {
    const { outputs, updates } = evaluate(program.step, feeds, layout);
    expect(outputs.get("loss")![0]).toBeCloseTo(loss(weights, table), 12);
    const slope = (values: Vector, i: number, at: (changed: Vector) => number) => {
      const moved = (by: number) => at(values.map((value, k) => (k === i ? value + by : value)));
      return (moved(1e-5) - moved(-1e-5)) / 2e-5;
    };
    for (const [name, values] of Object.entries(weights))
      for (const [i, value] of values.entries()) {
        // SGD with rate 1: a weight moves by its gradient.
        const gradient = value - updates.get(name)![i]!;
        const expected = slope(values, i, (changed) => loss({ ...weights, [name]: changed }, table));
        expect(Math.abs(gradient - expected), `${name}[${i}]`).toBeLessThan(1e-9);
      }
    for (const i of table.keys()) {
      const expected = slope(table, i, (changed) => loss(weights, changed));
      expect(Math.abs(outputs.get("gradient.item_id")![i]! - expected), `row ${i}`).toBeLessThan(1e-9);
    }
  });
});

// ---- The language

/** The scans of a graph: what each reads, and the ops of its body. */
function scansOf(net: string, blocks = "") {
  const graph = graphOf(specOf(net, blocks));
  return graph.nodes
    .filter(({ op }) => op === "scan")
    .map(({ attributes, inputs, type }) => ({
      reads: inputs.map((id) => {
        const { rows, dims } = graph.nodes[id]!.type;
        return `${rows.kind} ${dims}`;
      }),
      ops: (attributes as OpAttributes["scan"]).body.nodes.map(({ op }) => op),
      dims: type.dims,
    }));
}

describe("scan", () => {
  test("takes a lambda, a block or a block of the library; a step's own product stays outside", () => {
    const reads = ["once 6", "once 7,6", "once 6", "steps 6"];
    const net = "  let x = sum(scan((h, c) => tanh(dense(h, 6) + dense(c, 6)), clicks, width: 6))";
    const block = "block cell(h: Vec[n], c: Vec[d]) -> Vec[n] { tanh(dense(h, n) + dense(c, n)) }";
    const byBlock = "  let x = sum(scan(cell, clicks, width: 6))";
    for (const found of [scansOf(net), scansOf(byBlock, block)]) {
      expect(found).toHaveLength(1);
      expect(found[0]!.ops).toEqual(["matmul", "add", "add", "tanh"]);
      expect(found[0]!.reads.length).toBe(reads.length);
      expect(found[0]!.reads.at(-1)).toBe("steps 6");
    }
    expect(scansOf("  let x = sum(gru(clicks, width: 6))")[0]!.dims).toEqual([6]);
  });

  test("passes vectors on to the cell, and lets it read what is around it", () => {
    const [given] = scansOf("  let x = sum(scan((h, c, u) => h * u + c, buys, user_id, width: 4))");
    const [read] = scansOf("  let x = sum(scan((h, c) => h * user_id + c, buys, width: 4))");
    expect(given).toEqual(read);
    expect(given!.reads).toEqual(["once 4", "each 4", "steps 4"]);
  });

  test("begins with zeros, a number, or a vector", () => {
    const at = (start: string) =>
      scansOf(`  let x = sum(scan((h, c) => h + c, buys, width: 4${start}))`)[0]!.reads[0];
    expect(at("")).toBe("once 4");
    expect(at(", start: 0.5")).toBe("once 4");
    expect(at(", start: user_id")).toBe("each 4");
    expect(
      printGraph(graphOf(specOf("  let x = sum(scan((h, c) => h + c, buys, width: 4, start: 0.5))"))),
    ).toContain("constant {value: 0.5, dims: [4]}");
  });

  test("makes the cell's layers once, and every scan its own", () => {
    const graph = graphOf(specOf("  let x = sum(gru(clicks, width: 3)) + sum(gru(buys, width: 3))"));
    const kernels = [...graph.parameters.keys()].filter((name) => name.endsWith("kernel"));
    expect(kernels.filter((name) => name.startsWith("net.x.gru.gru_cell."))).toHaveLength(6);
    expect(kernels.filter((name) => name.startsWith("net.x.gru_2.gru_cell."))).toHaveLength(6);
  });

  test("works with a state of width 1, whose gates are then probabilities", () => {
    expect(scansOf("  let x = sum(gru(buys, width: 1))")[0]!.dims).toEqual([1]);
    expect(scansOf("  let x = sum(augru(buys, softmax(dense(buys, 1)), width: 1))")[0]!.dims).toEqual([1]);
  });

  test("keeps a state for each element of a list", () => {
    const heads = "[buys, dense(buys, 4)]";
    const found = scansOf(
      `  let x = flatten(each(${heads}, head => sum(scan((h, c) => h + c, head, width: 4))))`,
    );
    expect(found.map(({ dims }) => dims)).toEqual([[2, 4]]);
  });

  test("may normalise what a step has of its own over the batch", () => {
    const graph = lower(
      modelOf(specOf("  let x = sum(scan((h, c) => tanh(dense(h, 4) + dense(c, 4, dice)), buys, width: 4))")),
    );
    validate(graph);
    const statistics = graph.nodes.filter(({ op }) => op === "batch_mean");
    expect(statistics.every(({ inputs }) => graph.nodes[inputs[0]!]!.type.rows.kind === "steps")).toBe(true);
    expect(statistics.length).toBe(2);
  });

  test.each([
    ["a vector instead of a history", "scan((h, c) => h + c, user_id, width: 4)", "DIN0320"],
    [
      "a cell that compares elements with the batch",
      "last(scan((h, c) => dense(h + c, 4, dice), [user_id, item_id], width: 4))",
      "DIN0322",
    ],
    [
      "a cell that gives another width",
      "sum(scan((h, c) => dense(concat(h, c), 5), buys, width: 4))",
      "DIN0321",
    ],
    ["a cell that gives a sequence", "sum(scan((h, c) => h + buys, buys, width: 4))", "DIN0301"],
    ["a start of another width", "sum(scan((h, c) => h + c, buys, width: 4, start: cate_id))", "DIN0321"],
    ["a start that is a sequence", "sum(scan((h, c) => h + c, buys, width: 4, start: buys))", "DIN0272"],
    ["Dice of a state", "sum(scan((h, c) => dense(concat(h, c), 4, dice), buys, width: 4))", "DIN0322"],
    ["a state that is not used", "sum(scan((h, c) => dense(c, 4), buys, width: 4))", "DIN0323"],
    ["two axes", "sum(scan((h, c, d) => h + c + d, buys, clicks.item_id, width: 4))", "DIN0275"],
    ["no width", "sum(scan((h, c) => h + c, buys))", "DIN0268"],
    [
      "a probability as state",
      "sum(scan((h, c) => sigmoid(dense(concat(h, c), 1)), buys, width: 1))",
      "DIN0277",
    ],
  ])("says what is wrong with %s", (_, expression, code) => {
    expect(codesOf(specOf(`  let x = ${expression}`))).toEqual([code]);
  });
});
