// The values of sets out of lists of them: the gradient of `listed_lookup`.

import { invariant } from "../../common/internal-error.ts";
import type { NoAttributes } from "../graph/attributes.ts";
import type { OpDefinition } from "../graph/define-op.ts";
import { sameRows, type TensorType } from "../graph/types.ts";
import { elementsOf, indicesInLists, ownersOf } from "./support/elements.ts";
import { noFlops } from "./support/flops.ts";
import { filled } from "./support/references.ts";
import { describeType, f32, inputsOf, requireFloat } from "./support/shapes.ts";

export const listedRowsGradient: OpDefinition<NoAttributes> = {
  name: "listed_rows_gradient",
  doc: "The elements of lists x [most, width], one list for each set, that are values of the sets, given the rows of the values, ascending: elements [width]. As many elements of a list as its set has values, at the end.",
  shape: (inputs) => {
    const [x, rowOf] = inputsOf("listed_rows_gradient", inputs, 2) as readonly [TensorType, TensorType];
    requireFloat("listed_rows_gradient", x);
    const rows = elementsOf(rowOf);
    const isList = x.dims.length === 2 && x.dims[0] === rows.max;
    invariant(
      isList && sameRows(x.rows, ownersOf("listed_rows_gradient", rowOf)),
      `listed_rows_gradient of ${describeType(x)} by ${describeType(rowOf)}`,
    );
    return f32(rows, x.dims.slice(1));
  },
  reference: ([x, rowOf], { inputs, output: out }, layout) => {
    const [most, width] = inputs[0]!.dims as readonly [number, number];
    const result = filled(out, layout);
    indicesInLists(rowOf!, most).forEach((place, element) => {
      result.set(x!.subarray(place * width, (place + 1) * width), element * width);
    });
    return result;
  },
  flops: noFlops,
  gradient: null,
  samples: ({ elements }) =>
    elements.map((rows) => ({
      attributes: {},
      inputs: [f32(rows.of, [rows.max, 3]), { rows, dims: [], dtype: "i32" }],
      ascending: [1],
    })),
};
