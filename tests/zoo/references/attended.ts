// Models of fields that attend to one another or change places, layer upon layer, and of layers whose weights are computed.

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
import { fieldsOf, firstOrder, mixed, numbered, pairsOf } from "./fields.ts";
import type { Reference } from "./reference.ts";

const logit = (network: Network, x: Vector) => ({ like: denseOf(network, "net.like.dense_1", x)[0]! });
const meanOf = (list: Matrix) => scale(1 / list.length, add(...list));
const through = (network: Network, name: string, list: Matrix) =>
  list.map((x) => times(x, network.matrix(`${name}.kernel`)));

/** softmax((q − q̄)ᵀ(k − k̄)) + softmax(wᵀe + b), by heads, and W e + b (Xu et al., CIKM 2021, section 3.2). */
const destine: Reference = (network, example) => {
  const fields = fieldsOf(network, example);
  let crossed = fields;
  for (const layer of ["disentangled", "disentangled_2"]) {
    const before = crossed;
    const heads = ["head", "head_2"].map((head) => {
      const name = `net.crossed.${layer}.${head}`;
      const of = (layer: string) => before.map((x) => denseOf(network, `${name}.${layer}.dense_1`, x));
      const [queries, keys, values] = [of("queries"), of("keys"), of("values")];
      const alone = before.map((x) => denseOf(network, `${name}.unary.dense_1`, x)[0]!);
      const less = (list: Matrix) => list.map((x) => add(x, scale(-1, meanOf(list))));
      return less(queries).map((q) => {
        const pair = softmax(less(keys).map((k) => inner(q, k)));
        const weights = add(pair, softmax(alone));
        return weighted(weights, values, 8);
      });
    });
    crossed = before.map((x, i) =>
      add([...heads[0]![i]!, ...heads[1]![i]!], denseOf(network, `net.crossed.${layer}.dense_1`, x)),
    );
  }
  const hidden = mlpOf(network, "net.deep.mlp", fields.flat(), 2);
  const deep = times(hidden, network.matrix("net.deep.linear_1.kernel"))[0]!;
  const attention = denseOf(network, "net.like.dense_1", crossed.flat())[0]!;
  return { like: firstOrder(network, example) + attention + deep };
};

/** Σⱼ ⟨fᵢ, K fⱼ⟩ Wᵢⱼ + Q fᵢ (Cheng & Xue, SIGIR 2021, SAM3A). */
const sam: Reference = (network, example) => {
  let fields = fieldsOf(network, example);
  for (const layer of ["attended", "attended_2"]) {
    const name = `net.like.${layer}`;
    const keys = through(network, `${name}.keys.linear_1`, fields);
    const residual = through(network, `${name}.linear_7`, fields);
    fields = fields.map((field, i) => {
      const scores = keys.map((key) => inner(field, key));
      return add(times(scores, network.matrix(`${name}.linear_${i + 1}.kernel`)), residual[i]!);
    });
  }
  return logit(network, fields.flat());
};

/** softmax(Q Kᵀ / √d) V by heads, side by side, of the projections 1 to 3 of `name`; then the 4th. */
function multiHead(network: Network, name: string, x: Matrix, heads: number): Matrix {
  const [q, k, v] = [1, 2, 3].map((i) => through(network, `${name}.linear_${i}`, x));
  const size = x[0]!.length / heads;
  const mixture = x.map((_, i) =>
    Array.from({ length: heads }, (_, head) => {
      const part = (row: Vector) => row.slice(head * size, (head + 1) * size);
      const scores = k!.map((key) => inner(part(q![i]!), part(key)) / Math.sqrt(size));
      return weighted(softmax(scores), v!.map(part), size);
    }).flat(),
  );
  return through(network, `${name}.linear_4`, mixture);
}

/** softmax(cᵀ ReLU(W x + b)) over a list, and its sum by that. */
function aggregated(network: Network, name: string, list: Matrix): Vector {
  const scores = list.map((x) => {
    const hidden = relu(denseOf(network, `${name}.dense_1`, x));
    return times(hidden, network.matrix(`${name}.linear_1.kernel`))[0]!;
  });
  return weighted(softmax(scores), list, list[0]!.length);
}

/**
 * X₁ from a transformer with a ReLU after its attention, uᵢ = AttentionalAgg(Xᵢ), Xᵢ₊₁ = uᵢ ⊙ X₁ + Xᵢ, and the uᵢ by attention (Li et al.,
 * WSDM 2020, section 3).
 */
