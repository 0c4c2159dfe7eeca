// Translates parser errors into the author's likely mistakes, many with codes of their own.

import type { IToken, TokenType } from "../../../grammar/chevrotain.mjs";
import { describeExpectation } from "../../../grammar/expectations.ts";
import type { ParseError } from "../../../grammar/parser.ts";
import * as t from "../../../grammar/tokens.ts";
import type { SourceFile, Span } from "../../common/source-file.ts";
import * as syntax from "../../diagnostics/catalog/syntax.ts";
import { type Diagnostic, diagnose, inText } from "../../diagnostics/diagnostic.ts";
import { type Hint, hintFor } from "./syntax-hints.ts";

export interface ErrorContext {
  readonly file: SourceFile;
  /** Of the item; ends with an empty "}" where that one is missing. */
  readonly tokens: readonly IToken[];
  /** The token after the item, null at the end of the file. */
  readonly following: IToken | null;
}

/** With the token before the one that was found; an inserted "}" has no text and is at the end like `EOF`. */
interface LocatedError extends ParseError {
  readonly previous: IToken | null;
}

export function syntaxErrorDiagnostic(parseError: ParseError, context: ErrorContext): Diagnostic {
  const i = context.tokens.indexOf(parseError.found);
  const error = { ...parseError, previous: context.tokens.at(i < 0 ? -1 : i - 1) ?? null };
  return special(error, context) ?? unclosed(error, context) ?? general(error, context);
}

function general(error: LocatedError, context: ErrorContext): Diagnostic {
  const { found } = error;
  const parameters = {
    expected: describeExpectation(error.expected),
    found: describeToken(isEnd(found) ? context.following : found),
  };
  const hint =
    comparing(error, context) ??
    otherNotation(error, context) ??
    hintFor(error.expected, found.tokenType, context.tokens[0]?.tokenType);
  const { sign = null, replacement } = hint ?? {};
  const span = spanOf(context.file, found);
  const title = replacement === "" ? `remove \`${found.image}\`` : `write \`${replacement}\``;
  const fixes = replacement === undefined ? [] : [{ title, edits: [{ span, text: replacement }] }];
  return diagnose(syntax.unexpectedToken, { ...parameters, sign }, placeOf(error, context), { fixes });
}

/** `and` between conditions, `not` before one, and `=` in a condition, as other notations have them. */
function comparing({ expected, found, previous }: LocatedError, { tokens }: ErrorContext): Hint | null {
  if (previous === null || found.startLine !== previous.startLine) return null;
  const isName = found.tokenType === t.Identifier;
  if (previous.image === "not" && previous.tokenType === t.Identifier && isName) return { sign: "not" };
  if (isName && (found.image === "and" || found.image === "or")) return { sign: found.image };
  if (expected.rule !== "call" || found.tokenType !== t.Equals) return null;
  const opener = openerBefore(tokens, found, t.RightParenthesis);
  const callee = tokens[opener === null ? -1 : tokens.indexOf(opener) - 1];
  return callee?.image === "where" ? { sign: "comparison", replacement: "==" } : null;
}

/** Slices, several names, and choices as other notations have them. */
function otherNotation({ expected, found, previous }: LocatedError, { tokens }: ErrorContext): Hint | null {
  const type = found.tokenType;
  const before = previous?.tokenType;
  if (type === t.Colon && (expected.rule === "index" || before === t.IndexBracket))
    return { sign: "elements" };
  if (type === t.RightBracket && before === t.DotDot) return { sign: "elements" };
  const next = tokens[tokens.indexOf(found) + 1]?.tokenType;
  const isOpen = next === t.LeftBracket || next === t.IndexBracket;
  if ((type === t.Comma && expected.rule === "let") || (found.image === "let" && isOpen))
    return { sign: "names" };
  const isInParentheses = expected.rule === "operand" && expected.token === t.RightParenthesis;
  if (type === t.Comma && isInParentheses) return { sign: "values" };
  if (expected.rule === "type" && callLike.has(type)) return { sign: "results" };
  if (previous?.image === "if" && before === t.Identifier) return { sign: "choice" };
  return type === t.Times && before === t.Times ? { sign: "power" } : null;
}

/** At the token; but after the previous one where something is missing at the end of a line. */
function placeOf({ expected, found, previous }: LocatedError, { file, tokens }: ErrorContext): Span {
  const before = previous !== null && previous.image !== "" ? previous : null;
  if (isEnd(found)) {
    const end = t.endOf(before ?? tokens.at(-1)!);
    return { file, start: end, end };
  }
  const isBetweenStatements = expected.token === t.RightBrace || expected.rule === "item";
  if (before !== null && before.startLine !== found.startLine && !isBetweenStatements) {
    const end = t.endOf(before);
    return { file, start: end, end };
  }
  return spanOf(file, found);
}

