// The state of a recurrence, inside it: known for one step at a time.

import { batchOfStates } from "../../diagnostics/catalog/recurrence.ts";
import type { FunctionCall, TensorValue } from "../values/values.ts";

/** For a function that looks at all rows of a batch: whether `x` depends on a state, reported. */
export function isState(call: FunctionCall, x: TensorValue): boolean {
  if (!x.sources.has("state")) return false;
  call.elaboration.report(batchOfStates, { name: call.name }, call.span);
  return true;
}
