// Models that search in long histories.

import {
  add,
  denseOf,
  inner,
  layerNormOf,
  type Matrix,
  mlpOf,
  type Network,
  scale,
  softmax,
  times,
  type Vector,
  weighted,
  zeros,
} from "../../support/network.ts";
import { likedOf } from "./interest.ts";
import type { Reference } from "./reference.ts";

/** What a user and a candidate have besides the history. */
function fieldsOf(network: Network, example: number) {
  const user = ["user_id", "gender", "age", "occupation"].flatMap((name) => network.vector(example, name));
  const target = ["item_id", "genre"].flatMap((name) => network.vector(example, name));
  return { user, target };
}

const scored = (network: Network, x: Vector) =>
  denseOf(network, "net.like.dense_1", mlpOf(network, "net.like.mlp", x, 2))[0]!;

/**
 * Each step with what stands for its time; for each head, weights softmax(W_b z ⊙ W_a e) and Σ weight · z
 * (equations 5 and 6).
 */
function exactSearch(network: Network, target: Vector, found: Matrix): Vector {
  const ages = network.matrix("net.placed.position_1.vectors");
  const placed = found.map((step, i) => [...step, ...ages[3 - found.length + i]!]);
  return [1, 2].flatMap((head) => {
    const name = `net.interest.head${head === 1 ? "" : `_${head}`}`;
    const query = times(target, network.matrix(`${name}.linear_1.kernel`));
    const keys = placed.map((step) => times(step, network.matrix(`${name}.linear_2.kernel`)));
    const weights = softmax(keys.map((key) => inner(query, key)));
    return weighted(weights, placed, 20);
  });
}

/**
 * The latest three behaviours of the candidate's category, by heads of attention (Qi et al., CIKM 2020,
 * equations 1, 5 and 6).
 */
const sim_hard: Reference = (network, example) => {
  const { user, target } = fieldsOf(network, example);
  const [category] = network.ids(example, "genre");
  const categories = network.stepIds(example, "liked.genre");
  const found = likedOf(network, example)
    .filter((_, step) => categories[step] === category)
    .slice(-3);
  return { like: scored(network, [...user, ...target, ...exactSearch(network, target, found)]) };
};

/** The places of the `count` best steps, of equal ones the later, in the order of time. */
function best(scores: Vector, count: number): number[] {
  const order = scores.map((_, step) => step).sort((a, b) => scores[b]! - scores[a]! || b - a);
  return order.slice(0, count).sort((a, b) => a - b);
}

/** The bits of x: signs of its products with the random vectors. */
function bitsOf(network: Network, x: Vector): Vector {
  return network.matrix("net.hash.bits.parameter_1.value").map((row) => Math.sign(inner(row, x)));
}

/** Concat(headᵢ) Wᴼ of two heads, headᵢ = softmax(q Wᵢq (K Wᵢk)ᵀ / √8) K Wᵢv, each 8 wide. */
function attended(network: Network, at: string, target: Vector, steps: Matrix): Vector {
  const [q, k, v, o] = [1, 2, 3, 4].map((i) =>
    network.matrix(`net.${at}.target_attention.linear_${i}.kernel`),
  );
  const heads = [0, 8].flatMap((from) => {
    const part = (x: Vector) => x.slice(from, from + 8);
    const scores = steps.map((step) => inner(part(times(target, q!)), part(times(step, k!))) / Math.sqrt(8));
    const weights = softmax(scores);
    return weighted(
      weights,
      steps.map((step) => part(times(step, v!))),
      8,
    );
  });
  return times(heads, o!);
}

/**
 * The steps whose hashes have the smallest Hamming distance from the candidate's, by multi-head attention; so
 * the latest ones.
 */