function special(
  { found, previous, expected }: LocatedError,
  { file, tokens }: ErrorContext,
): Diagnostic | null {
  const type = found.tokenType;
  const span = spanOf(file, found);
  const adjacent = previous !== null && t.endOf(previous) === found.startOffset;
  if (type === t.LambdaArrow && expected.rule !== "block") return diagnose(syntax.misplacedLambda, {}, span);
  if (callLike.has(type) && previous !== null && previous.startLine === found.startLine) {
    if (previous.tokenType === t.Identifier && !adjacent) {
      const gap = { file, start: t.endOf(previous), end: found.startOffset };
      return diagnose(syntax.detachedParenthesis, { callee: previous.image }, span, {
        fixes: [{ title: "remove the white space", edits: [{ span: gap, text: "" }] }],
      });
    }
    if (type === t.CallParenthesis || closers.has(previous.tokenType))
      return diagnose(syntax.calledResult, {}, span);
  }
  if (t.InfixOperator.categoryMatches?.includes(found.tokenTypeIdx) && expected.rule !== "operand") {
    const [keyword] = tokens;
    const hasCode = keyword?.tokenType === t.NetKeyword || keyword?.tokenType === t.BlockKeyword;
    if (
      hasCode &&
      previous !== null &&
      (previous.tokenType === t.Identifier || closers.has(previous.tokenType))
    )
      return diagnose(syntax.operatorAfterPipe, { operator: found.image }, span);
  }
  if (type === t.Dot) return looseDot(file, tokens, found);
  if (type === t.Comma) return decimalComma(file, tokens, found);
  return null;
}

/** `0,5`, where a comma cannot stand. */
function decimalComma(file: SourceFile, tokens: readonly IToken[], comma: IToken): Diagnostic | null {
  const at = tokens.indexOf(comma);
  const [whole, part] = [tokens[at - 1], tokens[at + 1]];
  if (whole?.tokenType !== t.NumberLiteral || t.endOf(whole) !== comma.startOffset) return null;
  if (part?.tokenType !== t.NumberLiteral || part.startOffset !== t.endOf(comma)) return null;
  const span = { file, start: whole.startOffset, end: t.endOf(part) };
  const number = `${whole.image}.${part.image}`;
  return diagnose(syntax.malformedNumber, { text: `${whole.image},${part.image}`, meant: number }, span, {
    fixes: [{ title: `write \`${number}\``, isGuess: true, edits: [{ span, text: number }] }],
  });
}

const callLike = new Set([t.LeftParenthesis, t.CallParenthesis, t.StrayParenthesis]);
const closers = new Set([t.RightParenthesis, t.RightBracket]);

/** `.5` */
function looseDot(file: SourceFile, tokens: readonly IToken[], dot: IToken): Diagnostic | null {
  const number = tokens[tokens.indexOf(dot) + 1];
  if (number?.tokenType !== t.NumberLiteral || number.startOffset !== t.endOf(dot)) return null;
  const text = `.${number.image}`;
  const start = dot.startOffset;
  return diagnose(
    syntax.malformedNumber,
    { text, meant: `0${text}` },
    { file, start, end: t.endOf(number) },
    {
      fixes: [
        { title: "add the 0", isGuess: true, edits: [{ span: { file, start, end: start }, text: "0" }] },
      ],
    },
  );
}

/** A missing ")" or "]", noticed on a later line or at the end of the item: better shown where it was opened. */
function unclosed(error: LocatedError, context: ErrorContext): Diagnostic | null {
  const { expected, found, previous } = error;
  if (expected.token === null || !closers.has(expected.token)) return null;
  const sameLine = previous !== null && previous.startLine === found.startLine;
  if (sameLine && found.tokenType !== t.RightBrace) return null;
  const opener = openerBefore(context.tokens, found, expected.token);
  if (opener === null) return null;
  const closer = expected.token === t.RightParenthesis ? ")" : "]";
  const at = placeOf(error, context);
  return diagnose(syntax.unclosedBracket, { bracket: opener.image }, spanOf(context.file, opener), {
    related: [{ location: inText(at), label: `\`${closer}\` is missing here` }],
  });
}

/** The nearest bracket before `found` that `closer` would close. */
function openerBefore(tokens: readonly IToken[], found: IToken, closer: unknown): IToken | null {
  const round = closer === t.RightParenthesis;
  let depth = 0;
  let i = tokens.indexOf(found);
  if (i < 0) i = tokens.length;
  for (i--; i >= 0; i--) {
    const token = tokens[i]!;
    if (closers.has(token.tokenType)) depth++;
    else if (openers.has(token.tokenType) && depth-- === 0)
      return isSquare(token.tokenType) !== round ? token : null;
    else if (token.tokenType === t.LeftBrace) return null;
  }
  return null;
}

const openers = new Set([
  t.LeftParenthesis,
  t.CallParenthesis,
  t.LambdaParenthesis,
  t.StrayParenthesis,
  t.LeftBracket,
  t.IndexBracket,
]);

function isSquare(type: TokenType): boolean {
  return type === t.LeftBracket || type === t.IndexBracket;
}

/** How a message names a token. */
export function describeToken(token: IToken | null): string {
  if (token === null) return "the end of the file";
  if (token.tokenType === t.StringLiteral || token.tokenType === t.UnterminatedString) return "a string";
  const text = token.image.length > 40 ? `${token.image.slice(0, 20)}…` : token.image;
  return `\`${text}\``;
}

function isEnd(token: IToken): boolean {
  return token.image === "";
}

function spanOf(file: SourceFile, token: IToken): Span {
  return { file, start: token.startOffset, end: t.endOf(token) };
}
