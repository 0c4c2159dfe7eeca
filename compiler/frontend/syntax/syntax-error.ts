// Translates parser errors into the author's likely mistakes; many have codes of their own.

import type { IToken } from "../../../grammar/chevrotain.mjs";
import { describeExpectation } from "../../../grammar/expectations.ts";
import type { ParseError } from "../../../grammar/parser.ts";
import * as t from "../../../grammar/tokens.ts";
import type { SourceFile, Span } from "../../common/source-file.ts";
import { isCertain } from "../../diagnostics/apply-fixes.ts";
import * as syntax from "../../diagnostics/catalog/syntax.ts";
import { type Details, type Diagnostic, diagnose, type Fix, inText } from "../../diagnostics/diagnostic.ts";
import { callLike, closers, openerBefore, otherNotation, replacing } from "./other-notations.ts";
import { hintFor } from "./syntax-hints.ts";

export interface ErrorContext {
  readonly file: SourceFile;
  /** The tokens of the item; an empty "}" ends them if that one is missing. */
  readonly tokens: readonly IToken[];
  /** The token after the item, null at the end of the file. */
  readonly following: IToken | null;
  readonly declared: DeclaredNames;
  /** Reads the item with a fix. */
  readonly tries: (fix: Fix) => FixOutcome;
}

/** The names that a file declares, even if it has syntax errors. */
export interface DeclaredNames {
  readonly isFeature: (name: string) => boolean;
  /** Whether a feature, a history, a parameter or a `let` has this name. */
  readonly isValue: (name: string) => boolean;
}

/** Whether the item reads with a fix, as far as this was tried. */
export type FixOutcome = "mends" | "fails" | "unknown";

/**
 * The error with the token before the one found; an inserted "}" has no text and is at the end, like `EOF`.
 */
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
  const { isFeature } = context.declared;
  const stop = { ...context, ...error, isFeature, at: context.tokens.indexOf(found) };
  const hint = otherNotation(stop) ?? hintFor(stop);
  const fixes = hint?.fix === undefined ? [] : tried(hint.fix, context);
  // A fix that doesn't correct the line belongs to another mistake, and so does its help.
  const sign = hint?.fix !== undefined && fixes.length === 0 ? null : (hint?.sign ?? null);
  return diagnose(syntax.unexpectedToken, { ...parameters, sign }, placeOf(error, context), { fixes });
}

/** The fix if the item reads with it; a guess if that is unknown. */
function tried(fix: Fix, { tries }: ErrorContext): readonly Fix[] {
  if (!isCertain(fix)) return [fix];
  const outcome = tries(fix);
  if (outcome === "fails") return [];
  return outcome === "mends" ? [fix] : [{ ...fix, isGuess: true }];
}

/** The location: the token, or the end of the previous one if something is missing at the end of a line. */
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

function special({ found, previous, expected }: LocatedError, context: ErrorContext): Diagnostic | null {
  const { file, tokens } = context;
  const type = found.tokenType;
  const span = spanOf(file, found);
  const adjacent = previous !== null && t.endOf(previous) === found.startOffset;
  if (type === t.LambdaArrow && expected.rule !== "block") return diagnose(syntax.misplacedLambda, {}, span);
  if (callLike.has(type) && previous !== null && previous.startLine === found.startLine) {
    if (previous.tokenType === t.Identifier && !adjacent) {
      const gap = { file, start: t.endOf(previous), end: found.startOffset };
      const fix = { title: "remove the white space", edits: [{ span: gap, text: "" }] };
      return diagnose(syntax.detachedParenthesis, { callee: previous.image }, span, {
        fixes: context.declared.isValue(previous.image) ? [] : tried(fix, context),
      });
    }
    if (type === t.CallParenthesis || closers.has(previous.tokenType))
      return diagnose(syntax.calledResult, {}, span, method(file, tokens, found));
  }
  if (t.InfixOperator.categoryMatches?.includes(found.tokenTypeIdx) && expected.rule !== "operand") {
    const [keyword] = tokens;
    const hasCode = keyword?.tokenType === t.NetKeyword || keyword?.tokenType === t.BlockKeyword;
    const next = tokens[tokens.indexOf(found) + 1];
    const isPower = type === t.Times && next?.tokenType === t.Times;
    if (
      hasCode &&
      !isPower &&
      previous !== null &&
      (previous.tokenType === t.Identifier || closers.has(previous.tokenType))
    )
      return diagnose(syntax.operatorAfterPipe, { operator: found.image }, span);
  }
  if (type === t.Dot) return looseDot(file, tokens, found);
  if (type === t.Comma) return decimalComma(file, tokens, found);
  return null;
}

/** `0,5` where a comma is not allowed. */
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

/** `clicks.mean()` is `mean(clicks)`. */
function method(file: SourceFile, tokens: readonly IToken[], opener: IToken): Details {
  const at = tokens.indexOf(opener);
  const [object, dot, name] = tokens.slice(Math.max(0, at - 3), at);
  if (name === undefined || object?.tokenType !== t.Identifier || dot?.tokenType !== t.Dot) return {};
  const closer = tokens[at + 1];
  const isEmpty = closer?.tokenType === t.RightParenthesis;
  const call = isEmpty ? `${name.image}(${object.image})` : `${name.image}(${object.image}, …)`;
  // Another object may come first: `user.clicks.mean()`.
  const isWhole = isEmpty && tokens[at - 4]?.tokenType !== t.Dot;
  const fixes = isWhole ? [{ ...replacing(file, object, closer, call), isGuess: true as const }] : [];
  return { help: syntax.calledResult.helps.onValue(call), fixes };
}

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

/**
 * A missing ")" or "]", found on a later line or at the end of the item, is better shown where it was opened.
 */
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
