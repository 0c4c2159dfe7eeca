// Calls of blocks. Arguments are matched with the signature (`Vec[2*d]` against 32 gives d = 16); a Seq given
// for a Vec applies the block to each step. A block with a full signature has been checked for all widths, so
// its result type follows from the match; the others are walked at each use.

import { InternalError } from "../../common/internal-error.ts";
import type { Span } from "../../common/source-file.ts";
import { blockResult, notPositive, recursion, wrongType } from "../../diagnostics/catalog/expressions.ts";
import type { NodeId } from "../../middle/graph/graph.ts";
import type { BlockItem } from "../syntax/nodes.ts";
import { at } from "../syntax/reporter.ts";
import {
  constantOf,
  type Dim,
  equalDims,
  printDim,
  substitute,
  variableDim,
  variablesOf,
} from "../values/dims.ts";
import { inside, lifted } from "../values/lift.ts";
import { limits } from "../values/limits.ts";
import {
  ERROR,
  intValue,
  isConcrete,
  isError,
  isTensor,
  NO_AXES,
  plainValue,
  printType,
  sameAxes,
  sameVectorType,
  tensorValue,
  unionSources,
} from "../values/types.ts";
import {
  type ArgumentValue,
  Environment,
  type GivenArgument,
  type LeadingAxes,
  type Value,
  type VectorType,
} from "../values/values.ts";
import { widthOrigins } from "../values/widths.ts";
import { bindArguments } from "./bind-arguments.ts";
import { type Match, matchArguments, shiftedAxes } from "./match-arguments.ts";
import { dimsOf, type Pattern, printPattern, type Signature } from "./signatures.ts";
import { mark } from "./solve-widths.ts";
import type { Walk } from "./walk.ts";

export function callBlock(walk: Walk, block: BlockItem, given: readonly GivenArgument[], span: Span): Value {
  const signature = walk.callables.signature(block);
  const broken = walk.brokenBlocks.has(block);
  if (signature === null || (broken && !signature.full) || walk.wrongSignatures.has(block)) return ERROR;
  const name = block.name.name;
  const bound = bindArguments(name, signature.parameters, given, span, walk);
  if (bound === null) return ERROR;
  const argumentValues: ArgumentValue[] = [];
  for (const parameter of signature.parameters) {
    const argument = bound.by.get(parameter.name);
    if (argument !== undefined) argumentValues.push(argument);
    else {
      const value = walk.evaluate(parameter.default!, Environment.ofBlock(block));
      argumentValues.push({ value, span: parameter.default!.span });
    }
  }
  if (argumentValues.some((argument) => isError(argument.value))) return ERROR;
  const match = matchArguments(walk, signature, argumentValues);
  if (match === null) return ERROR;
  // Deeper than any real nesting: a block reached itself through function arguments.
  if (walk.uses.depth >= limits.blocks) {
    walk.report(recursion, { name }, span);
    walk.brokenBlocks.add(block);
    return ERROR;
  }
  if (walk.isChecking && signature.full) {
    // A mistake that depends on the given numbers (`dense(x, n - 1)` at n = 1) is reported at the use with
    // those numbers.
    if (!broken && argumentValues.every((argument) => isConcrete(argument.value))) {
      walk.inMode({ settled: true }, () => walkBody(walk, signature, match, span));
    }
    return resultOf(walk, signature, match, span);
  }
  const value = walkBody(walk, signature, match, span);
  if (isError(value)) return ERROR;
  if (walk.isChecking && signature.result !== null && !walk.mode.settled) {
    // Another use of the block may be right, so this use is shown.
    walk.uses.enter({ block, span });
    const fits = checkResult(walk, signature, signature.result, value, match);
    walk.uses.leave();
    if (!fits) return ERROR;
  }
  return outside(walk, value, match.lift, span);
}

/** Lifts the result of a body, or each element of a list, to the sequence that it is outside. */
function outside(walk: Walk, value: Value, lift: LeadingAxes, span: Span): Value {
  if (isTensor(value)) return lifted(walk, value, lift, span);
  const { type } = value;
  if (type.kind !== "list" || type.elements === null || sameAxes(lift, NO_AXES)) return value;
  const elements = type.elements.map((each) => outside(walk, each, lift, span));
  return elements.some(isError) ? ERROR : walk.listOf("this", elements, type.of, span);
}

/** Evaluates the body with these arguments. */
function walkBody(walk: Walk, signature: Signature, match: Match, span: Span): Value {
  const { block } = signature;
  const environment = Environment.ofBlock(block);
  for (const [variable, dim] of match.solution) environment.define(variable.slice(1), intValue(dim));
  signature.parameters.forEach((parameter, i) => {
    const { value, span } = match.argumentValues[i]!;
    const applied = isTensor(value) && parameter.pattern?.kind === "tensor";
    environment.define(parameter.name, applied ? inside(value, match.lift) : value, span);
  });
  walk.uses.enter({ block, span });
  const part = {
    kind: "block",
    name: block.name.name,
    text: span,
    block,
    given: nodesGiven(signature, match),
  } as const;
  const value = walk.within(part, () => {
    walk.locals(block.body, environment);
    return walk.evaluate(block.value, environment);
  });
  walk.uses.leave();
  return value;
}

