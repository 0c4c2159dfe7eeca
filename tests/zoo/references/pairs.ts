// Models of pairs of steps with scores of their own, and of sessions.

import {
  add,
  denseOf,
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
} from "../../support/network.ts";
import { fieldsOf } from "./fields.ts";
import { likedOf } from "./interest.ts";
import type { Reference } from "./reference.ts";
import { gatesOf } from "./sequences.ts";

const silu = (x: Vector): Vector => hadamard(x, sigmoid(x));
const itemOf = (network: Network, example: number) => [
  ...network.vector(example, "item_id"),
  ...network.vector(example, "genre"),
];

/**
 * U, V, Q, K = Split(φ₁(f₁(X))); A V = φ₂(Q Kᵀ + rab) V; Y = f₂(Norm(A V) ⊙ U), φ being SiLU, rows seeing
 * what is not later, divided by the most steps there are (Zhai et al., ICML 2024, equations 1 to 3).
 */
function hstuLayer(network: Network, name: string, x: Matrix): Matrix {
  const bias = network.matrix(`${name}.scores.buckets_1.vectors`);
  const parts = x.map((row) => {
    const all = silu(
      denseOf(network, `${name}.all.dense_1`, layerNormOf(network, `${name}.all.layer_norm_1`, row)),
    );
    return [0, 1, 2, 3].map((part) => all.slice(8 * part, 8 * part + 8));
  });
  return x.map((row, i) => {
    const read = parts.slice(0, i + 1).reduce<Vector>((sum, [, v, , k], j) => {
      const score = inner(parts[i]![2]!, k!) + bias[Math.min(20, i - j)]![0]!;
      return add(sum, scale(silu([score])[0]! / 21, v!));
    }, new Array<number>(8).fill(0));
    const gated = hadamard(layerNormOf(network, `${name}.layer_norm_1`, read), parts[i]![0]!);
    return add(row, denseOf(network, `${name}.dense_1`, gated));
  });
}

const hstu: Reference = (network, example) => {
  const steps = [...likedOf(network, example), itemOf(network, example)];
  const encoded = ["hstu", "hstu_2"].reduce<Matrix>(
    (x, layer) => hstuLayer(network, `net.encoded.${layer}`, x),
    steps,
  );
  const others = fieldsOf(network, example).slice(0, 4).flat();
  const h = mlpOf(network, "net.like.mlp", [...others, ...encoded.at(-1)!], 2, relu);
  return { like: denseOf(network, "net.like.dense_1", h)[0]! };
};

/** The states of a GRU over the steps, from zeros. */
function statesOf(
  network: Network,
  example: number,
  cell: string,
  steps = likedOf(network, example),
): Matrix {
  const states: Vector[] = [];
  for (const step of steps) {
    const before = states.at(-1) ?? new Array<number>(16).fill(0);
    const { update, candidate } = gatesOf(network, cell, step, before);
    states.push(before.map((value, i) => update[i]! * value + (1 - update[i]!) * candidate[i]!));
  }
  return states;
}

const ASKED = "item_id.embed_16.asked";
const WEIGHT = "item_id.weight";
const sessionOf = (network: Network, example: number) =>
  statesOf(network, example, "net.states.gru.gru_cell", network.steps(example, "liked.item_id"));

/** The score of item i is hₜ · wᵢ + bᵢ (Hidasi et al., ICLR 2016, section 3.1). */
const gru4rec: Reference = (network, example) => {
  const session = sessionOf(network, example).at(-1) ?? new Array<number>(16).fill(0);
  const score = inner(session, network.vector(example, "item_id", ASKED));
  return { like: score + network.vector(example, "item_id", WEIGHT)[0]! };
};

/** −log of the next film's share in the softmax of the scores of all films, in the mean over the steps. */
const coming: Reference = (network, example) => {
  const biases = network.rows(WEIGHT).map(([bias]) => bias!);
  const ids = network.stepIds(example, "liked.item_id");
  const losses = sessionOf(network, example)
    .slice(0, -1)
    .map((state, t) => {
      const scores = network.rows(ASKED).map((film, i) => inner(state, film) + biases[i]!);
      return -Math.log(softmax(scores)[ids[t + 1]!]!);
    });
  return { coming: losses.length === 0 ? 0 : losses.reduce((sum, loss) => sum + loss, 0) / losses.length };
};

/**
 * hₜ by a GRU; αₜⱼ = vᵀ σ(A₁ hₜ + A₂ hⱼ); c = [hₜ; Σ αₜⱼ hⱼ]; the score of an item is embᵀ B c (Li et al.,
 * CIKM 2017, equations 4, 7, 8 and 10), beside a bias for who asks and what is asked for.
 */
const narm: Reference = (network, example) => {
  const states = statesOf(network, example, "net.states.gru.gru_cell");
  const end = states.at(-1) ?? new Array<number>(16).fill(0);
  const [a1, a2, v] = [1, 2, 3].map((i) => network.matrix(`net.matters.linear_${i}.kernel`));
  const alphas = states.map((h) => times(sigmoid(add(times(end, a1!), times(h, a2!))), v!)[0]!);
  const session = [...end, ...weighted(alphas, states, 16)];
  const score = inner(times(session, network.matrix("net.score.linear_1.kernel")), itemOf(network, example));
  const [user, item] = ["user_id", "item_id"].map(
    (name) => network.vector(example, name, `${name}.weight`)[0]!,
  );
  return { like: score + user! + item! + network.weights("net.like.bias_1.bias")[0]! };
};

