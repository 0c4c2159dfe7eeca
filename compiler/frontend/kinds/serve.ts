// The run-time half of all kinds and transforms, for training: what generated code carries along.

import * as ids from "../../../runtime/serve/features.ts";
import * as hashing from "../../../runtime/serve/hashing.ts";
import * as numbers from "../../../runtime/serve/numbers.ts";
import * as sets from "../../../runtime/serve/sets.ts";
import type { Serve } from "./define-kind.ts";

export const serve: Serve = { ...ids, ...hashing, ...numbers, ...sets };
