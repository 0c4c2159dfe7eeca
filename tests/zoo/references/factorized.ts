// Models over pairs of fields.

import {
  add,
  denseOf,
  hadamard,
  inner,
  mlpOf,
  type Network,
  relu,
  scale,
  softmax,
  times,
  type Vector,
  weighted,
} from "../../support/network.ts";
import { FIELDS, fieldsOf, firstOrder, pairsOf, sumOf } from "./fields.ts";
import type { Reference } from "./reference.ts";

/** y = ⟨w, x⟩ + Σ⟨vᵢ, vⱼ⟩ + the deep network (Guo et al., IJCAI 2017, equations 2 and 4). */
const deepfm: Reference = (network, example) => {
  const fields = fieldsOf(network, example);
  const second = sumOf(pairsOf(fields).map(([a, b]) => inner(a, b)));
  const deep = mlpOf(network, "net.deep.mlp", fields.flat(), 2);
  return { like: firstOrder(network, example) + second + denseOf(network, "net.deep.dense_1", deep)[0]! };
};

/** Σ vᵢ ⊙ vⱼ, then layers (He & Chua, SIGIR 2017, equations 3 to 7). */
const nfm: Reference = (network, example) => {
  const pooled = add(...pairsOf(fieldsOf(network, example)).map(([a, b]) => hadamard(a, b)));
  const deep = times(mlpOf(network, "net.deep.mlp", pooled, 2), network.matrix("net.deep.linear_1.kernel"));
  return { like: firstOrder(network, example) + deep[0]! + network.weights("net.like.bias_1.bias")[0]! };
};

/** aᵢⱼ = softmax(hᵀ ReLU(W (vᵢ ⊙ vⱼ) + b)), pᵀ Σ aᵢⱼ vᵢ ⊙ vⱼ (Xiao et al., IJCAI 2017, equations 5 and 6). */
const afm: Reference = (network, example) => {
  const products = pairsOf(fieldsOf(network, example)).map(([a, b]) => hadamard(a, b));
  const scores = products.map(
    (product) =>
      times(
        relu(denseOf(network, "net.second.afm.scores.dense_1", product)),
        network.matrix("net.second.afm.scores.linear_1.kernel"),
      )[0]!,
  );
  const pooled = weighted(softmax(scores), products, 8);
  const second = times(pooled, network.matrix("net.second.linear_1.kernel"))[0]!;
  return { like: firstOrder(network, example) + second + network.weights("net.like.bias_1.bias")[0]! };
};

/** z, the fields; p, all ⟨fᵢ, fⱼ⟩ and the outer product of Σ fᵢ with itself (Qu et al., ICDM 2016, section 3). */
const pnn: Reference = (network, example) => {
  const fields = fieldsOf(network, example);
  const total = add(...fields);
  const outer = total.flatMap((a) => total.map((b) => a * b));
  const x = [...fields.flat(), ...pairsOf(fields).map(([a, b]) => inner(a, b)), ...outer];
  return { like: denseOf(network, "net.like.dense_1", mlpOf(network, "net.like.mlp", x, 2))[0]! };
};

/**
 * Xᵏ from the products of Xᵏ⁻¹ with X⁰, every layer read by its sums along the width (Lian et al., KDD 2018,
 * equations 6 and 8).
 */
const xdeepfm: Reference = (network, example) => {
  const fields = fieldsOf(network, example);
  let layer: readonly Vector[] = fields;
  const read: number[] = [];
  for (const k of [1, 2]) {
    const w = network.matrix(`net.like.cin.layers.mix_${k}.kernel`);
    const products = layer.flatMap((a) => fields.map((b) => hadamard(a, b)));
    layer = w[0]!.map((_, h) => add(...products.map((product, i) => scale(w[i]![h]!, product))));
    read.push(...layer.map(sumOf));
  }
  const deep = mlpOf(network, "net.deep.mlp", fields.flat(), 2);
  const both = denseOf(network, "net.like.dense_1", [...read, ...deep])[0]!;
  return { like: firstOrder(network, example) + both };
};

