// Calls as a spec writes them, `f(a, b)`: resolves the name and evaluates the arguments.

import type { Span } from "../../common/source-file.ts";
import { notAFunction, unknownFunction, usedBeforeDefined } from "../../diagnostics/catalog/expressions.ts";
import { badOptionValue } from "../../diagnostics/catalog/model.ts";
import { FROZEN, freezeIn, isDistribution, isInitial } from "../functions/initial.ts";
import { quoteExpression } from "../syntax/constants.ts";
import type { Argument, Expression, Identifier } from "../syntax/nodes.ts";
import { at } from "../syntax/reporter.ts";
import { DISTRIBUTION_NAMES, distributionNamed } from "../values/distributions.ts";
import { INITIAL_VALUES, initialValues } from "../values/initial-values.ts";
import { ERROR, plainValue, printType } from "../values/types.ts";
import type { Environment, GivenArgument, Value } from "../values/values.ts";
import { mayTakeFeature } from "./call-function.ts";
import { takesAsMany } from "./given-functions.ts";
import type { Walk } from "./walk.ts";

/**
 * Evaluates the arguments of a call of `callee`: each as a value or, if `callee` accepts one, as the feature
 * that it names.
 */
export function argumentsOf(
  walk: Walk,
  callee: Identifier,
  given: readonly Argument[],
  environment: Environment,
  /** The number of arguments before these. */
  before = 0,
): GivenArgument[] {
  const takesFeature = takesFeatures(walk, callee, environment);
  const isGlobal = environment.peek(callee.name) === undefined;
  const callable = isGlobal ? walk.callables.named(callee, environment.block) : null;
  const lacks = (parameter: string) =>
    callable?.kind === "builtin"
      ? !callable.definition.parameters.some(({ name }) => name === parameter)
      : callable?.kind === "block" && !callable.block.parameters.some(({ name }) => name.name === parameter);
  const read = (argument: Argument, place: number): Value => {
    const { name, value } = argument;
    // If the parameter does not exist, only that is reported, and not that `true` has no meaning or that a
    // feature has no vector.
    if (name !== null && lacks(name.name)) return isFlag(value) ? ERROR : walk.given(value, environment);
    if (callable?.kind === "builtin" && isInitial(callable.definition, argument))
      return initialValue(walk, callee, value);
    if (callable?.kind === "builtin" && isDistribution(callable.definition, argument, place))
      return distribution(walk, callee, value);
    return takesFeature(name, place) ? walk.given(value, environment) : walk.evaluate(value, environment);
  };
  return given.map((argument, place) => {
    const { span } = argument.value;
    const word = callable?.kind === "builtin" ? freezeIn(callable.definition, argument) : null;
    if (word !== null && !isKnown(walk, word, environment))
      return { name: { name: word, span }, value: FROZEN, span };
    return { name: argument.name, value: read(argument, before + place), span };
  });
}

/** Tells whether the spec has something of that name, which goes before a word of the language. */
function isKnown({ declarations }: Walk, name: string, environment: Environment): boolean {
  if (environment.peek(name) !== undefined || declarations.params.has(name)) return true;
  return environment.block === null && (declarations.features.has(name) || declarations.groups.has(name));
}

function isFlag(value: Expression): boolean {
  return value.kind === "name" && (value.name === "true" || value.name === "false");
}

function initialValue(walk: Walk, { name }: Identifier, value: Expression): Value {
  const init = initialValues(value);
  if (init !== null) return plainValue({ kind: "initial", init });
  const expected = `${INITIAL_VALUES}, or a number`;
  walk.report(
    badOptionValue,
    { option: "`init`", of: name, expected, got: quoteExpression(value) },
    value.span,
  );
  return ERROR;
}

function distribution(walk: Walk, { name: of }: Identifier, value: Expression): Value {
  const named = value.kind === "name" ? distributionNamed(value.name) : null;
  if (named !== null) return plainValue({ kind: "string", value: named });
  const facts = { option: "`distribution`", of, expected: DISTRIBUTION_NAMES, got: quoteExpression(value) };
  walk.report(badOptionValue, facts, value.span);
  return ERROR;
}

/** `weight(item_id)` needs the feature and not its vector. The spec's own functions may need it too. */
function takesFeatures(
  walk: Walk,
  callee: Identifier,
  environment: Environment,
): (name: Identifier | null, place: number) => boolean {
  const type = environment.peek(callee.name)?.type;
  const given = type?.kind === "function" ? type.callable : null;
  const callable = type === undefined ? walk.callables.named(callee, environment.block) : given;
  switch (callable?.kind) {
    case "builtin": {
      const { parameters } = callable.definition;
      return (by, place) => {
        const parameter = by === null ? parameters[place] : parameters.find((each) => each.name === by.name);
        return parameter !== undefined && mayTakeFeature(parameter);
      };
    }
    case "block": {
      const signature = walk.callables.signature(callable.block);
      // Its mistake is already reported; it may take features.
      if (signature === null) return () => true;
      const { parameters } = signature;
      return (by, place) => {
        const parameter = by === null ? parameters[place] : parameters.find((each) => each.name === by.name);
        if (parameter === undefined) return false;
        const { pattern } = parameter;
        // A single feature in place of a list also stays a feature, so that the message fits.
        return (
          pattern === null ||
          pattern.kind === "feature" ||
          (pattern.kind === "list" && pattern.of === "Feature")
        );
      };
    }
    case "lambda":
    case "layer":
    // An undeclared function may take features: only its unknown name is reported.
    case undefined:
      return () => true;
    default:
      return () => false;
  }
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
  const callable = walk.callables.named(callee, environment.block);
  const isValue = callable?.kind === "builtin" && callable.definition.isValue === true;
  if (callable !== null && !isValue) return walk.call(callable, name, given, span);
  if (name === "") return ERROR;
  const global = describeGlobal(walk, name, environment) ?? (isValue ? "a value of the language" : null);
  const type = local !== undefined ? printType(local.type) : global;
  if (type !== null) {
    environment.read(name);
    walk.reads.names.add(name);
    walk.report(notAFunction, { name, type }, callee.span);
    return ERROR;
  }
  const later = environment.block === null ? walk.later.get(name) : undefined;
  if (later !== undefined) {
    walk.reads.early.add(name);
    const isItself = walk.layerCalls.some(({ layer }) => layer.name.name === name);
    walk.report(usedBeforeDefined, { name }, callee.span, {
      related: [at(later, "defined here")],
      ...(isItself ? { help: usedBeforeDefined.helps.itself() } : {}),
    });
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
  if (walk.declarations.groups.has(name)) return "a group of features";
  return histories.has(name) ? "a history" : null;
}
