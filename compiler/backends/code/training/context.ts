// Gives the code of one unit its addresses and row counts. A unit is a function of a block's record, the
// thread's scratch space, the slice, and whether the block is the first of its slice. Rows of a table, and
// numbers of a value without rows, are divided evenly among slices.

import { InternalError, invariant } from "../../../common/internal-error.ts";
import type { NodeId } from "../../../middle/graph/graph.ts";
import { type Rows, rowsKey, type StepsRows } from "../../../middle/graph/types.ts";
import type { FunctionBuilder } from "../builder.ts";
import type { I32 } from "../code.ts";
import { i32 } from "../expressions.ts";
import { SLICES } from "./blocks.ts";
import { domainOf } from "./domains.ts";
import { bytesOf, type MemoryPlan, type StepSlot, wordAddress } from "./memory-plan.ts";
import type { Reads } from "./reads.ts";

/** Parameters of a unit's function. */
export const PARAMETERS = { record: 0, scratch: 1, slice: 2, first: 3 } as const;
export const PARAMETER_COUNT = 4;

/** The range that a unit computes. */
export type WorkRange =
  | { readonly kind: "block" }
  | { readonly kind: "table"; readonly rows: Rows }
  /** All of a value without rows. */
  | { readonly kind: "whole" };

export class UnitContext {
  readonly f: FunctionBuilder;
  readonly reads: Reads;
  readonly places: MemoryPlan;
  private readonly range: WorkRange;
  private readonly known = new Map<string, I32>();

  constructor(f: FunctionBuilder, reads: Reads, places: MemoryPlan, range: WorkRange) {
    this.f = f;
    this.reads = reads;
    this.places = places;
    this.range = range;
  }

  get slice(): I32 {
    return this.f.parameter(PARAMETERS.slice);
  }

  /** 1 in a slice's first block, else 0. The rows of a table form one block. */
  get first(): I32 {
    return this.f.parameter(PARAMETERS.first);
  }

  /** The number of rows of the unit. */
  count(rows: Rows): I32 {
    if (rows.kind === "once") return i32.const(1);
    return this.once(`count ${rowsKey(rows)}`, () => i32.sub(this.bound(rows, 1), this.bound(rows, 0)));
  }

  /** The number of rows of the whole batch. */
  countOfAll(rows: Rows): I32 {
    if (rows.kind === "once") return i32.const(1);
    return this.once(`all ${rowsKey(rows)}`, () => i32.load(i32.const(this.places.countWord(rows))));
  }

  /** The index of the unit's first row. */
  firstRow(rows: Rows): I32 {
    return this.bound(rows, 0);
  }

  /** The address of the value in the unit's first row. */
  value(id: NodeId): I32 {
    const { root, offset } = this.reads.view(id);
    const { rows } = root.type;
    if (rows.kind === "once") return i32.const(this.places.addressOf(root.id) + 4 * offset);
    return this.rowsIn(this.places.slotOf(root.id), rows, bytesOf(root));
  }

  /** The address of the value in the batch's first row. */
  whole(id: NodeId): I32 {
    const { root, offset } = this.reads.view(id);
    if (root.type.rows.kind === "once") return this.value(id);
    const slot = this.places.slotOf(root.id);
    invariant(slot.scope === "batch" && offset === 0, "a value of a block is read at other rows");
    return this.baseOf(slot);
  }

  /** The address of the start of the steps of the unit's first example. */
  starts(rows: StepsRows): I32 {
    const each: Rows = { kind: "each", per: rows.per };
    return this.rowsIn(this.places.startsOf(rows), each, 4);
  }

  partial(id: NodeId): I32 {
    const [address, stride] = [this.places.partialAddress(id), this.places.partialStride(id)];
    return this.once(`partial ${id}`, () =>
      i32.add(i32.mul(this.slice, i32.const(stride)), i32.const(address)),
    );
  }

  baseOf(slot: StepSlot): I32 {
    return this.once(`base ${slot.word}`, () => i32.load(i32.const(wordAddress(slot.word))));
  }

  /**
   * The range `from` … `to` − 1 of `size` numbers that belongs to this slice; every slice but the last ends
   * at a whole vector.
   */
  numbers(size: number): { readonly from: I32; readonly count: I32 } {
    const vectors = Math.ceil(size / 4);
    const at = (slice: I32) => i32.shl(i32.div(i32.mul(slice, i32.const(vectors)), i32.const(SLICES)), 2);
    const { f } = this;
    const from = f.hoisted(at(this.slice));
    const to = f.hoisted(at(i32.add(this.slice, i32.const(1))));
    const end = f.hoisted(i32.select(i32.gt(to, i32.const(size)), i32.const(size), to));
    return { from, count: f.hoisted(i32.sub(end, from)) };
  }

  private rowsIn(slot: StepSlot, rows: Rows, bytes: number): I32 {
    return this.once(`address ${slot.word} ${bytes}`, () => {
      const base = this.baseOf(slot);
      if (slot.scope === "block") return i32.add(this.f.parameter(PARAMETERS.scratch), base);
      return i32.add(base, i32.mul(this.bound(rows, 0), i32.const(bytes)));
    });
  }

  /** The first row, or the one after the last. */
  private bound(rows: Rows, end: 0 | 1): I32 {
    const { range, places } = this;
    return this.once(`bound ${rowsKey(rows)} ${end}`, () => {
      if (range.kind === "block") {
        const place = places.axes.findIndex((axis) => rowsKey(axis) === rowsKey(rows));
        invariant(place >= 0, `a block has no rows ${rowsKey(rows)}`);
        const record = this.f.parameter(PARAMETERS.record);
        return i32.load(i32.add(record, i32.const(4 * (place + end * places.axes.length))));
      }
      if (range.kind === "table" && rowsKey(range.rows) === rowsKey(rows)) {
        const slice = end === 0 ? this.slice : i32.add(this.slice, i32.const(1));
        return i32.div(i32.mul(this.countOfAll(rows), slice), i32.const(SLICES));
      }
      throw new InternalError(`a unit over ${range.kind} reads rows ${rowsKey(rows)} (${domainOf(rows)})`);
    });
  }

  /** An address or count, computed at the start of the function. */
  private once(key: string, compute: () => I32): I32 {
    const found = this.known.get(key) ?? this.f.hoisted(compute());
    this.known.set(key, found);
    return found;
  }
}
