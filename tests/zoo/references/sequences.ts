// Models of how interest goes on: recurrences and self-attention over histories, with the losses that teach them.

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
  relu,
  scale,
  sigmoid,
  softmax,
  times,
  type Vector,
  weighted,
  zeros,
} from "../../support/network.ts";
import { fieldsOf, numbered } from "./fields.ts";
import { likedOf } from "./interest.ts";
import type { Reference } from "./reference.ts";

export const userOf = (network: Network, example: number) => fieldsOf(network, example).slice(0, 4).flat();
const targetOf = (network: Network, example: number) => fieldsOf(network, example).slice(4).flat();

/** Layers of 64 and 32 with Dice, and the logit. */
function deep(network: Network, x: Vector): number {
  const h = mlpOf(network, "net.like.mlp", x, 2, (s, i) => diceOf(network, `net.like.mlp.dice_${i}`, s));
  return denseOf(network, "net.like.dense_1", h)[0]!;
}

// ---- Recurrences

interface Gates {
  readonly update: Vector;
  readonly candidate: Vector;
}

/** u = σ(W i + U h + b), r = σ(W i + U h + b), h̃ = tanh(W i + r ⊙ (U h + c) + b). */
export function gatesOf(network: Network, cell: string, input: Vector, h: Vector): Gates {
  const of = (gate: string) => [
    denseOf(network, `${cell}.${gate}.dense_1`, input),
    denseOf(network, `${cell}.${gate}.dense_2`, h),
  ];
  const [update, reset] = ["update", "reset"].map((gate) => sigmoid(add(...of(gate))));
  const [fromInput, fromState] = of("candidate");
  const candidate = add(fromInput!, hadamard(reset!, fromState!)).map(Math.tanh);
  return { update: update!, candidate };
}

/** DIEN's h(t), the GRU's states. As in PyTorch, u says how much of the old state stays. */
function interestStates(network: Network, example: number): Matrix {
  const states: Vector[] = [];
  for (const step of likedOf(network, example)) {
    const before = states.at(-1) ?? zeros(16);
    const { update, candidate } = gatesOf(network, "net.states.gru.gru_cell", step, before);
    states.push(before.map((value, i) => update[i]! * value + (1 - update[i]!) * candidate[i]!));
  }
  return states;
}

/**
 * h by a GRU; a(t) = exp(h(t) W e) / Σ exp(h(j) W e); ũ = a · u, h′ = (1 − ũ) ⊙ h′ + ũ ⊙ h̃′, of which the
 * last goes into the network (Zhou et al., AAAI 2019, equations 2 to 5, 8, and 13 to 16).
 */
const dien: Reference = (network, example) => {
  const target = targetOf(network, example);
  const states = interestStates(network, example);
  const scores = states.map((h) => inner(times(h, network.matrix("net.matters.linear_1.kernel")), target));
  const attention = softmax(scores);
  let evolved = zeros(16);
  states.forEach((input, t) => {
    const { update, candidate } = gatesOf(network, "net.evolved.augru.augru_cell", input, evolved);
    const gate = scale(attention[t]!, update);
    evolved = evolved.map((value, i) => (1 - gate[i]!) * value + gate[i]! * candidate[i]!);
  });
  return { like: deep(network, [...userOf(network, example), ...target, ...evolved]) };
};

/**
 * −Σ log σ(⟨h(t), e(t + 1)⟩) + log(1 − σ(⟨h(t), ê(t + 1)⟩)), ê the step that another one of the batch's was
 * exchanged for (Zhou et al., AAAI 2019, equation 6; Xiao et al., CIKM 2020, the refiner's loss).
 */
function nextStepLoss(network: Network, example: number, told: Matrix): number {
  const following = (of: number) => likedOf(network, of).slice(1);
  const all = Array.from({ length: network.examples }, (_, of) => following(of));
  const first = all.slice(0, example).flat().length;
  const order = network.order("net.next_step.shuffled_1");
  const probability = (h: Vector, e: Vector) => 1 / (1 + Math.exp(-inner(h, e)));
  return following(example).reduce((loss, next, t) => {
    const other = all.flat()[order[first + t]!]!;
    return loss - Math.log(probability(told[t]!, next)) - Math.log(1 - probability(told[t]!, other));
  }, 0);
}

const dienLoss: Reference = (network, example) => ({
  next_step: nextStepLoss(network, example, interestStates(network, example)),
});

// ---- Self-attention

/** softmax(Q Kᵀ / √d) V, row t of Q seeing the first `seen(t)` rows (Vaswani et al., NeurIPS 2017, equation 1). */
function attention(q: Matrix, k: Matrix, v: Matrix, seen: (t: number) => number): Matrix {
  return q.map((query, t) => {
    const keys = k.slice(0, seen(t));
    const scores = keys.map((key) => inner(query, key) / Math.sqrt(query.length));
    return weighted(softmax(scores), v.slice(0, seen(t)), v[0]!.length);
  });
}

