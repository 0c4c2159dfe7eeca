// The runtime code of all kinds and transforms, for training: the same code that generated modules contain.

import * as clocks from "../../serve/clocks.ts";
import * as codes from "../../serve/codes.ts";
import * as ids from "../../serve/features.ts";
import * as hashing from "../../serve/hashing.ts";
import * as numbers from "../../serve/numbers.ts";
import * as sets from "../../serve/sets.ts";
import * as weightedSets from "../../serve/weighted-sets.ts";

/**
 * The exports of compiler/serve for raw values. Kinds get them as an argument and don't import them, because
 * training loads these modules while generated code contains their text.
 */
export type Serve = typeof ids &
  typeof clocks &
  typeof codes &
  typeof hashing &
  typeof numbers &
  typeof sets &
  typeof weightedSets;

export const serve: Serve = { ...ids, ...clocks, ...codes, ...hashing, ...numbers, ...sets, ...weightedSets };
