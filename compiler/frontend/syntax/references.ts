// Lists the names in a piece of syntax, without evaluating it, to find unused declarations and recursive blocks.

import type { Span } from "../../common/source-file.ts";
import { namesInRange } from "./feature-ranges.ts";
import { type BlockItem, type Expression, type Identifier, type Item, namesOf } from "./nodes.ts";
import { expressionsIn, partsOf } from "./walk.ts";

const nothing: ReadonlySet<string> = new Set();

/**
 * Every name that is read or called in `expression`, with its location, except names bound by an inner
 * function.
 */
export function referencesOf(expression: Expression): Identifier[] {
  const found: Identifier[] = [];
  collect(expression, nothing, found);
  return found;
}

/** Adds the names that `expression` reads and `bound` lacks, in the order of the text. */
function collect(expression: Expression, bound: ReadonlySet<string>, found: Identifier[]): void {
  switch (expression.kind) {
    case "name":
      if (!bound.has(expression.name)) found.push({ name: expression.name, span: expression.span });
      return;
    case "call":
    case "pipe":
      if (expression.kind === "pipe") collect(expression.input, bound, found);
      if (!bound.has(expression.callee.name)) found.push(expression.callee);
      for (const { value } of expression.arguments) collect(value, bound, found);
      return;
    case "lambda": {
      const own = [...expression.parameters, ...expression.locals.flatMap(namesOf)];
      const inside = new Set([...bound, ...own.map(({ name }) => name)]);
      for (const part of partsOf(expression)) collect(part, inside, found);
      return;
    }
    case "range": {
      const { low, high, span } = expression;
      const names = low.kind === "name" && high.kind === "name" ? rangeOf(low, high, span) : [];
      for (const part of [low, high]) collect(part, bound, found);
      // For features, those between both ends are read too.
      for (const name of names.slice(1, -1)) if (!bound.has(name)) found.push({ name, span });
      return;
    }
    default:
      for (const part of partsOf(expression)) collect(part, bound, found);
  }
}

function rangeOf(first: Identifier, last: Identifier, span: Span): readonly string[] {
  const { names, problem } = namesInRange({ first, last, span });
  return problem === null ? names : [];
}

/** Names that a block's body mentions. */
export function referencesOfBody(block: BlockItem): Identifier[] {
  const found: Identifier[] = [];
  for (const { value } of block.body) collect(value, nothing, found);
  collect(block.value, nothing, found);
  return found;
}

/** Names in a block's body, defaults and widths. */
export function referencesOfBlock(block: BlockItem): Identifier[] {
  const found = referencesOfBody(block);
  for (const { default: preset } of block.parameters) if (preset !== null) collect(preset, nothing, found);
  for (const type of [...block.parameters.map((parameter) => parameter.type), block.result])
    for (const width of type?.arguments ?? []) collect(width, nothing, found);
  return found;
}

/** Names in the expressions of `net`, or in the body of a block. */
export function referencesOfItem(item: Item): Identifier[] {
  switch (item.kind) {
    case "net":
      return item.statements.flatMap(expressionsIn).flatMap(referencesOf);
    case "block":
      return outsideReferencesOfBlock(item);
    case "features":
    case "history":
    case "label":
    case "train":
      return [];
  }
}

/** Like `referencesOfBlock`, without names bound by the block's own parameters and `let`s. */
export function outsideReferencesOfBlock(block: BlockItem): Identifier[] {
  const own = new Set(
    [...block.parameters.map((each) => each.name), ...block.body.flatMap(namesOf)].map(({ name }) => name),
  );
  return referencesOfBlock(block).filter((identifier) => !own.has(identifier.name));
}
