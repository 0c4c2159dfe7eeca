// Models over pairs and powers of fields: the factorization machine and what came of it.

import {
  add,
  denseOf,
  hadamard,
  inner,
  mlpOf,
  type Network,
  relu,
  scale,
  softmax,
  tanh,
  times,
  type Vector,
  weighted,
} from "../../support/network.ts";
import { FIELDS, fieldsOf, firstOrder, pairsOf, sumOf } from "./fields.ts";
import type { Reference } from "./reference.ts";

const bias = (network: Network) => network.weights("net.like.bias_1.bias")[0]!;

/** w₀ + Σ wᵢ + Σ⟨vᵢ, vⱼ⟩ (Rendle, ICDM 2010, equation 1). */
const fm: Reference = (network, example) => {
  const second = sumOf(pairsOf(fieldsOf(network, example)).map(([a, b]) => inner(a, b)));
  return { like: bias(network) + firstOrder(network, example) + second };
};

/** zᵢ = (wᵢ, vᵢ), tanh layers over all of them (Zhang et al., ECIR 2016, equations 1 to 4). */
const fnn: Reference = (network, example) => {
  const weights = FIELDS.map((feature) => network.vector(example, feature, `${feature}.weight`)[0]!);
  const z = [...weights, ...fieldsOf(network, example).flat()];
  return { like: denseOf(network, "net.like.dense_1", mlpOf(network, "net.like.mlp", z, 2, tanh))[0]! };
};

/** w₀ + Σ wᵢ + Σ vᵢ M(i,j) vⱼᵀ, a matrix for each pair (Sun et al., WWW 2021, equation 5). */
const fmfm: Reference = (network, example) => {
  const second = pairsOf(fieldsOf(network, example)).map(([a, b], k) =>
    inner(times(a, network.matrix(`net.second.linear_${k + 1}.kernel`)), b),
  );
  return { like: bias(network) + firstOrder(network, example) + sumOf(second) };
};

/** vᵢᵀ W(i,j) vⱼ with W = M + Mᵀ, its sum beside a network over it and the fields (Pande, 2020, equations 5 to 8). */
const deep_fefm: Reference = (network, example) => {
  const fields = fieldsOf(network, example);
  const pairs = pairsOf(fields).map(([a, b], k) => {
    const block = k === 0 ? "symmetric" : `symmetric_${k + 1}`;
    const m = network.matrix(`net.embedded.${block}.linear_1.kernel`);
    const w = m.map((row, i) => row.map((value, j) => value + m[j]![i]!));
    return inner(times(a, w), b);
  });
  const hidden = mlpOf(network, "net.deep.mlp", [...fields.flat(), ...pairs], 2);
  const deep = times(hidden, network.matrix("net.deep.linear_1.kernel"))[0]!;
  return { like: bias(network) + firstOrder(network, example) + sumOf(pairs) + deep };
};

/**
 * mₓ = P·flatten(ReLU(MultiHead(E) + E W)) + P′·MLP(E), Σ mᵢwᵢ + Σ⟨mᵢvᵢ, mⱼvⱼ⟩ (Lu et al., IJCAI 2020,
 * section 3).
 */
const difm: Reference = (network, example) => {
  const fields = fieldsOf(network, example);
  const through = (name: string) => fields.map((field) => times(field, network.matrix(`${name}.kernel`)));
  const [q, k, v] = [1, 2, 3].map((i) => through(`net.mixed.linear_${i}`));
  const residual = through("net.by_field.linear_1");
  const seen = fields.flatMap((_, i) => {
    const heads = [0, 4].flatMap((from) => {
      const part = (x: Vector) => x.slice(from, from + 4);
      const scores = k!.map((key) => inner(part(q![i]!), part(key)) / 2);
      return weighted(softmax(scores), v!.map(part), 4);
    });
    return relu(add(heads, residual[i]!));
  });
  const hidden = mlpOf(network, "net.by_bit.mlp", fields.flat(), 1);
  const m = add(
    times(seen, network.matrix("net.by_field.linear_2.kernel")),
    times(hidden, network.matrix("net.by_bit.linear_1.kernel")),
  );
  const first = sumOf(FIELDS.map((f, i) => m[i]! * network.vector(example, f, `${f}.weight`)[0]!));
  const scaled = fields.map((field, i) => scale(m[i]!, field));
  return { like: bias(network) + first + sumOf(pairsOf(scaled).map(([a, b]) => inner(a, b))) };
};

