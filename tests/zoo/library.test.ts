// Blocks of the standard library that no model of the zoo is built of, each against a plain transcription of
// its paper's formula; and that every block is in one or the other.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { library } from "../../compiler/frontend/functions/library.ts";
import { referencesOfBlock } from "../../compiler/frontend/syntax/references.ts";
import { passes, runPasses } from "../../compiler/middle/passes/pipeline.ts";
import { root } from "../cli/spawn.ts";
import { graphOf } from "../model/support.ts";
import {
  add,
  denseOf,
  diceOf,
  hadamard,
  inner,
  layerNormOf,
  type Matrix,
  mlpOf,
  type Network,
  networkOf,
  relu,
  softmax,
  times,
  type Vector,
  weighted,
} from "../support/network.ts";

interface Example {
  readonly network: Network;
  readonly user: Vector;
  readonly item: Vector;
  readonly clicks: Matrix;
}

interface Formula {
  /** What `x` is in the network. */
  readonly expression: string;
  readonly plain: (example: Example) => Vector;
}

/** V_mask = W₂ ReLU(W₁ V + β₁) + β₂; ReLU(LN(W (V_mask ⊙ x))) (Wang et al., DLP-KDD 2021, equations 4 and 8 to 10). */
function maskBlock(network: Network, name: string, x: Vector, fields: Vector): Vector {
  const inside = relu(denseOf(network, `${name}.instance_mask.dense_1`, fields));
  const mask = denseOf(network, `${name}.instance_mask.dense_2`, inside);
  const hidden = times(hadamard(mask, x), network.matrix(`${name}.linear_1.kernel`));
  return relu(layerNormOf(network, `${name}.layer_norm_1`, hidden));
}

/** An activation of numbers on both sides of 0, small and large ones. */
function activation(call: string, plain: (x: number) => number): Formula {
  return {
    expression: `4 * (user - 2 * item) |> ${call}`,
    plain: ({ user, item }) => user.map((x, i) => plain(4 * (x - 2 * item[i]!))),
  };
}

const formulas: Readonly<Record<string, Formula>> = {
  // Zhou et al., KDD 2018, section 4.3, with the softmax that the paper leaves out.
  attend_softmax: {
    expression: "attend_softmax(item, clicks, [5])",
    plain: ({ network, item, clicks }) => {
      const name = "net.x.attend_softmax.activation_score";
      const scores = clicks.map((step) => {
        const minus = item.map((value, i) => value - step[i]!);
        const pair = [...item, ...step, ...minus, ...hadamard(item, step)];
        const h = mlpOf(network, `${name}.mlp`, pair, 1, (s) => diceOf(network, `${name}.mlp.dice_1`, s));
        return denseOf(network, `${name}.dense_1`, h)[0]!;
      });
      return weighted(softmax(scores), clicks, 4);
    },
  },
  // Concat(headᵢ) Wᴼ, headᵢ = softmax(q Wᵢq (K Wᵢk)ᵀ / √(d/2)) K Wᵢv (Vaswani et al., NeurIPS 2017, section 3.2).
  target_attention: {
    expression: "target_attention(item, clicks, heads: 2)",
    plain: ({ network, item, clicks }) => {
      const [q, k, v, o] = [1, 2, 3, 4].map((i) =>
        network.matrix(`net.x.target_attention.linear_${i}.kernel`),
      );
      const heads = [0, 2].flatMap((from) => {
        const part = (x: Vector) => x.slice(from, from + 2);
        const scores = clicks.map((step) => inner(part(times(item, q!)), part(times(step, k!))) / Math.SQRT2);
        return weighted(
          softmax(scores),
          clicks.map((step) => part(times(step, v!))),
          2,
        );
      });
      return times(heads, o!);
    },
  },
  // Σ softmax(s)ₖ pₖ over the steps, ½ without any.
  mixture: {
    expression: "mixture(sigmoid(dense(clicks, 1)), dot(item, clicks)) * item",
    plain: ({ network, item, clicks }) => {
      const logits = clicks.map((step) => denseOf(network, "net.x.dense_1", step)[0]!);
      const weights = softmax(clicks.map((step) => inner(item, step)));
      const p = weights.reduce((sum, weight, k) => sum + weight / (1 + Math.exp(-logits[k]!)), 0);
      return item.map((value) => (clicks.length === 0 ? 0.5 : p) * value);
    },
  },
  // c' = σ(f) c + σ(i) tanh(g), h' = σ(o) tanh(c') (Hochreiter & Schmidhuber, 1997; Gers et al., 2000), each
  // of x and h by layers of its own.
  lstm: {
    expression: "last(lstm(clicks, 4))",
    plain: ({ network, clicks }) => {
      const sigmoid = (v: Vector) => v.map((z) => 1 / (1 + Math.exp(-z)));
      let [h, c]: [Vector, Vector] = [
        [0, 0, 0, 0],
        [0, 0, 0, 0],
      ];
      for (const step of clicks) {
        const sum = (gate: string) =>
          add(
            denseOf(network, `net.x.lstm.lstm_cell.${gate}.dense_1`, step),
            denseOf(network, `net.x.lstm.lstm_cell.${gate}.dense_2`, h),
          );
        const taken = hadamard(sigmoid(sum("enters")), sum("memory").map(Math.tanh));
        c = add(hadamard(sigmoid(sum("stays")), c), taken);
        h = hadamard(sigmoid(sum("shows")), c.map(Math.tanh));
      }
      return h;
    },
  },
  // √(2/π) (x + 0.044715 x³) within the tanh (Hendrycks & Gimpel, 2016, section 2).
  gelu: activation(
    "gelu",
    (x) => (x / 2) * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3))),
  ),
  // α (eˣ − 1) for x ≤ 0 (Clevert et al., ICLR 2016, equation 15).
  elu: activation("elu(0.8)", (x) => (x > 0 ? x : 0.8 * Math.expm1(x))),
  // λ x and λ α (eˣ − 1) (Klambauer et al., NeurIPS 2017, equations 2 and 14).
  selu: activation("selu", (x) =>
    x > 0 ? 1.0507009873554805 * x : 1.0507009873554805 * 1.6732632423543772 * Math.expm1(x),
  ),
  // ReLU6(x + 3) / 6 (Howard et al., ICCV 2019, section 5.2).
  hard_sigmoid: activation("hard_sigmoid", (x) => Math.min(Math.max(x + 3, 0), 6) / 6),
  // The serial MaskNet: the first block masks the normalised fields, the second what the first gave.
  mask_block: {
    expression: `each([user, item], layer_norm) |> flatten
    |> mask_block(concat(user, item), width: 6, units: 12)
    |> mask_block(concat(user, item), width: 4, units: 12)`,
    plain: ({ network, user, item }) => {
      const fields = [...user, ...item];
      const normalised = [user, item].flatMap((field) => layerNormOf(network, "net.x.layer_norm_1", field));
      const first = maskBlock(network, "net.x.mask_block", normalised, fields);
      return maskBlock(network, "net.x.mask_block_2", first, fields);
    },
  },
};

