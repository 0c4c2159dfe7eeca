// Layers whose calls share their weights, learned values, elements by their numbers, and functions in braces: against plain
// loops.

import { describe, expect, test } from "vitest";
import {
  add,
  denseOf,
  hadamard,
  inner,
  type Network,
  networkOf,
  relu,
  scale,
  softmax,
  times,
  type Vector,
  weighted,
} from "../support/network.ts";
import { codesOf, graphOf } from "./support.ts";

function specOf(net: string, blocks = ""): string {
  return `model test
features user { u : id  embed 4 }
features item {
  a : id        embed 4
  b : int(0..3) embed 4
}
history clicks(max: 5) { a <-> clicked_a }
label click : binary
${blocks}
net {
${net}
  predict click = concat(x, u, a, b, sum(clicks)) |> dense(1) |> sigmoid
}`;
}

function expectX(
  net: string,
  plain: (network: Network, example: number) => Vector,
  blocks = "",
): ReadonlySet<string> {
  const graph = graphOf(specOf(net, blocks));
  const network = networkOf(graph);
  const logits = network.output("logit.click");
  for (let example = 0; example < network.examples; example++) {
    const [u, a, b] = fieldsOf(network, example);
    const clicks = stepsOf(network, example);
    const summed = weighted(
      clicks.map(() => 1),
      clicks,
      4,
    );
    const input = [...plain(network, example), ...u, ...a, ...b, ...summed];
    expect(logits[example]![0]).toBeCloseTo(denseOf(network, "net.click.dense_1", input)[0]!, 9);
  }
  return new Set([...graph.parameters.keys()].filter((name) => !name.startsWith("net.click.")));
}

function fieldsOf(network: Network, example: number): readonly [Vector, Vector, Vector] {
  return [network.vector(example, "u"), network.vector(example, "a"), network.vector(example, "b")];
}

const stepsOf = (network: Network, example: number) => network.steps(example, "clicks.a");

describe("a layer has the same weights in every call", () => {
  test("of what stands behind a pipe", () => {
    const names = expectX(
      "layer l = dense(4, relu) |> linear(2)\nlet x = concat(l(u), l(a))",
      (network, example) => {
        const [u, a] = fieldsOf(network, example);
        return [u, a].flatMap((each) =>
          times(relu(denseOf(network, "net.l.dense_1", each)), network.matrix("net.l.linear_1.kernel")),
        );
      },
    );
    expect([...names]).toEqual(["net.l.dense_1.kernel", "net.l.dense_1.bias", "net.l.linear_1.kernel"]);
  });

  test("over a vector and a history, from within another layer", () => {
    const names = expectX(
      "layer key = linear(2)\nlayer score = (q, k) => dot(key(q), key(k))\nlet x = concat(sum(score(a, clicks) * clicks), sum(score(u, clicks) * clicks))",
      (network, example) => {
        const [u, a] = fieldsOf(network, example);
        const key = (v: Vector) => times(v, network.matrix("net.key.linear_1.kernel"));
        const clicks = stepsOf(network, example);
        return [a, u].flatMap((q) =>
          weighted(
            clicks.map((k) => inner(key(q), key(k))),
            clicks,
            4,
          ),
        );
      },
    );
    expect([...names]).toEqual(["net.key.linear_1.kernel"]);
  });

  test("in the steps of a fold and of a scan", () => {
    const names = expectX(
      "layer l = linear(4)\nlet x = concat(fold(1..3, a, (h, _) => tanh(l(h))), last(scan((h, s) => tanh(l(h) + s), clicks, width: 4)))",
      (network, example) => {
        const l = (v: Vector) => times(v, network.matrix("net.l.linear_1.kernel"));
        const [, a] = fieldsOf(network, example);
        let h = a;
        for (let i = 0; i < 3; i++) h = l(h).map(Math.tanh);
        let state: Vector = [0, 0, 0, 0];
        for (const step of stepsOf(network, example)) state = add(l(state), step).map(Math.tanh);
        return [...h, ...state];
      },
    );
    expect([...names]).toEqual(["net.l.linear_1.kernel"]);
  });

  test("given for a `Block` and an `Activation`", () => {
    expectX(
      "layer l = linear(4)\nlet x = concat(twice(a, l), dense(a, 4, l))",
      (network, example) => {
        const l = (v: Vector) => times(v, network.matrix("net.l.linear_1.kernel"));
        const [, a] = fieldsOf(network, example);
        return [...l(l(a)), ...l(denseOf(network, "net.x.dense_1", a))];
      },
      "block twice(x: Vec[d], f: Block) { f(f(x)) }",
    );
  });

  test("in a block it belongs to that use", () => {
    const names = expectX(
      "let x = concat(pair(u, a), pair(a, b))",
      (network, example) => {
        const [u, a, b] = fieldsOf(network, example);
        return [
          [u, a, "net.x.pair"],
          [a, b, "net.x.pair_2"],
        ].flatMap(([left, right, path]) => {
          const kernel = network.matrix(`${path}.l.linear_1.kernel`);
          return add(times(left as Vector, kernel), times(right as Vector, kernel));
        });
      },
      "block pair(x: Vec[d], y: Vec[d]) -> Vec[2] {\n  layer l = linear(2)\n  l(x) + l(y)\n}",
    );
    expect([...names]).toEqual(["net.x.pair.l.linear_1.kernel", "net.x.pair_2.l.linear_1.kernel"]);
  });

  test("averages of batches are each call's own, what is learned is shared", () => {
    const { parameters } = graphOf(specOf("layer l = dense(4) |> batch_norm\nlet x = l(u) + l(a) + l(b)"));
    const names = [...parameters.keys()].filter((name) => name.startsWith("net.l"));
    expect(names.toSorted()).toEqual(
      [
        ...[
          "net.l.dense_1.kernel",
          "net.l.dense_1.bias",
          "net.l.batch_norm_1.gamma",
          "net.l.batch_norm_1.beta",
        ],
        ...["net.l", "net.l_2", "net.l_3"].flatMap((path) => [
          `${path}.batch_norm_1.mean`,
          `${path}.batch_norm_1.variance`,
        ]),
      ].toSorted(),
    );
  });

  test("each call leaves out numbers of its own", () => {
    const { nodes } = graphOf(specOf("layer l = dense(4) |> dropout(0.5)\nlet x = l(u) + l(a)"));
    const noise = nodes.flatMap(({ op, attributes }) =>
      op === "input" && "name" in attributes && attributes.name.startsWith("noise/") ? [attributes.name] : [],
    );
    expect(new Set(noise).size).toBe(2);
  });
});

