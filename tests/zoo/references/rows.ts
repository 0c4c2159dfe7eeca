// Models whose labels have weights or may be missing, and that read what only training knows.

import { denseOf, mlpOf, type Network, type Vector } from "../../support/network.ts";
import { fieldsOf } from "./fields.ts";
import type { Reference } from "./reference.ts";

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
const logit = (p: number) => Math.log(p / (1 - p));

/** One number of a network of one hidden layer. */
function numberOf(network: Network, name: string, x: Vector): number {
  return denseOf(network, `${name}.dense_1`, mlpOf(network, `${name}.mlp`, x, 1))[0]!;
}

const labelOf = (network: Network, example: number, label: string) =>
  network.vector(example, `label/${label}`)[0]!;

/** p(seen | place) · p(like | user, item, seen) (Guo et al., RecSys 2019, equation 3). */
const pal: Reference = (network, example) => {
  const seen = sigmoid(numberOf(network, "net.seen.tower", network.vector(example, "place")));
  const x = fieldsOf(network, example).flat();
  return { like: logit(seen * sigmoid(numberOf(network, "net.wanted.tower", x))) };
};

const delayed_feedback: Reference = (network, example) => ({
  love: numberOf(network, "net.chance", fieldsOf(network, example).flat()),
});

/** y = 1: −log p − log λ + λ·d; y = 0: −log(1 − p + p·exp(−λ·e)) (Chapelle, KDD 2014, equations 13 and 17). */
const delayedLosses: Reference = (network, example) => {
  const x = fieldsOf(network, example).flat();
  const p = sigmoid(numberOf(network, "net.chance", x));
  const rate = Math.exp(numberOf(network, "net.rate", x));
  const [love, waited] = [labelOf(network, example, "love"), network.vector(example, "waited")[0]!];
  return {
    loved: love * -(Math.log(p) + Math.log(rate) - rate * waited),
    not_yet: (1 - love) * -Math.log(1 - p + p * Math.exp(-rate * waited)),
  };
};

const escm2: Reference = (network, example) => {
  const x = fieldsOf(network, example).flat();
  const [like, love] = ["liked", "loved"].map((name) => numberOf(network, `net.${name}.tower`, x));
  return { like: like!, love: love! };
};

/** The cross-entropy of a probability. */
const entropy = (p: number, y: number) => -y * Math.log(p) - (1 - y) * Math.log(1 - p);

/** L_CTCVR, and o / ô · δ(r, r̂) with ô from 0.05 on (Wang et al., SIGIR 2022, equations 3 and 9). */
const escm2Losses: Reference = (network, example) => {
  const logits = escm2(network, example);
  const [ctr, cvr] = [sigmoid(logits["like"]!), sigmoid(logits["love"]!)];
  const [like, love] = [labelOf(network, example, "like"), labelOf(network, example, "love")];
  return {
    both: entropy(ctr * cvr, love),
    weighed: (like / Math.min(Math.max(ctr, 0.05), 1)) * entropy(cvr, love),
  };
};

const simple_multi_task: Reference = (network, example) => {
  const x = fieldsOf(network, example).flat();
  const [like, again] = ["like", "again"].map((label) => numberOf(network, `net.${label}.tower`, x));
  return { like: like!, again: again! };
};

export const references = { delayed_feedback, escm2, pal, simple_multi_task };

export const losses = { delayed_feedback: delayedLosses, escm2: escm2Losses };
