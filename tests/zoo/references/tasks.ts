// Models of several tasks.

import {
  denseOf,
  hadamard,
  mlpOf,
  type Network,
  relu,
  softmax,
  times,
  type Vector,
  weighted,
} from "../../support/network.ts";
import { fieldsOf, numbered } from "./fields.ts";
import type { Reference } from "./reference.ts";

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));

/** The logit of `tower` at `name`. */
function tower(network: Network, name: string, x: Vector): number {
  return denseOf(network, `${name}.dense_1`, mlpOf(network, `${name}.mlp`, x, 1))[0]!;
}

/** p(love) = p(like) · p(love | like) (Ma et al., SIGIR 2018, equation 1). */
const esmm: Reference = (network, example) => {
  const x = fieldsOf(network, example).flat();
  const like = tower(network, "net.liked.tower", x);
  const both = sigmoid(like) * sigmoid(tower(network, "net.love.tower", x));
  return { like, love: Math.log(both / (1 - both)) };
};

/** Σ gᵢ fᵢ with g = softmax(x W) (Ma et al., KDD 2018, equations 6 and 7). */
function gated(network: Network, name: string, x: Vector, experts: readonly Vector[]): Vector {
  const weights = softmax(times(x, network.matrix(`${name}.linear_1.kernel`)));
  return weighted(weights, experts, experts[0]!.length);
}

const mmoe: Reference = (network, example) => {
  const x = fieldsOf(network, example).flat();
  const experts = [1, 2, 3, 4].map((i) =>
    mlpOf(network, `net.tasks.mmoe.opinions.${numbered("mlp", i)}`, x, 1),
  );
  const tasks = [1, 2].map((task) => gated(network, `net.tasks.mmoe.${numbered("gated", task)}`, x, experts));
  return {
    like: tower(network, "net.like.tower", tasks[0]!),
    love: tower(network, "net.love.tower", tasks[1]!),
  };
};

/** Level by level: a task's gate over its own experts and the shared ones, the shared gate over all (Tang et al., RecSys 2020,
 * equations 1 to 7). */
const ple: Reference = (network, example) => {
  const x = fieldsOf(network, example).flat();
  let states: readonly Vector[] = [x, x, x];
  for (const level of [1, 2]) {
    const name = `net.tasks.ple.ends.${numbered("extraction", level)}`;
    const expert = (of: string, n: number, state: Vector) =>
      mlpOf(network, `${name}.${of}.${numbered("mlp", n)}`, state, 1);
    const shared = [expert("common", 1, states[2]!)];
    const first = [1, 2].map((n) => expert("special", n, states[0]!));
    const second = [3, 4].map((n) => expert("special", n, states[1]!));
    states = [
      gated(network, `${name}.gated`, states[0]!, [...first, ...shared]),
      gated(network, `${name}.gated_2`, states[1]!, [...second, ...shared]),
      ...(level === 1
        ? [gated(network, `${name}.gated_3`, states[2]!, [...shared, ...first, ...second])]
        : []),
    ];
  }
  return {
    like: tower(network, "net.like.tower", states[0]!),
    love: tower(network, "net.love.tower", states[1]!),
  };
};

/** δ = 2·σ(ReLU(a W + b) W′ + b′) on a = prior ⊕ x, and H ← f((δ ⊙ H) W + b) (Chang et al., KDD 2023, equations 3 and 9). */
const ppnet: Reference = (network, example) => {
  const fields = fieldsOf(network, example);
  const x = fields.flat();
  const about = [...fields[0]!, ...fields[3]!, ...x];
  const task = (label: string) => {
    const name = `net.${label}.tower.ppnet`;
    const h = [1, 2].reduce<Vector>((input, layer) => {
      const gate = `${name}.${numbered("gated_by", layer)}.gate`;
      const inner = denseOf(network, `${gate}.dense_2`, relu(denseOf(network, `${gate}.dense_1`, about)));
      const delta = inner.map((value) => 2 * sigmoid(value));
      return relu(denseOf(network, `${name}.dense_${layer}`, hadamard(delta, input)));
    }, x);
    return denseOf(network, `net.${label}.tower.dense_1`, h)[0]!;
  };
  return { like: task("like"), love: task("love") };
};

/** A tower for each task over the layers that both share (Ma et al., KDD 2018, equation 1). */
const shared_bottom: Reference = (network, example) => {
  const bottom = mlpOf(network, "net.bottom.mlp", fieldsOf(network, example).flat(), 1);
  return { like: tower(network, "net.like.tower", bottom), love: tower(network, "net.love.tower", bottom) };
};

export const references = { esmm, mmoe, ple, ppnet, shared_bottom };
