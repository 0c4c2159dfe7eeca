// Assigns buffers to values and reuses each after the last use of its value, so that a program with many
// values touches little memory.

import { type Rows, rowsKey, type TensorType } from "../../middle/graph/types.ts";

/** When a value is computed: with the weights, for each request, or for each block of candidates. */
export type Phase = "load" | "request" | "candidate";

export const phases: readonly Phase[] = ["load", "request", "candidate"];

/** A buffer of `rows` × `width` numbers. */
export interface Slot {
  readonly phase: Phase;
  readonly rows: Rows;
  readonly dtype: TensorType["dtype"];
  /** Its index among the slots of its phase. */
  readonly index: number;
  /** The largest width of its values. */
  readonly width: number;
}

interface GrowingSlot extends Slot {
  width: number;
}

export class SlotAllocator {
  readonly slots: readonly Slot[];
  private readonly all: GrowingSlot[] = [];
  /** Free slots by kind, the narrowest first; equal ones in the order of their release. */
  private readonly free = new Map<string, GrowingSlot[]>();

  constructor() {
    this.slots = this.all;
  }

  /** A free slot of this kind, if possible the narrowest that is wide enough. */
  take(kind: Pick<Slot, "phase" | "rows" | "dtype">, width: number): Slot {
    const fitting = this.freeOf(kind);
    if (fitting.length === 0) {
      const slot: GrowingSlot = { ...kind, width, index: this.all.length };
      this.all.push(slot);
      return slot;
    }
    const place = Math.min(
      firstPlace(fitting, (slot) => slot.width >= width),
      fitting.length - 1,
    );
    const [found] = fitting.splice(place, 1) as [GrowingSlot];
    found.width = Math.max(found.width, width);
    return found;
  }

  give(slot: Slot): void {
    const fitting = this.freeOf(slot);
    fitting.splice(
      firstPlace(fitting, (other) => other.width > slot.width),
      0,
      slot as GrowingSlot,
    );
  }

  private freeOf({ rows, dtype }: Pick<Slot, "rows" | "dtype">): GrowingSlot[] {
    const key = `${dtype} ${rowsKey(rows)}`;
    let slots = this.free.get(key);
    if (slots === undefined) this.free.set(key, (slots = []));
    return slots;
  }
}

/** The index of the first slot that `isSuch` accepts. All accepted slots must follow all others. */
function firstPlace(slots: readonly Slot[], isSuch: (slot: Slot) => boolean): number {
  let [low, high] = [0, slots.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (isSuch(slots[middle]!)) high = middle;
    else low = middle + 1;
  }
  return low;
}
