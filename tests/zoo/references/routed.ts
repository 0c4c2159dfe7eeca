// Models that read several interests, slices or views of one history.

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
  tanh,
  times,
  type Vector,
  weighted,
} from "../../support/network.ts";
import { numbered, sumOf } from "./fields.ts";
import { likedOf } from "./interest.ts";
import type { Reference } from "./reference.ts";
import { multiHead, userOf } from "./sequences.ts";

/** Also of models without the users' features. */
const targetOf = (network: Network, example: number) =>
  ["item_id", "genre"].flatMap((feature) => network.vector(example, feature));

/** softmax over those that are there; 0 for the others. */
function softmaxOf(scores: Vector, there: readonly boolean[]): Vector {
  const all = softmax(scores.filter((_, i) => there[i]));
  let next = 0;
  return scores.map((_, i) => (there[i] ? all[next++]! : 0));
}

const squash = (x: Vector): Vector => {
  const square = inner(x, x);
  return scale(square / (1 + square) / Math.sqrt(square + 1e-9), x);
};

/**
 * K′ = max(1, min(4, log₂ |I|)) interests; w = softmax(b), u = squash(Σ w S e), b += u · S e, three rounds; a
 * layer over each interest beside the user; label-aware attention of power 2 (Li et al., CIKM 2019, equations
 * 5 to 10).
 */
const mind: Reference = (network, example) => {
  const target = targetOf(network, example);
  const steps = likedOf(network, example);
  const votes = steps.map((step) => times(step, network.matrix("net.votes.linear_1.kernel")));
  const open = [1, 2, 3, 4].map((k) => k === 1 || k <= Math.log2(steps.length));
  const positions = network.matrix("net.start.position_1.vectors");
  const logits = steps.map((_, i) => [...positions[steps.length - 1 - i]!]);
  const capsules = () => {
    const weights = logits.map((scores) => softmaxOf(scores, open));
    const of = (k: number) => weights.map((each) => each[k]!);
    return [0, 1, 2, 3].map((k) => squash(weighted(of(k), votes, 16)));
  };
  for (let round = 0; round < 2; round++)
    for (const [k, u] of capsules().entries())
      votes.forEach((vote, i) => {
        logits[i]![k]! += inner(vote, u);
      });
  const user = userOf(network, example);
  const interests = capsules().map((u) => mlpOf(network, "net.shaped.mlp", [...user, ...u], 2));
  const weights = softmaxOf(
    interests.map((each) => inner(each, target) ** 2),
    open,
  );
  return { like: inner(weighted(weights, interests, 16), target) };
};

/** Time-GRU: r, z = σ(W x + W h + W Δt + b), the last step's state as in a GRU (Lei et al., WWW 2019, section 3.1). */
function timeStates(network: Network, example: number): Matrix {
  const hours = network.steps(example, "liked.hist_hours").flat();
  const name = "net.states.time_cell";
  const states: Vector[] = [];
  likedOf(network, example).forEach((step, t) => {
    const h = states.at(-1) ?? Array.from({ length: 16 }, () => 0);
    const gap = Math.log(1 + Math.max(0, (hours[t - 1] ?? 0) - hours[t]!));
    const [reset, update] = ["reset", "update"].map((gate) =>
      sigmoid(denseOf(network, `${name}.${gate}.dense_1`, [...step, ...h, gap])),
    );
    const made = tanh(denseOf(network, `${name}.dense_1`, [...step, ...hadamard(reset!, h)]));
    states.push(h.map((value, i) => update![i]! * value + (1 - update![i]!) * made[i]!));
  });
  return states;
}

/** head(i, j) = wᵀ σ(W₁ xᵢ Wc + W₂ xⱼ Wq), of i before j; Σ softmax · xᵢ Wc, 0 for the first (section 3.2). */
function directed(network: Network, name: string, x: Matrix): Matrix {
  const w = (of: string) => network.matrix(`${name}.${of}.kernel`);
  const [keys, queries] = ["key", "query"].map((of) => x.map((each) => times(each, w(`${of}.linear_1`))));
  return x.map((_, j) => {
    const scores = keys!.slice(0, j).map((key) => {
      const both = add(times(key, w("score.linear_1")), times(queries![j]!, w("score.linear_2")));
      return times(sigmoid(both), w("score.linear_3"))[0]!;
    });
    return weighted(softmax(scores), keys!.slice(0, j), 8);
  });
}

