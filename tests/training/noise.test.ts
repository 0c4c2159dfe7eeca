// Drawn numbers, the progress of a training and reversed gradients: what a step computes with them, and that predictions
// have none of them.

import { describe, expect, test } from "vitest";
import { newArrays } from "../../compiler/backends/contract/batch.ts";
import { normalQuantile } from "../../compiler/common/normal-quantile.ts";
import { drawNoise, type PlannedNoise } from "../../compiler/data/noise.ts";
import { lower } from "../../compiler/frontend/check/lower.ts";
import { evaluate } from "../../compiler/middle/builder/evaluate.ts";
import type { Graph } from "../../compiler/middle/graph/graph.ts";
import { exampleLayout } from "../../compiler/middle/graph/layout.ts";
import { trainingProgram } from "../../compiler/middle/programs/step.ts";
import { scalarsAt } from "../../compiler/middle/training/schedules.ts";
import { initialParameters } from "../../compiler/train/initial.ts";
import { modelOf } from "../data/models.ts";
import { wholeWay } from "../support/whole-way.ts";

/** Of the seed 7, the first step and `net.x.random_1`. */
const UNIFORM = [0.7030014395713806, 0.2662253975868225];
const NORMAL = [0.5330528020858765, -0.6242691278457642];

function programOf(net: string) {
  const model = modelOf(`model noisy
features item { item_id : id  embed 2 }
history clicks(max: 5) { item_id <-> clicked }
label click : binary
net {
${net}
}
train { optimizer sgd(1) }`);
  return trainingProgram(lower(model), model);
}

/** Two examples with the steps [1, 2] and [0]. */
const table = [0.5, -1, 2, 0.25, -0.75, 3];
const layout = exampleLayout({ examples: 2, lengths: { clicks: [2, 1] }, tables: { item_id: 3 } });

function run(
  graph: Graph & Parameters<typeof initialParameters>[0],
  inputs: Record<string, readonly number[]> = {},
) {
  const given = { item_id: [0, 1], "clicks.item_id": [1, 2, 0], "label/click": [1, 0], ...inputs };
  const parameters = Object.fromEntries(initialParameters(graph, 1));
  const rates = { "scalar/learning_rate": [1], "scalar/progress": [0.25] };
  return evaluate(graph, { inputs: { ...rates, ...given }, parameters, tables: { item_id: table } }, layout);
}

const sum = (values: ArrayLike<number>) => Array.from(values).reduce((total, value) => total + value, 0);
const inputsOf = ({ nodes }: Graph) =>
  nodes.flatMap(({ op, attributes }) => (op === "input" ? [attributes.name] : []));

