// What is left of an expression without some names: a part of `concat`, of a list or of a sum may be missing, anything else needs all of its
// parts.

import { textOf } from "../../common/source-file.ts";
import type { Expression } from "../../frontend/syntax/nodes.ts";
import { partsOf } from "../../frontend/syntax/walk.ts";

/** The text that is left; null where nothing is. `fields` are those of histories, as `clicks.dwell`. */
export function without(
  expression: Expression,
  gone: ReadonlySet<string>,
  fields: ReadonlySet<string>,
): string | null {
  const rest = (each: Expression) => without(each, gone, fields);
  switch (expression.kind) {
    case "name":
      return gone.has(expression.name) ? null : textOf(expression.span);
    case "field": {
      const { object, field } = expression;
      if (object.kind === "name" && fields.has(`${object.name}.${field.name}`)) return null;
      return spliced(expression, rest);
    }
    case "call":
      if (expression.callee.name !== "concat") return spliced(expression, rest);
      return joined(
        expression,
        expression.arguments.map(({ value }) => value),
        rest,
      );
    case "pipe":
      if (expression.callee.name !== "concat") return spliced(expression, rest);
      return joined(expression, [expression.input, ...expression.arguments.map(({ value }) => value)], rest);
    case "list": {
      const left = expression.elements.map(rest);
      const kept = left.filter((text) => text !== null);
      if (kept.length === left.length) return spliced(expression, rest);
      return kept.length === 0 ? null : `[${kept.join(", ")}]`;
    }
    case "binary": {
      const [left, right] = [rest(expression.left), rest(expression.right)];
      if (expression.operator === "+" && (left === null || right === null)) return left ?? right;
      if (expression.operator === "-" && right === null) return left;
      return spliced(expression, rest);
    }
    case "lambda": {
      const own = new Set(expression.parameters.map(({ name }) => name));
      const others = new Set([...gone].filter((name) => !own.has(name)));
      return spliced(expression, (each) => without(each, others, fields));
    }
    default:
      return spliced(expression, rest);
  }
}

/** Of `concat`: those parts that are left; one alone is itself. */
function joined(
  whole: Expression,
  parts: readonly Expression[],
  rest: (part: Expression) => string | null,
): string | null {
  const left = parts.map((part) => [part, rest(part)] as const);
  const kept = left.filter((each): each is readonly [Expression, string] => each[1] !== null);
  if (kept.length === parts.length) return spliced(whole, rest);
  if (kept.length === 0) return null;
  if (kept.length > 1) return `concat(${kept.map(([, text]) => text).join(", ")})`;
  const [[part, text]] = kept as [readonly [Expression, string]];
  return isSimple(part) ? text : `(${text})`;
}

function isSimple({ kind }: Expression): boolean {
  return kind === "name" || kind === "field" || kind === "call";
}

/** The expression with what is left of its parts in their places; null where one of them is gone. */
function spliced(whole: Expression, rest: (part: Expression) => string | null): string | null {
  const { file, start, end } = whole.span;
  let text = "";
  let at = start;
  for (const part of partsOf(whole)) {
    const left = rest(part);
    if (left === null) return null;
    text += file.text.slice(at, part.span.start) + left;
    at = part.span.end;
  }
  return text + file.text.slice(at, end);
}
