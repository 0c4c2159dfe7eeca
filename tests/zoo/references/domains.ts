// Models of several domains.

import {
  add,
  denseOf,
  hadamard,
  type Matrix,
  type Network,
  relu,
  times,
  type Vector,
} from "../../support/network.ts";
import type { Reference } from "./reference.ts";

const DOMAINS = 2;
const REST = ["user_id", "age", "occupation", "item_id", "genre"];

/** p, of the row: in the table of values a vector for each, of which the paper has exactly one 1. */
const domainOf = (network: Network, example: number): Vector =>
  network.vector(example, "gender", "gender.values");

/** Σ p_d · rows[d] */
const own = (p: Vector, rows: readonly Vector[]): Vector =>
  add(...rows.map((row, d) => row.map((value) => value * p[d]!)));

const split = (values: Vector, width: number): Matrix =>
  Array.from({ length: DOMAINS }, (_, d) => values.slice(d * width, (d + 1) * width));

/** γ_p · (z − E_p)/√(Var_p + ε) + β_p with the moving statistics of the domain (section 3.2). */
function partitioned(network: Network, name: string, z: Vector, p: Vector): Vector {
  const of = (part: string) => split(network.weights(`${name}.${part}`), z.length);
  const share = network.weights(`${name}.share`);
  const [means, variances] = ["mean", "variance"].map((part) =>
    of(part).map((row, d) => row.map((value) => value / share[d]!)),
  );
  const scales = of("gamma").map((row, d) =>
    row.map((value, j) => value / Math.sqrt(variances![d]![j]! + 1e-5)),
  );
  const centred = add(
    z,
    own(p, means!).map((value) => -value),
  );
  return add(hadamard(centred, own(p, scales)), own(p, of("beta")));
}

/** W* = W ⊙ W_p, b* = b + b_p (section 3.3). */
function star(network: Network, name: string, x: Vector, p: Vector): Vector {
  const shared = network.matrix(`${name}.kernel`);
  const all = network.matrix(`${name}.kernels`);
  const width = shared[0]!.length;
  const outputs = Array.from({ length: DOMAINS }, (_, d) =>
    times(
      x,
      shared.map((row, i) => row.map((value, j) => value * all[i]![d * width + j]!)),
    ),
  );
  const biases = split(network.weights(`${name}.biases`), width);
  return add(own(p, outputs), own(p, biases), network.weights(`${name}.bias`));
}

/** Sigmoid of s_m + s_a, of the star's network and the one that reads the domain (section 3.4). */
const starModel: Reference = (network, example) => {
  const p = domainOf(network, example);
  const fields = REST.flatMap((name) => network.vector(example, name));
  const x = partitioned(network, "net.x.batch_norm_1", fields, p);
  const main = star(network, "net.main.star_2", relu(star(network, "net.main.star_1", x, p)), p);
  const domain = [...network.vector(example, "gender"), ...fields];
  const hidden = relu(denseOf(network, "net.domain.dense_1", domain));
  return { like: main[0]! + denseOf(network, "net.domain.dense_2", hidden)[0]! };
};

export const references = { star: starModel };