describe("learned values", () => {
  test("a memory", () => {
    expectX(
      "let slots = parameter(3, 4)\nlet x = sum(softmax(dot(slots, a)) * slots) + parameter(4, init: 0.5)",
      (network, example) => {
        const [, a] = fieldsOf(network, example);
        const slots = network.matrix("net.slots.parameter_1.value");
        const read = weighted(softmax(slots.map((slot) => inner(slot, a))), slots, 4);
        return add(read, network.weights("net.x.parameter_1.value"));
      },
    );
  });

  test("one for each value of a feature, which begins at a number", () => {
    const graph = graphOf(specOf("let x = dot(parameter(2, 4, per: b, init: 1), a) |> flatten"));
    expect([...graph.parameters.keys()].some((name) => name.startsWith("net.x"))).toBe(false);
    const network = networkOf(graph);
    expect(network.examples).toBeGreaterThan(0);
    const table = graph.nodes.find(
      ({ op, attributes }) =>
        op === "table" && "name" in attributes && attributes.name === "b.net.x.parameter_1",
    );
    expect(table?.type.dims).toEqual([8]);
  });

  test.each([
    ["parameter(4)", { kind: "zeros" }],
    ["parameter(4, init: 2)", { kind: "constant", value: 2 }],
    ["parameter(4, init: normal(0.5))", { kind: "normal", deviation: 0.5 }],
    ["parameter(4, init: uniform(0.5))", { kind: "uniform", limit: 0.5 }],
    ["sum(parameter(3, 4))", { kind: "glorot_normal", fanIn: 3, fanOut: 4 }],
    ["sum(parameter(3, 4, init: zeros))", { kind: "zeros" }],
  ])("%s begins as it says", (expression, init) => {
    const { parameters } = graphOf(specOf(`let x = ${expression}`));
    expect(parameters.get("net.x.parameter_1.value")?.init).toEqual(init);
  });
});