const eta: Reference = (network, example) => {
  const { user, target } = fieldsOf(network, example);
  const steps = likedOf(network, example);
  const asked = bitsOf(network, target);
  const apart = steps.map((step) => bitsOf(network, step).filter((bit, i) => bit !== asked[i]).length);
  const near = best(
    apart.map((distance) => -distance),
    3,
  ).map((step) => steps[step]!);
  const interest = attended(network, "interest", target, near);
  const latest = attended(network, "latest", target, steps.slice(-2));
  return { like: scored(network, [...user, ...target, ...interest, ...latest]) };
};

/** 1/G Σ ℓ₂(Σⱼ sⱼ [h(sⱼ) = h(q)]) over G hashes of two bits each (Cao et al., CIKM 2022, section 4). */
const sdim: Reference = (network, example) => {
  const { user, target } = fieldsOf(network, example);
  const steps = likedOf(network, example);
  const hashes = (x: Vector) =>
    [0, 2, 4, 6].map((from) =>
      bitsOf(network, x)
        .slice(from, from + 2)
        .join(),
    );
  const asked = hashes(target);
  const gathered = asked.map((hash, g) => {
    const same = steps.filter((step) => hashes(step)[g] === hash);
    const sum = weighted(
      same.map(() => 1),
      same,
      16,
    );
    const length = Math.sqrt(inner(sum, sum));
    return sum.map((value) => (length === 0 ? 0 : value / length));
  });
  const interest = gathered[0]!.map((_, i) => gathered.reduce((sum, each) => sum + each[i]! / 4, 0));
  const latest = attended(network, "latest", target, steps.slice(-2));
  return { like: scored(network, [...user, ...target, ...interest, ...latest]) };
};

/**
 * α = (K_h W_h)(q W_q)ᵀ / √d + K_c w_c of all steps, and again of the best of them; softmax(α)ᵀ K W_v W_o
 * (Chang et al., section 3).
 */
const twin: Reference = (network, example) => {
  const { user, target } = fieldsOf(network, example);
  const steps = likedOf(network, example);
  const [category] = network.ids(example, "genre");
  const categories = network.stepIds(example, "liked.genre");
  const [asks, tells] = ["asks", "tells"].map((name) => network.matrix(`net.${name}.linear_1.kernel`));
  const [counts] = network.weights("net.counts.linear_1.kernel");
  const scores = steps.map(
    (step, t) =>
      inner(times(step, tells!), times(target, asks!)) / 4 + (categories[t] === category ? counts! : 0),
  );
  const found = best(scores, 3);
  const weights = softmax(found.map((step) => scores[step]!));
  const values = found.map((step) => times(steps[step]!, network.matrix("net.interest.linear_1.kernel")));
  const interest = times(weighted(weights, values, 8), network.matrix("net.interest.linear_2.kernel"));
  return { like: scored(network, [...user, ...target, ...interest]) };
};

/**
 * Of each number of x, four steps after what is missing: its Fourier transform, as complex numbers. Each
 * head's are multiplied by a complex matrix; the half of the frequencies that a real transform keeps, and the
 * conjugates for the others. And the way back.
 */
function filtered(x: Matrix, matrixOf: (part: "real" | "imaginary", head: number) => Matrix): Matrix {
  const steps = [...Array.from({ length: 4 - x.length }, () => zeros(16)), ...x];
  const turned = (sign: number, f: number, t: number) => {
    const angle = (sign * 2 * Math.PI * f * t) / 4;
    return [Math.cos(angle), Math.sin(angle)] as const;
  };
  const spectrum = [0, 1, 2].map((f) => {
    const real = zeros(16).map((_, d) =>
      steps.reduce((sum, step, t) => sum + step[d]! * turned(-1, f, t)[0], 0),
    );
    const imaginary = zeros(16).map((_, d) =>
      steps.reduce((sum, step, t) => sum + step[d]! * turned(-1, f, t)[1], 0),
    );
    const heads = [0, 1].map((head) => {
      const part = (z: Vector) => z.slice(8 * head, 8 * head + 8);
      const [p, q] = [matrixOf("real", head), matrixOf("imaginary", head)];
      return {
        real: add(times(part(real), p), scale(-1, times(part(imaginary), q))),
        imaginary: add(times(part(real), q), times(part(imaginary), p)),
      };
    });
    return { real: heads.flatMap((head) => head.real), imaginary: heads.flatMap((head) => head.imaginary) };
  });
  const { real, imaginary } = spectrum[1]!;
  const all = [...spectrum, { real, imaginary: scale(-1, imaginary) }];
  const back = steps.map((_, t) =>
    zeros(16).map((_, d) =>
      all.reduce((sum, each, f) => {
        const [cosine, sine] = turned(1, f, t);
        // Of the first and the middle one only the real part counts.
        const lost = f % 2 === 0 ? 0 : each.imaginary[d]! * sine;
        return sum + (each.real[d]! * cosine - lost) / 4;
      }, 0),
    ),
  );
  return back.slice(4 - x.length);
}

