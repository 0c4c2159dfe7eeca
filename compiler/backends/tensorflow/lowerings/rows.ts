// TensorFlow lowerings of ops on rows: candidates, examples, and sums over them.

import { perOf, sizeOf } from "../../../middle/graph/types.ts";
import { meetingOf } from "../../../middle/ops/dots.op.ts";
import { CANDIDATES } from "../../../middle/ops/repeat-candidates.op.ts";
import type { TensorflowLowerings } from "../lowering.ts";
import { FLOAT, flag, floatCount, INT, reshape, select, sum, vector } from "../nodes.ts";

export const rows = {
  repeat_candidates: (emit, [x], { output: out }) => {
    const times = vector(
      emit,
      emit.count(CANDIDATES),
      out.dims.map(() => 1),
    );
    return emit.node("Tile", [x!, times], { T: FLOAT, Tmultiples: INT });
  },
  sum_candidates: (emit, [x], { output: out }) => {
    const size = sizeOf(out.dims);
    const shape = vector(emit, emit.count(CANDIDATES), [-1, size]);
    const byCandidate = emit.node("Reshape", [x!, shape], { T: FLOAT, Tshape: INT });
    return reshape(emit, sum(emit, byCandidate, 0, false), [-1, ...out.dims]);
  },
  dots: (emit, [q, k], { inputs, output: out }) => {
    const { groups, queries, width } = meetingOf(inputs);
    const shaped = (product: typeof q) => reshape(emit, product!, [-1, ...out.dims]);
    if (perOf(groups) === "request") {
      const keys = reshape(emit, k!, [-1, width]);
      const options = { T: FLOAT, transpose_a: flag(false), transpose_b: flag(true) };
      return shaped(emit.node("MatMul", [q!, keys], options));
    }
    const byGroup =
      queries.kind === "each"
        ? reshape(emit, q!, [-1, 1, width])
        : emit.node("Reshape", [q!, vector(emit, emit.count(groups), [-1, width])], {
            T: FLOAT,
            Tshape: INT,
          });
    return shaped(
      emit.node("BatchMatMulV2", [byGroup, k!], { T: FLOAT, adj_x: flag(false), adj_y: flag(true) }),
    );
  },
  sum_rows: (emit, [x]) => sum(emit, x!, 0, false),
  count_rows: (emit, _, { attributes }) => reshape(emit, floatCount(emit, attributes.rows), [1]),
  batch_mean: (emit, [x, moving], { inputs }) => {
    const rows = floatCount(emit, inputs[0]!.rows);
    const one = emit.floats([1], []);
    const divisor = emit.node("Maximum", [rows, one], { T: FLOAT });
    const mean = emit.node("RealDiv", [sum(emit, x!, 0, false), divisor], { T: FLOAT });
    return select(emit, emit.node("Less", [rows, one], { T: FLOAT }), moving!, mean);
  },
  broadcast_like: (emit, [x, like]) => {
    const shape = emit.node("Shape", [like!], { T: FLOAT, out_type: INT });
    return emit.node("BroadcastTo", [x!, shape], { T: FLOAT, Tidx: INT });
  },
} satisfies Partial<TensorflowLowerings>;