describe("elements by their numbers", () => {
  test.each<[string, (u: Vector, a: Vector, b: Vector) => Vector]>([
    ["[u, a, b][2]", (_u, a) => a],
    ["flatten([u, a, b][2..3])", (_u, a, b) => [...a, ...b]],
    ["flatten(([u, a, b] * 2)[2..3])", (_u, a, b) => scale(2, [...a, ...b])],
    ["u[3]", (u) => [u[2]!]],
    ["concat(u, a)[3..6]", (u, a) => [u[2]!, u[3]!, a[0]!, a[1]!]],
    ["flatten(each([u, a], v => v[2..3]))", (u, a) => [u[1]!, u[2]!, a[1]!, a[2]!]],
    ["flatten(transpose([u, a]))", (u, a) => u.flatMap((value, i) => [value, a[i]!])],
    ["split(concat(u, a), 4)[4]", (_u, a) => [a[2]!, a[3]!]],
  ])("%s", (expression, plain) => {
    expectX(`let x = ${expression}`, (network, example) => plain(...fieldsOf(network, example)));
  });

  test("all of a list are named, also what a block gives", () => {
    expectX(
      "let (l, r) = both(a)\nlet (one, two) = [u, b] * 3\nlet (k, m) = both(clicks)\nlet x = concat(l * r, one - two, sum(k * m))",
      (network, example) => {
        const [u, a, b] = fieldsOf(network, example);
        const gated = (v: Vector, path: string) =>
          hadamard(denseOf(network, `${path}.dense_1`, v), denseOf(network, `${path}.dense_2`, v));
        const clicks = stepsOf(network, example).map((step) => gated(step, "net.k_m.both"));
        const summed = weighted(
          clicks.map(() => 1),
          clicks,
          4,
        );
        return [...gated(a, "net.l_r.both"), ...scale(3, add(u, scale(-1, b))), ...summed];
      },
      "block both(x: Vec[d]) { [dense(x, d), dense(x, d)] }",
    );
  });

  test("a function in braces names what it computes", () => {
    expectX(
      "let x = sum(each([u, a], v => {\n  let h = dense(v, 2)\n  layer l = linear(2)\n  let (p, q) = [l(h), l(h * h)]\n  p * q\n}))",
      (network, example) => {
        const [u, a] = fieldsOf(network, example);
        const l = (v: Vector) => times(v, network.matrix("net.x.l.linear_1.kernel"));
        return add(
          ...[u, a].map((v) => {
            const h = denseOf(network, "net.x.h.dense_1", v);
            return hadamard(l(h), l(hadamard(h, h)));
          }),
        );
      },
    );
  });
});

describe("mistakes", () => {
  test.each([
    ["two widths", "layer l = linear(2)\nlet x = concat(l(u), l(concat(u, a)))", ["DIN0682"]],
    ["one that nothing calls", "layer l = linear(2)\nlet x = u", ["DIN0683"]],
    ["a value", "layer l = u\nlet x = l(u)", ["DIN0681"]],
    ["a number", "layer l = 3\nlet x = l(u)", ["DIN0681"]],
    ["one that calls itself", "layer l = v => l(v)\nlet x = l(u)", ["DIN0265"]],
    ["a name from below", "layer l = v => v * later\nlet later = a\nlet x = l(u) * later", ["DIN0265"]],
    ["two arguments behind a pipe", "layer l = linear(2)\nlet x = l(u, a)", ["DIN0269"]],
    ["an argument by name", "layer l = linear(2)\nlet x = l(u, width: 3)", ["DIN0270"]],
    ["an element too many", "let x = [u, a][3]", ["DIN0304"]],
    ["an element 0", "let x = [u, a][0]", ["DIN0304"]],
    ["a number too many", "let x = u[2..5]", ["DIN0304"]],
    ["a range that counts down", "let x = u[3..2]", ["DIN0304"]],
    ["a step", "let x = clicks[1]", ["DIN0685"]],
    ["an element by a Float", "let x = u[1.5]", ["DIN0272"]],
    ["more names than elements", "let (p, q, r) = [u, a]\nlet x = p * q * r", ["DIN0684"]],
    ["names for a vector", "let (p, q) = u\nlet x = p * q", ["DIN0272"]],
    ["a name that is not used", "let (p, q) = [u, a]\nlet x = p", ["DIN0229"]],
    [
      "a name in braces that is not used",
      "let x = sum(each([u, a], v => { let y = v * 2\nv }))",
      ["DIN0229"],
    ],
    ["three sizes", "let x = parameter(2, 3, 4)", ["DIN0686"]],
    ["no size", "let x = u * parameter(init: 1)", ["DIN0291"]],
    ["a feature that is none", "let x = parameter(4, per: u * a)", ["DIN0360"]],
    ["initial values without a number", "let x = parameter(4, init: normal())", ["DIN0205"]],
    ["initial values that are none", "let x = parameter(4, init: u)", ["DIN0272"]],
    ["a function without a value", "let x = sum(each([u, a], v => { let y = v }))", ["DIN0116"]],
    ["a value that is not the last", "let x = sum(each([u, a], v => { v\nlet y = v }))", ["DIN0120"]],
  ])("%s", (_name, net, codes) => {
    expect(codesOf(specOf(net))).toEqual(codes);
  });
});
