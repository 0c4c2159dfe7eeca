// Calls of functions written in place: `(h, n) => h |> dense(n)`.

import type { Span } from "../../common/source-file.ts";
import { functionArity, unknownArgument } from "../../diagnostics/catalog/expressions.ts";
import { ERROR, isError } from "../values/types.ts";
import type { Callable, GivenArgument, Value } from "../values/values.ts";
import type { Walk } from "./walk.ts";

export function callLambda(
  walk: Walk,
  callable: Callable & { kind: "lambda" },
  name: string,
  given: readonly GivenArgument[],
  span: Span,
): Value {
  const { parameters, locals, body, environment } = callable;
  if (given.length !== parameters.length) {
    const takes = String(parameters.length);
    walk.report(
      functionArity,
      {
        callee: name,
        role: "its function",
        expected: given.length,
        given: "this one",
        takes,
        isTooMany: given.length > parameters.length,
      },
      parameters[0]?.span ?? body.span,
      {
        related: [{ location: { kind: "text", span }, label: "called here" }],
      },
    );
    return ERROR;
  }
  const named = given.find((argument) => argument.name !== null);
  if (named?.name != null) {
    const help = unknownArgument.helps.byPosition();
    walk.report(unknownArgument, { callee: name, name: named.name.name }, named.name.span, { help });
    return ERROR;
  }
  if (given.some((argument) => isError(argument.value))) return ERROR;
  const inner = environment.within();
  parameters.forEach((parameter, i) => {
    if (parameter.name !== "_") inner.define(parameter.name, given[i]!.value);
  });
  walk.locals(locals, inner);
  return walk.evaluate(body, inner);
}
