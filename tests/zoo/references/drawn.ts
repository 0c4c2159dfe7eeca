// Models that learn from what is drawn for a step, or from its place in the training.

import {
  add,
  chanceOf,
  denseOf,
  hadamard,
  inner,
  layerNormOf,
  type Matrix,
  mlpOf,
  type Network,
  sigmoid,
  softmax,
  times,
  type Vector,
  weighted,
  zeros,
} from "../../support/network.ts";
import { fieldsOf, numbered, sumOf } from "./fields.ts";
import type { Reference } from "./reference.ts";
import { multiHead } from "./sequences.ts";

const softplus = (x: number) => Math.log1p(Math.exp(x));
const gelu = (x: Vector): Vector =>
  x.map((value) => (value / 2) * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (value + 0.044715 * value ** 3))));

/** Steps that the network hides from itself: a share of 0.2 of them. */
const hiddenOf = (network: Network, example: number) =>
  network.drawn(example, "net.hidden.masked.random_1").map(([u]) => Math.abs(2 * u! - 1) > 0.8);

/** Two layers of a transformer over the history, hidden steps as [mask], and [mask] after it (Sun et al., CIKM 2019, section 3). */
function read(network: Network, example: number): Matrix {
  const mask = network.weights("net.mask.parameter_1.value");
  const hidden = hiddenOf(network, example);
  const steps = network.steps(example, "liked.item_id").map((step, t) => (hidden[t] ? mask : step));
  const asked = [...steps, mask];
  const positions = network.matrix("net.placed.position_1.vectors");
  const placed: Matrix = asked.map((step, t) => add(step, positions[asked.length - 1 - t]!));
  const layers = [1, 2].reduce<Matrix>((x, layer) => {
    const name = `net.read.${numbered("encoder", layer)}`;
    const heads = multiHead(network, `${name}.mixed.multi_head`, x, 2);
    return x.map((step, t) => {
      const mixed = layerNormOf(network, `${name}.mixed.layer_norm_1`, add(step, heads[t]!));
      const wide = gelu(denseOf(network, `${name}.fed.dense_1`, mixed));
      const fed = denseOf(network, `${name}.fed.dense_2`, wide);
      return layerNormOf(network, `${name}.layer_norm_1`, add(mixed, fed));
    });
  }, placed);
  return layers.map((step) => gelu(denseOf(network, "net.read.dense_1", step)));
}

const bert4rec: Reference = (network, example) => ({
  like:
    inner(read(network, example).at(-1)!, network.vector(example, "item_id")) +
    network.vector(example, "item_id", "item_id.weight")[0]!,
});

/** −log of the hidden film's share in a softmax over all films, in the mean over hidden steps (equations 7 and 8). */
const found: Reference = (network, example) => {
  const hidden = hiddenOf(network, example);
  const [films, biases] = [network.rows("item_id"), network.rows("item_id.weight")];
  const seen = read(network, example);
  const all = network.stepIds(example, "liked.item_id").map((id, t) => {
    const scores = films.map((film, i) => inner(seen[t]!, film) + biases[i]![0]!);
    return -Math.log(softmax(scores)[id]!);
  });
  const counted = all.filter((_, t) => hidden[t]);
  return { found: counted.length === 0 ? 0 : sumOf(counted) / counted.length };
};

const adversarial = ["user_id", "age", "occupation", "item_id", "genre"];
const shared = (network: Network, example: number) =>
  mlpOf(
    network,
    "net.features.mlp",
    adversarial.flatMap((feature) => network.vector(example, feature)),
    2,
    sigmoid,
  );

const dann: Reference = (network, example) => ({
  like: denseOf(network, "net.like.dense_1", shared(network, example))[0]!,
});

/** The cross-entropy of the domain, whatever its gradient does (Ganin et al., JMLR 2016, equation 9). */
const domain: Reference = (network, example) => {
  const z = denseOf(network, "net.domain.dense_1", shared(network, example))[0]!;
  const [gender] = network.ids(example, "gender");
  return { domain: -Math.log(gender === 3 ? chanceOf(z) : 1 - chanceOf(z)) };
};

/** Softmax(KeepTopK(x·W_g + ε · softplus(x·W_noise), 2)) (Shazeer et al., ICLR 2017, equations 3 to 5). */
function gatesOf(network: Network, example: number): Vector {
  const x = fieldsOf(network, example).flat();
  const [drawn] = network.drawn(example, "net.noise.random_1");
  const wide = times(x, network.matrix("net.noise.linear_1.kernel")).map(softplus);
  const scores = add(times(x, network.matrix("net.scores.linear_1.kernel")), hadamard(drawn!, wide));
  const least = scores.toSorted((a, b) => b - a)[1]!;
  const kept = softmax(scores.filter((score) => score >= least));
  let next = 0;
  return scores.map((score) => (score >= least ? kept[next++]! : 0));
}

const sparse_moe: Reference = (network, example) => {
  const x = fieldsOf(network, example).flat();
  const experts = [1, 2, 3, 4].map((i) =>
    denseOf(network, `net.experts.dense_${i}`, mlpOf(network, `net.experts.${numbered("mlp", i)}`, x, 1)),
  );
  const mixture = weighted(gatesOf(network, example), experts, 16);
  return { like: denseOf(network, "net.like.dense_1", mlpOf(network, "net.like.mlp", mixture, 1))[0]! };
};

/** CV(Σ G(x))² over the batch (equation 7, as its square). */
const balance: Reference = (network) => {
  const load = Array.from({ length: network.examples }, (_, i) => gatesOf(network, i)).reduce(
    (sum, gates) => add(sum, gates),
    zeros(4),
  );
  const mean = sumOf(load) / 4;
  return { balance: sumOf(load.map((each) => (each - mean) ** 2)) / 4 / mean ** 2 };
};

export const references = { bert4rec, dann, sparse_moe };

export const losses = { bert4rec: found, dann: domain, sparse_moe: balance };
