// TensorFlow lowerings of softmax denominators: loops over tiles of keys, so that the scores of one tile exist at a time, or of the few
// that TensorFlow computes ahead.

import { LOWEST } from "../../../middle/ops/support/references.ts";
import type { LoopEmitter, TensorflowEmitter, TensorflowLowerings, TensorRef } from "../lowering.ts";
import { FLOAT, flag, INT, largestAlong, reshape, select, sum, vector } from "../nodes.ts";
import { integers } from "../step-nodes.ts";

/** The keys of a tile. */
const TILE = 512;

export const partition = {
  log_partition: (emit, [x, keys, bias], { inputs: [type, ofKeys], output: out }) => {
    const shape = vector(emit, emit.count(out.rows), [1]);
    const initial = emit.node("Fill", [shape, emit.floats([LOWEST], [])], { T: FLOAT, index_type: INT });
    const all = { x: x!, keys: keys!, bias, count: emit.count(ofKeys!.rows), width: type!.dims[0]! };
    const found = overTiles(emit, all, { initial, dtype: "float32" }, (loop, { scores }, z) => {
      const most = binary(loop, "Maximum", z, largestAlong(loop, scores, 1, true));
      const own = sum(loop, exp(loop, binary(loop, "Sub", scores, most)), 1, true);
      const total = binary(loop, "AddV2", own, exp(loop, binary(loop, "Sub", z, most)));
      return binary(loop, "AddV2", most, loop.node("Log", [total], { T: FLOAT }));
    });
    const isNone = emit.node("LessEqual", [found, emit.floats([LOWEST], [])], { T: FLOAT });
    return select(emit, isNone, emit.floats([0], []), found);
  },
  log_partition_gradient: (emit, [x, keys, z, dy, bias], { attributes: { of }, inputs: [type, ofKeys] }) => {
    const all = { x: x!, keys: keys!, bias, count: emit.count(ofKeys!.rows), width: type!.dims[0]! };
    const slopes = (loop: LoopEmitter, scores: TensorRef) => {
      const share = exp(loop, binary(loop, "Sub", scores, loop.enter(z!, "float32")));
      return binary(loop, "Mul", share, loop.enter(dy!, "float32"));
    };
    if (of === "x") {
      const initial = emit.node("ZerosLike", [x!], { T: FLOAT });
      return overTiles(emit, all, { initial, dtype: "float32" }, (loop, { scores, tile }, sums) =>
        binary(loop, "AddV2", sums, product(loop, slopes(loop, scores), tile, false, false)),
      );
    }
    const width = of === "keys" ? all.width : 1;
    const filled = integers(emit, "AddV2", all.count, emit.ints([TILE - 1], []));
    const tiles = integers(emit, "FloorDiv", filled, emit.ints([TILE], []));
    const initial = emit.node("TensorListReserve", [emit.ints([-1, width], [2]), tiles], {
      element_dtype: FLOAT,
      shape_type: INT,
    });
    const list = overTiles(emit, all, { initial, dtype: "variant" }, (loop, { scores, i }, found) => {
      const own = slopes(loop, scores);
      const slope =
        of === "keys"
          ? product(loop, own, loop.enter(x!, "float32"), true, false)
          : reshape(loop, sum(loop, own, 0, false), [-1, 1]);
      return loop.node("TensorListSetItem", [found, i, slope], { element_dtype: FLOAT });
    });
    return emit.node("TensorListConcat", [list], {
      element_dtype: FLOAT,
      element_shape: { kind: "shape", value: [null, width] },
    });
  },
} satisfies Partial<TensorflowLowerings>;

interface Pairs {
  readonly x: TensorRef;
  readonly keys: TensorRef;
  readonly bias: TensorRef | undefined;
  readonly count: TensorRef;
  readonly width: number;
}

interface Tile {
  readonly tile: TensorRef;
  readonly scores: TensorRef;
  /** Its number. */
  readonly i: TensorRef;
}

/** The value after all tiles, each of which `next` adds to it. */
function overTiles(
  emit: TensorflowEmitter,
  { x, keys, bias, count, width }: Pairs,
  start: { readonly initial: TensorRef; readonly dtype: "float32" | "variant" },
  next: (loop: LoopEmitter, tile: Tile, value: TensorRef) => TensorRef,
): TensorRef {
  const [, found] = emit.loop({
    variables: [{ initial: emit.ints([0], []), dtype: "int32" }, start],
    condition: (loop, [i]) => {
      const from = integers(loop, "Mul", i!, loop.ints([TILE], []));
      return integers(loop, "Less", from, loop.enter(count, "int32"));
    },
    body: (loop, [i, value]) => {
      const from = integers(loop, "Mul", i!, loop.ints([TILE], []));
      const left = integers(loop, "Sub", loop.enter(count, "int32"), from);
      const size = integers(loop, "Minimum", left, loop.ints([TILE], []));
      const some = (rows: TensorRef, width: number) =>
        loop.node(
          "Slice",
          [loop.enter(rows, "float32"), vector(loop, from, [0]), vector(loop, size, [width])],
          {
            T: FLOAT,
            Index: INT,
          },
        );
      const tile = some(keys, width);
      const products = product(loop, loop.enter(x, "float32"), tile, false, true);
      const scores =
        bias === undefined
          ? products
          : binary(loop, "AddV2", products, reshape(loop, some(bias, 1), [1, -1]));
      const following = integers(loop, "AddV2", i!, loop.ints([1], []));
      return [following, next(loop, { tile, scores, i: i! }, value!)];
    },
  });
  return found!;
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
