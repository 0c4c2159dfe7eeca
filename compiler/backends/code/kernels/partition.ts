// Softmax denominators over many keys, and their gradients. A few rows are held, transposed, while the others go by in tiles; the scores of
// a tile are in scratch space, with a column for each row that is held. So no more than one tile of scores exists at a time.

import { LOWEST } from "../../../middle/ops/support/references.ts";
import type { FunctionBuilder } from "../builder.ts";
import type { I32, LocalVariable, Vector } from "../code.ts";
import { i32, vector } from "../expressions.ts";
import { decay, exp, log } from "../math.ts";
import { addressAt, BYTES, copy, eachVector, fill, load, loadSplat, save } from "../vectors.ts";
import { productOfRows, productOverRows } from "./gemm.ts";
import { transpose } from "./rows.ts";

/** The rows that are held together, and the rows of a tile. */
const HELD = 32;
const TILE = 64;

/** Bytes of scratch space for vectors of a width: the held rows three times over, the scores of a tile, and numbers by held row. */
export function partitionScratch(width: number): number {
  return BYTES * HELD * (3 * width + TILE + 2);
}

/** Rows of vectors: the address of the first, and their number. */
export interface SomeVectors {
  readonly at: I32;
  readonly count: I32;
}

interface Pairs {
  readonly held: SomeVectors;
  readonly passing: SomeVectors;
  readonly width: number;
  readonly scratch: I32;
}

/** Held rows, and what is in scratch space for them. */
interface HeldTile {
  /** The number of rows up to this one, and of these: at most `HELD`. */
  readonly first: I32;
  readonly count: I32;
  /** SomeVectors [HELD, width] for a result, and numbers [HELD] twice. */
  readonly sums: I32;
  readonly numbers: readonly [I32, I32];
}

interface ScoreTile {
  /** Scores [count, HELD]. */
  readonly scores: I32;
  readonly at: I32;
  readonly first: I32;
  readonly count: I32;
}

/** For each few held rows, calls `begin`, then `meet` with each tile of scores, and `end`. */
function eachTile(
  f: FunctionBuilder,
  { held, passing, width, scratch }: Pairs,
  steps: {
    readonly begin: (rows: HeldTile) => void;
    readonly meet: (rows: HeldTile, tile: ScoreTile) => void;
    readonly end: (rows: HeldTile) => void;
  },
): void {
  const room = (numbers: number) => f.local(i32.add(scratch, i32.const(BYTES * HELD * numbers)));
  const [padded, columns, sums, scores] = [room(0), room(width), room(2 * width), room(3 * width)];
  const numbers = [room(3 * width + TILE), room(3 * width + TILE + 1)] as const;
  const first = f.local(i32.const(0));
  const from = f.local(held.at);
  f.while(i32.gt(held.count, first), () => {
    const count = atMost(f, i32.sub(held.count, first), HELD);
    const rows = { first, count, sums, numbers };
    // Sums beyond the last row are computed and not used.
    fill(f, padded, 0, HELD * width);
    copyRows(f, padded, from, count, width);
    transpose(f, columns, padded, i32.const(1), i32.const(HELD), i32.const(width));
    steps.begin(rows);
    const [at, before] = [f.local(passing.at), f.local(i32.const(0))];
    f.while(i32.gt(passing.count, before), () => {
      const some = atMost(f, i32.sub(passing.count, before), TILE);
      f.call(productOfRows(f.module, width, HELD), scores, at, columns, some);
      steps.meet(rows, { scores, at, first: before, count: some });
      f.advance(at, i32.mul(some, i32.const(BYTES * width)));
      f.advance(before, some);
    });
    steps.end(rows);
    f.advance(from, i32.mul(count, i32.const(BYTES * width)));
    f.advance(first, count);
  });
}

function atMost(f: FunctionBuilder, count: I32, most: number): LocalVariable<"i32"> {
  const found = f.local(count);
  f.if(i32.gt(found, i32.const(most)), () => f.set(found, i32.const(most)));
  return found;
}

function copyRows(f: FunctionBuilder, to: I32, from: I32, count: I32, width: number): void {
  const [into, row] = [f.local(to), f.local(from)];
  f.repeat(count, () => {
    copy(f, into, row, width);
    f.advance(into, BYTES * width);
    f.advance(row, BYTES * width);
  });
}

/** Runs `body` for each row of a tile of scores, with the vector of held rows at `offset`. */
function eachScore(
  f: FunctionBuilder,
  { scores, count }: ScoreTile,
  offset: I32,
  lanes: number,
  body: (score: Vector, at: I32) => void,
): void {
  const at = f.local(i32.add(scores, offset));
  f.repeat(count, () => {
    body(load(addressAt(at), lanes), at);
    f.advance(at, BYTES * HELD);
  });
}

export interface Partition {
  readonly out: I32;
  readonly x: SomeVectors;
  readonly keys: SomeVectors;
  /** The address of a number for each key; null if none is added. */
  readonly bias: I32 | null;
  readonly width: number;
  readonly scratch: I32;
}

