// Calls of layers. A layer is a function, or a call as it may follow `|>`, whose first argument comes from
// the layer's call.

import type { Span } from "../../common/source-file.ts";
import { tooManyArguments, unknownArgument } from "../../diagnostics/catalog/expressions.ts";
import type { Expression } from "../syntax/nodes.ts";
import { at } from "../syntax/reporter.ts";
import { ERROR, isError } from "../values/types.ts";
import type { DeclaredLayer, GivenArgument, Value } from "../values/values.ts";
import { argumentsOf, callByName } from "./call-by-name.ts";
import { callLambda } from "./call-lambda.ts";
import type { Walk } from "./walk.ts";

export function callLayer(
  walk: Walk,
  { value, environment, name }: DeclaredLayer,
  given: readonly GivenArgument[],
  span: Span,
): Value {
  if (given.some((argument) => isError(argument.value))) return ERROR;
  return applied(value);

  function applied(function_: Expression): Value {
    switch (function_.kind) {
      case "name":
        return callByName(walk, function_, given, span, environment);
      case "lambda": {
        const { parameters, locals, body } = function_;
        const callable = { kind: "lambda", parameters, locals, body, environment } as const;
        return callLambda(walk, callable, name.name, given, span);
      }
      case "call": {
        const { callee } = function_;
        if (!isOne()) return ERROR;
        const others = argumentsOf(walk, callee, function_.arguments, environment, 1);
        return callByName(walk, callee, [...given, ...others], callee.span, environment);
      }
      case "pipe": {
        const { callee } = function_;
        const input = { name: null, value: applied(function_.input), span: function_.input.span };
        const others = argumentsOf(walk, callee, function_.arguments, environment, 1);
        return callByName(walk, callee, [input, ...others], callee.span, environment);
      }
      default:
        return ERROR;
    }
  }

  /** A value that may follow `|>` takes the piped value. */
  function isOne(): boolean {
    const named = given.find((argument) => argument.name !== null);
    if (named?.name != null) {
      const help = unknownArgument.helps.byPosition();
      walk.report(unknownArgument, { callee: name.name, name: named.name.name }, named.name.span, { help });
      return false;
    }
    if (given.length === 1) return true;
    walk.report(tooManyArguments, { callee: name.name, most: 1, got: given.length }, span, {
      related: [at(name.span, "declared here")],
    });
    return false;
  }
}
