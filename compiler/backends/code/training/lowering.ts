// The inputs of an op's code, in every context: over a block, over rows of a table, over a value without
// rows, or in a step of a scan.

import { InternalError } from "../../../common/internal-error.ts";
import type { Rows, StepsRows } from "../../../middle/graph/types.ts";
import type { Lowering, Lowerings } from "../../contract/lowering.ts";
import type { FunctionBuilder } from "../builder.ts";
import type { I32 } from "../code.ts";
import type { Steps } from "../vectors.ts";

export interface OpSite {
  readonly f: FunctionBuilder;
  /** Addresses of the first processed row. */
  readonly output: I32;
  input(place: number): I32;
  /** The address of an input's row 0, whichever rows are processed. */
  whole(place: number): I32;
  /** The number of processed rows, and of all rows. */
  count(rows: Rows): I32;
  countOfAll(rows: Rows): I32;
  firstRow(rows: Rows): I32;
  steps(rows: StepsRows): Steps;
  /** The transposed copy of weights that are an input. */
  transposed(place: number): I32;
  /** The node's own scratch space: see `scratchOf`. */
  scratch(place: number): I32;
  /** For a reduction, the address of the slice's sums, and 1 for its first block. */
  partial(): { readonly to: I32; readonly first: I32 };
  /** Tells whether the input gives the row of each value of a set. */
  isOwner(place: number): boolean;
  /**
   * The inverse of ids: for each processed row, the start of its positions, with an end; and the positions.
   */
  index(ids: number): { readonly starts: I32; readonly places: I32 };
}

export type SiteLowering<A> = Lowering<A, void, [site: OpSite]>;
export type SiteLowerings = Lowerings<void, [site: OpSite]>;

export function notComputed(op: string): SiteLowering<unknown> {
  return () => {
    throw new InternalError(`${op} in a training step is not computed by itself`);
  };
}

/** Memory that a node needs while it is computed: bytes for each of the rows. */
export interface NodeScratch {
  readonly rows: Rows;
  readonly bytes: number;
}
