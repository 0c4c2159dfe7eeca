// Models whose kernels slide along the fields.

import {
  add,
  denseOf,
  inner,
  type Matrix,
  mlpOf,
  type Network,
  scale,
  type Vector,
  zeros,
} from "../../support/network.ts";
import { FIELDS, fieldsOf, pairsOf } from "./fields.ts";
import type { Reference } from "./reference.ts";

const upTo = (count: number): readonly number[] => Array.from({ length: count }, (_, i) => i);

/** A map: a vector for each place along the fields. */
type FeatureMap = Matrix;

/** By new map, Σ over old maps and the kernel's height of weight · vector from a place on. */
function slid(network: Network, name: string, maps: readonly FeatureMap[], place: number): Matrix {
  const kernel = network.matrix(`${name}.mix_1.kernel`);
  const height = kernel.length / maps.length;
  return kernel[0]!.map((_, made) =>
    add(
      ...upTo(height).flatMap((down) =>
        maps.map((map, of) => scale(kernel[down * maps.length + of]![made]!, map[place + down]!)),
      ),
    ),
  );
}

/** The k largest of numbers, in their order; of equal ones the earlier. */
function largest(values: Vector, k: number): Vector {
  const places = [...values.keys()].sort((a, b) => values[b]! - values[a]! || a - b);
  return places
    .slice(0, k)
    .sort((a, b) => a - b)
    .map((place) => values[place]!);
}

/** A wide convolution, of whose results at each number the three largest stay, then tanh. */
function layerOfCcpm(
  network: Network,
  name: string,
  maps: readonly FeatureMap[],
  height: number,
): FeatureMap[] {
  const beyond = upTo(height - 1).map(() => zeros(8));
  const wide = maps.map((map) => [...beyond, ...map, ...beyond]);
  const bias = network.matrix(`${name}.parameter_1.value`);
  const places = upTo(maps[0]!.length + height - 1).map((place) => slid(network, name, wide, place));
  return bias.map(([shift], made) => {
    const kept = upTo(8).map((d) =>
      largest(
        places.map((place) => place[made]![d]!),
        3,
      ),
    );
    return upTo(3).map((i) => kept.map((values) => Math.tanh(values[i]! + shift!)));
  });
}

/**
 * Kernels of height 3 and 2, of whose maps the three largest at each number stay, and the logit (Liu et al.,
 * CIKM 2015, section 3).
 */
const ccpm: Reference = (network, example) => {
  const first = layerOfCcpm(network, "net.first.convolved.kernel", [fieldsOf(network, example)], 3);
  const second = layerOfCcpm(network, "net.second.convolved.kernel", first, 2);
  const read = upTo(3).flatMap((i) => second.flatMap((map) => map[i]!));
  return { like: denseOf(network, "net.like.dense_1", read)[0]! };
};

/** C = tanh(Σ E · W) over three fields and zeros below; S the largest of each `pool` neighbours (equations 3 and 4). */
function pooled(network: Network, name: string, maps: readonly FeatureMap[], pool: number): FeatureMap[] {
  const long = maps.map((map) => [...map, zeros(8), zeros(8)]);
  const places = upTo(maps[0]!.length).map((place) => slid(network, name, long, place));
  return places[0]!.map((_, made) =>
    upTo(places.length / pool).map((i) =>
      upTo(8).map((d) => Math.tanh(Math.max(...upTo(pool).map((j) => places[pool * i + j]![made]![d]!)))),
    ),
  );
}

/** R = tanh(S · W + b), of maps place by place, as vectors of 8 (equation 5). */
function generated(network: Network, name: string, maps: readonly FeatureMap[]): Matrix {
  const flat = maps[0]!.flatMap((_, place) => maps.flatMap((map) => map[place]!));
  const made = denseOf(network, `${name}.dense_1`, flat).map(Math.tanh);
  return upTo(made.length / 8).map((i) => made.slice(8 * i, 8 * i + 8));
}

/** New features of two layers beside the old ones, and IPNN over all (Liu et al., WWW 2019, equations 3 to 8). */
const fgcnn: Reference = (network, example) => {
  const raw = FIELDS.map((feature) => network.vector(example, feature, `${feature}.embed_8.generation`));
  const first = pooled(network, "net.first.pooled.kernel", [raw], 2);
  const second = pooled(network, "net.second.pooled.kernel", first, 3);
  const made = [
    ...generated(network, "net.fields.generated", first),
    ...generated(network, "net.fields.generated_2", second),
  ];
  const fields = [...fieldsOf(network, example), ...made];
  const products = pairsOf(fields).map(([a, b]) => inner(a, b));
  const h = mlpOf(network, "net.like.mlp", [...fields.flat(), ...products], 2);
  return { like: denseOf(network, "net.like.dense_1", h)[0]! };
};

export const references = { ccpm, fgcnn };