// ---- Sessions

/**
 * The steps, placed: E + w_k + w_t + w_c by session, place in the session, and unit (Feng et al., IJCAI 2019,
 * equation 2).
 */
function placedOf(network: Network, example: number, session: Vector): Matrix {
  const [ofSession, ofPlace] = [1, 2].map((i) => network.matrix(`net.placed.buckets_${i}.vectors`));
  const ofUnit = network.weights("net.placed.bias_1.bias");
  return likedOf(network, example).map((step, i) => {
    const within = session.slice(i + 1).filter((other) => other === session[i]).length;
    return step.map((value, d) => value + ofSession![session[i]!]![0]! + ofPlace![within]![0]! + ofUnit[d]!);
  });
}

/** softmax(Q Wq (Q Wk)ᵀ / √d) Q Wv over the steps of one session (equation 3). */
function headOf(network: Network, name: string, x: Matrix): Matrix {
  const of = (kernel: string) => x.map((row) => times(row, network.matrix(`${name}.${kernel}.kernel`)));
  const [q, k, v] = ["scores.linear_1", "scores.linear_2", "linear_1"].map(of);
  return q!.map((query) => weighted(softmax(k!.map((key) => inner(query, key) / 4)), v!, 8));
}

/**
 * Iₖ = Avg(FFN(Concat(heads) Wᴼ)), with residuals and normalisation, of each session from the oldest; null
 * where there is none.
 */
function sessionsOf(network: Network, example: number): (Vector | null)[] {
  const session = network.steps(example, "liked.hist_session").map(([number]) => Math.min(4, number!));
  const placed = placedOf(network, example, session);
  return [4, 3, 2, 1, 0].map((number) => {
    const x = placed.filter((_, i) => session[i] === number);
    if (x.length === 0) return null;
    const heads = ["net.mixed.head", "net.mixed.head_2"].map((name) => headOf(network, name, x));
    const read = x.map((row, i) => {
      const all = times(
        heads.flatMap((head) => head[i]!),
        network.matrix("net.mixed.linear_1.kernel"),
      );
      const mixed = layerNormOf(network, "net.mixed.layer_norm_1", add(row, all));
      const fed = denseOf(network, "net.read.dense_2", relu(denseOf(network, "net.read.dense_1", mixed)));
      return layerNormOf(network, "net.read.layer_norm_1", add(mixed, fed));
    });
    return scale(
      1 / read.length,
      read.reduce((sum, row) => add(sum, row)),
    );
  });
}

/** h = o ⊙ tanh(c), c = f ⊙ c + i ⊙ tanh(W x + U h + b), over the sessions that are there (equation 5). */
function lstmOver(network: Network, name: string, xs: readonly (Vector | null)[]): Matrix {
  let [h, c]: [Vector, Vector] = [new Array<number>(8).fill(0), new Array<number>(8).fill(0)];
  return xs.map((x) => {
    if (x === null) return h;
    const gate = (of: string) =>
      add(denseOf(network, `${name}.${of}.dense_1`, x), denseOf(network, `${name}.${of}.dense_2`, h));
    const [enters, stays, shows] = ["enters", "stays", "shows"].map((of) => sigmoid(gate(of)));
    c = add(hadamard(stays!, c), hadamard(enters!, gate("memory").map(Math.tanh)));
    h = hadamard(shows!, c.map(Math.tanh));
    return h;
  });
}

/** Σ aₖ Iₖ, aₖ = exp(Iₖ W X) / Σ exp(Iⱼ W X), over the sessions that are there (equations 7 and 8). */
function activated(
  network: Network,
  name: string,
  target: Vector,
  sessions: readonly (Vector | null)[],
): Vector {
  const there = sessions.filter((each) => each !== null);
  const query = times(target, network.matrix(`${name}.linear_1.kernel`));
  return weighted(softmax(there.map((each) => inner(query, each))), there, 16);
}

const dsin: Reference = (network, example) => {
  const target = itemOf(network, example);
  const sessions = sessionsOf(network, example);
  const onward = lstmOver(network, "net.onward.session_cell.next.lstm_cell", sessions);
  const back = lstmOver(network, "net.back.session_cell.next.lstm_cell", sessions.toReversed()).toReversed();
  const evolved = sessions.map((each, k) => (each === null ? null : [...onward[k]!, ...back[k]!]));
  const x = [
    ...fieldsOf(network, example).slice(0, 4).flat(),
    ...target,
    ...activated(network, "net.interest.activated", target, sessions),
    ...activated(network, "net.interest.activated_2", target, evolved),
  ];
  const h = mlpOf(network, "net.like.mlp", x, 2, relu);
  return { like: denseOf(network, "net.like.dense_1", h)[0]! };
};

export const references = { dsin, gru4rec, hstu, narm };

export const losses = { gru4rec: coming };
