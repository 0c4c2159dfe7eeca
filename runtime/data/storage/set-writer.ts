// Writes values that belong to places, any number of them to each, into two columns: the values one after the other, and
// where each place's end.

import { type Column, type ColumnWriter, int32s } from "../../../compiler/data/columns.ts";
import type { SetRanges } from "../../../compiler/data/memory-rows.ts";
import type { StoredSets } from "../../../compiler/data/row-stages.ts";
import { tooManyValues } from "../../../compiler/diagnostics/catalog/memory.ts";
import { DiagnosticError, diagnose, noLocation } from "../../../compiler/diagnostics/diagnostic.ts";
import type { SpillingStore } from "./spilling-store.ts";

/** What a bound, a number in 32 bits, can count. */
const MOST = 2 ** 31 - 1;

/** Writes 0, and for each place how many values there are up to its end. */
export class BoundsWriter {
  private readonly bounds: ColumnWriter<Int32Array>;
  private written = 0;

  constructor(store: SpillingStore) {
    this.bounds = store.growing(int32s);
    this.bounds.push(0);
  }

  /**
   * Places whose values end at `ends`, counted from the end of those before. Throws DiagnosticError where
   * they are too many.
   */
  add(ends: Int32Array): void {
    const last = ends.at(-1) ?? 0;
    if (this.written + last > MOST)
      throw new DiagnosticError([diagnose(tooManyValues, { most: MOST }, noLocation)]);
    for (let i = 0; i < ends.length; i++) this.bounds.push(this.written + ends[i]!);
    this.written += last;
  }

  finish(): Column<Int32Array> {
    return this.bounds.finish();
  }
}

export class SetsWriter {
  private readonly ids: ColumnWriter<Int32Array>;
  private readonly bounds: BoundsWriter;

  constructor(store: SpillingStore) {
    this.ids = store.growing(int32s);
    this.bounds = new BoundsWriter(store);
  }

  /** Sets whose values stand one after the other. */
  add({ ids, end }: Pick<SetRanges, "ids" | "end">): void {
    this.ids.append(ids);
    this.bounds.add(end);
  }

  finish(): StoredSets {
    return { ids: this.ids.finish(), bounds: this.bounds.finish() };
  }
}
