// The AUC of resamples in WebAssembly, with the values that `resampledAuc` has. All sums are of whole numbers: those of a
// block of rows are small enough for 32-bit floats, and JavaScript adds the blocks up.

import { ModuleBuilder } from "../../backends/code/builder.ts";
import { f32, i32, store, vector } from "../../backends/code/expressions.ts";
import { machines } from "../../backends/code/machine.ts";
import { encode } from "../../backends/wasm/encode.ts";
import {
  compileModule,
  functionsOf,
  hasWebAssembly,
  MOST_PAGES,
  newMemory,
  type WasmMemory,
} from "../../backends/wasm/training/machine.ts";
import { DiagnosticError } from "../../diagnostics/diagnostic.ts";
import { type Estimator, LANES, type RankedUnits, type Units } from "../../middle/metrics/resampling.ts";
import { PAGE } from "../../serve/wasm.ts";

/** Rows whose sums 32-bit floats hold exactly, if no sum of their weights is larger than `LARGEST`. */
const BLOCK = 256;
const LARGEST = 2 ** 12;
/** Beyond this, the order of additions could change a sum of pairs. */
const MOST_PAIRS = 2 ** 52;
/** Fewer rows take less time than the module. */
const FEW_ROWS = 1 << 14;
/** The numbers that a block leaves: for each lane its area, clicks and other rows. */
const LEFT = 3 * LANES;
/** The bytes of a unit's weights. */
const UNIT = 4 * LANES;

/** The units, with AUCs of many rows in WebAssembly. */
export function withFasterAuc<U extends Units>(units: U): U {
  if (units.of.length < FEW_ROWS || !hasWebAssembly()) return units;
  return { ...units, fasterAuc: aucByBlocks };
}

/** Uses `exact` for resamples whose sums could be rounded. */
export function aucByBlocks(ranked: RankedUnits, units: number, exact: Estimator): Estimator {
  const rows = ranked.unitAt.length;
  const blocks = Math.ceil(rows / BLOCK);
  // A tie counts one half: the mean of the orders that count all of its pairs and none.
  const orders = isTied(ranked) ? (["others", "clicks"] as const) : (["others"] as const);
  // The last block is filled with rows of one more unit, which is never drawn.
  const wordsAt = UNIT * (units + 1);
  const wordsInOrder = BLOCK * blocks;
  const leftAt = wordsAt + 4 * wordsInOrder * orders.length;
  const end = leftAt + 4 * LEFT * blocks;
  const memory = end < 2 ** 31 ? memoryOf(end) : null;
  if (memory === null) return exact;
  const addBlocks = functionsOf({ kind: "wasm", module: moduleOf() }, memory)["blocks"]!;
  const drawn = new Float32Array(memory.buffer, 0, LANES * units);
  const words = new Int32Array(memory.buffer, wordsAt, wordsInOrder * orders.length).fill(UNIT * units);
  const left = new Float32Array(memory.buffer, leftAt, LEFT * blocks);
  for (const [i, first] of orders.entries()) putRows(ranked, words.subarray(i * wordsInOrder), first);
  return (weights, out) => {
    drawn.set(weights);
    const areas = new Float64Array(LANES);
    const clicks = new Float64Array(LANES);
    const below = new Float64Array(LANES);
    let largest = 0;
    for (const order of orders.keys()) {
      addBlocks(wordsAt + 4 * wordsInOrder * order, blocks, leftAt);
      clicks.fill(0);
      below.fill(0);
      for (let at = 0; at < left.length; at += LEFT)
        for (let lane = 0; lane < LANES; lane++) {
          const ownClicks = left[at + LANES + lane]!;
          const ownBelow = left[at + 2 * LANES + lane]!;
          largest = Math.max(largest, ownClicks, ownBelow);
          areas[lane]! += left[at + lane]! + ownClicks * below[lane]!;
          clicks[lane]! += ownClicks;
          below[lane]! += ownBelow;
        }
    }
    for (let lane = 0; lane < LANES; lane++) {
      const pairs = clicks[lane]! * below[lane]!;
      out[lane] = areas[lane]! / orders.length / pairs;
      if (largest > LARGEST || pairs >= MOST_PAIRS) return exact(weights, out);
    }
  };
}

/** Null if the machine has none left. */
function memoryOf(bytes: number): WasmMemory | null {
  try {
    return newMemory(Math.ceil(bytes / PAGE), false);
  } catch (error) {
    if (error instanceof DiagnosticError) return null;
    throw error;
  }
}

/** Whether there are clicks and other rows with one score. */
function isTied({ clickAt, endAt }: RankedUnits): boolean {
  for (let row = 1; row < clickAt.length; row++)
    if (endAt[row - 1] === 0 && clickAt[row - 1] !== clickAt[row]) return true;
  return false;
}

/** Writes each row as the address of its unit's weights, plus 1 for a click; of rows with one score, those of `first` first. */
function putRows(
  { unitAt, clickAt, endAt }: RankedUnits,
  words: Int32Array,
  first: "others" | "clicks",
): void {
  const firstClick = first === "clicks" ? 1 : 0;
  for (let from = 0; from < unitAt.length; ) {
    let to = from + 1;
    while (endAt[to - 1] === 0) to++;
    let at = from;
    for (const click of [firstClick, 1 - firstClick])
      for (let row = from; row < to; row++)
        if (clickAt[row] === click) words[at++] = UNIT * unitAt[row]! + click;
    from = to;
  }
}

let compiled: object | null = null;

/** `blocks(words, count, left)` adds up the weights of that many blocks. */
function moduleOf(): object {
  if (compiled !== null) return compiled;
  const module = new ModuleBuilder(0, machines.wasm);
  const blocks = module.function(3, (f) => {
    const [words, count, left] = [f.parameter(0), f.parameter(1), f.parameter(2)];
    const zero = f.constant(0);
    f.repeat(count, () => {
      const halves = Array.from({ length: LANES / 4 }, () => ({
        area: f.vector(zero),
        clicks: f.vector(zero),
        below: f.vector(zero),
      }));
      f.repeat(i32.const(BLOCK), () => {
        const word = f.local(i32.load(words));
        f.advance(words, 4);
        const isClick = f.local(i32.and(word, i32.const(1)));
        const click = f.local(vector.splat(f32.fromI32(isClick)));
        const weights = f.local(i32.sub(word, isClick));
        for (const [i, { area, clicks, below }] of halves.entries()) {
          const weight = f.vector(vector.load(weights, 16 * i));
          const own = f.vector(vector.mul(weight, click));
          f.set(area, vector.add(area, vector.mul(own, below)));
          f.set(clicks, vector.add(clicks, own));
          f.set(below, vector.add(below, vector.sub(weight, own)));
        }
      });
      for (const [i, sums] of halves.entries())
        for (const [k, sum] of [sums.area, sums.clicks, sums.below].entries())
          f.do(store.vector(left, sum, 4 * (k * LANES + 4 * i)));
      f.advance(left, 4 * LEFT);
    });
  });
  module.export("blocks", blocks);
  const memory = { shared: false, mostPages: MOST_PAGES };
  return (compiled = compileModule(encode(module, memory).plain));
}