/**
 * lₖ = Σ softmax(wᵀ σ(W h + b)) h of the steps of a slice, g by directed attention among slices, F = σ(W g +
 * W l + b), u = F ⊙ l + (1 − F) ⊙ g, and u by attention of the candidate (section 4).
 */
const tissa: Reference = (network, example) => {
  const target = targetOf(network, example);
  const hours = network.steps(example, "liked.hist_hours").flat();
  const states = timeStates(network, example);
  const slices = [24, 2, 1, 0].map((least, i) => {
    const most = [Number.POSITIVE_INFINITY, 24, 2, 1][i]!;
    return states.filter((_, t) => hours[t]! >= least && hours[t]! < most);
  });
  const within = slices.map((steps) => {
    const hidden = steps.map((h) => sigmoid(denseOf(network, "net.worth.dense_1", h)));
    const scores = hidden.map((h) => times(h, network.matrix("net.worth.linear_1.kernel"))[0]!);
    return weighted(softmax(scores), steps, 16);
  });
  const heads = ["directed", "directed_2"].map((head) => directed(network, `net.among.${head}`, within));
  const among = within.map((_, k) =>
    times([...heads[0]![k]!, ...heads[1]![k]!], network.matrix("net.among.linear_1.kernel")),
  );
  const read = within.map((local, k) => {
    const share = sigmoid(denseOf(network, "net.share.dense_1", [...among[k]!, ...local]));
    return local.map((value, i) => share[i]! * value + (1 - share[i]!) * among[k]![i]!);
  });
  const query = times(target, network.matrix("net.interest.linear_1.kernel"));
  const interest = weighted(softmax(read.map((slice) => inner(query, slice))), read, 16);
  const h = mlpOf(network, "net.like.mlp", [...userOf(network, example), ...target, ...interest], 2);
  return { like: denseOf(network, "net.like.dense_1", h)[0]! };
};

/** S′ = LN(x + MH(x)), F = LN(S′ + ReLU(S′ W₁ + b₁) W₂ + b₂) (Vaswani et al., NeurIPS 2017, section 3.1). */
function encoded(network: Network, name: string, x: Matrix): Matrix {
  const heads = multiHead(network, `${name}.mixed.multi_head`, x, 1);
  return x.map((step, t) => {
    const mixed = layerNormOf(network, `${name}.mixed.layer_norm_1`, add(step, heads[t]!));
    const fed = denseOf(network, `${name}.fed.dense_2`, relu(denseOf(network, `${name}.fed.dense_1`, mixed)));
    return layerNormOf(network, `${name}.layer_norm_1`, add(mixed, fed));
  });
}

/**
 * Two layers of a transformer over [step, candidate]; z of the latest four outputs and a layer over the
 * largest of each number, crossed with the rest beside a network (Xia et al., KDD 2023, section 3.3, and the
 * authors' code; DCN v2).
 */
const transact: Reference = (network, example) => {
  const target = targetOf(network, example);
  const begun = likedOf(network, example).map((step) => [...step, ...target]);
  const steps = [1, 2].reduce<Matrix>(
    (x, layer) => encoded(network, `net.encoded.${numbered("encoder", layer)}`, x),
    begun,
  );
  const none = Array.from({ length: 32 }, () => 0);
  const latest = [1, 2, 3, 4].flatMap((k) => steps[steps.length - k] ?? none);
  const most = none.map((_, i) => (steps.length === 0 ? 0 : Math.max(...steps.map((step) => step[i]!))));
  const pooled = denseOf(network, "net.x.dense_1", most);
  const x = [...userOf(network, example), ...target, ...latest, ...pooled];
  const crossed = [1, 2].reduce<Vector>(
    (y, layer) => add(hadamard(x, denseOf(network, `net.like.cross.dense_${layer}`, y)), y),
    x,
  );
  const deep = mlpOf(network, "net.like.mlp", x, 2);
  return { like: denseOf(network, "net.like.dense_1", [...crossed, ...deep])[0]! };
};

