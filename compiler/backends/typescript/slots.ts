// Gives values buffers and takes them back when nobody needs the value any more, so that a program of many values
// touches little memory.

import { type Rows, rowsKey, type TensorType } from "../../graph/graph.ts";
import type { Phase } from "./plan.ts";

/** A buffer of `rows` × `width` numbers. */
export interface Slot {
  readonly phase: Phase;
  readonly rows: Rows;
  readonly dtype: TensorType["dtype"];
  /** Its place among the slots of its phase. */
  readonly index: number;
  /** The largest width that any of its values has. */
  readonly width: number;
}

interface GrowingSlot extends Slot {
  width: number;
}

export class SlotAllocator {
  readonly slots: readonly Slot[];
  private readonly all: GrowingSlot[] = [];
  private readonly free: GrowingSlot[] = [];

  constructor() {
    this.slots = this.all;
  }

  /** A free slot of this kind, the narrowest that is wide enough if there is one. */
  take(kind: Pick<Slot, "phase" | "rows" | "dtype">, width: number): Slot {
    const fitting = this.free
      .filter((slot) => slot.dtype === kind.dtype && rowsKey(slot.rows) === rowsKey(kind.rows))
      .sort((a, b) => a.width - b.width);
    const found = fitting.find((slot) => slot.width >= width) ?? fitting.at(-1);
    if (found === undefined) {
      const slot: GrowingSlot = { ...kind, width, index: this.all.length };
      this.all.push(slot);
      return slot;
    }
    this.free.splice(this.free.indexOf(found), 1);
    found.width = Math.max(found.width, width);
    return found;
  }

  give(slot: Slot): void {
    this.free.push(slot as GrowingSlot);
  }
}
