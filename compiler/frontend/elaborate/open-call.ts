// `let score = dense(16)`: a call without its first argument, which was meant as a layer.

import { textOf } from "../../common/source-file.ts";
import { openLet } from "../../diagnostics/catalog/layers.ts";
import type { Expression, Let } from "../syntax/nodes.ts";
import type { Callable, Environment } from "../values/values.ts";
import { isOptional } from "./bind-arguments.ts";
import type { Walk } from "./walk.ts";

/** Tells whether the value of a `let` was meant as a layer, and reports it. */
export function isLayerInLet(walk: Walk, { names, value, span }: Let, environment: Environment): boolean {
  const [name] = names;
  if (names.length !== 1 || name === undefined) return false;
  const first = inputOf(value);
  if (first.kind !== "call" || environment.peek(first.callee.name) !== undefined) return false;
  if (!isOpen(walk, first, environment)) return false;
  const keyword = { ...span, end: span.start + "let".length };
  walk.report(
    openLet,
    { name: name.name, layer: textOf(value.span), callee: first.callee.name },
    first.span,
    {
      fixes: [{ title: "make it a layer", edits: [{ span: keyword, text: "layer" }], isGuess: true }],
    },
  );
  return true;
}

/** Tells whether a call has all arguments except its first: only widths and options are given. */
function isOpen(
  walk: Walk,
  { callee, arguments: given }: Expression & { kind: "call" },
  { block }: Environment,
): boolean {
  const [open, ...others] = parametersOf(walk, walk.callables.named(callee, block));
  const [first] = given;
  if (open === undefined || first === undefined || !open.takesVector || open.isOptional) return false;
  const named = new Set(given.flatMap(({ name }) => name?.name ?? []));
  const byPlace = given.filter(({ name }) => name === null);
  if (named.has(open.name) || (first.name === null && !isSize(first.value))) return false;
  const places = others.filter(({ isNamed }) => !isNamed);
  const filled = places.slice(0, byPlace.length);
  const placed = new Set(filled.map(({ name }) => name));
  return (
    byPlace.length <= places.length &&
    !filled.some((each) => each.takesVector) &&
    others.every(({ name, isOptional }) => isOptional || placed.has(name) || named.has(name))
  );
}

interface Parameter {
  readonly name: string;
  readonly takesVector: boolean;
  readonly isOptional: boolean;
  /** Never given by position. */
  readonly isNamed: boolean;
}

function parametersOf(walk: Walk, callable: Callable | null): readonly Parameter[] {
  if (callable?.kind === "builtin")
    return callable.definition.parameters.map((each) => ({
      name: each.name,
      takesVector: each.accepts === "vector" || each.accepts === "sequence",
      isOptional: isOptional(each),
      isNamed: each.isNamed === true,
    }));
  if (callable?.kind !== "block") return [];
  return (walk.callables.signature(callable.block)?.parameters ?? []).map((each) => ({
    name: each.name,
    takesVector: each.pattern?.kind === "tensor",
    isOptional: isOptional(each),
    isNamed: false,
  }));
}

/** Tells whether an expression is a number or numbers, and not a value of the network. */
function isSize(value: Expression): boolean {
  return value.kind === "number" || (value.kind === "list" && value.elements.every(isSize));
}

/** The first expression of a chain of pipes, or the expression itself. */
export function inputOf(value: Expression): Expression {
  let first: Expression = value;
  while (first.kind === "pipe") first = first.input;
  return first;
}