/** A transformer that sees no later steps, at its latest step (Xie et al., ICDE 2022, section III; SASRec). */
function viewOf(network: Network, steps: Matrix): Vector {
  const name = "net.view.seen";
  const positions = network.matrix(`${name}.mixed.position_1.vectors`);
  const placed: Matrix = steps.map((step, t) => add(step, positions[steps.length - 1 - t]!));
  const mixed = [1, 2].reduce<Matrix>((x, layer) => {
    const heads = multiHead(
      network,
      `${name}.mixed.${numbered("causal_multi_head", layer)}`,
      x,
      2,
      (t) => t + 1,
    );
    return x.map((step, t) =>
      layerNormOf(network, `${name}.mixed.layer_norm_${layer}`, add(step, heads[t]!)),
    );
  }, placed);
  const at = mixed.at(-1);
  if (at === undefined) return Array.from({ length: 16 }, () => 0);
  const fed = denseOf(network, `${name}.dense_2`, relu(denseOf(network, `${name}.dense_1`, at)));
  return layerNormOf(network, `${name}.layer_norm_1`, add(at, fed));
}

const cl4srec: Reference = (network, example) => ({
  like: inner(viewOf(network, likedOf(network, example)), targetOf(network, example)),
});

/** One of three views of the history: ⌊0.6 n⌋ of its steps, one at least; without some steps; or with some in another order. */
function augmentedOf(network: Network, example: number, of: string): Vector {
  const name = `net.${of}.viewed`;
  const steps = likedOf(network, example);
  const [turn, [at]] = ["turn.random_1", "crop_1"].map(
    (layer) => network.drawn(example, `${name}.${layer}`)[0]!,
  ) as [Vector, Vector];
  if (3 * turn[0]! < 1) {
    const kept = Math.min(steps.length, Math.max(1, Math.floor(0.6 * steps.length)));
    const behind = Math.floor(at! * (steps.length - kept + 1));
    return viewOf(network, steps.slice(steps.length - behind - kept, steps.length - behind));
  }
  if (3 * turn[0]! < 2) {
    const mask = network.weights("net.mask.parameter_1.value");
    const drawn = network.drawn(example, `${name}.hidden.masked.random_1`);
    return viewOf(
      network,
      steps.map((step, t) => (Math.abs(2 * drawn[t]![0]! - 1) > 0.7 ? mask : step)),
    );
  }
  const all = Array.from({ length: network.examples }, (_, other) => likedOf(network, other));
  const first = sumOf(all.slice(0, example).map(({ length }) => length));
  const order = network.order(`${name}.reorder_1`, 0.6);
  return viewOf(
    network,
    steps.map((_, t) => all.flat()[order[first + t]!]!),
  );
}

/** −log exp(s₁ · s₂) / Σ exp(s₁ · s₂′) of one view and the other views of the batch (equation 4). */
const alike: Reference = (network, example) => {
  const view = augmentedOf(network, example, "left");
  const other = (row: number) => inner(view, augmentedOf(network, row, "right"));
  const all = Array.from({ length: network.examples }, (_, row) => Math.exp(other(row)));
  return { alike: Math.log(sumOf(all)) - other(example) };
};

/** x + attention(LN(x)) to the steps so far, then h + FFN(LN(h)), two times, and LN (Kang & McAuley, ICDM 2018, section III). */
function statesOf(network: Network, example: number): Matrix {
  const steps = network.steps(example, "liked.item_id");
  const positions = network.matrix("net.states.position_1.vectors");
  const placed: Matrix = steps.map((step, t) => add(step, positions[steps.length - 1 - t]!));
  const read = [1, 2].reduce<Matrix>((x, layer) => {
    const name = `net.states.${numbered("read", layer)}`;
    const normed = x.map((step) => layerNormOf(network, `${name}.mixed.layer_norm_1`, step));
    const heads = multiHead(network, `${name}.mixed.causal_multi_head`, normed, 1, (t) => t + 1);
    return x.map((step, t) => {
      const mixed = add(step, heads[t]!);
      const inner = layerNormOf(network, `${name}.layer_norm_1`, mixed);
      return add(
        mixed,
        denseOf(network, `${name}.dense_2`, relu(denseOf(network, `${name}.dense_1`, inner))),
      );
    });
  }, placed);
  return read.map((step) => layerNormOf(network, "net.states.layer_norm_1", step));
}

