// Models of the user's interest, from histories.

import { denseOf, diceOf, hadamard, mlpOf, type Network, weighted } from "../../support/network.ts";
import type { Reference } from "./reference.ts";

/** The steps of the history, item and genre side by side. */
export function likedOf(network: Network, example: number): readonly (readonly number[])[] {
  const genres = network.steps(example, "liked.genre");
  return network.steps(example, "liked.item_id").map((id, step) => [...id, ...genres[step]!]);
}

/**
 * Σ a(eⱼ, v) eⱼ, a an MLP over both, their difference and their product, not normalised (Zhou et al., KDD
 * 2018, section 4.3).
 */
const din: Reference = (network, example) => {
  const user = ["user_id", "gender", "age", "occupation"].flatMap((name) => network.vector(example, name));
  const target = [...network.vector(example, "item_id"), ...network.vector(example, "genre")];
  const steps = likedOf(network, example);
  const score = "net.interest.attend.activation_score";
  const weights = steps.map((step) => {
    const minus = target.map((value, i) => value - step[i]!);
    const pair = [...target, ...step, ...minus, ...hadamard(target, step)];
    const h = mlpOf(network, `${score}.mlp`, pair, 2, (s, i) => diceOf(network, `${score}.mlp.dice_${i}`, s));
    return denseOf(network, `${score}.dense_1`, h)[0]!;
  });
  const x = [...user, ...target, ...weighted(weights, steps, 16)];
  const h = mlpOf(network, "net.like.mlp", x, 2, (s, i) => diceOf(network, `net.like.mlp.dice_${i}`, s));
  return { like: denseOf(network, "net.like.dense_1", h)[0]! };
};

export const references = { din };
