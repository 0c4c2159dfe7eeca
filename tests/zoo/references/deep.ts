// Linear and deep models.

import {
  add,
  denseOf,
  hadamard,
  inner,
  mlpOf,
  preluOf,
  scale,
  sigmoid,
  times,
  type Vector,
  weighted,
} from "../../support/network.ts";
import { FIELDS, fieldsOf, firstOrder } from "./fields.ts";
import type { Reference } from "./reference.ts";

/** w·x + b (Richardson et al., WWW 2007, section 4). */
const lr: Reference = (network, example) => ({
  like: firstOrder(network, example) + network.weights("net.like.bias_1.bias")[0]!,
});

/**
 * wᵀ[x, φ(x)] + w′ᵀ a + b, a the deep network's last layer, φ(x) the cross-product (Cheng et al., DLRS 2016,
 * equation 3).
 */
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

/** c₀ ⊙ (W c + b) ⊙ σ(W' c) + c, beside a deep network (Wang et al., CIKM 2023, equation 2). */
const gdcn: Reference = (network, example) => {
  const x = fieldsOf(network, example).flat();
  const crossed = [1, 2, 3].reduce<readonly number[]>((c, layer) => {
    const gate = sigmoid(times(c, network.matrix(`net.crossed.linear_${layer}.kernel`)));
    return add(hadamard(hadamard(x, denseOf(network, `net.crossed.dense_${layer}`, c)), gate), c);
  }, x);
  const both = [...crossed, ...mlpOf(network, "net.like.mlp", x, 2)];
  return { like: denseOf(network, "net.like.dense_1", both)[0]! };
};

/** o₁ and o₂ from 2σ(gate) ⊙ e, the gates from other embeddings; b + w₁ᵀo₁ + w₂ᵀo₂ + Σₕ o₁ₕᵀ Wₕ o₂ₕ (Mao et al., AAAI 2023, equations 4 to 10). */
const finalmlp: Reference = (network, example) => {
  const fields = fieldsOf(network, example);
  const stream = (name: string, of: readonly string[]) => {
    const context = of.flatMap((feature) => network.vector(example, feature, `${feature}.embed_8.gate`));
    const inside = mlpOf(network, `${name}.selected.mlp`, context, 1);
    const gate = sigmoid(denseOf(network, `${name}.selected.dense_1`, inside));
    const gated = fields.flat().map((value, i) => 2 * gate[i]! * value);
    return mlpOf(network, `${name}.mlp`, gated, 2);
  };
  const byUser = stream("net.by_user", FIELDS.slice(0, 4));
  const byItem = stream("net.by_item", FIELDS.slice(4));
  const heads = [1, 2].map((head) => {
    const part = (x: readonly number[]) => x.slice(8 * head - 8, 8 * head);
    return inner(times(part(byUser), network.matrix(`net.agree.linear_${head}.kernel`)), part(byItem));
  });
  const linear = [byUser, byItem].map(
    (x, i) => times(x, network.matrix(`net.like.linear_${i + 1}.kernel`))[0]!,
  );
  return {
    like: heads[0]! + heads[1]! + linear[0]! + linear[1]! + network.weights("net.like.bias_1.bias")[0]!,
  };
};

/** p(y | x) = Σ softmax(uᵀx)ᵢ σ(wᵢᵀx), of two regions with u₂ = 0 (Gai et al., 2017, equations 2 and 3). */
const mlr: Reference = (network, example) => {
  const rows = FIELDS.map((feature) => network.vector(example, feature, `${feature}.embed_3`));
  const [u, first, second] = add(...rows, network.weights("net.parts.bias_1.bias"));
  const regions = [Math.exp(u!) / (Math.exp(u!) + 1), 1 / (Math.exp(u!) + 1)];
  const p = [first!, second!].reduce((sum, z, i) => sum + regions[i]! / (1 + Math.exp(-z)), 0);
  return { like: Math.log(p / (1 - p)) };
};

/** Σᵢ pᵢ·B(hᵢ(w)), then p itself (Svenstrup et al., NIPS 2017, equation 1 and section 3); the past is a mean. */
const hash_embeddings: Reference = (network, example) => {
  const hashed = (p: Vector, ...components: readonly Vector[]) => [
    ...add(...components.map((vector, i) => scale(p[i]!, vector))),
    ...p,
  ];
  const own = (id: string, components: string) =>
    hashed(
      network.vector(example, id, `${id}.embed_2`),
      ...[1, 2].map((i) => network.vector(example, `${components}_${i}`)),
    );
  const [first, second] = [1, 2].map((i) => network.steps(example, `clicks.films_${i}`));
  const steps = network
    .steps(example, "clicks.item_id", "item_id.embed_2")
    .map((p, step) => hashed(p, first![step]!, second![step]!));
  const past = scale(1 / Math.max(1, steps.length), add(new Array<number>(18).fill(0), ...steps));
  const x = [...own("user_id", "users"), ...own("item_id", "films"), ...past];
  return { like: denseOf(network, "net.like.dense_1", mlpOf(network, "net.like.mlp", x, 1))[0]! };
};

export const references = { hash_embeddings, lr, wide_and_deep, embedding_mlp, dcn_v2, gdcn, finalmlp, mlr };
