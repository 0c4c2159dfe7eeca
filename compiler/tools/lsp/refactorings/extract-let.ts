// Turns the selected expression into a `let` above its statement.

import { positionAt, type Span, textOf } from "../../../common/source-file.ts";
import type { Expression } from "../../../frontend/syntax/nodes.ts";
import { lineBreakOf } from "../text-edits.ts";
import { homeAt, isInit, type ParsedCode, pathTo, type Refactoring } from "./place.ts";

export function extractLet(code: ParsedCode, selected: Span): readonly Refactoring[] {
  const { file, whole } = code;
  const text = textOf(selected);
  const start = selected.start + text.length - text.trimStart().length;
  const end = start + text.trim().length;
  if (start >= end) return [];
  const home = homeAt(code, start);
  if (home === null || home.statement?.kind === "loss" || home.statement?.kind === "layer") return [];
  const isSelected = ({ span }: Expression) => {
    const own = whole(span);
    return (own.start === start && own.end === end) || isInParentheses(file.text, own, start, end);
  };
  const path = pathTo(home.value, isSelected);
  const expression = path.at(-1);
  // A whole statement already has a name, and a function would be instantiated at each use.
  if (expression === undefined || path.length === 1 || path.some(({ kind }) => kind === "lambda")) return [];
  if (!hasValue(code, expression) || isInit(path)) return [];
  const name = freeName(file.text);
  const value = whole(expression.span);
  return [
    {
      title: "extract into a `let`",
      kind: "extract",
      edits: [
        {
          span: { file, start: home.span.start, end: home.span.start },
          text: `let ${name} = ${file.text.slice(value.start, value.end)}${separator(home.span)}`,
        },
        { span: { file, start, end }, text: name },
      ],
    },
  ];
}

/** For `(a + b)` selected with its parentheses. */
function isInParentheses(text: string, own: Span, start: number, end: number): boolean {
  if (text[start] !== "(" || text[end - 1] !== ")" || !(start < own.start && own.end < end)) return false;
  return text.slice(start + 1, own.start).trim() === "" && text.slice(own.end, end - 1).trim() === "";
}

/** Plain names, functions, and features passed as features need no name. */
function hasValue({ snapshot, path }: ParsedCode, { kind, span }: Expression): boolean {
  switch (kind) {
    case "call":
    case "index":
    case "pipe":
    case "binary":
    case "negate":
    case "list":
      return true;
    case "field": {
      const values = snapshot.analysis(path)?.values ?? [];
      for (const [{ span: other }, { type }] of values)
        if (other.file.path === path && other.start === span.start && other.end === span.end)
          return type.kind === "tensor";
      return false;
    }
    case "name":
    case "number":
    case "string":
    case "range":
    case "lambda":
    case "error":
      return false;
  }
}

/** A name that does not occur in the text. */
function freeName(text: string): string {
  const taken = new Set(text.match(/[A-Za-z_]\w*/g));
  for (let i = 1; ; i++) {
    const name = i === 1 ? "extracted" : `extracted_${i}`;
    if (!taken.has(name)) return name;
  }
}

/** The text between a `let` and the next statement: a line break, if that statement has a line of its own. */
function separator({ file, start }: Span): string {
  const lineStart = file.lineStarts[positionAt(file, start).line - 1]!;
  const before = file.text.slice(lineStart, start);
  return before.trim() === "" ? lineBreakOf(file) + before : " ";
}
