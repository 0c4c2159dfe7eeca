// Removes names from an expression. A part of `concat`, of a list or of a sum may go alone; any other
// expression needs all of its parts.

import { textOf } from "../../common/source-file.ts";
import { namesInRange } from "../../frontend/syntax/feature-ranges.ts";
import { type Expression, namesOf } from "../../frontend/syntax/nodes.ts";
import { partsOf } from "../../frontend/syntax/walk.ts";

export interface RemovedNames {
  readonly gone: ReadonlySet<string>;
  /** Removed fields of histories, such as `clicks.dwell`. */
  readonly fields: ReadonlySet<string>;
  /** The features of each name that denotes several. */
  readonly lists: ReadonlyMap<string, readonly string[]>;
}

/**
 * The remaining text; null if nothing remains. `isPart`: the surrounding expression takes several values as
 * well as one.
 */
export function without(expression: Expression, all: RemovedNames, isPart = false): string | null {
  const { gone, fields, lists } = all;
  const rest = (each: Expression) => without(each, all);
  const part = (each: Expression) => without(each, all, true);
  switch (expression.kind) {
    case "name": {
      const listed = lists.get(expression.name);
      if (listed?.some((name) => gone.has(name)) === true)
        return several(
          listed.filter((name) => !gone.has(name)),
          isPart,
        );
      return gone.has(expression.name) ? null : textOf(expression.span);
    }
    case "range": {
      const { low, high, span } = expression;
      if (low.kind !== "name" || high.kind !== "name") return spliced(expression, rest);
      const { names } = namesInRange({ first: low, last: high, span });
      return names.some((name) => gone.has(name)) ? several(runsOf(names, gone), isPart) : textOf(span);
    }
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
        part,
      );
    case "pipe":
      if (expression.callee.name !== "concat") return spliced(expression, rest);
      return joined(expression, [expression.input, ...expression.arguments.map(({ value }) => value)], part);
    case "list": {
      const left = expression.elements.map(part);
      const kept = left.filter((text) => text !== null);
      if (kept.length === left.length) return spliced(expression, part);
      return kept.length === 0 ? null : `[${kept.join(", ")}]`;
    }
    case "binary": {
      const [left, right] = [rest(expression.left), rest(expression.right)];
      if (expression.operator === "+" && (left === null || right === null)) return left ?? right;
      if (expression.operator === "-" && right === null) return left;
      return spliced(expression, rest);
    }
    case "lambda": {
      const own = new Set(
        [...expression.parameters, ...expression.locals.flatMap(namesOf)].map(({ name }) => name),
      );
      const others = {
        gone: new Set([...gone].filter((name) => !own.has(name))),
        fields,
        lists: new Map([...lists].filter(([name]) => !own.has(name))),
      };
      return spliced(expression, (each) => without(each, others));
    }
    default:
      return spliced(expression, rest);
  }
}

/** The texts as separate parts if the surrounding expression takes any number, else as one list. */
function several(texts: readonly string[], isPart: boolean): string | null {
  if (texts.length === 0) return null;
  return isPart ? texts.join(", ") : `[${texts.join(", ")}]`;
}

/**
 * The remaining ranges of a range. A single feature is a range too, so that a list of features remains one.
 */
function runsOf(names: readonly string[], gone: ReadonlySet<string>): readonly string[] {
  const runs: string[][] = [[]];
  for (const name of names) {
    if (gone.has(name)) runs.push([]);
    else runs.at(-1)!.push(name);
  }
  return runs.flatMap((run) => (run.length === 0 ? [] : [`${run[0]}..${run.at(-1)}`]));
}

/** The remaining parts of a `concat`; a single part replaces the call. */
function joined(
  whole: Expression,
  parts: readonly Expression[],
  rest: (part: Expression) => string | null,
): string | null {
  const left = parts.map((part) => [part, rest(part)] as const);
  const kept = left.filter((each): each is readonly [Expression, string] => each[1] !== null);
  const isInputSeveral = whole.kind === "pipe" && kept[0]?.[1] !== textOf(parts[0]!.span);
  if (kept.length === parts.length && !isInputSeveral) return spliced(whole, rest);
  if (kept.length === 0) return null;
  if (kept.length > 1) return `concat(${kept.map(([, text]) => text).join(", ")})`;
  const [[part, text]] = kept as [readonly [Expression, string]];
  if (part.kind === "range" || /^[a-z_0-9]+, /i.test(text)) return `concat(${text})`;
  return isSimple(part) ? text : `(${text})`;
}

function isSimple({ kind }: Expression): boolean {
  return kind === "name" || kind === "field" || kind === "call";
}

/** The expression with its parts replaced by their remains; null if one of them is gone. */
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
