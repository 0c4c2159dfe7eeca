// Recognizes notations of Python, SQL and other frameworks that the grammar does not have, and gives dinc's
// notation. A fix is certain only if it leaves no other meaning; otherwise it is a guess, which editors offer
// and `--fix` leaves alone.

import type { IToken, TokenType } from "../../../grammar/chevrotain.mjs";
import type { Expectation } from "../../../grammar/parser.ts";
import * as t from "../../../grammar/tokens.ts";
import type { SourceFile, Span } from "../../common/source-file.ts";
import type { MisplacedSign } from "../../diagnostics/catalog/syntax.ts";
import type { Fix } from "../../diagnostics/diagnostic.ts";

export interface Hint {
  readonly sign: MisplacedSign;
  /** Absent if no edit at this location corrects the mistake. */
  readonly fix?: Fix;
}

/** Where the parser stopped. */
export interface Stop {
  readonly file: SourceFile;
  readonly expected: Expectation;
  readonly found: IToken;
  /** The token before `found`; null at the beginning of the item. */
  readonly previous: IToken | null;
  /** The tokens of the item, and the place of `found` among them. */
  readonly tokens: readonly IToken[];
  readonly at: number;
  /** Whether the file declares a feature of this name. */
  readonly isFeature: (name: string) => boolean;
}

export const callLike: ReadonlySet<TokenType> = new Set([
  t.LeftParenthesis,
  t.CallParenthesis,
  t.StrayParenthesis,
]);
const openers: ReadonlySet<TokenType> = new Set([
  ...callLike,
  t.LambdaParenthesis,
  t.LeftBracket,
  t.IndexBracket,
]);
export const closers: ReadonlySet<TokenType> = new Set([t.RightParenthesis, t.RightBracket]);

