// The run-time half of all kinds and transforms, for training: what generated code carries along.

import type { Serve } from "../../compiler/kinds/define-kind.ts";
import * as ids from "../serve/features.ts";
import * as hashing from "../serve/hashing.ts";
import * as numbers from "../serve/numbers.ts";
import * as sets from "../serve/sets.ts";

export const serve: Serve = { ...ids, ...hashing, ...numbers, ...sets };