describe("numbers", () => {
  const COUNT = 100_000;
  const drawn = (kind: PlannedNoise["kind"], rows: number, step = 1, of = "net.x.random_1", seed = 7) => {
    const planned = { input: of, kind, rows: { kind: "each", per: "example" }, size: 4 } as const;
    return drawNoise(planned, rows, { seed, step }, newArrays) as Float32Array;
  };
  const momentsOf = (values: Float32Array) => {
    const mean = sum(values) / COUNT;
    const power = (n: number) => sum(values.map((value) => (value - mean) ** n)) / COUNT;
    return { mean, variance: power(2), third: power(3), fourth: power(4) };
  };

  // Four deviations of each mean.
  test("uniform ones are between 0 and 1, and their moments are those of the distribution", () => {
    const values = drawn("uniform", COUNT / 4);
    expect(values.every((value) => value > 0 && value < 1)).toBe(true);
    const { mean, variance, third, fourth } = momentsOf(values);
    expect(Math.abs(mean - 1 / 2)).toBeLessThan(4 * Math.sqrt(1 / 12 / COUNT));
    expect(Math.abs(variance - 1 / 12)).toBeLessThan(0.001);
    expect(Math.abs(third)).toBeLessThan(0.001);
    expect(Math.abs(fourth - 1 / 80)).toBeLessThan(0.0005);
  });

  test("normal ones have mean 0, deviation 1, no skew and the kurtosis 3", () => {
    const { mean, variance, third, fourth } = momentsOf(drawn("normal", COUNT / 4));
    expect(Math.abs(mean)).toBeLessThan(4 / Math.sqrt(COUNT));
    expect(Math.abs(variance - 1)).toBeLessThan(4 * Math.sqrt(2 / COUNT));
    expect(Math.abs(third)).toBeLessThan(4 * Math.sqrt(6 / COUNT));
    expect(Math.abs(fourth - 3)).toBeLessThan(4 * Math.sqrt(96 / COUNT));
  });

  // Of tables; the last one is the largest that can be drawn.
  test.each([
    [0.5, 0],
    [0.6, 0.2533471031357997],
    [0.925, 1.4395314709384563],
    [0.9250001, 1.4395321773],
    [0.975, 1.959963984540054],
    [1e-6, -4.753424308822899],
    [2 ** -33, -6.337957427],
  ])("the quantile of %s", (p, quantile) => {
    expect(normalQuantile(p)).toBeCloseTo(quantile, 5);
    expect(normalQuantile(1 - p)).toBeCloseTo(-quantile, 5);
  });

  test("follow from the seed, the step and the position, to the last bit", () => {
    for (const kind of ["uniform", "normal"] as const) {
      const values = drawn(kind, 3);
      expect(drawn(kind, 3)).toEqual(values);
      for (const other of [
        drawn(kind, 3, 2),
        drawn(kind, 3, 1, "net.x.random_2"),
        drawn(kind, 3, 1, undefined, 8),
      ])
        expect(other).not.toEqual(values);
    }
    // Every engine of JavaScript must give these.
    expect([...drawn("uniform", 3).subarray(0, 2)]).toEqual(UNIFORM);
    expect([...drawn("normal", 3).subarray(0, 2)]).toEqual(NORMAL);
  });
});

describe("dropout of a recurrence's state", () => {
  const net = (cell: string) => `  let states    = scan(${cell}, clicks, width: 2)
  predict click = total(last(states)) |> sigmoid`;
  const plain = "(h, x) => tanh(h + x)";

  test.each([
    ["the state that a step reads", "(h, x) => tanh(dropout(h, 0.5) + x)", plain],
    ["the state that a step gives", "(h, x) => dropout(tanh(h + x), 0.5)", plain],
    ["whole vectors, twice", "(h, x) => vector_dropout(dropout(tanh(h + x), 0.5), 0.5)", plain],
    ["a part without a gradient", "(h, x) => tanh(stop_gradient(h) + x)", plain],
    ["the state alone", "(h, _) => dropout(h, 0.5)", "(h, _) => 1 * h"],
  ])("is in no prediction: %s", (_, cell, served) => {
    const { step, predict } = programOf(net(cell));
    expect(inputsOf(predict)).toEqual(["clicks.item_id"]);
    const bodies = [step, predict].map(({ nodes }) =>
      nodes.flatMap((node) => (node.op === "scan" ? node.attributes.body.nodes.map(({ op }) => op) : [])),
    );
    expect(bodies[0]!.some((op) => op === "dropout" || op === "stop_gradient")).toBe(true);
    expect(bodies[1]!.filter((op) => op === "dropout" || op === "stop_gradient")).toEqual([]);
    const [found, expected] = [predict, programOf(net(served)).predict].map((graph) => [
      ...run(graph).outputs.get("logit.click")!,
    ]);
    expect(found).toEqual(expected);
  });

  test("is in no compiled model either", async () => {
    const rows = ["item_id,clicked,click", "a,b|c|a,1", "b,,0", "c,a|c,1", "a,c,0"].join("\n");
    const text = `model dropped
features item { item_id : id  embed 3 }
history clicks(max: 5) { item_id <-> clicked }
label click : binary
net {
  let states    = scan((h, x) => vector_dropout(tanh(dense(h + x, 3)), 0.5), clicks, width: 3)
  let still     = scan((h, _) => dropout(h, 0.5), clicks, width: 3, start: item_id)
  predict click = total(last(states) + last(still)) |> sigmoid
}
train { batch 2  epochs 2 }`;
    const { comparison } = await wholeWay(text, { "train.csv": `${rows}\n` });
    expect(comparison).toMatchObject({ rows: 4, beyondTolerance: 0 });
  });
});