/** The nodes of the arguments, by parameter name. */
function nodesGiven({ parameters }: Signature, { argumentValues }: Match): Map<string, NodeId> {
  return new Map(
    parameters.flatMap(({ name }, i) => {
      const { node } = argumentValues[i]!.value;
      return node === null ? [] : [[name, node] as const];
    }),
  );
}

function resultType(pattern: VectorType, match: Match): VectorType {
  const { probability, distribution } = pattern;
  const width = substitute(mark(pattern.width), match.solution);
  const list = pattern.list === null ? null : substitute(mark(pattern.list), match.solution);
  const known =
    pattern.axis?.kind === "variable" ? match.axes.get(pattern.axis.name) : shiftedAxes(pattern, match.axes);
  return { kind: "tensor", ...(known ?? { axis: pattern.axis, list }), width, probability, distribution };
}

/** The axes along which the arguments already vary outside the caller. */
function outerOf({ argumentValues }: Match): LeadingAxes {
  const outerAxes = argumentValues.map(({ value }) => value.outerAxes);
  const axis = outerAxes.find((each) => each.axis !== null)?.axis ?? null;
  return { axis, list: outerAxes.find((each) => each.list !== null)?.list ?? null };
}

function resultOf(walk: Walk, signature: Signature, match: Match, span: Span): Value {
  const pattern = signature.result!;
  if (pattern.kind !== "tensor") return ERROR;
  const type = resultType(pattern, match);
  const width = constantOf(type.width);
  if (width !== null && width < 1) {
    const what = `the width of \`${signature.block.name.name}\``;
    walk.report(notPositive, { what, got: printDim(type.width) }, span, {
      related: [at(signature.block.result!.span, "declared here")],
    });
    return ERROR;
  }
  const length = type.list === null ? null : constantOf(type.list);
  if (length !== null && length < 1) {
    const what = `the length of \`${signature.block.name.name}\``;
    walk.report(notPositive, { what, got: printDim(type.list!) }, span, {
      related: [at(signature.block.result!.span, "declared here")],
    });
    return ERROR;
  }
  const sources = unionSources(match.argumentValues.map(({ value }) => value));
  const widthOrigin = { span, what: `the result of \`${signature.block.name.name}\`` };
  const outerAxes = outerOf(match);
  return lifted(walk, tensorValue(type, { node: null, sources, outerAxes, widthOrigin }), match.lift, span);
}

/** Compares the result of a body with the declared type. */
export function checkResult(
  walk: Walk,
  signature: Signature,
  pattern: Pattern,
  value: Value,
  match: Match | null,
): boolean {
  const { block } = signature;
  if (pattern.kind === "tensor" && isTensor(value)) {
    const declared: VectorType = match === null ? { ...pattern } : resultType(pattern, match);
    const { type } = value;
    if (sameVectorType(declared, type) && (type.distribution || !declared.distribution)) return true;
    walk.report(
      blockResult,
      { block: block.name.name, declared: printType(declared), got: printType(type) },
      block.value.span,
      {
        label: printType(type),
        related: [
          at(block.result!.span, `declared here: ${printType(declared)}`),
          ...(value.widthOrigin === null || equalDims(declared.width, type.width)
            ? []
            : widthOrigins([{ value, span: block.value.span }])),
        ],
      },
    );
    return false;
  }
  if (pattern.kind === "tensor") {
    const declared = printType(match === null ? pattern : resultType(pattern, match));
    walk.report(
      blockResult,
      { block: block.name.name, declared, got: printType(value.type) },
      block.value.span,
      { related: [at(block.result!.span, `declared here: ${declared}`)] },
    );
    return false;
  }
  walk.report(
    wrongType,
    { what: "a block's result", expected: "a Vec, Seq or Prob", got: printPattern(pattern) },
    block.result!.span,
  );
  return false;
}

/** Values that represent every argument that a signature allows. */
export function rigidArguments(signature: Signature): Environment {
  const environment = Environment.ofBlock(signature.block);
  for (const { pattern } of signature.parameters) {
    if (pattern?.kind !== "tensor") continue;
    for (const dim of [...dimsOf(pattern), ...lengthOf(pattern)])
      for (const variable of variablesOf(dim)) environment.define(variable, intValue(variableDim(variable)));
  }
  for (const { name, span, pattern } of signature.parameters)
    environment.define(name, rigidValue(name, span, pattern!));
  return environment;
}

function lengthOf({ axis }: VectorType): Dim[] {
  return axis?.kind === "variable" ? [variableDim(axis.name)] : [];
}

function rigidValue(name: string, span: Span, pattern: Pattern): Value {
  switch (pattern.kind) {
    case "tensor":
      return tensorValue(pattern, {
        node: null,
        sources: new Set(),
        widthOrigin: { span, what: `the parameter \`${name}\`` },
      });
    case "int":
      return intValue(variableDim(name));
    case "float":
      return plainValue({ kind: "float", value: null });
    case "list":
      return plainValue({
        kind: "list",
        elements: null,
        length: variableDim(`#${name}`),
        size: 0,
        isConcrete: false,
        of: pattern.of === "Float" ? "Float" : "Int",
        isGroup: false,
      });
    case "activation":
      return plainValue({ kind: "function", callable: { kind: "any_activation" } });
    case "feature":
    case "block":
      throw new InternalError(`a block with the parameter ${name} is checked where it is used`);
  }
}
