// Models of several tasks in which one task tells another something.

import {
  chanceOf,
  denseOf,
  hadamard,
  inner,
  logitOf,
  mlpOf,
  type Network,
  relu,
  scale,
  sigmoid,
  softmax,
  times,
  type Vector,
  weighted,
} from "../../support/network.ts";
import { fieldsOf, numbered } from "./fields.ts";
import type { Reference } from "./reference.ts";

/** 2·σ(ReLU(a W + b) W′ + b′), the Gate NU. */
function gate(network: Network, name: string, about: Vector): Vector {
  const inside = relu(denseOf(network, `${name}.gate.dense_1`, about));
  return scale(2, sigmoid(denseOf(network, `${name}.gate.dense_2`, inside)));
}

/** O_ep = δ_domain ⊙ E, and in every layer H ← f((δ_task ⊙ H) W + b) (Chang et al., KDD 2023, equations 5 to 9). */
const pepnet: Reference = (network, example) => {
  const fields = fieldsOf(network, example);
  const all = fields.flat();
  const fitted = hadamard(gate(network, "net.fitted.gated_by", [...fields[5]!, ...all]), all);
  const about = [...fields[0]!, ...fields[4]!, ...fitted];
  const task = (label: string) => {
    const name = `net.${label}.tower.ppnet`;
    const h = [1, 2].reduce<Vector>((input, layer) => {
      const delta = gate(network, `${name}.${numbered("gated_by", layer)}`, about);
      return relu(denseOf(network, `${name}.dense_${layer}`, hadamard(delta, input)));
    }, fitted);
    return denseOf(network, `net.${label}.tower.dense_1`, h)[0]!;
  };
  return { like: task("like"), love: task("love") };
};

/** z₂ = Σ wᵤ h₁(u) over u of q₂ and p₁ = g(z₁), w = softmax(⟨h₂(u), h₃(u)⟩ / √k) (Xi et al., KDD 2021, equations 3 to 6). */
const aitm: Reference = (network, example) => {
  const x = fieldsOf(network, example).flat();
  const first = mlpOf(network, "net.first.mlp", x, 2);
  const own = mlpOf(network, "net.later.mlp", x, 2);
  const both = [own, relu(denseOf(network, "net.later.dense_1", first))];
  const kernel = (i: number) => network.matrix(`net.later.transfer.linear_${i}.kernel`);
  const scores = both.map((u) => inner(times(u, kernel(1)), times(u, kernel(2))) / Math.sqrt(16));
  const values = both.map((u) => times(u, kernel(3)));
  const later = weighted(softmax(scores), values, 16);
  return {
    like: denseOf(network, "net.liked.dense_1", first)[0]!,
    love: denseOf(network, "net.loved.dense_1", later)[0]!,
  };
};

/** max(ŷ₂ − ŷ₁, 0) (Xi et al., KDD 2021, equation 8). */
const aitmLoss: Reference = (network, example) => {
  const { like, love } = aitm(network, example);
  return { calibrator: Math.max(chanceOf(love!) - chanceOf(like!), 0) };
};

/** p(love | like, x): love's Bayesian layer reads what like's gave (Wang et al., 2019, section 3). */
const dbmtl: Reference = (network, example) => {
  const bottom = mlpOf(network, "net.bottom.mlp", fieldsOf(network, example).flat(), 1);
  const like = mlpOf(network, "net.about_like.mlp_2", mlpOf(network, "net.about_like.mlp", bottom, 1), 1);
  const own = mlpOf(network, "net.about_love.mlp", bottom, 1);
  const love = mlpOf(network, "net.about_love.mlp_2", [...own, ...like], 1);
  return {
    like: denseOf(network, "net.like.dense_1", like)[0]!,
    love: denseOf(network, "net.love.dense_1", love)[0]!,
  };
};

/** y₁; y₁ y₂; y₁ (y₂ y₃ + (1 − y₂) y₄) (Wen et al., SIGIR 2020, equations 5 to 7). */
const esm2: Reference = (network, example) => {
  const x = fieldsOf(network, example).flat();
  const tower = (at: string) =>
    chanceOf(denseOf(network, `${at}.dense_1`, mlpOf(network, `${at}.mlp`, x, 1))[0]!);
  const [y1, y2] = [tower("net.fair_one.tower"), tower("net.acted.tower")];
  const [y3, y4] = [tower("net.love.tower"), tower("net.love.tower_2")];
  return {
    fair: logitOf(y1),
    like: logitOf(y1 * y2),
    love: logitOf(y1 * (y2 * y3 + (1 - y2) * y4)),
  };
};

export const references = { pepnet, aitm, dbmtl, esm2 };
export const losses = { aitm: aitmLoss };
