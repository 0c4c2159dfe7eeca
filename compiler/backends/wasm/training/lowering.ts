// The inputs of an op's code, in every position: over a block, over rows of a table, over a value without
// rows, or in a step of a scan.

import { InternalError } from "../../../common/internal-error.ts";
import type { Rows, StepsRows } from "../../../middle/graph/types.ts";
import type { Lowering, Lowerings } from "../../contract/lowering.ts";
import type { I32 } from "../instructions.ts";
import type { Tile } from "../kernels/gemm.ts";
import type { FunctionBuilder } from "../module.ts";
import type { Steps } from "../vectors.ts";

export interface OpSite {
  readonly f: FunctionBuilder;
  readonly tile: Tile;
  /** Addresses of the first row that is worked on. */
  readonly output: I32;
  input(place: number): I32;
  /** The address of an input's row 0, whichever rows are worked on. */
  whole(place: number): I32;
  /** Rows that are worked on, and all that there are. */
  count(rows: Rows): I32;
  countOfAll(rows: Rows): I32;
  firstRow(rows: Rows): I32;
  steps(rows: StepsRows): Steps;
  /** Of weights that are an input, the copy that lies the other way round. */
  transposed(place: number): I32;
  /** Room of the node's own: see `scratchOf`. */
  scratch(place: number): I32;
  /** Of a reduction, where the slice adds up, and 1 where it begins to. */
  partial(): { readonly to: I32; readonly first: I32 };
  /** Whether the input says which row has each value of a set. */
  isOwner(place: number): boolean;
  /** The inverse of ids: for each row worked on, where its places begin, with an end; and the places. */
  index(ids: number): { readonly starts: I32; readonly places: I32 };
}

export type SiteLowering<A> = Lowering<A, void, [site: OpSite]>;
export type SiteLowerings = Lowerings<void, [site: OpSite]>;

export function notComputed(op: string): SiteLowering<unknown> {
  return () => {
    throw new InternalError(`${op} in a training step is not computed by itself`);
  };
}

/** Room that a node needs while it is computed: bytes for each of the rows. */
export interface NodeScratch {
  readonly rows: Rows;
  readonly bytes: number;
}
