// A model around a value `x` of a network that reads two items, a user and one history, and what is expected of its logits.

import { expect } from "vitest";
import { add, denseOf, type Matrix, type Network, networkOf, type Vector } from "../support/network.ts";
import { graphOf } from "./support.ts";

/** `net` says what `x` is. */
export function specOf(net: string, blocks = ""): string {
  return `model test
features user { u : id  embed 4 }
features item {
  a : id  embed 4
  b : id  embed 4
}
history clicks(max: 5) { a <-> clicked_a }
label click : binary
${blocks}
net {
${net}
  predict click = concat(x, u, a, b, sum(clicks)) |> dense(1) |> sigmoid
}`;
}

export interface Example {
  readonly u: Vector;
  readonly a: Vector;
  readonly b: Vector;
  readonly clicks: Matrix;
  readonly network: Network;
}

/** The logits of a network whose `x` is `plain`. */
export function expectX(net: string, plain: (example: Example) => Vector, blocks = ""): void {
  const network = networkOf(graphOf(specOf(net, blocks)));
  const logits = network.output("logit.click");
  for (let i = 0; i < network.examples; i++) {
    const [u, a, b] = ["u", "a", "b"].map((name) => network.vector(i, name)) as [Vector, Vector, Vector];
    const clicks = network.steps(i, "clicks.a");
    const input = [...plain({ u, a, b, clicks, network }), ...u, ...a, ...b, ...add([0, 0, 0, 0], ...clicks)];
    expect(logits[i]![0]).toBeCloseTo(denseOf(network, "net.click.dense_1", input)[0]!, 10);
  }
}
