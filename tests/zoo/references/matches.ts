// Models of how a candidate matches what the user did.

import {
  chanceOf,
  denseOf,
  hadamard,
  inner,
  type Matrix,
  mlpOf,
  type Network,
  preluOf,
  softmax,
  tanh,
  times,
  type Vector,
  weighted,
} from "../../support/network.ts";
import { fieldsOf } from "./fields.ts";
import { likedOf } from "./interest.ts";
import type { Reference } from "./reference.ts";

/** zᵀ tanh(W [step, position, …] + b) of each step, positions counted from the latest. */
function dmrScores(network: Network, example: number, at: string, before: Vector): Vector {
  const positions = network.matrix("net.place.position_1.vectors");
  const steps = likedOf(network, example);
  return steps.map((step, t) => {
    const about = [...before, ...step, ...positions[steps.length - 1 - t]!];
    const hidden = tanh(denseOf(network, `net.${at}.dense_1`, about));
    return times(hidden, network.matrix(`net.${at}.linear_1.kernel`))[0]!;
  });
}

/** u = g(Σ αₜ eₜ) of the first `count` steps. */
function dmrUser(network: Network, example: number, count: number): Vector {
  const steps = likedOf(network, example).slice(0, count);
  const scores = dmrScores(network, example, "matters", []).slice(0, count);
  const pooled = weighted(softmax(scores), steps, 16);
  return preluOf(network, "net.users.prelu_1", denseOf(network, "net.users.dense_1", pooled));
}

/** r = uᵀv′ and r̂ = Σ α̂ₜ, û = Σ softmax(α̂)ₜ eₜ, beside user and candidate (Lyu et al., AAAI 2020, equations 2 to 10). */
const dmr: Reference = (network, example) => {
  const fields = fieldsOf(network, example);
  const target = fields.slice(4).flat();
  const steps = likedOf(network, example);
  const fits = dmrScores(network, example, "fits", target);
  const output = network.vector(example, "item_id", "item_id.embed_8.output");
  const relevance = inner(dmrUser(network, example, steps.length), output);
  const interest = weighted(softmax(fits), steps, 16);
  const x = [...fields.flat(), ...interest, relevance, fits.reduce((sum, score) => sum + score, 0)];
  const h = mlpOf(network, "net.like.mlp", x, 2, (s, i) => preluOf(network, `net.like.mlp.prelu_${i}`, s));
  return { like: denseOf(network, "net.like.dense_1", h)[0]! };
};

/**
 * −log σ(uᵀv′) − log(1 − σ(uᵀv′ₙ)): u of the steps before the latest, v′ of the latest, v′ₙ of another row's
 * (equation 8).
 */
const dmrLoss: Reference = (network, example) => {
  const latest = (of: number): Vector =>
    network.steps(of, "liked.item_id", "item_id.embed_8.output").at(-1) ?? Array.from({ length: 8 }, () => 0);
  const count = likedOf(network, example).length;
  const u = dmrUser(network, example, Math.max(0, count - 1));
  const other = network.order("net.next_one.shuffled_1")[example]!;
  const [right, wrong] = [latest(example), latest(other)].map((v) => chanceOf(inner(u, v)));
  return { next_one: -Math.log(right!) - Math.log(1 - wrong!) };
};

/** h ← tanh(W h + b) twice, W and b the item's, of each step; all h added up (Bian et al., WSDM 2022, equation 3). */
const can: Reference = (network, example) => {
  const item = (table: string) => network.vector(example, "item_id", `item_id.${table}`);
  const unit = (x: Vector, kernel: Vector, shift: Vector) =>
    tanh(shift.map((b, i) => b + inner(kernel.slice(4 * i, 4 * i + 4), x)));
  const acted = network.steps(example, "liked.item_id", "item_id.embed_4.fed").map((step) => {
    const first = unit(step, item("embed_16"), item("embed_4"));
    return [...first, ...unit(first, item("embed_16.second"), item("embed_4.second"))];
  });
  const sum = (list: Matrix, width: number) =>
    weighted(
      list.map(() => 1),
      list,
      width,
    );
  const x = [...fieldsOf(network, example).flat(), ...sum(likedOf(network, example), 16), ...sum(acted, 8)];
  return { like: denseOf(network, "net.like.dense_1", mlpOf(network, "net.like.mlp", x, 2))[0]! };
};

/**
 * p = 1 − exp(−y), y = softplus(d) + Σⱼ ln(1 + e^t e^s): t of user and step, s of step and item, d the direct
 * way (Li et al., SIGIR 2021, equations 5 to 9).
 */
const pdn: Reference = (network, example) => {
  const fields = fieldsOf(network, example);
  const [who, target] = [fields.slice(0, 4).flat(), fields.slice(4).flat()];
  const layers = (at: string, x: Vector) =>
    denseOf(network, `net.${at}.dense_1`, mlpOf(network, `net.${at}.mlp`, x, 1))[0]!;
  const paths = likedOf(network, example).map((step) => {
    const trigger = layers("trigger", [...who, ...step]);
    const alike = layers("alike", [...step, ...target, ...hadamard(step, target)]);
    return Math.log(1 + Math.exp(trigger) * Math.exp(alike));
  });
  const towers = [
    mlpOf(network, "net.directly.mlp", who, 2),
    mlpOf(network, "net.directly.mlp_2", target, 2),
  ];
  const y =
    Math.log(1 + Math.exp(inner(towers[0]!, towers[1]!))) + paths.reduce((sum, path) => sum + path, 0);
  return { like: Math.log(Math.expm1(y)) };
};

export const references = { dmr, can, pdn };
export const losses = { dmr: dmrLoss };
