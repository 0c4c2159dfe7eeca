// TensorFlow lowerings of ops on rows of tables and on sets.

import { FIRST_KNOWN_ID } from "../../../middle/graph/types.ts";
import { LOWEST } from "../../../middle/ops/support/references.ts";
import type { TensorflowEmitter, TensorflowLowerings, TensorRef } from "../lowering.ts";
import { FLOAT, gather, INT, reshape, segmentReduce, select } from "../nodes.ts";
import { firstSteps, gatherIntegers, integers, range } from "../step-nodes.ts";

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
  pooled_lookup: (emit, [table, ids, rowOf, weights], { attributes: { pool }, output: out }) => {
    const rows = emit.count(out.rows);
    if (weights !== undefined) {
      const vectors = emit.node("Mul", [gather(emit, table!, ids!), weights], { T: FLOAT });
      return segmentReduce(emit, "UnsortedSegmentSum", vectors, rowOf!, rows);
    }
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
  listed_lookup: (emit, [table, ids, rowOf], { output: out }) => {
    const [most, width] = out.dims as readonly [number, number];
    const rows = emit.count(out.rows);
    const count = integers(emit, "Mul", rows, emit.ints([most], []));
    const places = placesInLists(emit, rowOf!, rows, most);
    const vectors = gather(emit, table!, ids!);
    return reshape(emit, segmentReduce(emit, "UnsortedSegmentSum", vectors, places, count), [
      -1,
      most,
      width,
    ]);
  },
  listed_rows_gradient: (emit, [x, rowOf], { inputs: [type] }) => {
    const [most, width] = type!.dims as readonly [number, number];
    const places = placesInLists(emit, rowOf!, emit.count(type!.rows), most);
    return gather(emit, reshape(emit, x!, [-1, width]), places);
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

/** i32 [elements]: the index of each value of a set in the lists of `most` elements of all rows. */
function placesInLists(emit: TensorflowEmitter, rowOf: TensorRef, rows: TensorRef, most: number): TensorRef {
  const elements = emit.node("Size", [rowOf], { T: INT, out_type: INT });
  const size = emit.node("Reshape", [elements, emit.ints([1], [1])], { T: INT, Tshape: INT });
  const ones = emit.node("Fill", [size, emit.ints([1], [])], { T: INT, index_type: INT });
  const sizes = emit.node("UnsortedSegmentSum", [ones, rowOf, rows], {
    T: INT,
    Tindices: INT,
    Tnumsegments: INT,
  });
  const ends = integers(emit, "AddV2", firstSteps(emit, sizes), sizes);
  const left = integers(emit, "Sub", gatherIntegers(emit, ends, rowOf), range(emit, elements));
  const next = integers(emit, "AddV2", rowOf, emit.ints([1], []));
  return integers(emit, "Sub", integers(emit, "Mul", next, emit.ints([most], [])), left);
}
