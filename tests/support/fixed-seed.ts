// Gives every property of the suite the seed of `how-often.ts`; vitest runs this before each file.

import fc from "fast-check";
import { seed } from "./how-often.ts";

fc.configureGlobal({ seed });
