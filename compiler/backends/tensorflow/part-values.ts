// The values of a part of a batch's rows: of neighbouring examples, with their steps and elements, numbered from 0 again.

import { InternalError, invariant } from "../../common/internal-error.ts";
import { rowsKey } from "../../middle/graph/types.ts";
import { inputNames } from "../../middle/programs/program.ts";
import type { FeedSource, FeedValues } from "../contract/feed.ts";
import type { RowsPart } from "./emit.ts";

/** Rows `from` … `to` − 1. */
interface Range {
  readonly from: number;
  readonly to: number;
}

/** Reads parts of what `values` has; all the examples are shared out as evenly as may be. */
export class PartReader {
  private readonly values: FeedValues;
  private readonly ranges = new Map<string, Range>();

  constructor(values: FeedValues) {
    this.values = values;
  }

  read(source: FeedSource, part: RowsPart): Float32Array | Int32Array | number {
    const range = this.rangeOf(part.rows, part);
    switch (source.kind) {
      case "input": {
        const whole = this.values.input(source.name);
        const width = whole.length / Math.max(1, this.values.count(part.rows));
        const own = whole.subarray(range.from * width, range.to * width);
        if (!source.name.startsWith(inputNames.rowOf(""))) return own;
        invariant(part.rows.kind === "elements", `${source.name} does not say of what row its values are`);
        return before(own, this.rangeOf(part.rows.of, part));
      }
      case "segments": {
        const own = this.values.segments(source.rows).subarray(range.from, range.to);
        return before(own, this.rangeOf({ kind: "each", per: source.rows.per }, part));
      }
      case "count":
        return range.to - range.from;
      default:
        throw new InternalError(`a ${source.kind} is not split`);
    }
  }

  private rangeOf(rows: RowsPart["rows"], part: RowsPart): Range {
    const key = `${rowsKey(rows)} ${part.index}`;
    const found = this.ranges.get(key);
    if (found !== undefined) return found;
    const range = this.findRange(rows, part);
    this.ranges.set(key, range);
    return range;
  }

  private findRange(rows: RowsPart["rows"], part: RowsPart): Range {
    if (rows.kind === "each") {
      const count = this.values.count(rows);
      const begin = (index: number) => Math.floor((index * count) / part.of);
      return { from: begin(part.index), to: begin(part.index + 1) };
    }
    const owners =
      rows.kind === "steps"
        ? { of: { kind: "each", per: rows.per } as const, rowOf: this.values.segments(rows) }
        : { of: rows.of, rowOf: this.values.input(inputNames.rowOf(rows.set)) };
    const { from, to } = this.rangeOf(owners.of, part);
    return { from: firstOf(owners.rowOf, from), to: firstOf(owners.rowOf, to) };
  }
}

/** Row numbers as the part has them. */
function before(rows: Float32Array | Int32Array, { from }: Range): Int32Array {
  const out = new Int32Array(rows.length);
  for (let i = 0; i < out.length; i++) out[i] = rows[i]! - from;
  return out;
}

/** Where the first value that is not below `least` stands among values that ascend. */
function firstOf(ascending: Float32Array | Int32Array, least: number): number {
  let [low, high] = [0, ascending.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ascending[middle]! < least) low = middle + 1;
    else high = middle;
  }
  return low;
}
