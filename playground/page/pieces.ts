// Splits generated code into pieces from the same lines of the spec, by comments such as `model.din:32` in
// the code.

import { linesIn } from "../workers/lines-in.ts";

export interface Piece {
  readonly text: string;
  /** Line numbers of the spec, from 1. */
  readonly lines: readonly number[];
}

/** A Python class up to the next one; its docstring names the origin. */
const CLASS = /^class /;
/** A comment above statements, up to an empty line or a new function. */
const COMMENT = /^\s*(?:#|\/\/) [^\s:]+\.din:\d+/;
const AFTER_STATEMENTS = /^\s*(?:def .*|\})?$/;
/** A WebAssembly function, up to its end. */
const FUNCTION = /^ {2}\(func /;
const END = /^ {2}\)$/;
const DOCUMENTATION = /^ {4}[^\s:]+\.din:\d+, \S+$/;

export function piecesOf(code: string, file = "model.din"): readonly Piece[] {
  const pieces: { text: string; lines: readonly number[] }[] = [];
  const all = code.split("\n");
  /** The lines of the surrounding statement, and those of this line. */
  let around: readonly number[] = [];
  let here: readonly number[] = [];
  for (const [i, line] of all.entries()) {
    if (CLASS.test(line)) here = around = documented(all, i, file);
    else if (FUNCTION.test(line) || COMMENT.test(line)) here = linesIn(line, file);
    else if (AFTER_STATEMENTS.test(line)) here = around;
    const last = pieces.at(-1);
    const text = i + 1 < all.length ? `${line}\n` : line;
    const begins = FUNCTION.test(line) || CLASS.test(line);
    if (last === undefined || begins || last.lines.join() !== here.join()) pieces.push({ text, lines: here });
    else last.text += text;
    if (END.test(line)) here = around = [];
  }
  return pieces;
}

/** Splits TypeScript by its statements: `lines` maps a statement, on one line, to lines of the spec. */
export function statementsOf(code: string, lines: ReadonlyMap<string, readonly number[]>): readonly Piece[] {
  const pieces: { text: string; lines: readonly number[] }[] = [];
  for (const [statement] of code.matchAll(STATEMENT)) {
    const own = lines.get(onOneLine(statement)) ?? [];
    const last = pieces.at(-1);
    if (last === undefined || last.lines.join() !== own.join()) pieces.push({ text: statement, lines: own });
    else last.text += statement;
  }
  return pieces;
}

/** A line, or a call whose arguments are on lines of their own. */
const STATEMENT = /^( *)\w+\(\n(?:\1 {2}.*\n)+\1\);\n|.*\n|.+$/gm;

function onOneLine(statement: string): string {
  return statement
    .trim()
    .replace(/\(\n */, "(")
    .replace(/,\n *\);$/, ");")
    .replace(/\n */g, " ");
}

/** The lines of a class, from its docstring. */
function documented(code: readonly string[], at: number, file: string): readonly number[] {
  const next = code.findIndex((line, i) => i > at && CLASS.test(line));
  const found = code.slice(at, next < 0 ? code.length : next).find((line) => DOCUMENTATION.test(line));
  return found === undefined ? [] : linesIn(found, file);
}