/** vᵢW ⊙ vⱼ of the fields and of the SENet's (Huang et al., RecSys 2019, equations 4 to 8). */
const fibinet: Reference = (network, example) => {
  const fields = fieldsOf(network, example);
  const bilinear = (of: readonly Vector[], name: string) =>
    pairsOf(of).flatMap(([a, b]) => hadamard(times(a, network.matrix(`${name}.linear_1.kernel`)), b));
  const means = fields.map((field) => sumOf(field) / field.length);
  const senet = "net.crossed.senet";
  const weights = relu(
    times(
      relu(times(means, network.matrix(`${senet}.weights.linear_1.kernel`))),
      network.matrix(`${senet}.weights.linear_2.kernel`),
    ),
  );
  const weightedFields = fields.map((field, i) => scale(weights[i]!, field));
  const x = [
    ...bilinear(fields, "net.crossed.bilinear"),
    ...bilinear(weightedFields, "net.crossed.bilinear_2"),
  ];
  const deep = denseOf(network, "net.like.dense_1", mlpOf(network, "net.like.mlp", x, 2))[0]!;
  return { like: firstOrder(network, example) + deep };
};

/**
 * Layer upon layer, each field eₘ becomes ReLU(ẽₘ + W eₘ), ẽₘ the heads' Σₖ softmaxₖ(⟨Wq eₘ, Wk eₖ⟩) Wv eₖ
 * side by side; then wᵀ(e₁ ⊕ …) + b (Song et al., CIKM 2019, equations 5 to 10).
 */
const autoint: Reference = (network, example) => {
  let fields: readonly Vector[] = fieldsOf(network, example);
  for (const layer of ["interacting", "interacting_2", "interacting_3"]) {
    const kernel = (of: string) => network.matrix(`net.crossed.${layer}.${of}.kernel`);
    const projected = (of: string) => fields.map((field) => times(field, kernel(of)));
    const [q, k, v] = [1, 2, 3].map((i) => projected(`mixed.linear_${i}`));
    const residual = projected("linear_1");
    fields = fields.map((_, m) => {
      const heads = [0, 8].flatMap((from) => {
        const part = (x: Vector) => x.slice(from, from + 8);
        const scores = k!.map((key) => inner(part(q![m]!), part(key)));
        return weighted(softmax(scores), v!.map(part), 8);
      });
      return relu(add(heads, residual[m]!));
    });
  }
  return { like: denseOf(network, "net.like.dense_1", fields.flat())[0]! };
};

/** mᵢ = n·softmax(P·MLP(E))ᵢ, Σ mᵢwᵢ + Σ ⟨mᵢvᵢ, mⱼvⱼ⟩ (Yu et al., IJCAI 2019, equations 4 to 8). */
const ifm: Reference = (network, example) => {
  const fields = fieldsOf(network, example);
  const hidden = mlpOf(network, "net.factors.mlp", fields.flat(), 1);
  const m = softmax(times(hidden, network.matrix("net.factors.linear_1.kernel"))).map((x) => 6 * x);
  const first = sumOf(FIELDS.map((f, i) => m[i]! * network.vector(example, f, `${f}.weight`)[0]!));
  const scaled = fields.map((field, i) => scale(m[i]!, field));
  const second = sumOf(pairsOf(scaled).map(([a, b]) => inner(a, b)));
  return { like: first + second + network.weights("net.like.bias_1.bias")[0]! };
};

/** ⟨w, x⟩ + Σ⟨pᵢ, pⱼ⟩ + Σ⟨qᵢ, qⱼ, qₖ⟩ over all i < j < k (Blondel et al., NIPS 2016, equation 5). */
const hofm: Reference = (network, example) => {
  const pairs = sumOf(pairsOf(fieldsOf(network, example)).map(([a, b]) => inner(a, b)));
  const q = FIELDS.map((feature) => network.vector(example, feature, `${feature}.embed_4`));
  const triples = q.flatMap((a, i) =>
    pairsOf(q.slice(i + 1)).map(([b, c]) => sumOf(a.map((x, k) => x * b[k]! * c[k]!))),
  );
  const bias = network.weights("net.like.bias_1.bias")[0]!;
  return { like: firstOrder(network, example) + pairs + sumOf(triples) + bias };
};