/** The nearest bracket before `found` that `closer` would close. */
export function openerBefore(tokens: readonly IToken[], found: IToken, closer: TokenType): IToken | null {
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

function isSquare(type: TokenType): boolean {
  return type === t.LeftBracket || type === t.IndexBracket;
}

/** The first notation that fits. */
export function otherNotation(stop: Stop): Hint | null {
  for (const recognize of notations) {
    const hint = recognize(stop);
    if (hint !== null) return hint;
  }
  return null;
}

const notations: readonly ((stop: Stop) => Hint | null)[] = [
  conditions,
  slices,
  severalNames,
  severalValues,
  choices,
  powers,
  lambdas,
  embeddings,
  bindings,
  unopenedOptions,
  optionsAsSettings,
  severalPredictions,
  historiesOfTheUser,
  bareLabels,
  missingCommas,
];

/** `and` between conditions, `not` before one, and `=` in a condition. */
function conditions({ file, expected, found, previous, tokens }: Stop): Hint | null {
  if (previous === null || found.startLine !== previous.startLine) return null;
  const isName = found.tokenType === t.Identifier;
  if (previous.image === "not" && previous.tokenType === t.Identifier && isName) return { sign: "not" };
  if (isName && (found.image === "and" || found.image === "or")) return { sign: found.image };
  if (expected.rule !== "call" || found.tokenType !== t.Equals) return null;
  const opener = openerBefore(tokens, found, t.RightParenthesis);
  const callee = tokens[opener === null ? -1 : tokens.indexOf(opener) - 1];
  return callee?.image === "where" ? { sign: "comparison", fix: replacing(file, found, found, "==") } : null;
}

/** `x[:3]`, `x[2..]` */
function slices({ expected, found, previous }: Stop): Hint | null {
  const before = previous?.tokenType;
  const isColon = found.tokenType === t.Colon && (expected.rule === "index" || before === t.IndexBracket);
  const isOpen = found.tokenType === t.RightBracket && before === t.DotDot;
  return isColon || isOpen ? { sign: "elements" } : null;
}

/** `let a, b =`, `let [a, b] =` */
function severalNames({ expected, found, tokens, at }: Stop): Hint | null {
  const next = tokens[at + 1]?.tokenType;
  const isList = found.image === "let" && next !== undefined && isSquare(next);
  return isList || (found.tokenType === t.Comma && expected.rule === "let") ? { sign: "names" } : null;
}

/** `(a, b)` as a value, `-> (Vec[d], Vec[d])` as a result */
function severalValues({ expected, found }: Stop): Hint | null {
  const isInParentheses = expected.rule === "operand" && expected.token === t.RightParenthesis;
  if (found.tokenType === t.Comma && isInParentheses) return { sign: "values" };
  return expected.rule === "type" && callLike.has(found.tokenType) ? { sign: "results" } : null;
}

/** `if a > b` */
function choices({ previous }: Stop): Hint | null {
  return previous?.image === "if" && previous.tokenType === t.Identifier ? { sign: "choice" } : null;
}

/** `x ** 2`, whichever of the two signs the parser stops at */
function powers({ file, found, previous, tokens, at }: Stop): Hint | null {
  const beside = (token: IToken | null | undefined) => token?.tokenType === t.Times;
  if (!beside(found) || !(beside(previous) || isAdjacent(found, tokens[at + 1]))) return null;
  const first = beside(previous) ? at - 1 : at;
  const [before, base] = [tokens[first - 2], tokens[first - 1]];
  const [exponent, after] = [tokens[first + 2], tokens[first + 3]];
  const isAlone =
    ![t.Dot, t.Pipe].includes(before?.tokenType as TokenType) && !goesOn(after) && !beside(after);
  if (!isAlone || !isNameOrNumber(base) || !isNameOrNumber(exponent)) return { sign: "power" };
  // The second star may be a slip.
  const fix = replacing(file, base, exponent, `pow(${base.image}, ${exponent.image})`);
  return { sign: "power", fix: { ...fix, isGuess: true } };
}

function isNameOrNumber(token: IToken | undefined): token is IToken {
  return token?.tokenType === t.Identifier || token?.tokenType === t.NumberLiteral;
}

/** Whether an operand continues with this token: a field, a call or an index. */
function goesOn(token: IToken | undefined): boolean {
  return token !== undefined && [t.Dot, t.CallParenthesis, t.IndexBracket].includes(token.tokenType);
}

function isAdjacent(first: IToken, second: IToken | undefined): boolean {
  return second?.tokenType === first.tokenType && second.startOffset === t.endOf(first);
}

/** `lambda h, n: …` */
function lambdas({ file, found, previous, tokens, at }: Stop): Hint | null {
  if (previous?.image !== "lambda" || found.tokenType !== t.Identifier) return null;
  const names: string[] = [];
  let last = at;
  for (; tokens[last]?.tokenType === t.Identifier; last++) {
    names.push(tokens[last]!.image);
    if (tokens[last + 1]?.tokenType !== t.Comma) break;
    last++;
  }
  const colon = tokens[last + 1];
  if (colon?.tokenType !== t.Colon) return { sign: "lambda" };
  const head = names.length === 1 ? `${names[0]} =>` : `(${names.join(", ")}) =>`;
  return { sign: "lambda", fix: replacing(file, previous, colon, head) };
}

const EMBEDDINGS = new Set([
  "embedding",
  "embedding_dim",
  "embed_dim",
  "emb",
  "emb_dim",
  "embedding_size",
  "embd",
]);

/** `id  embedding 16`, `id  embedding(16)`, and `embed_dim: 16` as a feature of its own */
function embeddings({ file, expected, found, previous, tokens, at }: Stop): Hint | null {
  const kindBefore = tokens[at - 2];
  if (
    expected.rule === "kind" &&
    found.tokenType === t.NumberLiteral &&
    EMBEDDINGS.has(kindBefore?.image ?? "")
  )
    return { sign: "embedding" };
  if (expected.rule !== "declaration" || previous === null || !EMBEDDINGS.has(previous.image)) return null;
  if (kindBefore?.startLine !== previous.startLine) return null;
  if (found.tokenType !== t.NumberLiteral && !callLike.has(found.tokenType)) return null;
  return { sign: "embedding", fix: replacing(file, previous, previous, "embed") };
}

/** `item_id = hist_item_id` and `item_id -> hist_item_id`, with the feature on either side */
function bindings({ file, expected, found, previous, tokens, at, isFeature }: Stop): Hint | null {
  if (expected.rule !== "binding" || previous === null) return null;
  if (found.tokenType !== t.Equals && found.tokenType !== t.ResultArrow) return null;
  const next = tokens[at + 1];
  const isTurned = next !== undefined && isFeature(next.image) && !isFeature(previous.image);
  const fix = isTurned
    ? replacing(file, previous, next, `${next.image} <-> ${previous.image}`)
    : replacing(file, found, found, "<->");
  return { sign: "binding", fix };
}

/** `schedule plateau metric: auc)`: the options of a setting's value whose "(" is missing */
function unopenedOptions({ file, found, previous, tokens, at }: Stop): Hint | null {
  const value = tokens[at - 2];
  if (tokens[0]?.tokenType !== t.TrainKeyword || found.tokenType !== t.Colon) return null;
  if (previous?.tokenType !== t.Identifier || value?.tokenType !== t.Identifier) return null;
  if (unopenedCloser(tokens, at) === null) return null;
  const place = { file, start: t.endOf(value), end: t.endOf(value) };
  return { sign: "settingWithOptions", fix: { title: "add `(`", edits: [{ span: place, text: "(" }] } };
}

/** The first ")" from `at` on that closes nothing. */
export function unopenedCloser(tokens: readonly IToken[], at: number): IToken | null {
  let depth = 0;
  for (const token of tokens.slice(at)) {
    if (openers.has(token.tokenType)) depth++;
    else if (closers.has(token.tokenType) && depth-- === 0)
      return token.tokenType === t.RightParenthesis ? token : null;
  }
  return null;
}

/** `early_stopping(patience: 2)` and `adam(learning_rate=1e-3)` as settings of their own */
function optionsAsSettings({ file, found, tokens }: Stop): Hint | null {
  const isOption = found.tokenType === t.Colon || found.tokenType === t.Equals;
  if (tokens[0]?.tokenType !== t.TrainKeyword || !isOption) return null;
  const opener = openerBefore(tokens, found, t.RightParenthesis);
  const name = tokens[opener === null ? -1 : tokens.indexOf(opener) - 1];
  if (opener === null || name?.tokenType !== t.Identifier) return null;
  if (!/^early_?stop(ping)?$/i.test(name.image)) return { sign: "settingWithOptions" };
  const [option, , value, closer] = tokens.slice(tokens.indexOf(opener) + 1);
  const isPatience =
    option?.image === "patience" &&
    value?.tokenType === t.NumberLiteral &&
    closer?.tokenType === t.RightParenthesis;
  if (isPatience)
    return { sign: "earlyStop", fix: replacing(file, name, closer, `stop early(patience: ${value.image})`) };
  return { sign: "earlyStop", fix: { ...replacing(file, name, name, "stop early"), isGuess: true } };
}

/** `predict click, buy = …` */
function severalPredictions({ expected, found }: Stop): Hint | null {
  return expected.rule === "predict" && found.tokenType === t.Comma ? { sign: "predictions" } : null;
}

/** `history user.clicks` */
function historiesOfTheUser({ file, expected, found, previous, tokens, at }: Stop): Hint | null {
  if (expected.rule !== "history" || found.tokenType !== t.Dot || previous === null) return null;
  const name = tokens[at + 1];
  if (previous.image !== "user" || name === undefined) return { sign: "historyName" };
  return { sign: "historyName", fix: replacing(file, previous, name, name.image) };
}

/** `label click` without a kind */
function bareLabels({ file, expected, found, previous }: Stop): Hint | null {
  if (expected.rule !== "label" || expected.token !== t.Colon || previous === null) return null;
  if (previous.startLine === found.startLine) return null;
  const end = t.endOf(previous);
  const edits = [{ span: { file, start: end, end }, text: " : binary" }];
  return { sign: "labelKind", fix: { title: "make it `binary`", isGuess: true, edits } };
}

const operandTypes: ReadonlySet<TokenType> = new Set([t.Identifier, t.NumberLiteral, t.StringLiteral]);

/** `concat(a b c)` */
function missingCommas({ file, expected, found, previous, tokens, at }: Stop): Hint | null {
  const closer = expected.rule === "list" ? t.RightBracket : t.RightParenthesis;
  if (!["call", "list"].includes(expected.rule) || expected.token !== closer || previous === null)
    return null;
  if (!follows(previous, found)) return null;
  const spans: Span[] = [];
  let depth = 0;
  for (let i = at; i < tokens.length && depth >= 0; i++) {
    const [before, token] = [tokens[i - 1]!, tokens[i]!];
    if (depth === 0 && follows(before, token)) {
      const end = t.endOf(before);
      spans.push({ file, start: end, end });
    }
    if (openers.has(token.tokenType)) depth++;
    else if (closers.has(token.tokenType)) depth--;
  }
  const edits = spans.map((span) => ({ span, text: "," }));
  const title = edits.length === 1 ? "add the comma" : "add the commas";
  return { sign: "commas", fix: { title, isGuess: true, edits } };
}

/** Whether an operand begins on the same line as the one before it ends. */
function follows(before: IToken, token: IToken): boolean {
  const isEnd = operandTypes.has(before.tokenType) || closers.has(before.tokenType);
  return isEnd && operandTypes.has(token.tokenType) && before.startLine === token.startLine;
}

/** Replaces the tokens from the first to the last. */
export function replacing(file: SourceFile, first: IToken, last: IToken, text: string): Fix {
  const title = text === "" ? `remove \`${first.image}\`` : `write \`${text}\``;
  return { title, edits: [{ span: { file, start: first.startOffset, end: t.endOf(last) }, text }] };
}
