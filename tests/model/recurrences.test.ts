// Recurrences in both directions, along lists, and with a state of several parts: what they compute, against plain loops.

import { describe, expect, test } from "vitest";
import { lower } from "../../compiler/frontend/check/lower.ts";
import {
  add,
  denseOf,
  hadamard,
  type Matrix,
  type Network,
  networkOf,
  scale,
  sigmoid,
  type Vector,
} from "../support/network.ts";
import { expectX, specOf } from "./around-x.ts";
import { codesOf, modelOf } from "./support.ts";

const tanh = (x: Vector): Vector => x.map(Math.tanh);
const ZERO = [0, 0, 0, 0];

/** tanh(dense(h) + x), whose layer is the only one at `path`. */
function elman(network: Network, path: string, xs: Matrix, start: Vector = ZERO): Matrix {
  let h = start;
  return xs.map((x) => {
    h = tanh(add(denseOf(network, `${path}.dense_1`, h), x));
    return h;
  });
}

const CELL = "(h, x) => tanh(dense(h, 4) + x)";
const last = (states: Matrix, width = 4): Vector => states.at(-1) ?? new Array<number>(width).fill(0);
const sum = (all: Matrix): Vector => all.reduce((total, each) => add(total, each), ZERO);

describe("scan_back", () => {
  test("goes from the latest step to the first", () => {
    expectX(`  let x = first(scan_back(${CELL}, clicks, width: 4))`, ({ clicks, network }) =>
      last(elman(network, "net.x", clicks.toReversed())),
    );
    expectX(
      `  let x = sum(scan_back(${CELL}, clicks, width: 4, start: u) * clicks)`,
      ({ u, clicks, network }) =>
        sum(
          elman(network, "net.x", clicks.toReversed(), u).map((h, i) => hadamard(h, clicks.toReversed()[i]!)),
        ),
    );
  });

  test("stands beside the states of scan", () => {
    const both = `concat(scan(${CELL}, clicks, width: 4), scan_back(${CELL}, clicks, width: 4))`;
    expectX(`  let x = last(${both})`, ({ clicks, network }) => {
      const there = elman(network, "net.x", clicks);
      const path = { ...network };
      const back = elmanAt(path, "net.x.dense_2", clicks.toReversed()).toReversed();
      return [...last(there), ...last(back)];
    });
  });
});

function elmanAt(network: Network, layer: string, xs: Matrix): Matrix {
  let h: Vector = ZERO;
  return xs.map((x) => {
    h = tanh(add(denseOf(network, layer, h), x));
    return h;
  });
}

describe("a list", () => {
  test("is gone through with one layer", () => {
    const network = networkOf(lower(modelOf(specOf(`  let x = last(scan(${CELL}, [u, a, b], width: 4))`))));
    expect(network.matrix("net.x.dense_1.kernel")).toHaveLength(4);
    expect(() => network.matrix("net.x.dense_2.kernel")).toThrow("no weight");
  });

  test("gives the state after each element, in both directions", () => {
    expectX(`  let x = flatten(scan(${CELL}, [u, a, b], width: 4))`, ({ u, a, b, network }) =>
      elman(network, "net.x", [u, a, b]).flat(),
    );
    expectX(
      `  let x = flatten(scan_back(${CELL}, [u, a, b], width: 4, start: 0.5))`,
      ({ u, a, b, network }) => elman(network, "net.x", [b, a, u], [0.5, 0.5, 0.5, 0.5]).toReversed().flat(),
    );
  });

  test("may be there for each step, and meet vectors of the step", () => {
    expectX(
      "  let x = sum(last(scan((h, x, c) => h * c + x, [clicks, clicks * a, a], clicks, width: 4)))",
      ({ a, clicks }) =>
        sum(clicks.map((s) => [s, hadamard(s, a), a].reduce<Vector>((h, x) => add(hadamard(h, s), x), ZERO))),
    );
  });

  test("counts the operations of each element", () => {
    const deep = Array.from({ length: 60 }, () => "h + ").join("");
    const spec = specOf(`  let x = last(scan((h, x) => ${deep}x, each(1..2_000, _ => u), width: 4))`);
    expect(codesOf(spec)).toContain("DIN0254");
  });
});

