// Linear and deep models.

import { add, denseOf, hadamard, mlpOf, preluOf, times, weighted } from "../../support/network.ts";
import { fieldsOf, firstOrder } from "./fields.ts";
import type { Reference } from "./index.ts";

/** w·x + b (Richardson et al., WWW 2007, section 4). */
const lr: Reference = (network, example) => ({
  like: firstOrder(network, example) + network.weights("net.like.bias_1.bias")[0]!,
});

/** wᵀ[x, φ(x)] + w′ᵀ a + b, a the deep network's last layer, φ(x) the cross-product (Cheng et al., DLRS 2016, equation 3). */
const wide_and_deep: Reference = (network, example) => {
  const crossed = network.vector(example, "gender_genre", "gender_genre.weight")[0]!;
  const activations = mlpOf(network, "net.deep.mlp", fieldsOf(network, example).flat(), 2);
  const deep = times(activations, network.matrix("net.like.linear_1.kernel"))[0]!;
  const bias = network.weights("net.like.bias_1.bias")[0]!;
  return { like: firstOrder(network, example) + crossed + deep + bias };
};

/** The history's sum beside the other fields, then layers with PReLU (Zhou et al., KDD 2018, section 4.2). */
const embedding_mlp: Reference = (network, example) => {
  const [ids, genres] = ["item_id", "genre"].map((field) => network.steps(example, `liked.${field}`));
  const steps = ids!.map((id, step) => [...id, ...genres![step]!]);
  const history = weighted(
    steps.map(() => 1),
    steps,
    16,
  );
  const x = [...fieldsOf(network, example).flat(), ...history];
  const h = mlpOf(network, "net.like.mlp", x, 2, (s, i) => preluOf(network, `net.like.mlp.prelu_${i}`, s));
  return { like: denseOf(network, "net.like.dense_1", h)[0]! };
};

/** x₀ ⊙ (W x + b) + x, beside a deep network (Wang et al., WWW 2021, equation 1 and figure 1b). */
const dcn_v2: Reference = (network, example) => {
  const x = fieldsOf(network, example).flat();
  const crossed = [1, 2].reduce<readonly number[]>(
    (y, layer) => add(hadamard(x, denseOf(network, `net.like.cross.dense_${layer}`, y)), y),
    x,
  );
  const both = [...crossed, ...mlpOf(network, "net.like.mlp", x, 2)];
  return { like: denseOf(network, "net.like.dense_1", both)[0]! };
};

export const references = { lr, wide_and_deep, embedding_mlp, dcn_v2 };
