// Plans a batch in parts, which a back end computes side by side. Each part has neighbouring examples with
// their steps and set values, numbered from 0 in each part.

import { firstIndex } from "../../common/arrays.ts";
import { cached } from "../../common/maps.ts";
import type { InputRole } from "../../middle/graph/attributes.ts";
import type { Node } from "../../middle/graph/graph.ts";
import { perOf, type Rows, rowsKey, sizeOf } from "../../middle/graph/types.ts";
import type { BatchArrays, PackedExamples } from "./batch.ts";

export interface PlannedParts {
  /** The number of parts; the examples are divided as evenly as possible. */
  readonly of: number;
  readonly inputs: readonly {
    readonly name: string;
    readonly rows: Rows;
    /** The number of values in a row. */
    readonly size: number;
    /** The input with the set values whose rows this input names. */
    readonly ownerOf: string | null;
  }[];
}

/** Tells whether an input has the numbers of other rows. */
export function readsOtherRows({ kind }: InputRole): boolean {
  return kind === "permutation" || kind === "batch" || kind === "candidates";
}

/**
 * Plans the inputs whose rows belong to examples, and what is drawn once for all of them. Numbers of
 * other rows are left out: their readers take the whole batch.
 */
export function planParts(inputs: readonly Node<"input">[], of: number): PlannedParts {
  const shared = inputs.filter(
    ({ type, attributes: { role } }) =>
      role.kind === "random" || (perOf(type.rows) === "example" && !readsOtherRows(role)),
  );
  return {
    of,
    inputs: shared.map(({ attributes: { name, role }, type: { rows, dims } }) => {
      return { name, rows, size: sizeOf(dims), ownerOf: role.kind === "owner" ? role.of : null };
    }),
  };
}

export function cutParts(
  whole: PackedExamples,
  planned: PlannedParts,
  arrays: BatchArrays,
): PackedExamples[] {
  const owners = new Map(
    planned.inputs.flatMap(({ name, ownerOf }) => (ownerOf === null ? [] : [[ownerOf, name] as const])),
  );
  return Array.from({ length: planned.of }, (_, index) => cutPart(whole, planned, owners, index, arrays));
}

/** Rows `from` … `to` − 1. */
interface Range {
  readonly from: number;
  readonly to: number;
}

function cutPart(
  whole: PackedExamples,
  { of, inputs: planned }: PlannedParts,
  owners: ReadonlyMap<string, string>,
  index: number,
  { ints }: BatchArrays,
): PackedExamples {
  const begin = (part: number) => Math.floor((part * whole.size) / of);
  const examples = { from: begin(index), to: begin(index + 1) };
  const known = new Map<string, Range>();
  const rangeOf = (rows: Rows): Range => {
    if (rows.kind === "once") return { from: 0, to: 1 };
    if (rows.kind === "steps") return rangeWithin(whole.segments.get(rows.history)!, examples);
    if (rows.kind !== "elements") return examples;
    return rangeWithin(whole.inputs.get(owners.get(rows.set)!)! as Int32Array, cachedRange(rows.of));
  };
  const cachedRange = (rows: Rows): Range => cached(known, rowsKey(rows), () => rangeOf(rows));
  const inputs = new Map<string, Float32Array | Int32Array>();
  for (const { name, rows, size, ownerOf } of planned) {
    const values = whole.inputs.get(name);
    // Rows to predict have no labels.
    if (values === undefined) continue;
    const { from, to } = cachedRange(rows);
    const own = values.subarray(from * size, to * size);
    const isOwner = ownerOf !== null && rows.kind === "elements";
    inputs.set(name, isOwner ? numberedFrom(cachedRange(rows.of).from, own, ints(own.length)) : own);
  }
  const segments = new Map<string, Int32Array>();
  for (const [axis, all] of whole.segments) {
    const { from, to } = rangeWithin(all, examples);
    segments.set(axis, numberedFrom(examples.from, all.subarray(from, to), ints(to - from)));
  }
  return { size: examples.to - examples.from, inputs, segments };
}

/** The range of positions whose rows are in a range; the rows ascend. */
function rangeWithin(rowOf: Int32Array, { from, to }: Range): Range {
  return { from: firstOf(rowOf, from), to: firstOf(rowOf, to) };
}

/** Row numbers within a part that begins at row `first`. */
function numberedFrom(first: number, rows: Float32Array | Int32Array, out: Int32Array): Int32Array {
  for (let i = 0; i < rows.length; i++) out[i] = rows[i]! - first;
  return out;
}

/** The index of the first value that is not below `least`, in ascending values. */
function firstOf(ascending: Int32Array, least: number): number {
  return firstIndex(ascending.length, (i) => ascending[i]! >= least);
}
