// Models whose layers multiply: crosses, products of learned order, masks.

import {
  add,
  chanceOf,
  denseOf,
  hadamard,
  layerNormOf,
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
import { fieldsOf, numbered } from "./fields.ts";
import type { Reference } from "./reference.ts";

const logit = (network: Network, x: Vector) => ({ like: denseOf(network, "net.like.dense_1", x)[0]! });

/** x₀ xᵀw + b + x, beside a deep network (Wang et al., ADKDD 2017, equation 3). */
const dcn: Reference = (network, example) => {
  const x = fieldsOf(network, example).flat();
  const crossed = [1, 2, 3].reduce<Vector>((y, layer) => {
    const s = times(y, network.matrix(`net.crossed.linear_${layer}.kernel`))[0]!;
    return add(scale(s, x), network.weights(`net.crossed.bias_${layer}.bias`), y);
  }, x);
  return logit(network, [...crossed, ...mlpOf(network, "net.like.mlp", x, 2)]);
};

/** Σ Gᵢ(x) x₀ ⊙ (U tanh(C tanh(Vᵀx)) + b) + x, G a softmax of x W (Wang et al., WWW 2021, equations 5 and 6). */
const dcn_mix: Reference = (network, example) => {
  const x = fieldsOf(network, example).flat();
  const crossed = [1, 2].reduce<Vector>((y, layer) => {
    const experts = [1, 2, 3, 4].map((i) => {
      const name = `net.crossed.${numbered("low_rank", 4 * (layer - 1) + i)}`;
      const narrow = tanh(times(y, network.matrix(`${name}.linear_1.kernel`)));
      const bent = tanh(times(narrow, network.matrix(`${name}.linear_2.kernel`)));
      return hadamard(x, denseOf(network, `${name}.dense_1`, bent));
    });
    const gate = network.matrix(`net.crossed.${numbered("gated", layer)}.linear_1.kernel`);
    return add(weighted(softmax(times(y, gate)), experts, x.length), y);
  }, x);
  return logit(network, [...crossed, ...mlpOf(network, "net.like.mlp", x, 2)]);
};

/**
 * Linear: x₁ ⊙ ([c ∥ c ⊙ max(0, LN(c))] + b) + x, c = W x; exponential: x ⊙ ([c ∥ …] + b) + x. x has the
 * first half of every field, then the second (Li et al., 2024, and the authors' code).
 */
function bothCrossed(network: Network, example: number) {
  const fields = fieldsOf(network, example);
  const x = [0, 4].flatMap((from) => fields.flatMap((field) => field.slice(from, from + 4)));
  const crossed = (name: string, isLinear: boolean) => {
    const end = [1, 2, 3].reduce<Vector>((y, layer) => {
      const c = times(y, network.matrix(`net.${name}.linear_${layer}.kernel`));
      const mask = relu(layerNormOf(network, `net.${name}.${numbered("thinned", layer)}.layer_norm_1`, c));
      const b = network.weights(`net.${name}.bias_${layer}.bias`);
      return add(hadamard(isLinear ? x : y, add([...c, ...hadamard(c, mask)], b)), y);
    }, x);
    return denseOf(network, `net.${name}.dense_1`, end)[0]!;
  };
  const [linear, exponential] = [crossed("linearly", true), crossed("doubling", false)];
  return { linear, exponential, mean: (linear + exponential) / 2 };
}

const dcn_v3: Reference = (network, example) => ({ like: bothCrossed(network, example).mean });

/** L_D max(0, L_D − L) and L_S max(0, L_S − L), the weights of the batch's means (the authors' code). */
const dcnV3Loss: Reference = (network, example) => {
  const entropies = (of: "linear" | "exponential" | "mean") =>
    Array.from({ length: network.examples }, (_, i) => {
      const z = bothCrossed(network, i)[of];
      const [y] = network.vector(i, "label/like") as [number];
      return y * minusLog(z) + (1 - y) * minusLog(-z);
    });
  const mean = (values: Vector) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const behind = (of: "linear" | "exponential") =>
    Math.max(0, mean(entropies(of)) - mean(entropies("mean"))) * entropies(of)[example]!;
  return { linearly_behind: behind("linear"), doubling_behind: behind("exponential") };
};

/** ReLU(F(x) + x), F two layers with a ReLU between them (Shan et al., KDD 2016, equation 4). */
const deep_crossing: Reference = (network, example) => {
  const x = fieldsOf(network, example).flat();
  const crossed = [1, 3].reduce<Vector>((h, layer) => {
    const inside = relu(denseOf(network, `net.crossed.dense_${layer}`, h));
    return relu(add(h, denseOf(network, `net.crossed.dense_${layer + 1}`, inside)));
  }, x);
  return logit(network, crossed);
};

/** T(x) ⊙ H(x) + (1 − T(x)) ⊙ x, T a sigmoid and H a ReLU (Srivastava et al., 2015, equation 3). */
const highway: Reference = (network, example) => {
  const deep = [1, 2].reduce<Vector>((x, layer) => {
    const h = relu(denseOf(network, `net.deep.dense_${layer}`, x));
    const t = sigmoid(denseOf(network, `net.deep.${numbered("between", layer)}.gate.dense_1`, x));
    return x.map((value, i) => t[i]! * h[i]! + (1 - t[i]!) * value);
  }, fieldsOf(network, example).flat());
  return logit(network, deep);
};

/**
 * The two blocks' logits: layers h₂ + h₁ ⊙ h₂ of W x + b, one over [E ∥ E ⊙ gates], one over E (Zhu et al.,
 * SIGIR 2023, section 2).
 */
function finalBlocks(network: Network, example: number): readonly [number, number] {
  const fields = fieldsOf(network, example);
  // One layer for all numbers of the vectors: its inputs are a number of each field.
  const gates = fields[0]!.map((_, i) =>
    denseOf(
      network,
      "net.gates.dense_1",
      fields.map((field) => field[i]!),
    ),
  );
  const block = (name: string, x: Vector) => {
    const end = [1, 2].reduce<Vector>((h, layer) => {
      const both = denseOf(network, `net.${name}.${numbered("factorized", layer)}.both.dense_1`, h);
      const half = both.length / 2;
      return add(both.slice(0, half), hadamard(both.slice(0, half), both.slice(half)));
    }, x);
    return denseOf(network, `net.${name}.dense_1`, end)[0]!;
  };
  const gated = fields.flatMap((field, i) => field.map((value, k) => value * gates[k]![i]!));
  return [block("first", [...fields.flat(), ...gated]), block("second", fields.flat())];
}

const finalnet: Reference = (network, example) => {
  const [first, second] = finalBlocks(network, example);
  return { like: (first + second) / 2 };
};

/** −log σ(z). */
const minusLog = (z: number) => Math.max(-z, 0) + Math.log1p(Math.exp(-Math.abs(z)));

/** BCE(ŷ₁, ŷ) and BCE(ŷ₂, ŷ), ŷ held still (Zhu et al., SIGIR 2023, equation 9). */
const finalnetLoss: Reference = (network, example) => {
  const [first, second] = finalBlocks(network, example);
  const truth = chanceOf((first + second) / 2);
  const loss = (z: number) => truth * minusLog(z) + (1 - truth) * minusLog(-z);
  return { first_like: loss(first), second_like: loss(second) };
};

/**
 * o(s)ᵢ = Σₙ α(n,s) Σⱼ eᵢ(n) W(s)ᵢⱼ mⱼ(n) over all n of a field e and a map m, layer upon layer (Lang et al.,
 * KDD 2021, equations 5 to 7; W and h of the paper are one matrix, as only their product counts).
 */
const aoanet: Reference = (network, example) => {
  const fields = fieldsOf(network, example);
  let maps = fields;
  for (const layer of ["generalized", "generalized_2"]) {
    const before = maps;
    maps = [1, 2, 3, 4].map((s) => {
      const w = network.matrix(`net.crossed.${layer}.linear_${s}.kernel`);
      const alpha = network.matrix(`net.crossed.${layer}.mix_${s}.kernel`);
      const products = fields.flatMap((e) => before.map((m) => hadamard(e, times(m, w))));
      return add(...products.map((product, n) => scale(alpha[n]![0]!, product)));
    });
  }
  return logit(network, [...mlpOf(network, "net.deep.mlp", fields.flat(), 2), ...maps.flat()]);
};

/** γ (x − μ) / √(σ² + ε) + β, of the batch's moving averages. */
function batchNorm(network: Network, name: string, x: Vector): Vector {
  const of = (what: string) => network.weights(`${name}.batch_norm_1.${what}`);
  const [gamma, beta, mean, variance] = ["gamma", "beta", "mean", "variance"].map(of);
  return x.map((v, i) => (gamma![i]! * (v - mean![i]!)) / Math.sqrt(variance![i]! + 1e-5) + beta![i]!);
}

/**
 * exp(Σ wᵢⱼ ln eᵢ + bⱼ), then layers (Cheng et al., AAAI 2020, equations 5 to 8), e kept above 0; logarithms are
 * normalised by field, powers by j, over the numbers of the vectors alike (the authors' code).
 */
const afn: Reference = (network, example) => {
  const sizes = fieldsOf(network, example).map((field) =>
    field.map((value) => Math.log(Math.max(Math.abs(value), 0.01))),
  );
  const products = sizes[0]!.flatMap((_, d) => {
    const logarithms = batchNorm(
      network,
      "net.logarithms",
      sizes.map((field) => field[d]!),
    );
    const powers = denseOf(network, "net.products.dense_1", logarithms).map(Math.exp);
    return batchNorm(network, "net.products", powers);
  });
  return logit(network, mlpOf(network, "net.like.mlp", products, 2));
};

/**
 * eⱼ as μⱼ e^(i θⱼ); explicit: exp(Σ αⱼₖ ln μⱼ + δₖ) with the angle Σ αⱼₖ θⱼ + δ′ₖ; implicit: ReLU(W r + b)
 * of the real and of the imaginary parts; added, and read by one linear layer (Tian et al., SIGIR 2023,
 * section 4). What is learned of μ is its logarithm.
 */
const eulernet: Reference = (network, example) => {
  const fields = fieldsOf(network, example);
  const sizes = network.matrix("net.sizes.parameter_1.value").flat();
  const alpha = network.matrix("net.orders.mix_1.kernel");
  const offsets = ["grown", "turned"].map((at) => network.matrix(`net.${at}.parameter_1.value`));
  const parts = [Math.cos, Math.sin].map((f) => {
    const part = fields.flatMap((field, j) => field.map((angle) => Math.exp(sizes[j]!) * f(angle)));
    const implicit = relu(denseOf(network, "net.implicit.dense_1", part));
    const explicit = [0, 1, 2].flatMap((k) =>
      fields[0]!.map((_, d) => {
        const size = sizes.reduce((sum, s, j) => sum + alpha[j]![k]! * s, offsets[0]![k]![d]!);
        const angle = fields.reduce((sum, field, j) => sum + alpha[j]![k]! * field[d]!, offsets[1]![k]![d]!);
        return Math.exp(size) * f(angle);
      }),
    );
    return denseOf(network, "net.like.dense_1", add(implicit, explicit))[0]!;
  });
  return { like: parts[0]! + parts[1]! };
};

/**
 * ReLU(LN(W (V_mask ⊙ LN_EMB))) three times side by side, V_mask of the embeddings (Wang et al., DLP-KDD
 * 2021, equations 4, 8 and 13).
 */
const masknet: Reference = (network, example) => {
  const fields = fieldsOf(network, example);
  const normed = fields.flatMap((field, i) => layerNormOf(network, `net.normed.layer_norm_${i + 1}`, field));
  const blocks = [1, 2, 3].flatMap((i) => {
    const name = `net.blocks.${numbered("mask_block", i)}`;
    const inside = relu(denseOf(network, `${name}.instance_mask.dense_1`, fields.flat()));
    const mask = denseOf(network, `${name}.instance_mask.dense_2`, inside);
    const hidden = times(hadamard(mask, normed), network.matrix(`${name}.linear_1.kernel`));
    return relu(layerNormOf(network, `${name}.layer_norm_1`, hidden));
  });
  return logit(network, mlpOf(network, "net.like.mlp", blocks, 1));
};

/**
 * Regulated fields, x₀ᵇ = softmax(gᵇ) ⊙ x for each of the two networks; cross x₀ xᵀw + b + x and deep ReLU(W
 * h + b); the bridge is their product, and what goes on is the bridge regulated anew (Chen et al., DLP-KDD
 * 2021, section 4).
 */
const edcn: Reference = (network, example) => {
  const x = fieldsOf(network, example).flat();
  const regulated = (at: string, input: Vector) => {
    const gates = softmax(network.matrix(`net.${at}.parameter_1.value`).flat());
    return input.map((value, i) => gates[Math.floor(i / 8)]! * value);
  };
  const start = regulated("start.regulated", x);
  const cross = (at: string, input: Vector) => {
    const s = times(input, network.matrix(`net.${at}.linear_1.kernel`))[0]!;
    return add(scale(s, start), network.weights(`net.${at}.bias_1.bias`), input);
  };
  const deep = (at: string, input: Vector) =>
    relu(denseOf(network, `net.${at}.dense_1`, regulated(`${at}.regulated`, input)));
  const bridge = hadamard(cross("crossed", start), deep("deep", x));
  const [crossed, last] = [cross("crossed2", regulated("again.regulated", bridge)), deep("deep2", bridge)];
  return logit(network, [...crossed, ...last, ...hadamard(crossed, last)]);
};

/** x ⊙ Σ ReLU(Wᵣ x + bᵣ) + x twice, and a linear layer (Li et al., KDD 2025, section 4). */
const qnn: Reference = (network, example) => {
  const deep = [1, 2].reduce<Vector>((x, layer) => {
    const rows = relu(denseOf(network, `net.network.${numbered("quadratic", layer)}.rows.dense_1`, x));
    const half = rows.length / 2;
    return add(hadamard(x, add(rows.slice(0, half), rows.slice(half))), x);
  }, fieldsOf(network, example).flat());
  return { like: denseOf(network, "net.network.dense_1", deep)[0]! };
};

/** BCE(ŷ₁, ȳ) and BCE(ŷ₂, ȳ) of two calls with other units left out, which are the same where none are. */
const qnnLoss: Reference = (network, example) => {
  const z = qnn(network, example)["like"]!;
  const p = chanceOf(z);
  const loss = p * minusLog(z) + (1 - p) * minusLog(-z);
  return { first_like: loss, second_like: loss };
};

export const references = {
  ...{ edcn, qnn },
  ...{ dcn, dcn_mix, dcn_v3, deep_crossing, highway, finalnet, aoanet, afn, eulernet, masknet },
};
export const losses = { finalnet: finalnetLoss, qnn: qnnLoss, dcn_v3: dcnV3Loss };
