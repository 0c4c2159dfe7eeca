// Models of two towers, whose losses see the items of a batch.

import { add, inner, mlpOf, type Network, scale, type Vector } from "../../support/network.ts";
import type { Reference } from "./reference.ts";

interface Towers {
  readonly user: (network: Network, example: number) => Vector;
  readonly item: (network: Network, example: number) => Vector;
  /** What their product is multiplied with. */
  readonly gamma: number;
}

const fields = (network: Network, example: number, names: readonly string[]) =>
  names.flatMap((name) => network.vector(example, name));

const unit = (x: Vector) => scale(1 / Math.sqrt(inner(x, x) + 1e-9), x);

/** R(Q, D) = cosine(y_Q, y_D), of layers with tanh (Huang et al., CIKM 2013, section 3). */
const dssm: Towers = {
  user: (network, example) =>
    unit(
      mlpOf(
        network,
        "net.user.mlp",
        fields(network, example, ["user_id", "gender", "age", "occupation"]),
        2,
        tanh,
      ),
    ),
  item: (network, example) =>
    unit(mlpOf(network, "net.item.mlp", fields(network, example, ["item_id", "genre"]), 2, tanh)),
  gamma: 10,
};

/**
 * u of the mean of the watched videos and who the user is, v the weights of the softmax (Covington et al.,
 * RecSys 2016, section 3.1).
 */
const youtube: Towers = {
  user: (network, example) => {
    const steps = network.steps(example, "liked.item_id");
    const mean = steps.length === 0 ? new Array<number>(8).fill(0) : scale(1 / steps.length, add(...steps));
    const x = [...mean, ...fields(network, example, ["gender", "age", "occupation"])];
    return mlpOf(network, "net.user.mlp", x, 2);
  },
  item: (network, example) => network.vector(example, "item_id", "item_id.embed_16.watched"),
  gamma: 1,
};

function tanh(x: Vector): Vector {
  return x.map(Math.tanh);
}

const likeOf =
  ({ user, item, gamma }: Towers): Reference =>
  (network, example) => ({ like: gamma * inner(user(network, example), item(network, example)) });

/**
 * The logarithm of how often an example's film is drawn, which is taken from its score (Yi et al., RecSys
 * 2019, section 3; the importance weights of Jean et al., ACL 2015, to which Covington et al. refer in
 * section 3.1).
 */
const drawn = (network: Network, example: number) =>
  Math.log(network.vector(example, "item_id", "item_id.frequency")[0]!);

/** −log of the share that the row's own item has among those of all rows: P(D⁺ | Q) of DSSM, P(w = i) of YouTube. */
const lossOf =
  (
    name: string,
    { user, item, gamma }: Towers,
    correction: (network: Network, example: number) => number = () => 0,
  ): Reference =>
  (network, example) => {
    const u = user(network, example);
    const scores = Array.from(
      { length: network.examples },
      (_, j) => gamma * inner(u, item(network, j)) - correction(network, j),
    );
    const all = scores.reduce((sum, score) => sum + Math.exp(score), 0);
    return { [name]: -Math.log(Math.exp(scores[example]!) / all) };
  };

export const references = { dssm: likeOf(dssm), youtube_dnn: likeOf(youtube) };
export const losses = { dssm: lossOf("chosen", dssm, drawn), youtube_dnn: lossOf("watched", youtube, drawn) };
