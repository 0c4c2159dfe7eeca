// TensorFlow lowerings of ops on rows of tables and on sets.

import { FIRST_KNOWN_ID } from "../../../middle/graph/types.ts";
import { LOWEST } from "../../../middle/ops/support/references.ts";
import type { TensorflowLowerings, TensorRef } from "../lowering.ts";
import { FLOAT, gather, INT, reshape, segmentReduce, select } from "../nodes.ts";

export const lookups = {
  id_number: (emit, [ids], { attributes: { divisor, modulus, unknown } }) => {
    const whole = (op: string, x: TensorRef, y: number) => emit.node(op, [x, emit.ints([y], [])], { T: INT });
    const quotient = divisor === 1 ? ids! : whole("FloorDiv", ids!, divisor);
    const number = modulus === null ? quotient : whole("FloorMod", quotient, modulus);
    const isUnknown = whole("Less", ids!, FIRST_KNOWN_ID);
    const known = emit.node("Cast", [number], { SrcT: INT, DstT: FLOAT });
    return reshape(emit, select(emit, isUnknown, emit.floats([unknown], []), known), [-1, 1]);
  },
  lookup: (emit, [table, ids]) => gather(emit, table!, ids!),
  lookup_gradient: (emit, [dy, ids], { output: out }) =>
    segmentReduce(emit, "UnsortedSegmentSum", dy!, ids!, emit.count(out.rows)),
  pooled_lookup: (emit, [table, ids, rowOf], { attributes: { pool }, output: out }) => {
    const rows = emit.count(out.rows);
    if (pool === "sum")
      return emit.node("SparseSegmentSumWithNumSegments", [table!, ids!, rowOf!, rows], {
        T: FLOAT,
        Tidx: INT,
        Tnumsegments: INT,
        Tsegmentids: INT,
      });
    const largest = segmentReduce(emit, "UnsortedSegmentMax", gather(emit, table!, ids!), rowOf!, rows);
    // The maximum of no numbers is the lowest float (or −∞ under XLA).
    const empty = emit.node("LessEqual", [largest, emit.floats([LOWEST], [])], { T: FLOAT });
    return select(emit, empty, emit.floats([0], []), largest);
  },
  count_elements: (emit, [rowOf], { output: out }) => {
    const shape = emit.node(
      "Reshape",
      [emit.node("Size", [rowOf!], { T: INT, out_type: INT }), emit.ints([1], [1])],
      {
        T: INT,
        Tshape: INT,
      },
    );
    const ones = emit.node("Fill", [shape, emit.floats([1], [])], { T: FLOAT, index_type: INT });
    const counts = segmentReduce(emit, "UnsortedSegmentSum", ones, rowOf!, emit.count(out.rows));
    return emit.node("Reshape", [counts, emit.ints([-1, 1], [2])], { T: FLOAT, Tshape: INT });
  },
} satisfies Partial<TensorflowLowerings>;