describe("random", () => {
  const { step, predict } = programOf(`  let noisy     = clicks + random(normal, like: clicks)
  let hidden    = random(uniform, 1, like: clicks) < 0.5
  predict click = total(item_id) + total(sum(noisy)) |> sigmoid
  loss hiding   = sum(hidden) + sum(hidden)
  loss own      = total(random(normal, 3, like: item_id))`);
  const given = {
    "normal/net.noisy.random_1": [1, 2, 3, 4, 5, 6],
    "uniform/net.hidden.random_1": [0.4, 0.6, 0.2],
    "normal/net.own.random_1": [1, 2, 3, -4, -5, -6],
  };

  test("draws for each step and each row, and all uses of a `let` read the same", () => {
    const { outputs } = run(step, given);
    const logits = [-0.5 + (2.25 + 2.25) + 10, 2.25 - 0.5 + 11];
    const loss = logits.map((z, i) => Math.log1p(Math.exp(z)) - [1, 0][i]! * z);
    expect(outputs.get("loss.click")![0]).toBeCloseTo(sum(loss) / 2, 12);
    expect(outputs.get("loss.hiding")![0]).toBe((2 * 1 + 2 * 1) / 2);
    expect(outputs.get("loss.own")![0]).toBe((6 - 15) / 2);
  });

  test("is its mean in predictions, whose Graph has nothing of it", () => {
    expect(inputsOf(predict).sort()).toEqual(["clicks.item_id", "item_id"]);
    expect([...run(predict).outputs.get("logit.click")!]).toEqual([-0.5 + 4.5, 2.25 - 0.5]);
    const masked = programOf(`  let hidden    = random(uniform, 1, like: clicks) < 0.6
  let both      = where(hidden, 2 * clicks, clicks) * exp(random(normal, like: clicks))
  predict click = total(sum(both)) |> sigmoid`).predict;
    // ½ is less than 0.6.
    expect([...run(masked).outputs.get("logit.click")!]).toEqual([9, -1]);
    const ops = masked.nodes.map(({ op }) => op);
    expect(ops.filter((op) => op === "greater" || op === "exp" || op === "choose")).toEqual([]);
  });

  test.each([0, 0.3, 0.9, 1])("`masked` hides a share of %s, and nothing in predictions", (rate) => {
    const { step, predict } =
      programOf(`  predict click = total(item_id) + sum(masked(clicks, ${rate})) |> sigmoid
  loss hidden   = sum(masked(clicks, ${rate}))`);
    const COUNT = 999;
    const [input] = inputsOf(step).filter((name) => name.startsWith("uniform/net.hidden"));
    const uniform = Array.from({ length: COUNT }, (_, i) => (i + 0.5) / COUNT);
    const many = exampleLayout({ examples: 1, lengths: { clicks: [COUNT] }, tables: { item_id: 3 } });
    const zeros = uniform.map(() => 0);
    const others = Object.fromEntries(
      inputsOf(step).flatMap((name) => (name.startsWith("uniform/") ? [[name, uniform]] : [])),
    );
    const feeds = {
      inputs: {
        ...{ item_id: [0], "clicks.item_id": zeros, "label/click": [1], "scalar/learning_rate": [1] },
        ...others,
      },
      parameters: {},
      tables: { item_id: table },
    };
    expect(input).toBeDefined();
    expect(evaluate(step, feeds, many).outputs.get("loss.hidden")![0]! / COUNT).toBeCloseTo(rate, 2);
    expect([...run(predict).outputs.get("logit.click")!]).toEqual([-0.5, 2.25]);
  });
});

