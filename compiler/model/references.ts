// Which names a piece of syntax mentions, without evaluating it: for what is never used and for blocks that use
// themselves.

import type { BlockItem, Expression, Identifier, Item } from "../ast/nodes.ts";
import { unreachable } from "../internal-error.ts";

/** Every name that is read or called in `expression`, with its place; names bound by a function inside left out. */
export function referencesOf(expression: Expression, bound: ReadonlySet<string> = new Set()): Identifier[] {
  const inside = (each: Expression) => referencesOf(each, bound);
  const name = (identifier: Identifier) => (bound.has(identifier.name) ? [] : [identifier]);
  switch (expression.kind) {
    case "number":
    case "string":
    case "error":
      return [];
    case "name":
      return name({ name: expression.name, span: expression.span });
    case "field":
      return inside(expression.object);
    case "call":
      return [...name(expression.callee), ...expression.arguments.flatMap(({ value }) => inside(value))];
    case "pipe": {
      const rest = expression.arguments.flatMap(({ value }) => inside(value));
      return [...inside(expression.input), ...name(expression.callee), ...rest];
    }
    case "binary":
      return [...inside(expression.left), ...inside(expression.right)];
    case "negate":
      return inside(expression.operand);
    case "list":
      return expression.elements.flatMap(inside);
    case "range":
      return [...inside(expression.low), ...inside(expression.high)];
    case "lambda":
      return referencesOf(
        expression.body,
        new Set([...bound, ...expression.parameters.map((parameter) => parameter.name)]),
      );
    default:
      return unreachable(expression, "expression");
  }
}

/** Names that a block's body mentions. */
export function referencesOfBody(block: BlockItem): Identifier[] {
  return [...block.body.flatMap((statement) => referencesOf(statement.value)), ...referencesOf(block.value)];
}

/** Names that a block's body, defaults and widths mention. */
export function referencesOfBlock(block: BlockItem): Identifier[] {
  const types = [...block.parameters.map((parameter) => parameter.type), block.result];
  return [
    ...referencesOfBody(block),
    ...block.parameters.flatMap((parameter) =>
      parameter.default === null ? [] : referencesOf(parameter.default),
    ),
    ...types.flatMap((type) => type?.arguments.flatMap((width) => referencesOf(width)) ?? []),
  ];
}

/** Names that the expressions of `net`, or the body of a block, mention. */
export function referencesOfItem(item: Item): Identifier[] {
  switch (item.kind) {
    case "net":
      return item.statements.flatMap((statement) => referencesOf(statement.value));
    case "block":
      return outsideReferencesOfBlock(item);
    case "features":
    case "history":
    case "label":
    case "train":
      return [];
  }
}

/** As `referencesOfBlock`, without those that the block's own parameters and `let`s answer. */
export function outsideReferencesOfBlock(block: BlockItem): Identifier[] {
  const own = new Set([...block.parameters, ...block.body].map((each) => each.name.name));
  return referencesOfBlock(block).filter((identifier) => !own.has(identifier.name));
}