/** Σ⟨vᵢ, wᵢ⟩ + Σ rᵢⱼ⟨vᵢ, vⱼ⟩ (Pan et al., WWW 2018, equations 5 and 7). */
const fwfm: Reference = (network, example) => {
  const fields = fieldsOf(network, example);
  const first = times(fields.flat(), network.matrix("net.first.linear_1.kernel"))[0]!;
  const r = network.matrix("net.second.linear_1.kernel");
  const second = sumOf(pairsOf(fields).map(([a, b], i) => r[i]![0]! * inner(a, b)));
  return { like: first + second + network.weights("net.like.bias_1.bias")[0]! };
};

/** ⟨wᵢ,ⱼ, wⱼ,ᵢ⟩ of every two fields: wᵢ,ⱼ is the vector that i has for j. */
function fieldAware(network: Network, example: number): number[] {
  const vector = (i: string, j: string) => network.vector(example, i, `${i}.embed_4.${j}`);
  return pairsOf(FIELDS).map(([i, j]) => inner(vector(i, j), vector(j, i)));
}

/** ⟨w, x⟩ + Σ⟨wᵢ,ⱼ, wⱼ,ᵢ⟩ over all i < j (Juan et al., RecSys 2016, equation 4, and the linear part). */
const ffm: Reference = (network, example) => {
  const second = sumOf(fieldAware(network, example));
  return { like: firstOrder(network, example) + second + network.weights("net.like.bias_1.bias")[0]! };
};

/** The copies eᵢ and all ⟨eᵢ,ⱼ, eⱼ,ᵢ⟩, then layers (Yang et al., Neural Networks 2020, section 3). */
const onn: Reference = (network, example) => {
  const x = [...fieldsOf(network, example).flat(), ...fieldAware(network, example)];
  return { like: denseOf(network, "net.like.dense_1", mlpOf(network, "net.like.mlp", x, 2))[0]! };
};

/**
 * With eₘ the sum of the features fₙ of field m: Σ rᵢⱼ eᵢ ⊙ eⱼ over all i < j and Σ rₘₘ (eₘ ⊙ eₘ − Σ fₙ ⊙
 * fₙ), through a layer with ReLU together with the linear part, side by side with the deep network's units (Chen et al.,
 * DLP-KDD 2020, section 3).
 */
const flen: Reference = (network, example) => {
  const [user, gender, age, occupation, item, genre] = fieldsOf(network, example) as Vector[];
  const groups = [[user!], [gender!, age!, occupation!], [item!, genre!]];
  const r = network.matrix("net.fwbi.mix_1.kernel").map(([weight]) => weight!);
  const e = groups.map((group) => add(...group));
  const between = pairsOf(e).map(([a, b]) => hadamard(a, b));
  const within = groups.map((group, m) =>
    add(hadamard(e[m]!, e[m]!), ...group.map((f) => scale(-1, hadamard(f, f)))),
  );
  const fwbi = add(...[...between, ...within].map((x, i) => scale(r[i]!, x)));
  const first = firstOrder(network, example) + network.weights("net.first.bias_1.bias")[0]!;
  const pooled = relu(times([first, ...fwbi], network.matrix("net.pooled.linear_1.kernel")));
  const deep = mlpOf(network, "net.deep.mlp", fieldsOf(network, example).flat(), 2);
  return { like: times([...pooled, ...deep], network.matrix("net.like.linear_1.kernel"))[0]! };
};

export const references = {
  autoint,
  deepfm,
  nfm,
  afm,
  pnn,
  xdeepfm,
  fibinet,
  ifm,
  hofm,
  fwfm,
  ffm,
  onn,
  flen,
};
