// The names of the functions of a step's code, and words of its memory, as the threads that run it know them. It imports little,
// because each thread loads it.

import { LINE } from "../memory.ts";
import { SLICES } from "./blocks.ts";

/** The names of a phase's functions. */
export const slicesOf = (phase: number): string => `slices${phase}`;
export const afterSlicesOf = (phase: number): string => `after${phase}`;

/**
 * Offsets of the words for synchronisation, each on a cache line of its own; `busy` has a line for each
 * thread.
 */
export const SYNC = { state: 0, done: LINE, step: 2 * LINE, busy: 3 * LINE, lineBytes: LINE } as const;
/** Why a thread failed, in UTF-8: the offset, and the maximum number of bytes. */
export const REASON = { at: (3 + SLICES) * LINE, bytes: 4 * LINE } as const;