describe("a state of several parts", () => {
  test("is given part by part and given back as a list", () => {
    const cell = "(h, n, x) => [tanh(dense(h, 4) + x), 0.5 * n + dot(h, x)]";
    const states = (clicks: Matrix, network: Network): { hs: Matrix; ns: Matrix } => {
      let [h, n]: [Vector, number] = [ZERO, 1];
      const [hs, ns]: [Vector[], Vector[]] = [[], []];
      for (const x of clicks) {
        const inner = h.reduce((total, value, i) => total + value * x[i]!, 0);
        [h, n] = [tanh(add(denseOf(network, "net.states.dense_1", h), x)), 0.5 * n + inner];
        hs.push(h);
        ns.push([n]);
      }
      return { hs, ns };
    };
    const net = (over: string) => `  let states = scan(${cell}, ${over}, width: [4, 1], start: [0, 1])
  let x      = concat(last(states[1]), last(states[2]))`;
    expectX(net("clicks"), ({ clicks, network }) => {
      const { hs, ns } = states(clicks, network);
      return [...last(hs), ...last(ns, 1)];
    });
    expectX(net("[u, a, b]"), ({ u, a, b, network }) => {
      const { hs, ns } = states([u, a, b], network);
      return [...last(hs), ...last(ns, 1)];
    });
  });

  test("is what an LSTM has, whose gates are PyTorch's", () => {
    expectX("  let x = last(lstm(clicks, width: 3))", ({ clicks, network }) => {
      const gate = (name: string, x: Vector, h: Vector) =>
        add(
          denseOf(network, `net.x.lstm.lstm_cell.${name}.dense_1`, x),
          denseOf(network, `net.x.lstm.lstm_cell.${name}.dense_2`, h),
        );
      let [h, c]: [Vector, Vector] = [
        [0, 0, 0],
        [0, 0, 0],
      ];
      for (const x of clicks) {
        const [i, f, o] = ["enters", "stays", "shows"].map((name) => sigmoid(gate(name, x, h)));
        c = add(hadamard(f!, c), hadamard(i!, tanh(gate("memory", x, h))));
        h = hadamard(o!, tanh(c));
      }
      return h;
    });
  });

  test.each([
    ["another number of parts", "scan((h, c, x) => [h, c, x], clicks, width: [4, 4])", "DIN0321"],
    ["a vector for two parts", "scan((h, c, x) => h + c + x, clicks, width: [4, 4])", "DIN0321"],
    ["a part of another width", "scan((h, c, x) => [h + x, concat(c, h)], clicks, width: [4, 4])", "DIN0321"],
    [
      "starts of another number",
      "scan((h, c, x) => [h + x, c], clicks, width: [4, 4], start: [0])",
      "DIN0321",
    ],
    ["a cell without the second part", "scan((h, x) => [h, x], clicks, width: [4, 4])", "DIN0287"],
    ["no parts", "scan((h, x) => h + x, clicks, width: [])", "DIN0272"],
    ["a width of no number", "scan((h, x) => h + x, clicks, width: u)", "DIN0272"],
    ["a width of 0", "scan((h, x) => h + x, clicks, width: 0)", "DIN0284"],
  ])("says what is wrong with %s", (_, expression, code) => {
    expect(codesOf(specOf(`  let states = ${expression}\n  let x = last(clicks)`))).toContain(code);
  });
});

test("a step remembers nothing of what is scaled away", () => {
  expectX("  let x = last(scan((h, x) => 0 * h + x, clicks, width: 4))", ({ clicks }) =>
    scale(1, last(clicks)),
  );
});
