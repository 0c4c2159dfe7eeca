// Turns `f(x, a)` into `x |> f(a)`, and back.

import type { Expression } from "../../../frontend/syntax/nodes.ts";
import { touches } from "../ranges.ts";
import { bindsIn, homeAt, isInit, type ParsedCode, pathTo, type Refactoring } from "./place.ts";

/** Applies if the cursor is on the callee's name. */
export function pipes(code: ParsedCode, offset: number): readonly Refactoring[] {
  const home = homeAt(code, offset);
  if (home === null) return [];
  const path = pathTo(
    home.value,
    (each) => (each.kind === "call" || each.kind === "pipe") && touches(each.callee.span, offset),
  );
  const call = path.at(-1);
  if (isInit(path) || isOpen(path, home.statement?.kind === "layer")) return [];
  if (call?.kind === "call") return toPipe(code, call, path.at(-2));
  return call?.kind === "pipe" ? toCall(code, call) : [];
}

/**
 * Tells whether the last of `path` takes a layer's input. `inLayer`: whether its first is the value of a
 * layer.
 */
function isOpen(path: readonly Expression[], inLayer: boolean): boolean {
  const at = path.findLastIndex((each, i) => {
    const outer = path[i - 1];
    if (i === 0) return inLayer;
    return (
      outer?.kind === "lambda" && outer.locals.some(({ kind, value }) => kind === "layer" && value === each)
    );
  });
  if (at < 0) return false;
  return path.slice(at + 1).every((each, i) => {
    const outer = path[at + i];
    return outer?.kind === "pipe" && outer.input === each;
  });
}

function toPipe(
  { file, whole }: ParsedCode,
  call: Extract<Expression, { kind: "call" }>,
  parent: Expression | undefined,
): readonly Refactoring[] {
  const [first, second] = call.arguments;
  if (first === undefined || first.name !== null) return [];
  const { kind } = first.value;
  if (kind === "lambda" || kind === "error") return [];
  const span = whole(call.span);
  const input = whole(first.value.span);
  // The text from the first argument to the next one, or to the parenthesis; a comment there has no place in
  // a pipe.
  const close = span.end - 1;
  const open = file.text.indexOf("(", call.callee.span.end);
  const behind = file.text.slice(input.end, close);
  const comma = behind.indexOf(",");
  const before = file.text.slice(open + 1, input.start) + (comma < 0 ? behind : behind.slice(0, comma));
  if (before.replace(/[()\s]/g, "") !== "") return [];
  const rest = second === undefined ? "" : behind.slice(comma + 1).trim();
  if (rest === "" && second !== undefined) return [];
  const piped = `${text(file.text, input)} |> ${call.callee.name}${rest === "" ? "" : `(${rest})`}`;
  return [
    {
      title: "write it as a pipe",
      kind: "rewrite",
      edits: [{ span, text: bindsIn(parent) ? `(${piped})` : piped }],
    },
  ];
}

function toCall(
  { file, whole }: ParsedCode,
  { input, callee, arguments: given, span: own }: Extract<Expression, { kind: "pipe" }>,
): readonly Refactoring[] {
  if (input.kind === "error" || given.some(({ value }) => value.kind === "error")) return [];
  const span = whole(own);
  const head = file.text.slice(span.start, callee.span.start);
  const arrow = head.lastIndexOf("|>");
  if (arrow < 0 || head.slice(arrow + 2).trim() !== "" || head.slice(0, arrow).includes("//")) return [];
  const rest =
    given.length === 0 ? "" : file.text.slice(file.text.indexOf("(", callee.span.end) + 1, span.end - 1);
  const call = `${callee.name}(${head.slice(0, arrow).trim()}${rest.trim() === "" ? "" : `, ${rest.trim()}`})`;
  return [{ title: "write it as a call", kind: "rewrite", edits: [{ span, text: call }] }];
}

function text(source: string, { start, end }: { readonly start: number; readonly end: number }): string {
  return source.slice(start, end);
}
