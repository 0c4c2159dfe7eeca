// Isotonic regression of clicks on logits by pool-adjacent-violators (Ayer et al. 1955; Zadrozny & Elkan, KDD
// 2002), and the curve that is drawn through its blocks: straight between their centres (Oron & Flournoy
// 2017), so that scores that differ stay different and a rounding error moves no score by a step.

import { rowsByScore } from "../metrics/radix-sort.ts";
import type { Curve } from "./curve.ts";

/** Rows with neighbouring logits. */
export interface Block {
  readonly rows: number;
  readonly clicks: number;
  /** Of their logits. */
  readonly sum: number;
}

/**
 * The blocks of the non-decreasing step function with the least squares, lowest logits first. Rows that tie
 * are in one block.
 */
export function isotonicBlocks(logits: Float32Array, labels: Float32Array): Block[] {
  const blocks: Block[] = [];
  const order = rowsByScore(logits);
  for (let at = 0; at < order.length; ) {
    const logit = logits[order[at]!]!;
    let [rows, clicks] = [0, 0];
    for (; at < order.length && logits[order[at]!] === logit; at++, rows++) clicks += labels[order[at]!]!;
    let block: Block = { rows, clicks, sum: logit * rows };
    for (
      let before = blocks.at(-1);
      before !== undefined && rateOf(before) >= rateOf(block);
      before = blocks.at(-1)
    )
      block = joined(blocks.pop()!, block);
    blocks.push(block);
  }
  return blocks;
}

export function rateOf({ rows, clicks }: Block): number {
  return clicks / rows;
}

/** A steeper curve would make more of a rounding error than compiled code may differ by. */
const STEEPEST = 4;
/** A flatter one would make equal scores of different ones. */
const FLATTEST = 1 / 50;
/**
 * Through at most `most` points; what is finer than that is noise. null where rows do not say more than one
 * rate: all are of one class, or they fall with the logit.
 */
export function isotonicCurve(logits: Float32Array, labels: Float32Array, most: number): Curve | null {
  const blocks = isotonicBlocks(logits, labels);
  // No finite logit has the probability 0 or 1 of a block whose rows are of one class.
  while (blocks.length > 1 && blocks[0]!.clicks === 0) blocks.splice(0, 2, joined(blocks[0]!, blocks[1]!));
  while (blocks.length > 1 && rateOf(blocks.at(-1)!) === 1)
    blocks.splice(-2, 2, joined(blocks.at(-2)!, blocks.at(-1)!));
  joinSteep(blocks);
  while (blocks.length > most) joinNearest(blocks);
  if (blocks.length < 2) return null;
  const x = blocks.map(({ rows, sum }) => sum / rows);
  const y = blocks.map(logitOf);
  for (let i = 1; i < y.length; i++) y[i] = Math.max(y[i]!, y[i - 1]! + FLATTEST * (x[i]! - x[i - 1]!));
  return { kind: "knots", x, y };
}

/** A block joins the one before it where the way between them is too steep; the joined one may do so again. */
function joinSteep(blocks: Block[]): void {
  for (let i = 1; i < blocks.length; ) {
    const [before, block] = [blocks[i - 1]!, blocks[i]!];
    const run = block.sum / block.rows - before.sum / before.rows;
    if (logitOf(block) - logitOf(before) <= STEEPEST * run) i += 1;
    else {
      blocks.splice(i - 1, 2, joined(before, block));
      i = Math.max(1, i - 1);
    }
  }
}

/** Joins the two neighbours that lose the least squares by it. */
function joinNearest(blocks: Block[]): void {
  let [place, least] = [0, Number.POSITIVE_INFINITY];
  for (let i = 0; i + 1 < blocks.length; i++) {
    const [a, b] = [blocks[i]!, blocks[i + 1]!];
    const lost = ((a.rows * b.rows) / (a.rows + b.rows)) * (rateOf(b) - rateOf(a)) ** 2;
    if (lost < least) [place, least] = [i, lost];
  }
  blocks.splice(place, 2, joined(blocks[place]!, blocks[place + 1]!));
}

function joined(a: Block, b: Block): Block {
  return { rows: a.rows + b.rows, clicks: a.clicks + b.clicks, sum: a.sum + b.sum };
}

function logitOf({ rows, clicks }: Block): number {
  return Math.log(clicks / (rows - clicks));
}
