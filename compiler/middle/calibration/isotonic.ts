// Isotonic regression of clicks on logits by pool-adjacent-violators (Ayer et al. 1955; Zadrozny & Elkan, KDD
// 2002). The curve is linear between the centres of its blocks (Oron & Flournoy 2017), so that different
// scores stay different and a rounding error moves no score by a step.

import { rowsByScore } from "../metrics/radix-sort.ts";
import type { Curve } from "./curve.ts";

/** A run of rows with neighbouring logits. */
export interface Block {
  readonly rows: number;
  readonly clicks: number;
  /** The sum of their logits. */
  readonly sum: number;
}

/**
 * The blocks of the non-decreasing step function with the least squares, lowest logits first. Rows with equal
 * logits are in one block.
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

/** Steeper curves would amplify rounding errors beyond the tolerance of compiled code. */
const STEEPEST = 4;
/** Flatter curves would make different scores equal. */
const FLATTEST = 1 / 50;
/**
 * A curve through at most `most` points; finer detail is noise. null if the rows support only one rate: all
 * have the same class, or clicks fall as the logit rises.
 */
export function isotonicCurve(logits: Float32Array, labels: Float32Array, most: number): Curve | null {
  const blocks = isotonicBlocks(logits, labels);
  // Blocks of one class have probability 0 or 1, which no finite logit has, so they join their neighbours.
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

/**
 * Joins a block with the previous one if the line between them is too steep, and repeats this for the joined
 * block.
 */
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

/** Joins the two neighbouring blocks that are nearest in least squares. */
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