const interhat: Reference = (network, example) => {
  const fields = fieldsOf(network, example);
  const name = "net.first.transformed";
  const heads = multiHead(network, `${name}.mixed.multi_head`, fields, 2);
  const first = fields.map((field, i) => {
    const x = layerNormOf(network, `${name}.mixed.layer_norm_1`, add(field, relu(heads[i]!)));
    const inside = relu(denseOf(network, `${name}.dense_1`, x));
    return layerNormOf(network, `${name}.layer_norm_1`, add(x, denseOf(network, `${name}.dense_2`, inside)));
  });
  let order = first;
  const orders = ["about_first", "about_second", "orders"].map((at) => {
    const u = aggregated(network, `net.${at}.aggregated`, order);
    order = order.map((x, i) => add(hadamard(u, first[i]!), x));
    return u;
  });
  const all = aggregated(network, "net.like.aggregated", orders);
  return logit(network, mlpOf(network, "net.like.mlp", all, 1));
};

/** LN([MLP(LN(flatten(X Xᵀ Y))) ∥ W X] + X) (Zhang et al., ICML 2024, section 3). */
const wukong: Reference = (network, example) => {
  let x = fieldsOf(network, example);
  for (const layer of ["wukong_layer", "wukong_layer_2"]) {
    const name = `net.deep.${layer}`;
    const y = mixed(network, `${name}.pairs.mix_1`, x);
    const pairs = layerNormOf(
      network,
      `${name}.pairs.layer_norm_1`,
      x.flatMap((a) => y.map((b) => inner(a, b))),
    );
    const hidden = mlpOf(network, `${name}.machines.mlp`, pairs, 1);
    const made = denseOf(network, `${name}.machines.dense_1`, hidden);
    const machines = [0, 8, 16].map((from) => made.slice(from, from + 8));
    const all = [...machines, ...mixed(network, `${name}.mix_1`, x)];
    x = x.map((row, i) => layerNormOf(network, `${name}.layer_norm_1`, add(row, all[i]!)));
  }
  return logit(network, mlpOf(network, "net.like.mlp", x.flat(), 1));
};

/** x/2 (1 + tanh(√(2/π) (x + 0.044715 x³))) (Hendrycks & Gimpel, 2016). */
const gelu = (x: Vector): Vector =>
  x.map((v) => (v / 2) * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (v + 0.044715 * v ** 3))));

/**
 * S = LN(TokenMixing(X) + X), token h of it having the h-th head of each; LN(FFNₜ(sₜ) + sₜ) (Zhu et al.,
 * 2025, section 3).
 */
const rankmixer: Reference = (network, example) => {
  const x = fieldsOf(network, example).flat();
  let tokens: Matrix = [0, 12, 24, 36].map((from) =>
    denseOf(network, "net.tokens.dense_1", x.slice(from, from + 12)),
  );
  for (const layer of ["mixer", "mixer_2"]) {
    const name = `net.like.${layer}`;
    const exchanged = tokens.map((_, h) => tokens.flatMap((token) => token.slice(4 * h, 4 * h + 4)));
    const s = tokens.map((token, t) =>
      layerNormOf(network, `${name}.mixed.layer_norm_1`, add(token, exchanged[t]!)),
    );
    tokens = s.map((token, t) => {
      const inside = gelu(denseOf(network, `${name}.fed.dense_${2 * t + 1}`, token));
      const fed = denseOf(network, `${name}.fed.dense_${2 * t + 2}`, inside);
      return layerNormOf(network, `${name}.layer_norm_1`, add(token, fed));
    });
  }
  return logit(network, meanOf(tokens));
};

/**
 * Xₙ₊₁ = LN(Σ Interactionᵢ(Xₙ) + Xₙ): self-attention, a cross of DCN v2, layers over inner products, W X
 * (Zhang et al., 2022, section 3).
 */
const dhen: Reference = (network, example) => {
  let x = fieldsOf(network, example);
  const parts = (all: Vector) => x.map((_, i) => all.slice(8 * i, 8 * i + 8));
  for (const layer of ["ensemble", "ensemble_2"]) {
    const name = `net.like.${layer}`;
    const flat = x.flat();
    const attended = multiHead(network, `${name}.attended.multi_head`, x, 2);
    const cross = denseOf(network, `${name}.crossed.cross.dense_1`, flat);
    const crossed = parts(add(hadamard(flat, cross), flat));
    const pairs = pairsOf(x).map(([a, b]) => inner(a, b));
    const products = parts(relu(denseOf(network, `${name}.products.dense_1`, pairs)));
    const linear = mixed(network, `${name}.mix_1`, x);
    x = x.map((row, i) =>
      layerNormOf(
        network,
        `${name}.layer_norm_1`,
        add(attended[i]!, crossed[i]!, products[i]!, linear[i]!, row),
      ),
    );
  }
  return logit(network, mlpOf(network, "net.like.mlp", x.flat(), 1));
};