/** Adds a number to each row of a tile of scores. */
function addToScores(f: FunctionBuilder, { scores, first, count }: ScoreTile, bias: I32 | null): void {
  if (bias === null) return;
  const [row, number] = [f.local(scores), f.local(i32.add(bias, i32.shl(first, 2)))];
  f.repeat(count, () => {
    const own = f.local(loadSplat(addressAt(number)));
    eachVector(f, HELD, (offset, lanes) => {
      const at = addressAt(row, offset);
      save(f, at, vector.add(load(at, lanes), own), lanes);
    });
    f.advance(row, BYTES * HELD);
    f.advance(number, BYTES);
  });
}

/** out [x.count, 1]: log Σ exp(x · k + b) over all keys, 0 where there are none. */
export function logPartition(f: FunctionBuilder, { out, x, keys, bias, width, scratch }: Partition): void {
  eachTile(
    f,
    { held: x, passing: keys, width, scratch },
    {
      begin: ({ numbers: [found] }) => fill(f, found, LOWEST, HELD),
      meet: ({ numbers: [found] }, tile) => {
        addToScores(f, tile, bias);
        eachVector(f, HELD, (offset, lanes) => {
          const before = f.local(load(addressAt(found, offset), lanes));
          const most = f.local(before);
          eachScore(f, tile, offset, lanes, (score) => f.set(most, vector.pmax(most, score)));
          const sum = f.local(decay(f, vector.sub(before, most)));
          eachScore(f, tile, offset, lanes, (score) =>
            f.set(sum, vector.add(sum, decay(f, vector.sub(score, most)))),
          );
          save(f, addressAt(found, offset), vector.add(most, log(f, sum)), lanes);
        });
      },
      end: ({ first, count, numbers: [found] }) => {
        f.if(i32.eq(keys.count, i32.const(0)), () => fill(f, found, 0, HELD));
        copyRows(f, i32.add(out, i32.shl(first, 2)), found, count, 1);
      },
    },
  );
}

export interface PartitionGradient extends Partition {
  /** By row of x: the result of `logPartition`, and its gradient. */
  readonly z: I32;
  readonly dy: I32;
  readonly of: "x" | "keys" | "bias";
}

/** out: the gradient by x, by the keys, or by their bias. */
export function logPartitionGradient(f: FunctionBuilder, given: PartitionGradient): void {
  const { out, x, keys, bias, width, scratch, z, dy, of } = given;
  const [held, passing] = of === "x" ? [x, keys] : [keys, x];
  const sum = productOverRows(f.module, HELD, width);
  eachTile(
    f,
    { held, passing, width, scratch },
    {
      begin: ({ first, count, sums, numbers: [ownZ, ownDy] }) => {
        fill(f, sums, 0, HELD * width);
        const byHeld =
          of === "x"
            ? ([
                [ownZ, z],
                [ownDy, dy],
              ] as const)
            : bias === null
              ? []
              : ([[ownZ, bias]] as const);
        for (const [to, from] of byHeld) {
          fill(f, to, 0, HELD);
          copyRows(f, to, i32.add(from, i32.shl(first, 2)), count, 1);
        }
      },
      meet: ({ sums, numbers: [ownZ, ownDy] }, tile) => {
        if (of === "x") addToScores(f, tile, bias);
        const [zAt, dyAt] = [z, dy].map((from) => f.local(i32.add(from, i32.shl(tile.first, 2))));
        eachVector(f, HELD, (offset, lanes) => {
          const [zRow, dyRow] = [f.local(zAt!), f.local(dyAt!)];
          const held = (from: I32) => f.local(load(addressAt(from, offset), lanes));
          if (of === "x") {
            const [zs, dys] = [held(ownZ), held(ownDy)];
            eachScore(f, tile, offset, lanes, (score, at) =>
              save(f, addressAt(at), vector.mul(exp(f, vector.sub(score, zs)), dys), lanes),
            );
            return;
          }
          const biases = bias === null ? null : held(ownZ);
          const total = held(sums);
          eachScore(f, tile, offset, lanes, (score, at) => {
            const all = biases === null ? score : vector.add(score, biases);
            const share = f.local(exp(f, vector.sub(all, loadSplat(addressAt(zRow)))));
            const slope = f.local(vector.mul(share, loadSplat(addressAt(dyRow))));
            if (of === "bias") f.set(total, vector.add(total, slope));
            else save(f, addressAt(at), slope, lanes);
            f.advance(zRow, BYTES);
            f.advance(dyRow, BYTES);
          });
          if (of === "bias") save(f, addressAt(sums, offset), total, lanes);
        });
        if (of !== "bias") f.call(sum, sums, tile.scores, tile.at, tile.count, i32.const(0));
      },
      end: ({ first, count, sums }) => {
        const own = of === "bias" ? 1 : width;
        copyRows(f, i32.add(out, i32.mul(first, i32.const(BYTES * own))), sums, count, own);
      },
    },
  );
}
