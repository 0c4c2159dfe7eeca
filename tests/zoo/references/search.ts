// Models that search in long histories.

import { denseOf, inner, mlpOf, type Network, softmax, times, weighted } from "../../support/network.ts";
import type { Reference } from "./index.ts";
import { likedOf } from "./interest.ts";

/** What a user and a candidate have besides the history. */
function fieldsOf(network: Network, example: number) {
  const user = ["user_id", "gender", "age", "occupation"].flatMap((name) => network.vector(example, name));
  const target = ["item_id", "genre"].flatMap((name) => network.vector(example, name));
  return { user, target };
}

/**
 * The latest three behaviours of the candidate's category, each with what stands for its time; for each head, weights
 * softmax(W_b z ⊙ W_a e) and Σ weight · z (Qi et al., CIKM 2020, equations 1, 5 and 6).
 */
const sim_hard: Reference = (network, example) => {
  const { user, target } = fieldsOf(network, example);
  const [category] = network.ids(example, "genre");
  const categories = network.stepIds(example, "liked.genre");
  const found = likedOf(network, example)
    .filter((_, step) => categories[step] === category)
    .slice(-3);
  const ages = network.matrix("net.placed.position_1.vectors");
  const placed = found.map((step, i) => [...step, ...ages[3 - found.length + i]!]);
  const heads = [1, 2].flatMap((head) => {
    const name = `net.interest.head${head === 1 ? "" : `_${head}`}`;
    const query = times(target, network.matrix(`${name}.linear_1.kernel`));
    const keys = placed.map((step) => times(step, network.matrix(`${name}.linear_2.kernel`)));
    const weights = found.length === 0 ? [] : softmax(keys.map((key) => inner(query, key)));
    return weighted(weights, placed, 20);
  });
  const h = mlpOf(network, "net.like.mlp", [...user, ...target, ...heads], 2);
  return { like: denseOf(network, "net.like.dense_1", h)[0]! };
};

export const references = { sim_hard };
