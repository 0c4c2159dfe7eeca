// Adds items into a list of zeros: the gradient of `gather_list`.

import { largest } from "../../common/arrays.ts";
import { invariant } from "../../common/internal-error.ts";
import type { ScatterListAttributes } from "../graph/attributes.ts";
import type { OpDefinition } from "../graph/define-op.ts";
import { ONCE, sizeOf } from "../graph/types.ts";
import { flopsOfReduction } from "./support/flops.ts";
import { listOf, onlyList } from "./support/lists.ts";
import { filled } from "./support/references.ts";
import { describeType, f32 } from "./support/shapes.ts";

export const scatterList: OpDefinition<ScatterListAttributes> = {
  name: "scatter_list",
  hashedAs: "put",
  doc: "Each item of x [k, ..] is added at its index in `indices` to a list of `length` zeros: [length, ..].",
  shape: (inputs, { indices, length }) => {
    const { type, item, length: many } = onlyList("scatter_list", inputs);
    const fits = indices.length === many && indices.every((index) => 0 <= index && index < length);
    invariant(fits, `put ${describeType(type)} at ${indices.join(", ")} of ${length}`);
    return f32(type.rows, [length, ...item]);
  },
  reference: ([x], { attributes: { indices, length }, output: out }, layout) => {
    const size = sizeOf(listOf("scatter_list", out).item);
    const result = filled(out, layout);
    x!.forEach((value, i) => {
      const place = Math.floor(i / size);
      const row = Math.floor(place / indices.length);
      const at = (row * length + indices[place % indices.length]!) * size + (i % size);
      result[at] = result[at]! + value;
    });
    return result;
  },
  flops: flopsOfReduction,
  gradient: ({ graph, attributes: { indices }, gradient }) => [
    graph.add("gather_list", [gradient], { indices }),
  ],
  samples: ({ each, steps }) => [
    { attributes: { indices: [0, 0, 1, 3], length: 4 }, inputs: [f32(each, [4, 3])] },
    { attributes: { indices: [2, 0, 1], length: 3 }, inputs: [f32(steps, [3, 2])] },
    { attributes: { indices: [1], length: 3 }, inputs: [f32(ONCE, [1, 3])] },
    { attributes: { indices: [1, 0, 1], length: 2 }, inputs: [f32(each, [3, 2, 2])] },
  ],
};

/**
 * For each index of the result, the `depth` items that are added there. Missing items are the index after the
 * last item, which is zero. TensorFlow adds up along the first axis only.
 */
export function itemsByIndex({ indices, length }: ScatterListAttributes): {
  places: number[];
  depth: number;
} {
  const items = Array.from({ length }, (_, place) =>
    indices.flatMap((index, item) => (index === place ? [item] : [])),
  );
  const depth = largest(items.map((at) => at.length));
  const places = items.flatMap((at) => [...at, ...new Array<number>(depth - at.length).fill(indices.length)]);
  return { places, depth };
}