describe("reorder", () => {
  const { step, predict } =
    programOf(`  predict click = total(item_id) + total(last(reorder(clicks, 1))) |> sigmoid
  loss moved    = total(last(reorder(clicks, 0.4)))`);

  test("takes the steps in the order that is drawn, and as they are in predictions", () => {
    const given = { "order/net.click.reorder_1/1": [1, 0, 2], "order/net.moved.reorder_1/0.4": [0, 1, 2] };
    const { outputs } = run(step, given);
    const logits = [-0.5 + 2.25, 2.25 - 0.5];
    const loss = logits.map((z, i) => Math.log1p(Math.exp(z)) - [1, 0][i]! * z);
    expect(outputs.get("loss.click")![0]).toBeCloseTo(sum(loss) / 2, 12);
    expect(outputs.get("loss.moved")![0]).toBe((2.25 - 0.5) / 2);
    expect([...run(predict).outputs.get("logit.click")!]).toEqual([-0.5 + 2.25, 2.25 - 0.5]);
    expect(inputsOf(predict).sort()).toEqual(["clicks.item_id", "item_id"]);
  });

  test("moves a run of the share of each history's steps, and no others", () => {
    const lengths = [10, 0, 1, 5];
    const rowOf = Int32Array.from(lengths.flatMap((length, row) => new Array<number>(length).fill(row)));
    const rows = { kind: "steps", per: "example", history: "clicks" } as const;
    const planned = {
      input: "order/net.x.reorder_1/0.6",
      kind: "permutation",
      rows,
      size: 1,
      share: 0.6,
    } as const;
    const starts = new Set<number>();
    for (let step = 1; step <= 200; step++) {
      const order = drawNoise(planned, rowOf.length, { seed: 7, step }, newArrays, rowOf);
      expect([...order].toSorted((a, b) => a - b)).toEqual([...rowOf.keys()]);
      const moved = [...order.entries()].filter(([i, place]) => i !== place).map(([i]) => i);
      for (const i of moved) expect(rowOf[order[i]!]).toBe(rowOf[i]);
      const first = moved.filter((i) => i < 10);
      if (first.length > 0) starts.add(first[0]!);
      expect((first.at(-1) ?? 0) - (first[0] ?? 0)).toBeLessThan(6);
      expect(order[10]).toBe(10);
    }
    // A run of 6 among 10 begins at one of 5 places, and its first steps may stay.
    expect(starts.size).toBeGreaterThan(4);
  });
});

describe("crop", () => {
  const { step, predict } = programOf(`  predict click = last(crop(clicks, 0.5))[1] + item_id[1] |> sigmoid
  loss part     = last(crop(clicks, 0.5))[1]`);

  test("is a part that is drawn while training, and the whole in predictions, which draw nothing", () => {
    const [ofPart, ofClick] = ["part", "click"].map(
      (name) => inputsOf(step).find((input) => input.includes(`net.${name}.crop_1`))!,
    ) as [string, string];
    const lossFor = (at: readonly number[]) =>
      run(step, { [ofPart]: at, [ofClick]: [0.5, 0.5] }).outputs.get("loss.part")![0]!;
    // One of the two steps of the first history is kept, the latest or the one before it; the second has one step.
    expect(lossFor([0.1, 0.1])).toBe((-0.75 + 0.5) / 2);
    expect(lossFor([0.9, 0.1])).toBe((2 + 0.5) / 2);
    expect(lossFor([0.1, 0.9])).toBe((-0.75 + 0.5) / 2);
    expect([...run(predict).outputs.get("logit.click")!]).toEqual([-0.75 + 0.5, 0.5 + 2]);
    expect(inputsOf(predict).sort()).toEqual(["clicks.item_id", "item_id"]);
  });

  test.each([
    "last(gru(part, 2))",
    "first(scan_back((h, x) => tanh(h + dense(x, 2)), part, width: 2))",
    "last(scan((h, x) => tanh(h + dropout(x, 0.5)), part, width: 2))",
    "sum(softmax(dot(part, item_id)) * part)",
    "last(multi_head(append(part, item_id)) + position(append(part, item_id), 2))",
    "max(window(part, 2, every: 2))[1..2] + sum(place(part))",
    "last(join([item_id], part, clicks.item_id))",
    "last(before_last(part)) + mean(after_first(part), where: place(after_first(part)) < 2)",
  ])("%s is in predictions that of the whole", (value) => {
    const logits = (part: string) => {
      const { predict } = programOf(`  let part      = ${part}
  predict click = total(${value}) + dot(item_id, item_id) |> sigmoid`);
      return [...run(predict).outputs.get("logit.click")!];
    };
    expect(logits("crop(clicks.item_id, 0.5)")).toEqual(logits("clicks.item_id"));
  });

  test("may be lengthened, shortened and windowed, and validation reads the whole", async () => {
    const rows = ["item_id,clicked,click", "a,b|c|a,1", "b,,0", "c,a|c,1", "a,c,0"].join("\n");
    const text = `model cropped
features item { item_id : id  embed 3 }
history clicks(max: 5) { item_id <-> clicked }
label click : binary
net {
  let part      = crop(clicks, 0.5)
  let around    = mean(append(part, item_id)) + last(before_last(part)) + last(gru(part, width: 3))
  predict click = total(around + max(window(part, 2, every: 2) |> dense(3))) |> sigmoid
}
train { batch 2  epochs 2 }`;
    const { comparison } = await wholeWay(text, { "train.csv": `${rows}\n` }, [
      "data.validate.share=0.5",
      "data.validate.rows=last",
    ]);
    expect(comparison).toMatchObject({ rows: 4, beyondTolerance: 0 });
  });
});

