// The state of a recurrence, inside it: known for one step at a time.

import { batchOfStates } from "../../diagnostics/catalog/recurrence.ts";
import { needsAllSteps } from "../../diagnostics/catalog/searches.ts";
import type { FunctionCall, TensorValue } from "../values/values.ts";

/** For a function that looks at all rows of a batch: whether `x` depends on a state or varies along chosen steps, reported. */
export function isState(call: FunctionCall, x: TensorValue): boolean {
  const chosen = (x.type.list ?? x.outerAxes.list)?.chosen;
  if (chosen !== undefined) {
    const facts = { callee: call.name, chosen: chosen.shown, axis: chosen.axis };
    call.elaboration.report(needsAllSteps, facts, call.span);
    return true;
  }
  if (!x.sources.has("state")) return false;
  call.elaboration.report(batchOfStates, { name: call.name }, call.span);
  return true;
}
