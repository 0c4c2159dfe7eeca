// Lays out the values whose number of rows depends on the batch. It reserves space for the largest batch so
// far plus a margin, so that the layout seldom changes.

import { type Rows, rowsKey } from "../../../middle/graph/types.ts";
import { aligned, Reservations } from "../memory.ts";
import { type MemoryPlan, ROOM, type StepSlot } from "./memory-plan.ts";

/** The factor of the reserved space. */
const SPARE = 1.25;

export interface Counts {
  /** By key of rows: the number in the batch, and the largest number in a block. */
  readonly rows: ReadonlyMap<string, number>;
  readonly inBlock: ReadonlyMap<string, number>;
  /** The records of blocks of both kinds, each kind with an end. */
  readonly records: number;
}

export class MemoryLayout {
  private readonly places: MemoryPlan;
  private readonly from: number;
  private readonly rows = new Map<string, number>();
  private readonly inBlock = new Map<string, number>();
  private recordCount = 0;
  private readonly addresses = new Map<StepSlot, number>();
  /** The addresses of the records of blocks, and of the first thread's scratch space. */
  records = 0;
  scratch = 0;
  /** The scratch space of one thread. */
  scratchBytes = 0;
  end = 0;

  /** `from` is the first free byte. */
  constructor(places: MemoryPlan, from: number) {
    this.places = places;
    this.from = from;
  }

  addressOf(slot: StepSlot): number {
    return this.addresses.get(slot)!;
  }

  /** Reserves space; returns true if any address changed. */
  fit({ rows, inBlock: rowsInBlock, records }: Counts, threads: number): boolean {
    const grown = [grow(this.rows, rows), grow(this.inBlock, rowsInBlock), records > this.recordCount];
    if (!grown.includes(true)) return false;
    if (records > this.recordCount) this.recordCount = Math.ceil(SPARE * records);
    const most = (of: ReadonlyMap<string, number>, each: Rows) => of.get(rowsKey(each)) ?? 0;
    const inBatch = new Reservations(this.from, ROOM);
    this.records = inBatch.reserve(4 * this.recordCount * this.places.axes.length);
    for (const slot of this.places.slots)
      if (slot.scope === "batch")
        this.addresses.set(slot, inBatch.reserve(slot.bytes * (most(this.rows, slot.rows) + slot.more)));
    // Offsets within the space of a thread.
    const inBlock = new Reservations(0, ROOM);
    for (const slot of this.places.slots)
      if (slot.scope === "block")
        this.addresses.set(slot, inBlock.reserve(slot.bytes * (most(this.inBlock, slot.rows) + slot.more)));
    this.scratchBytes = aligned(inBlock.end);
    this.scratch = inBatch.reserve(threads * this.scratchBytes);
    this.end = inBatch.end;
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