/** Concat(head₁, …) Wᴼ, headᵢ = Attention(X Wᵢq, X Wᵢk, X Wᵢv): head i has the i-th columns of the three kernels. */
export function multiHead(
  network: Network,
  name: string,
  x: Matrix,
  heads: number,
  seen: (t: number) => number = () => x.length,
): Matrix {
  const [q, k, v, o] = [1, 2, 3, 4].map((i) => network.matrix(`${name}.linear_${i}.kernel`));
  const size = o!.length / heads;
  const columns = (w: Matrix, head: number) => w.map((row) => row.slice(head * size, (head + 1) * size));
  const of = Array.from({ length: heads }, (_, head) => {
    const projected = [q, k, v].map((w) => x.map((row) => times(row, columns(w!, head))));
    return attention(projected[0]!, projected[1]!, projected[2]!, seen);
  });
  return x.map((_, t) =>
    times(
      of.flatMap((head) => head[t]!),
      o!,
    ),
  );
}

const leakyRelu = (x: Vector): Vector => x.map((value) => (value > 0 ? value : 0.01 * value));

/**
 * The candidate after the history, each with its position's vector; S′ = LayerNorm(E + MH(E)), F =
 * LayerNorm(S′ + LeakyReLU(S′ W₁ + b₁) W₂ + b₂); the candidate's row of F and the other features through
 * three layers (Chen et al., DLP-KDD 2019, sections 2.1 to 2.3).
 */
const bst: Reference = (network, example) => {
  const items = [...likedOf(network, example), targetOf(network, example)];
  const positions = network.matrix("net.placed.position_1.vectors");
  const embedded = items.map((item, t) => [...item, ...positions[items.length - 1 - t]!]);
  const name = "net.encoded.encoder";
  const mixed = multiHead(network, `${name}.mixed.multi_head`, embedded, 4);
  const added = embedded.map((e, t) => layerNormOf(network, `${name}.mixed.layer_norm_1`, add(e, mixed[t]!)));
  const encoded = added.map((s) => {
    const inside = leakyRelu(denseOf(network, `${name}.fed.dense_1`, s));
    return layerNormOf(
      network,
      `${name}.layer_norm_1`,
      add(s, denseOf(network, `${name}.fed.dense_2`, inside)),
    );
  });
  const x = [...userOf(network, example), ...encoded.at(-1)!];
  const h = mlpOf(network, "net.like.mlp", x, 3, leakyRelu);
  return { like: denseOf(network, "net.like.dense_1", h)[0]! };
};

/** S = LayerNorm(X + M), S + ReLU(S W₁ + b₁) W₂ + b₂: what attention gave, through the two layers after it. */
function fed(network: Network, name: string, x: Matrix, mixed: Matrix): Matrix {
  return x.map((row, t) => {
    const added = layerNormOf(network, `${name}.added.layer_norm_1`, add(row, mixed[t]!));
    const inside = relu(denseOf(network, `${name}.dense_1`, added));
    return add(added, denseOf(network, `${name}.dense_2`, inside));
  });
}

/** Each step with what it sees of itself and those before it. */
function refinedOf(network: Network, example: number): Matrix {
  const x = likedOf(network, example);
  const mixed = multiHead(network, "net.refined.causal_multi_head", x, 4, (t) => t + 1);
  return fed(network, "net.refined.fed", x, mixed);
}

/**
 * interestₕ = Σⱼ softmax(a([x; pⱼ] W, Iⱼₕ)) Iⱼₕ, Iₕ = fed(Z, Attentionₕ(Z) Wₕ), for each of four heads; all go
 * beside the user and the candidate into the network (Xiao et al., CIKM 2020, section 2, and the authors' code).
 */
const dmin: Reference = (network, example) => {
  const target = targetOf(network, example);
  const refined = refinedOf(network, example);
  const projected = refined.map((z) => times(z, network.matrix("net.q_k_v.linear_1.kernel")));
  const positions = network.matrix("net.places.position_1.vectors");
  const interests = [1, 2, 3, 4].map((head) => {
    const name = `net.interests.${numbered("interest", head)}`;
    const [q, k, v] = [0, 16, 32].map((from) =>
      projected.map((row) => row.slice(from + 4 * head - 4, from + 4 * head)),
    );
    const mixed = attention(q!, k!, v!, (t) => t + 1);
    const wide = mixed.map((row) => times(row, network.matrix(`${name}.steps.linear_1.kernel`)));
    const steps = fed(network, `${name}.steps.fed`, refined, wide);
    const scores = steps.map((step, j) => {
      const place = positions[steps.length - 1 - j]!;
      const query = denseOf(network, `${name}.query.dense_1`, [...target, ...place]);
      const minus = add(query, scale(-1, step));
      const pair = [...query, ...step, ...minus, ...hadamard(query, step)];
      const inside = mlpOf(network, `${name}.activation_score.mlp`, pair, 2, relu);
      return denseOf(network, `${name}.activation_score.dense_1`, inside)[0]!;
    });
    return weighted(softmax(scores), steps, 16);
  });
  return { like: deep(network, [...userOf(network, example), ...target, ...interests.flat()]) };
};

const dminLoss: Reference = (network, example) => ({
  next_step: nextStepLoss(network, example, refinedOf(network, example)),
});

export const references = { dien, bst, dmin };
export const losses = { dien: dienLoss, dmin: dminLoss };