describe.each(Object.entries(formulas))("%s", (_, { expression, plain }) => {
  test("computes what the paper says", () => {
    const graph = graphOf(`model test
features user { user : id  embed 4 }
features item { item : id  embed 4 }
history clicks(max: 5) { item <-> clicked }
label click : binary
net {
  let x = ${expression}
  predict click = concat(x, user, item, sum(clicks)) |> dense(1) |> sigmoid
}`);
    const network = networkOf(runPasses(graph, [passes.freezeStatistics]));
    for (let i = 0; i < network.examples; i++) {
      const [user, item] = ["user", "item"].map((name) => network.vector(i, name)) as [Vector, Vector];
      const clicks = network.steps(i, "clicks.item");
      const x = plain({ network, user, item, clicks });
      const input = [...x, ...user, ...item, ...add([0, 0, 0, 0], ...clicks)];
      const logit = denseOf(network, "net.click.dense_1", input)[0]!;
      expect(network.output("logit.click")[i]![0]).toBeCloseTo(logit, 9);
    }
  });
});

test("every block of the library is held to a formula, here, by a model of the zoo or as a loss", () => {
  const folder = join(root, "examples/zoo");
  const specs = readdirSync(folder)
    .filter((file) => file.endsWith(".din"))
    .map((file) => readFileSync(join(folder, file), "utf8"));
  // Losses of labels, and those over the rows of a group or a batch, are held to their formulas there.
  for (const file of [
    "model/losses.test.ts",
    "training/grouped-losses.test.ts",
    "training/batch-losses.test.ts",
    "training/partition-losses.test.ts",
  ])
    specs.push(readFileSync(join(root, "tests", file), "utf8"));
  const words = new Set(specs.flatMap((text) => text.replaceAll(/\/\/.*/g, "").match(/\w+/g) ?? []));
  const held = new Set<string>();
  const waiting = [...library.keys()].filter((name) => words.has(name) || name in formulas);
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    const block = library.get(name);
    if (block === undefined || held.has(name)) continue;
    held.add(name);
    waiting.push(...referencesOfBlock(block).map((reference) => reference.name));
  }
  expect([...library.keys()].filter((name) => !held.has(name))).toEqual([]);
});
