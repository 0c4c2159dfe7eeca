// Models that read words: those of a title, and of each title in a history.

import {
  denseOf,
  inner,
  type Matrix,
  type Network,
  softmax,
  tanh,
  times,
  type Vector,
  weighted,
  zeros,
} from "../../support/network.ts";
import type { Reference } from "./reference.ts";

/** Vₖ Σ αᵢⱼ eⱼ with αᵢⱼ = softmax(eᵢᵀ Qₖ eⱼ), of all heads side by side (equations 1 and 2). */
function mixedOf(network: Network, name: string, words: Matrix): Matrix {
  const heads = ["head", "head_2"].map((head) => {
    const [q, v] = [1, 2].map((i) => network.matrix(`${name}.h.${head}.linear_${i}.kernel`));
    return words.map((word) => {
      const weights = softmax(words.map((other) => inner(times(word, q!), other)));
      return times(weighted(weights, words, word.length), v!);
    });
  });
  return words.map((_, i) => heads.flatMap((head) => head[i]!));
}

/** Σ αᵢ hᵢ with αᵢ = softmax(qᵀ tanh(V hᵢ + v)) (equations 3 and 4); 0 without words. */
function readOf(network: Network, name: string, words: Matrix): Vector {
  const h = mixedOf(network, name, words);
  const q = network.matrix(`${name}.linear_1.kernel`);
  const scores = h.map((each) => times(tanh(denseOf(network, `${name}.dense_1`, each)), q)[0]!);
  return words.length === 0 ? zeros(16) : weighted(softmax(scores), h, 16);
}

/** uᵀ r: the user out of the titles that they liked, and the candidate's title (Wu et al., EMNLP 2019). */
const nrms: Reference = (network, example) => {
  const news = (words: Matrix) => readOf(network, "net.news.read", words);
  const user = readOf(network, "net.user.read", network.stepValues(example, "liked.title").map(news));
  return { like: inner(user, news(network.values(example, "title"))) };
};

export const references = { nrms };