/** Σ (1 − ⟨u, v⟩ − u₀ − v₀) / (u₀v₀), ⟨u, v⟩ = −u₀v₀ + u·v and u₀ = √(1 + |u|²) (Xu & Wu, AAAI 2020, equations 4 and 8). */
const lorentz_fm: Reference = (network, example) => {
  const zeroth = (u: Vector) => Math.sqrt(1 + inner(u, u));
  const scores = pairsOf(fieldsOf(network, example)).map(([u, v]) => {
    const product = inner(u, v) - zeroth(u) * zeroth(v);
    return (1 - product - zeroth(u) - zeroth(v)) / (zeroth(u) * zeroth(v));
  });
  return { like: sumOf(scores) };
};

/** All vᵢ, vᵢ ⊙ vⱼ and vᵢ ⊙ vⱼ ⊙ vₖ of different fields added up, each order d wide (Yu et al., CIKM 2020, equation 6). */
const deep_im: Reference = (network, example) => {
  const fields = fieldsOf(network, example);
  const pairs = pairsOf(fields).map(([a, b]) => hadamard(a, b));
  const triples = fields.flatMap((a, i) =>
    pairsOf(fields.slice(i + 1)).map(([b, c]) => hadamard(a, hadamard(b, c))),
  );
  const orders = [fields, pairs, triples].flatMap((products) => add(...products));
  const deep = denseOf(network, "net.deep.dense_1", mlpOf(network, "net.deep.mlp", fields.flat(), 2))[0]!;
  return { like: denseOf(network, "net.orders.dense_1", orders)[0]! + deep };
};

/**
 * e = Σ softmax(W h + α h)ₖ MEₖ, h = LeakyReLU(w x), for each number, as a field of DeepFM (Guo et al., KDD
 * 2021, equations 3 to 7).
 */
const autodis: Reference = (network, example) => {
  const ids = ["user_id", "gender", "occupation", "item_id", "genre"];
  const numbers = ["age", "year"];
  const fields = ids.map((feature) => network.vector(example, feature));
  numbers.forEach((feature, i) => {
    const name = `net.fields.discretized${i === 0 ? "" : `_${i + 1}`}`;
    const x = network.vector(example, feature);
    const kernel = (of: string) => network.matrix(`${name}.${of}.kernel`);
    const h = times(x, kernel("hidden.linear_1")).map((value) => (value > 0 ? value : 0.01 * value));
    const chosen = softmax(add(times(h, kernel("linear_1")), scale(0.1, h)));
    fields.push(times(chosen, kernel("linear_2")));
  });
  const first = [
    ...ids.map((feature) => network.vector(example, feature, `${feature}.weight`)[0]!),
    ...numbers.map(
      (feature) => network.vector(example, feature)[0]! * network.weights(`net.${feature}.weight`)[0]!,
    ),
  ];
  const second = pairsOf(fields).map(([a, b]) => inner(a, b));
  const deep = denseOf(network, "net.deep.dense_1", mlpOf(network, "net.deep.mlp", fields.flat(), 2))[0]!;
  return { like: sumOf(first) + sumOf(second) + deep };
};

/**
 * Layers over the vector that layers made of the numbers, and over all inner products of it and the others
 * (Naumov et al., 2019).
 */
const dlrm: Reference = (network, example) => {
  const numbers = ["age", "year"].flatMap((feature) => network.vector(example, feature));
  const bottom = mlpOf(network, "net.bottom.mlp", numbers, 2);
  const ids = ["user_id", "gender", "occupation", "item_id", "genre"];
  const fields = [bottom, ...ids.map((feature) => network.vector(example, feature))];
  const z = [...bottom, ...pairsOf(fields).map(([a, b]) => inner(a, b))];
  return { like: denseOf(network, "net.like.dense_1", mlpOf(network, "net.like.mlp", z, 2))[0]! };
};

/** w₀ + Σ wᵢ + hᵀ Σ vᵢ ⋆ vⱼ, [a ⋆ b]ₖ = Σ aᵢ b₍ᵢ₊ₖ₎ going round (Tay et al., AAAI 2019, section 3). */
const hfm: Reference = (network, example) => {
  const pairs = pairsOf(fieldsOf(network, example)).map(([a, b]) =>
    a.map((_, k) => sumOf(a.map((value, i) => value * b[(i + k) % 8]!))),
  );
  const second = times(add(...pairs), network.matrix("net.second.linear_1.kernel"))[0]!;
  return { like: bias(network) + firstOrder(network, example) + second };
};

export const references = {
  hfm,
  fm,
  fnn,
  fmfm,
  deep_fefm,
  difm,
  lorentz_fm,
  deep_im,
  autodis,
  dlrm,
};
