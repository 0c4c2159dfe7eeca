// The state of a recurrence, inside it: known for one step at a time.

import { statisticsOfState } from "../diagnostics/catalog/recurrence.ts";
import type { TensorValue } from "../model/types.ts";
import type { FunctionCall } from "./define-function.ts";

/** For a function that takes statistics over a batch: whether `x` depends on a state, reported. */
export function isState(call: FunctionCall, x: TensorValue): boolean {
  if (!x.sources.has("state")) return false;
  call.walker.report(statisticsOfState, { name: call.name }, call.span, {
    help: "use an activation of the value alone, such as `prelu`, `relu` or `tanh`",
  });
  return true;
}
