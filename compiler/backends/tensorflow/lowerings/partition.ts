// TensorFlow lowerings of softmax denominators: loops over tiles of keys, so that the scores of one tile exist at a time, or of the few
// that TensorFlow computes ahead.

import { LOWEST } from "../../../middle/ops/support/references.ts";
import type { LoopEmitter, TensorflowEmitter, TensorflowLowerings, TensorRef } from "../lowering.ts";
import { FLOAT, flag, INT, largestAlong, select, sum, vector } from "../nodes.ts";
import { integers } from "../step-nodes.ts";

/** The keys of a tile. */
const TILE = 512;

export const partition = {
  log_partition: (emit, [x, keys], { inputs: [type, ofKeys], output: out }) => {
    const count = emit.count(ofKeys!.rows);
    const shape = vector(emit, emit.count(out.rows), [1]);
    const initial = emit.node("Fill", [shape, emit.floats([LOWEST], [])], { T: FLOAT, index_type: INT });
    const [, found] = overTiles(emit, keys!, count, type!.dims[0]!, initial, (loop, tile, z) => {
      const scores = product(loop, loop.enter(x!, "float32"), tile, false, true);
      const most = binary(loop, "Maximum", z, largestAlong(loop, scores, 1, true));
      const own = sum(loop, exp(loop, binary(loop, "Sub", scores, most)), 1, true);
      const all = binary(loop, "AddV2", own, exp(loop, binary(loop, "Sub", z, most)));
      return binary(loop, "AddV2", most, loop.node("Log", [all], { T: FLOAT }));
    });
    const isNone = emit.node("LessEqual", [found!, emit.floats([LOWEST], [])], { T: FLOAT });
    return select(emit, isNone, emit.floats([0], []), found!);
  },
  log_partition_gradient: (emit, [x, keys, z, dy], { attributes: { of }, inputs: [type, ofKeys] }) => {
    const width = type!.dims[0]!;
    const count = emit.count(ofKeys!.rows);
    const shares = (loop: LoopEmitter, tile: TensorRef) => {
      const scores = product(loop, loop.enter(x!, "float32"), tile, false, true);
      const share = exp(loop, binary(loop, "Sub", scores, loop.enter(z!, "float32")));
      return binary(loop, "Mul", share, loop.enter(dy!, "float32"));
    };
    if (of === "x") {
      const zeros = emit.node("ZerosLike", [x!], { T: FLOAT });
      const [, found] = overTiles(emit, keys!, count, width, zeros, (loop, tile, sums) =>
        binary(loop, "AddV2", sums, product(loop, shares(loop, tile), tile, false, false)),
      );
      return found!;
    }
    const tiles = integers(
      emit,
      "FloorDiv",
      integers(emit, "AddV2", count, emit.ints([TILE - 1], [])),
      emit.ints([TILE], []),
    );
    const list = emit.node("TensorListReserve", [emit.ints([-1, width], [2]), tiles], {
      element_dtype: FLOAT,
      shape_type: INT,
    });
    const [, filled] = overTiles(
      emit,
      keys!,
      count,
      width,
      list,
      (loop, tile, found, i) =>
        loop.node(
          "TensorListSetItem",
          [found, i, product(loop, shares(loop, tile), loop.enter(x!, "float32"), true, false)],
          { element_dtype: FLOAT },
        ),
      "variant",
    );
    return emit.node("TensorListConcat", [filled!], {
      element_dtype: FLOAT,
      element_shape: { kind: "shape", value: [null, width] },
    });
  },
} satisfies Partial<TensorflowLowerings>;

/** Calls `next` for each tile of keys, with the value so far and the number of the tile. */
function overTiles(
  emit: TensorflowEmitter,
  keys: TensorRef,
  count: TensorRef,
  width: number,
  initial: TensorRef,
  next: (loop: LoopEmitter, tile: TensorRef, value: TensorRef, i: TensorRef) => TensorRef,
  dtype: "float32" | "variant" = "float32",
): readonly TensorRef[] {
  return emit.loop({
    variables: [
      { initial: emit.ints([0], []), dtype: "int32" },
      { initial, dtype },
    ],
    condition: (loop, [i]) => {
      const from = integers(loop, "Mul", i!, loop.ints([TILE], []));
      return integers(loop, "Less", from, loop.enter(count, "int32"));
    },
    body: (loop, [i, value]) => {
      const from = integers(loop, "Mul", i!, loop.ints([TILE], []));
      const left = integers(loop, "Sub", loop.enter(count, "int32"), from);
      const size = integers(loop, "Minimum", left, loop.ints([TILE], []));
      const tile = loop.node(
        "Slice",
        [loop.enter(keys, "float32"), vector(loop, from, [0]), vector(loop, size, [width])],
        { T: FLOAT, Index: INT },
      );
      const following = integers(loop, "AddV2", i!, loop.ints([1], []));
      return [following, next(loop, tile, value!, i!)];
    },
  });
}

function product(
  emit: TensorflowEmitter,
  a: TensorRef,
  b: TensorRef,
  transposeA: boolean,
  transposeB: boolean,
): TensorRef {
  return emit.node("MatMul", [a, b], {
    T: FLOAT,
    transpose_a: flag(transposeA),
    transpose_b: flag(transposeB),
  });
}

function binary(
  emit: TensorflowEmitter,
  op: "AddV2" | "Sub" | "Mul" | "Maximum",
  x: TensorRef,
  y: TensorRef,
): TensorRef {
  return emit.node(op, [x, y], { T: FLOAT });
}

function exp(emit: TensorflowEmitter, x: TensorRef): TensorRef {
  return emit.node("Exp", [x], { T: FLOAT });
}
