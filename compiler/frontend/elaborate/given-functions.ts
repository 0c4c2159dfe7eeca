// Checks whether functions passed to a block accept as many arguments as the block gives them.

import type { Span } from "../../common/source-file.ts";
import { functionArity } from "../../diagnostics/catalog/expressions.ts";
import { at } from "../syntax/reporter.ts";
import type { Callable, DeclaredLayer, Elaboration, Environment, GivenArgument } from "../values/values.ts";

interface Arity {
  readonly least: number;
  readonly most: number;
}

/**
 * Returns false, and reports it where the function was passed, if the block calls its parameter `name` with
 * too few or too many arguments.
 */
export function takesAsMany(
  elaboration: Elaboration,
  callable: Callable,
  name: string,
  given: readonly GivenArgument[],
  span: Span,
  environment: Environment,
): boolean {
  const place = environment.givenAt(name);
  if (place === null || environment.block === null) return true;
  const arity = arityOf(callable);
  if (given.length >= arity.least && given.length <= arity.most) return true;
  const isLambda = callable.kind === "lambda";
  elaboration.report(
    functionArity,
    {
      callee: environment.block.name.name,
      role: `\`${name}\``,
      expected: given.length,
      given: described(callable),
      takes: takes(arity),
      isTooMany: isLambda && given.length > arity.most,
    },
    isLambda ? (callable.parameters[0]?.span ?? callable.body.span) : place,
    {
      related: [at(span, "called here")],
    },
  );
  return false;
}

function arityOf(callable: Callable): Arity {
  switch (callable.kind) {
    case "builtin": {
      const { parameters } = callable.definition;
      const most = parameters.some(({ rest }) => rest) ? Number.POSITIVE_INFINITY : parameters.length;
      return { least: parameters.filter((each) => each.default === undefined).length, most };
    }
    case "block": {
      const { parameters } = callable.block;
      return { least: parameters.filter((each) => each.default === null).length, most: parameters.length };
    }
    case "lambda":
      return { least: callable.parameters.length, most: callable.parameters.length };
    case "layer":
      return arityOfLayer(callable.layer);
    case "any_activation":
      return { least: 1, most: 1 };
  }
}

/** A value after `|>` takes the piped value; a function given by name has its own arity. */
function arityOfLayer({ value }: DeclaredLayer): Arity {
  if (value.kind === "lambda") return { least: value.parameters.length, most: value.parameters.length };
  return value.kind === "name" ? { least: 1, most: Number.POSITIVE_INFINITY } : { least: 1, most: 1 };
}

function takes({ least, most }: Arity): string {
  if (least === most) return String(least);
  return most === Number.POSITIVE_INFINITY ? `at least ${least}` : `${least} to ${most}`;
}

function described(callable: Callable): string {
  switch (callable.kind) {
    case "builtin":
      return `\`${callable.definition.name}\``;
    case "block":
      return `\`${callable.block.name.name}\``;
    case "layer":
      return `\`${callable.layer.name.name}\``;
    case "lambda":
      return "this one";
    case "any_activation":
      return "an activation";
  }
}