describe("reverse_gradient", () => {
  const withBy = (x: string) =>
    programOf(`  predict click = total(item_id) |> sigmoid
  loss other    = total(${x} * item_id)`);

  test.each([
    ["reverse_gradient(item_id)", -1],
    ["reverse_gradient(item_id, 0.5)", -0.5],
    ["reverse_gradient(item_id, 3 * progress)", -0.75],
    ["reverse_gradient(item_id, parameter(1, init: 2))", -2],
    ["item_id", 1],
  ])("%s: the value is x, and its gradient is multiplied by %s", (x, factor) => {
    const { step } = withBy(x);
    const { outputs, updates } = run(step);
    const squares = (0.25 + 1 + 4 + 0.0625) / 2;
    expect(outputs.get("loss.other")![0]).toBe(squares);
    const other = [...run(withBy("stop_gradient(item_id)").step).outputs.get("gradient.item_id")!];
    const wanted = other.map((each, i) => each + (i < 4 ? (factor * table[i]!) / 2 : 0));
    expect([...outputs.get("gradient.item_id")!].map((each) => each.toFixed(12))).toEqual(
      wanted.map((each) => each.toFixed(12)),
    );
    // The strength learns nothing.
    expect([...updates.keys()]).toEqual([]);
  });

  test("is x in predictions", () => {
    const { predict } = programOf("  predict click = total(reverse_gradient(item_id, progress)) |> sigmoid");
    expect(predict.nodes.map(({ op }) => op)).toEqual(["table", "input", "lookup", "sum_width"]);
  });
});

describe("progress", () => {
  test("is the share of the steps that are done, and 1 in predictions", () => {
    const { step, predict, settings } = programOf(`  predict click = total(item_id) * progress |> sigmoid
  loss late     = progress`);
    expect(run(step).outputs.get("loss.late")![0]).toBe(0.25);
    expect([...run(predict).outputs.get("logit.click")!]).toEqual([-0.5, 2.25]);
    expect(inputsOf(predict)).not.toContain("scalar/progress");
    // A training that continues an earlier one of 100 steps has a progress of its own.
    expect([1, 2, 8].map((t) => scalarsAt(settings, t, 8, 100)["progress"])).toEqual([0, 1 / 8, 7 / 8]);
  });

  test("a spec's own name goes before it", () => {
    const { step } = programOf(`  let progress  = total(item_id)
  predict click = progress |> sigmoid`);
    expect(inputsOf(step)).not.toContain("scalar/progress");
  });
});
