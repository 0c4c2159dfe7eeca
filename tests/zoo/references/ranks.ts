// Models that learn from how the rows of a user compare, and one that learns how to weigh its tasks.

import {
  add,
  chanceOf,
  denseOf,
  inner,
  layerNormOf,
  logitOf,
  type Matrix,
  mlpOf,
  type Network,
  relu,
  type Vector,
} from "../../support/network.ts";
import { fieldsOf, labelOf, sumOf } from "./fields.ts";
import type { Reference } from "./reference.ts";
import { multiHead } from "./sequences.ts";

/** x̂ᵤᵢ = ⟨wᵤ, hᵢ⟩ and the item's bias (Rendle et al., UAI 2009, section 4.3.1). */
const factorized = (network: Network, example: number) =>
  inner(network.vector(example, "user_id"), network.vector(example, "item_id")) +
  network.vector(example, "item_id", "item_id.weight")[0]!;

/** −ln σ(x̂ᵤᵢ − x̂ᵤⱼ) of a liked film i and, in the mean, the user's films j that are not (section 4.1). */
const pairs: Reference = (network, example) => {
  const other = network.beside(example).filter((j) => labelOf(network, j) < labelOf(network, example));
  const each = other.map((j) => -Math.log(chanceOf(factorized(network, example) - factorized(network, j))));
  return { pairs: each.length === 0 ? 0 : sumOf(each) / each.length };
};

const logits = (network: Network, example: number, name: string) =>
  denseOf(
    network,
    `net.${name}.dense_1`,
    mlpOf(network, `net.${name}.mlp`, fieldsOf(network, example).flat(), 2),
  );

/**
 * The probability that an example is the first of its list, by what `of` gives for each (Cao et al., ICML
 * 2007, equation 3).
 */
const firstBy = (network: Network, example: number, of: (example: number) => number) =>
  Math.exp(of(example)) / sumOf(network.beside(example).map((j) => Math.exp(of(j))));

const scoreOf = (network: Network, example: number) => logits(network, example, "score")[0]!;

/** What an example adds to −Σ P_y log P_z, the cross-entropy of a list. */
const lists: Reference = (network, example) => ({
  lists:
    -firstBy(network, example, (j) => labelOf(network, j)) *
    Math.log(firstBy(network, example, (j) => scoreOf(network, j))),
});

/** p(y = 1) of a softmax over both logits, as a logit (Sheng et al., KDD 2023, equation 3). */
const jrc: Reference = (network, example) => {
  const [no, yes] = logits(network, example, "logits");
  return { like: logitOf(Math.exp(yes!) / (Math.exp(no!) + Math.exp(yes!))) };
};

/** −log of f(xᵢ)[yᵢ]'s share among f(xⱼ)[yᵢ] of the context's samples j (equation 6). */
const rank: Reference = (network, example) => {
  const y = labelOf(network, example);
  return { rank: -Math.log(firstBy(network, example, (j) => logits(network, j, "logits")[y]!)) };
};

const noiseOf = (network: Network) => network.weights("net.noise.parameter_1.value");

const task = (network: Network, example: number, label: string) => {
  const shared = mlpOf(network, "net.shared.mlp", fieldsOf(network, example).flat(), 1);
  return denseOf(network, `net.${label}.dense_1`, mlpOf(network, `net.${label}.mlp`, shared, 1))[0]!;
};

/** [xᵢ; pvᵢ] and the position's vector (Pei et al., RecSys 2019, section 4). */
const placed = (network: Network, example: number): Vector => {
  const personal = mlpOf(network, "net.personal.mlp", fieldsOf(network, example).flat(), 1);
  const [item, genre] = fieldsOf(network, example).slice(4) as [Vector, Vector];
  return add([...item, ...genre, ...personal], network.vector(example, "place"));
};

/** Two layers of a transformer over the list of an example, whose first row is the example's. */
const reranked: Reference = (network, example) => {
  const list = [example, ...network.beside(example).filter((j) => j !== example)];
  let rows: Matrix = list.map((j) => placed(network, j));
  for (const layer of ["list_encoder", "list_encoder_2"]) {
    const name = `net.score.${layer}`;
    const seen = multiHead(network, `${name}.seen`, rows, 2);
    rows = rows.map((row, i) => {
      const mixed = layerNormOf(network, `${name}.mixed.layer_norm_1`, add(row, seen[i]!));
      const inside = relu(denseOf(network, `${name}.dense_1`, mixed));
      return layerNormOf(
        network,
        `${name}.layer_norm_1`,
        add(mixed, denseOf(network, `${name}.dense_2`, inside)),
      );
    });
  }
  return { like: denseOf(network, "net.score.dense_1", rows[0]!)[0]! };
};

/** −Σ yᵢ log softmax(scores)ᵢ of a list. */
const rerankedLists: Reference = (network, example) => {
  const scores = network.beside(example).map((j) => reranked(network, j)["like"]!);
  const share = Math.exp(reranked(network, example)["like"]!) / sumOf(scores.map(Math.exp));
  return { lists: -labelOf(network, example) * Math.log(share) };
};

export const references: Readonly<Record<string, Reference>> = {
  bpr: (network, example) => ({ like: factorized(network, example) }),
  listnet: (network, example) => ({ like: scoreOf(network, example) }),
  jrc,
  prm: reranked,
  uncertainty: (network, example) => ({
    like: task(network, example, "like"),
    love: task(network, example, "love"),
  }),
};

export const losses: Readonly<Record<string, Reference>> = {
  bpr: pairs,
  listnet: lists,
  jrc: rank,
  prm: rerankedLists,
  /** Σ log σ of the tasks, each half of log σ² (Kendall et al., CVPR 2018, equation 10). */
  uncertainty: (network) => ({ doubt: sumOf(noiseOf(network).map((s) => s / 2)) }),
};
