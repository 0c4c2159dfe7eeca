// Assigns buffers to values and reuses each after the last use of its value, so that a program with many
// values touches little memory.

import { firstIndex } from "../../common/arrays.ts";
import { cached } from "../../common/maps.ts";
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

/**
 * Whether the network computes with values of this type. Ids and the weights of sets' values are read by lookups alone, which
 * run before it.
 */
export function isComputed({ dtype, rows }: Pick<Slot, "dtype" | "rows">): boolean {
  return dtype === "f32" && rows.kind !== "elements";
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
      firstIndex(fitting.length, (i) => fitting[i]!.width >= width),
      fitting.length - 1,
    );
    const [found] = fitting.splice(place, 1) as [GrowingSlot];
    found.width = Math.max(found.width, width);
    return found;
  }

  give(slot: Slot): void {
    const fitting = this.freeOf(slot);
    fitting.splice(
      firstIndex(fitting.length, (i) => fitting[i]!.width > slot.width),
      0,
      slot as GrowingSlot,
    );
  }

  private freeOf({ rows, dtype }: Pick<Slot, "rows" | "dtype">): GrowingSlot[] {
    return cached(this.free, `${dtype} ${rowsKey(rows)}`, () => []);
  }
}