const sasrec: Reference = (network, example) => {
  const last = statesOf(network, example).at(-1);
  return { like: last === undefined ? 0 : inner(last, network.vector(example, "item_id")) };
};

/** −log of the next film's share among it and the drawn ones, each as often as it stands for (Klenitskiy & Vasilev, RecSys 2023). */
const next: Reference = (network, example) => {
  const [states, films] = [statesOf(network, example), network.steps(example, "liked.item_id")];
  const ids = network.stepIds(example, "liked.item_id");
  const negatives = network.negatives("net.next.sampled_softmax.negatives.drawn_1");
  const losses = states.slice(0, -1).map((state, t) => {
    const score = inner(state, films[t + 1]!);
    const others = negatives.ids.map((id, i) => {
      const weight = 1 / (negatives.ids.length * negatives.probabilities[i]!);
      return id === ids[t + 1] ? 0 : weight * Math.exp(inner(state, negatives.vectors[i]!));
    });
    return Math.log(others.reduce((sum, other) => sum + other, Math.exp(score))) - score;
  });
  return { next: losses.length === 0 ? 0 : losses.reduce((sum, loss) => sum + loss, 0) / losses.length };
};

/** f(U, Φ)ᵀ f(V, Φ) of two towers, where nothing is left out (Volkovs et al., NIPS 2017, section 4). */
const dropout_net: Reference = (network, example) => {
  const towers = [userOf, targetOf].map((of, i) => {
    const name = `net.${["of_user", "of_item"][i]}.tower`;
    return denseOf(network, `${name}.dense_1`, mlpOf(network, `${name}.mlp`, of(network, example), 1, tanh));
  });
  return { like: inner(towers[0]!, towers[1]!) };
};

/**
 * Each two steps, counted from the latest, see each other and are one token; the tokens of the user and the candidate are behind
 * them; two causal layers, x + attention(LN(x)), then h + FFN(LN(h)); the last two tokens are read (Chai et al., RecSys 2025,
 * sections 3.3 to 3.5).
 */
const longer: Reference = (network, example) => {
  const positions = network.matrix("net.steps.position_1.vectors");
  const liked = likedOf(network, example);
  const steps = liked.map((step, t) => add(step, positions[liked.length - 1 - t]!));
  const isOdd = steps.length % 2 === 1;
  const even: Matrix = isOdd ? [Array.from({ length: 16 }, () => 0), ...steps] : steps;
  const tokens = Array.from({ length: even.length / 2 }, (_, i) => {
    const pair = even.slice(2 * i, 2 * i + 2);
    const seen = multiHead(network, "net.tokens.merged.multi_head", pair, 2);
    return denseOf(
      network,
      "net.tokens.dense_1",
      pair.flatMap((step, t) => [...add(step, seen[t]!)]),
    );
  });
  const user = denseOf(network, "net.user.dense_1", userOf(network, example));
  const read = [1, 2].reduce<Matrix>(
    (x, layer) => {
      const name = `net.seen.${numbered("layer", layer)}`;
      const normed = x.map((step) => layerNormOf(network, `${name}.seen.layer_norm_1`, step));
      const heads = multiHead(network, `${name}.seen.causal_multi_head`, normed, 2, (t) => t + 1);
      return x.map((step, t) => {
        const seen = add(step, heads[t]!);
        const inside = layerNormOf(network, `${name}.layer_norm_1`, seen);
        const fed = denseOf(network, `${name}.dense_2`, relu(denseOf(network, `${name}.dense_1`, inside)));
        return add(seen, fed);
      });
    },
    [...tokens, user, targetOf(network, example)],
  );
  const h = mlpOf(network, "net.like.mlp", read.slice(-2).flat(), 1);
  return { like: denseOf(network, "net.like.dense_1", h)[0]! };
};

export const references = { cl4srec, dropout_net, longer, mind, sasrec, tissa, transact };

export const losses = { cl4srec: alike, sasrec: next };