/**
 * Three searches by Hamming distance, each refined: LayerNorm(x + filter(x)), their means read by the
 * candidate (the authors' code).
 */
const mirrn: Reference = (network, example) => {
  const { user, target } = fieldsOf(network, example);
  const steps = likedOf(network, example);
  const ages = network.matrix("net.placed.position_1.vectors");
  const placed = steps.map((step, i) => add(step, scale(0.02, ages[steps.length - 1 - i]!)));
  const meanOf = (some: Matrix) =>
    weighted(
      some.map(() => 1 / some.length),
      some,
      16,
    );
  const refined = [target, meanOf(steps.slice(-5)), meanOf(steps)].map((asked, i) => {
    const bits = bitsOf(network, asked);
    const apart = steps.map((step) => bitsOf(network, step).filter((bit, b) => bit !== bits[b]).length);
    const found = best(
      apart.map((distance) => -distance),
      4,
    ).map((step) => placed[step]!);
    const at = `net.refined.filtered${i === 0 ? "" : `_${i + 1}`}`;
    const turned = filtered(found, (part, head) =>
      network.matrix(`${at}.${part}.by_heads.square${head === 0 ? "" : "_2"}.linear_1.kernel`),
    );
    const norm = `net.refined.layer_norm_${i + 1}`;
    return meanOf(found.map((step, t) => layerNormOf(network, norm, add(step, turned[t]!))));
  });
  const interest = attended(network, "interest", target, refined);
  return { like: scored(network, [...user, ...target, ...interest]) };
};

/** r = (W_b e) · (W_a a) of each step (Qi et al., CIKM 2020, equation 2). */
function relevances(network: Network, target: Vector, steps: Matrix): Vector {
  const [own, others] = [1, 2].map((i) => network.matrix(`net.scores.linear_${i}.kernel`));
  return steps.map((step) => inner(times(step, others!), times(target, own!)));
}

/** The best behaviours by r, each with what stands for its time; heads as in the hard search. */
const sim_soft: Reference = (network, example) => {
  const { user, target } = fieldsOf(network, example);
  const steps = likedOf(network, example);
  const found = best(relevances(network, target, steps), 3).map((step) => steps[step]!);
  return { like: scored(network, [...user, ...target, ...exactSearch(network, target, found)]) };
};

/** The cross-entropy of layers over Σ r e and the candidate (section 3.2, "soft search"). */
const generalUnit: Reference = (network, example) => {
  const { target } = fieldsOf(network, example);
  const steps = likedOf(network, example);
  const x = [...weighted(relevances(network, target, steps), steps, 16), ...target];
  const z = denseOf(network, "net.searched.dense_1", mlpOf(network, "net.searched.mlp", x, 1))[0]!;
  return { general_unit: Math.log1p(Math.exp(z)) - network.vector(example, "label/like")[0]! * z };
};

export const references = { sim_hard, sim_soft, eta, sdim, twin, mirrn };
export const losses = { sim_soft: generalUnit };
