// Writes any number of values for each row or step into two columns: all values one after the other, and the
// end of each row's values.

import { type Column, type ColumnWriter, float32s, int32s } from "../../../compiler/data/columns.ts";
import type { SetRanges } from "../../../compiler/data/memory-rows.ts";
import type { StoredSets } from "../../../compiler/data/row-stages.ts";
import { tooManyValues } from "../../../compiler/diagnostics/catalog/memory.ts";
import { DiagnosticError, diagnose, noLocation } from "../../../compiler/diagnostics/diagnostic.ts";
import type { SpillingStore } from "./spilling-store.ts";

/** The most that a 32-bit bound can count. */
const MOST = 2 ** 31 - 1;

/** Writes 0, and then for each row or step the number of values up to its end. */
export class BoundsWriter {
  private readonly bounds: ColumnWriter<Int32Array>;
  private written = 0;

  constructor(store: SpillingStore) {
    this.bounds = store.growing(int32s);
    this.bounds.push(0);
  }

  /**
   * Adds the ends of values, counted from the end of the previous ones. Throws DiagnosticError if there are
   * too many.
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
  private readonly weights: ColumnWriter<Float32Array> | null;
  private readonly bounds: BoundsWriter;

  constructor(store: SpillingStore, weighted: boolean) {
    this.ids = store.growing(int32s);
    this.weights = weighted ? store.growing(float32s) : null;
    this.bounds = new BoundsWriter(store);
  }

  /** Adds sets whose values follow one another. */
  add({ ids, weights, end }: Pick<SetRanges, "ids" | "weights" | "end">): void {
    this.ids.append(ids);
    if (weights !== null) this.weights?.append(weights);
    this.bounds.add(end);
  }

  finish(): StoredSets {
    const weights = this.weights?.finish() ?? null;
    return { ids: this.ids.finish(), weights, bounds: this.bounds.finish() };
  }
}
