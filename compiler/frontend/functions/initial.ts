// Arguments that are words of the language and not values of the network: `init` of functions with learned values, and the
// distribution of drawn ones.

import type { WrittenInit } from "../model/model.ts";
import type { Argument } from "../syntax/nodes.ts";
import { meansInitialValues } from "../values/initial-values.ts";
import { FREEZE, isFreeze } from "../values/table-options.ts";
import { numberOf, plainValue } from "../values/types.ts";
import type { FunctionCall, LanguageFunction } from "../values/values.ts";

/** Tells whether an argument of `callee` describes initial values, which are not a value of the network. */
export function isInitial({ parameters }: LanguageFunction, { name, value }: Argument): boolean {
  const parameter = parameters.find((each) => each.name === name?.name);
  return parameter?.accepts === "initial" && meansInitialValues(value);
}

/** Tells whether the argument at `place` of a call of `callee` names a distribution, whatever else has that name. */
export function isDistribution({ parameters }: LanguageFunction, { name }: Argument, place: number): boolean {
  const parameter = name === null ? parameters[place] : parameters.find((each) => each.name === name.name);
  return parameter?.accepts === "distribution";
}

/** The value of `freeze` in a call that has the word, and in one that lacks it. */
export const FROZEN = plainValue({ kind: "string", value: FREEZE.word });
export const NOT_FROZEN = plainValue({ kind: "string", value: "" });

/** The name of the parameter for which an argument is the word `freeze` alone; null for any other argument. */
export function freezeIn({ parameters }: LanguageFunction, argument: Argument): string | null {
  const parameter = parameters.find(({ accepts }) => accepts === "freeze");
  return parameter !== undefined && isFreeze(argument) ? parameter.name : null;
}

/** The value of `init`; null if it is absent. */
export function initOf(
  call: FunctionCall,
): WrittenInit | { readonly kind: "constant"; readonly value: number } | null {
  const { type } = call.argument("init").value;
  if (type.kind === "initial") return type.init;
  const value = numberOf(type);
  return value === null ? null : { kind: "constant", value };
}
