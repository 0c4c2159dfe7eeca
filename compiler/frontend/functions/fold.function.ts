// Iteration at compile time.

import { foldNotStable, wrongType } from "../../diagnostics/catalog/expressions.ts";
import { stagesOfAnyList } from "../../diagnostics/catalog/lists.ts";
import { at } from "../syntax/reporter.ts";
import { defineFunction } from "../values/define-function.ts";
import { ERROR, floatValue, isError, isTensor, printType, sameVectorType } from "../values/types.ts";
import type { FunctionCall, Value } from "../values/values.ts";

function step(call: FunctionCall, before: Value, element: Value): Value {
  const given = [before, element].map((value) => ({ name: null, value, span: call.argument("step").span }));
  return call.elaboration.call(call.callable("step"), "fold", given, call.span);
}

export const fold = defineFunction({
  name: "fold",
  doc: [
    "`fold(list, start, step: Block)` goes through a list when compiling: `step(step(start, a), b)` for `[a, b]`. Every step makes",
    "layers of its own: `fold([80, 40], x, (h, n) => h |> dense(n) |> relu)`.",
  ].join("\n"),
  parameters: [
    { name: "list", accepts: "list" },
    { name: "start", accepts: "any" },
    { name: "step", accepts: "function" },
  ],
  apply(call) {
    const { type } = call.argument("list").value;
    if (type.kind !== "list") return ERROR;
    const start = call.argument("start").value;
    if (type.elements !== null) {
      let value = start;
      for (const element of type.elements) {
        value = step(call, value, element);
        if (isError(value)) return ERROR;
      }
      return value;
    }
    return overAnyList(call, start, type.of);
  },
});

export const stages = defineFunction({
  name: "stages",
  doc: [
    "`stages(list, start, step: Block)` is the list of all that `fold(list, start, step)` goes through: for `[a, b]` it is",
    "`[step(start, a), step(step(start, a), b)]`. For networks that read every layer, as xDeepFM's does.",
  ].join("\n"),
  parameters: [
    { name: "list", accepts: "list" },
    { name: "start", accepts: "any" },
    { name: "step", accepts: "function" },
  ],
  apply(call) {
    const { value, span } = call.argument("list");
    if (value.type.kind !== "list") return ERROR;
    const { elements } = value.type;
    if (elements === null) {
      call.elaboration.report(stagesOfAnyList, {}, span);
      return ERROR;
    }
    const passed: Value[] = [];
    for (const element of elements) {
      const after = step(call, passed.at(-1) ?? call.argument("start").value, element);
      if (isError(after)) return ERROR;
      passed.push(after);
    }
    return call.elaboration.listOf("`stages`", passed, null, call.span);
  },
});

/**
 * The list is a parameter of a block that is checked for all lists. A step that keeps the type gives that
 * type. A step that changes the width, for a value of any width, gives a fresh width that nothing else
 * equals.
 */
function overAnyList(call: FunctionCall, start: Value, of: "Int" | "Float" | null): Value {
  const element = () => (of === "Int" ? call.elaboration.anyInt() : floatValue(null));
  const after = step(call, start, element());
  if (isError(after)) return ERROR;
  if (!isTensor(start) || !isTensor(after)) {
    const got = printType((isTensor(start) ? after : start).type);
    const what = "what `fold` carries";
    call.elaboration.report(wrongType, { what, expected: "a Vec or Seq", got }, call.argument("start").span);
    return ERROR;
  }
  if (sameVectorType(start.type, after.type)) return after;
  const { type } = call.elaboration.anyInt();
  if (type.kind === "int" && sameVectorType(start.type, { ...after.type, width: start.type.width })) {
    const widthOrigin = { span: call.argument("list").span, what: "as the list decides" };
    const some = { ...after, type: { ...after.type, width: type.value }, widthOrigin };
    return isError(step(call, some, element())) ? ERROR : some;
  }
  const types = { before: printType(start.type), after: printType(after.type) };
  call.elaboration.report(foldNotStable, types, call.argument("step").span, {
    related: [at(call.argument("list").span, "known only where the block is used")],
  });
  return ERROR;
}
