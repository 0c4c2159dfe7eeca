// Iteration when compiling.

import { foldNotStable, wrongType } from "../diagnostics/catalog/expressions.ts";
import { at } from "../model/reporter.ts";
import {
  ERROR,
  floatValue,
  isError,
  isTensor,
  printType,
  sameTensorType,
  type Value,
} from "../model/types.ts";
import { defineFunction, type FunctionCall } from "./define-function.ts";

function step(call: FunctionCall, before: Value, element: Value): Value {
  const given = [before, element].map((value) => ({ name: null, value, span: call.actual("step").span }));
  return call.walker.call(call.callable("step"), "fold", given, call.span);
}

export const fold = defineFunction({
  name: "fold",
  doc: [
    "`fold(list, start, step)` goes through a list when compiling: `step(step(start, a), b)` for `[a, b]`. Every step makes",
    "layers of its own: `fold([80, 40], x, (h, n) => h |> dense(n) |> relu)`.",
  ].join("\n"),
  parameters: [
    { name: "list", accepts: "list" },
    { name: "start", accepts: "any" },
    { name: "step", accepts: "function" },
  ],
  apply(call) {
    const { type } = call.actual("list").value;
    if (type.kind !== "list") return ERROR;
    const start = call.actual("start").value;
    if (type.elements !== null) {
      let value = start;
      for (const element of type.elements) {
        value = step(call, value, element);
        if (isError(value)) return ERROR;
      }
      return value;
    }
    // The list is a block's parameter and the block is checked for all lists: one step must keep the type.
    const element = type.of === "Int" ? call.walker.freshInt() : floatValue(null);
    const after = step(call, start, element);
    if (isError(after)) return ERROR;
    if (!isTensor(start) || !isTensor(after)) {
      const got = printType((isTensor(start) ? after : start).type);
      call.walker.report(
        wrongType,
        { what: "what `fold` carries", expected: "a Vec or Seq", got },
        call.actual("start").span,
      );
      return ERROR;
    }
    if (sameTensorType(start.type, after.type)) return after;
    const types = { before: printType(start.type), after: printType(after.type) };
    call.walker.report(foldNotStable, types, call.actual("step").span, {
      related: [at(call.actual("list").span, "known only where the block is used")],
      help: "leave out the block's result type, so that it is checked where it is used",
    });
    return ERROR;
  },
});
