// The run-time half of all kinds and transforms, for training: what generated code carries along.

import * as clocks from "../../serve/clocks.ts";
import * as ids from "../../serve/features.ts";
import * as hashing from "../../serve/hashing.ts";
import * as numbers from "../../serve/numbers.ts";
import * as sets from "../../serve/sets.ts";

/**
 * What compiler/serve exports for raw values. Kinds are given it and do not import it, as training loads it
 * while generated code carries its text.
 */
export type Serve = typeof ids & typeof clocks & typeof hashing & typeof numbers & typeof sets;

export const serve: Serve = { ...ids, ...clocks, ...hashing, ...numbers, ...sets };
