// Lays out the values whose number of rows depends on the batch. It reserves room for the largest batch so
// far and some more, so that the layout seldom changes.

import { type Rows, rowsKey } from "../../../middle/graph/types.ts";
import { aligned } from "../memory.ts";
import { type MemoryPlan, ROOM, type StepSlot } from "./memory-plan.ts";

/** More than was asked for. */
const SPARE = 1.25;

export interface Counts {
  /** By key of rows: all that the batch has, and the most that a block has. */
  readonly rows: ReadonlyMap<string, number>;
  readonly inBlock: ReadonlyMap<string, number>;
  /** Of blocks of both kinds, each with an end. */
  readonly records: number;
}

export class MemoryLayout {
  private readonly places: MemoryPlan;
  private readonly from: number;
  private readonly rows = new Map<string, number>();
  private readonly inBlock = new Map<string, number>();
  private recordCount = 0;
  private readonly addresses = new Map<StepSlot, number>();
  /** Where the records of blocks are, and the scratch space of the first thread. */
  records = 0;
  scratch = 0;
  /** Of one thread. */
  scratchBytes = 0;
  end = 0;

  /** `from` is the first byte that is free. */
  constructor(places: MemoryPlan, from: number) {
    this.places = places;
    this.from = from;
  }

  addressOf(slot: StepSlot): number {
    return this.addresses.get(slot)!;
  }

  /** Makes room; true where something lies elsewhere now. */
  fit({ rows, inBlock, records }: Counts, threads: number): boolean {
    const grown = [grow(this.rows, rows), grow(this.inBlock, inBlock), records > this.recordCount];
    if (!grown.includes(true)) return false;
    if (records > this.recordCount) this.recordCount = Math.ceil(SPARE * records);
    let end = this.from;
    const reserve = (bytes: number) => {
      const at = aligned(end);
      end = at + bytes + ROOM;
      return at;
    };
    const most = (of: ReadonlyMap<string, number>, each: Rows) => of.get(rowsKey(each)) ?? 0;
    this.records = reserve(4 * this.recordCount * this.places.axes.length);
    for (const slot of this.places.slots)
      if (slot.scope === "batch")
        this.addresses.set(slot, reserve(slot.bytes * (most(this.rows, slot.rows) + slot.more)));
    // Offsets within the space of a thread.
    const before = end;
    end = 0;
    for (const slot of this.places.slots)
      if (slot.scope === "block")
        this.addresses.set(slot, reserve(slot.bytes * (most(this.inBlock, slot.rows) + slot.more)));
    this.scratchBytes = aligned(end);
    end = before;
    this.scratch = reserve(threads * this.scratchBytes);
    this.end = end;
    return true;
  }
}

function grow(most: Map<string, number>, needed: ReadonlyMap<string, number>): boolean {
  let grown = false;
  for (const [key, count] of needed) {
    if (count <= (most.get(key) ?? -1)) continue;
    most.set(key, Math.ceil(SPARE * count));
    grown = true;
  }
  return grown;
}