/** ReLU(U S V x + b), S = reshape(W z + b) of who the user is (Yan et al., NeurIPS 2022, equations 2 to 6). */
const apg: Reference = (network, example) => {
  const fields = fieldsOf(network, example);
  const who = [...fields[0]!, ...fields[3]!];
  const deep = [1, 2].reduce<Vector>((h, layer) => {
    const name = `net.deep.${numbered("generated", layer)}`;
    const narrow = times(h, network.matrix(`${name}.linear_1.kernel`));
    const s = denseOf(network, `${name}.specific.dense_1`, who);
    const turned = [0, 4, 8, 12].map((from) => inner(s.slice(from, from + 4), narrow));
    return relu(denseOf(network, `${name}.dense_1`, turned));
  }, fields.flat());
  return logit(network, deep);
};

/** ReLU of attention with two heads, plus a projection of the field (Li et al., CIKM 2019, as revised; the authors' code). */
function fignnNodes(network: Network, inputs: Matrix): Matrix {
  const [queries, keys, values] = [1, 2, 3].map((part) =>
    through(network, `net.mixed.linear_${part}`, inputs),
  );
  return inputs.map((x, i) => {
    const heads = [0, 4].flatMap((from) => {
      const head = (row: Vector) => row.slice(from, from + 4);
      const scores = keys!.map((key) => inner(head(queries![i]!), head(key)) / 2);
      return weighted(softmax(scores), values!.map(head), 4);
    });
    return relu(add(heads, times(x, network.matrix("net.fields.linear_1.kernel"))));
  });
}

/**
 * wᵢⱼ = softmax over j ≠ i of LeakyReLU(W [eᵢ ∥ eⱼ]); aᵢ = Wᵢⁱⁿ Σⱼ wᵢⱼ Wⱼᵒᵘᵗ hⱼ + b; h ← GRU(h, a) + e; Σ of
 * a weight and a score of each node (Li et al., CIKM 2019, equations 5 to 12). As in PyTorch, the update gate
 * says how much of the old state stays.
 */
const fignn: Reference = (network, example) => {
  const fields = fignnNodes(network, fieldsOf(network, example));
  const kernel = network.matrix("net.edge.linear_1.kernel");
  const edges = fields.map((a, i) => {
    const scores = fields.map((b, j) => {
      const z = times([...a, ...b], kernel)[0]!;
      return i === j ? Number.NEGATIVE_INFINITY : z > 0 ? z : 0.01 * z;
    });
    return softmax(scores);
  });
  let states = fields;
  for (const step of [1, 2]) {
    const told = states.map((h, j) =>
      times(h, network.matrix(`net.states.${numbered("told", step)}.linear_${j + 1}.kernel`)),
    );
    states = states.map((h, i) => {
      const heard = network.matrix(`net.states.${numbered("heard", step)}.linear_${i + 1}.kernel`);
      const a = add(
        times(weighted(edges[i]!, told, 8), heard),
        network.weights(`net.states.bias_${step}.bias`),
      );
      const of = (gate: string) => [
        denseOf(network, `net.cell.gru_cell.${gate}.dense_1`, a),
        denseOf(network, `net.cell.gru_cell.${gate}.dense_2`, h),
      ];
      const [reset, update] = ["reset", "update"].map((gate) => sigmoid(add(...of(gate))));
      const [fromInput, fromState] = of("candidate");
      const candidate = add(fromInput!, hadamard(reset!, fromState!)).map(Math.tanh);
      const next = h.map((value, d) => update![d]! * value + (1 - update![d]!) * candidate[d]!);
      return add(next, fields[i]!);
    });
  }
  const weights = sigmoid(denseOf(network, "net.weights.dense_1", states.flat()));
  const scores = states.map((h) => denseOf(network, "net.like.dense_1", h)[0]!);
  return { like: inner(weights, scores) };
};

export const references = {
  fignn,
  destine,
  sam,
  interhat,
  wukong,
  rankmixer,
  dhen,
  apg,
};
