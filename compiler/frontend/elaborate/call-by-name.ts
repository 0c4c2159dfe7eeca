// Calls as a spec writes them, `f(a, b)`: what the name means, and the values of the arguments.

import type { Span } from "../../common/source-file.ts";
import { notAFunction, unknownFunction } from "../../diagnostics/catalog/expressions.ts";
import type { Argument, Identifier } from "../syntax/nodes.ts";
import { ERROR, printType } from "../values/types.ts";
import type { Environment, GivenArgument, Value } from "../values/values.ts";
import { takesAsMany } from "./given-functions.ts";
import type { Names } from "./names.ts";
import type { Walk } from "./walk.ts";

/** The arguments of a call of `callee`, each as its value or, where that is what `callee` takes, as the feature that it names. */
export function argumentsOf(
  walk: Walk,
  names: Names,
  callee: Identifier,
  given: readonly Argument[],
  environment: Environment,
): GivenArgument[] {
  const takesFeature = takesFeatures(walk, callee, environment);
  return given.map(({ name, value }) => ({
    name,
    value: (takesFeature ? names.reference(value, environment) : null) ?? walk.evaluate(value, environment),
    span: value.span,
  }));
}

/** `weight(item_id)` is about the feature, not about its vector. */
function takesFeatures(walk: Walk, { name }: Identifier, environment: Environment): boolean {
  const callable = environment.peek(name) === undefined ? walk.callables.named(name) : null;
  return (
    callable?.kind === "builtin" &&
    callable.definition.parameters.some(({ accepts }) => accepts === "feature")
  );
}

export function callByName(
  walk: Walk,
  callee: Identifier,
  given: readonly GivenArgument[],
  span: Span,
  environment: Environment,
): Value {
  const { name } = callee;
  const local = environment.peek(name);
  if (local !== undefined && (local.type.kind === "function" || local.type.kind === "error"))
    environment.read(name);
  if (local?.type.kind === "error") return ERROR;
  if (local?.type.kind === "function") {
    const { callable } = local.type;
    const fits = takesAsMany(walk, callable, name, given, span, environment);
    return fits ? walk.call(callable, name, given, span) : ERROR;
  }
  const callable = walk.callables.named(name);
  if (callable !== null) return walk.call(callable, name, given, span);
  if (name === "") return ERROR;
  const type = local !== undefined ? printType(local.type) : describeGlobal(walk, name, environment);
  if (type !== null) {
    environment.read(name);
    walk.usedNames.add(name);
    walk.report(notAFunction, { name, type }, callee.span);
    return ERROR;
  }
  const known = walk.known(() => walk.callables.names());
  if (walk.unparsed.mayDeclare(name, known)) return ERROR;
  walk.report(unknownFunction, { name }, callee.span, walk.didYouMean(callee, known, undefined, "function"));
  return ERROR;
}

function describeGlobal(walk: Walk, name: string, environment: Environment): string | null {
  const { params, features, histories } = walk.declarations;
  const param = params.get(name);
  if (param !== undefined) return param;
  if (environment.block !== null) return null;
  if (features.has(name)) return "a feature";
  return histories.has(name) ? "a history" : null;
}
