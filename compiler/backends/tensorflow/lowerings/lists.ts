// TensorFlow lowerings of ops on lists, which are the first of a value's dims.

import { itemsByIndex } from "../../../middle/ops/scatter-list.op.ts";
import { axisOf } from "../../../middle/ops/support/shapes.ts";
import type { TensorflowLowerings } from "../lowering.ts";
import { FLOAT, gather, INT, largestAlong, reshape, sum } from "../nodes.ts";

export const lists = {
  broadcast_list: (emit, [x], { attributes: { times }, inputs: [type], output: out }) => {
    const axis = axisOf(out, 0);
    const single = reshape(emit, x!, axis === 0 ? [1, ...type!.dims] : [-1, 1, ...type!.dims]);
    const multiples = Array.from({ length: axisOf(out, out.dims.length) }, (_, i) =>
      i === axis ? times : 1,
    );
    return emit.node("Tile", [single, emit.ints(multiples, [multiples.length])], {
      T: FLOAT,
      Tmultiples: INT,
    });
  },
  sum_list: (emit, [x], { output: out }) => sum(emit, x!, axisOf(out, 0), false),
  max_list: (emit, [x], { output: out }) => largestAlong(emit, x!, axisOf(out, 0), false),
  softmax_list: (emit, [x], { output: out }) => {
    const axis = axisOf(out, 0);
    const shifted = emit.node("Sub", [x!, largestAlong(emit, x!, axis, true)], { T: FLOAT });
    const exponentials = emit.node("Exp", [shifted], { T: FLOAT });
    return emit.node("RealDiv", [exponentials, sum(emit, exponentials, axis, true)], { T: FLOAT });
  },
  gather_list: (emit, [x], { attributes: { indices }, output: out }) =>
    gather(emit, x!, emit.ints(indices, [indices.length]), axisOf(out, 0)),
  scatter_list: (emit, [x], { attributes, output: out }) => {
    const axis = axisOf(out, 0);
    const { places, depth } = itemsByIndex(attributes);
    const ends = Array.from({ length: axisOf(out, out.dims.length) }, (_, i) => [0, i === axis ? 1 : 0]);
    const withZero = emit.node("Pad", [x!, emit.ints(ends.flat(), [ends.length, 2])], {
      T: FLOAT,
      Tpaddings: INT,
    });
    const gathered = gather(emit, withZero, emit.ints(places, [places.length]), axis);
    const dims = [attributes.length, depth, ...out.dims.slice(1)];
    return sum(emit, reshape(emit, gathered, axis === 0 ? dims : [-1, ...dims]), axis + 1, false);
  },
  transpose: (emit, [x], { output: out }) => {
    const order = out.rows.kind === "once" ? [1, 0] : [0, 2, 1];
    return emit.node("Transpose", [x!, emit.ints(order, [order.length])], { T: FLOAT, Tperm: INT });
  },
} satisfies Partial<TensorflowLowerings>;
