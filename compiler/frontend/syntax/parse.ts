// Parses a text into its abstract syntax tree and reports all mistakes of the text itself. Pure, linear in
// the length of the text, and never throws, whatever the text is.

import type { IToken } from "../../../grammar/chevrotain.mjs";
import { maxNesting, type Stray } from "../../../grammar/items.ts";
import {
  Colon,
  endOf,
  FeaturesKeyword,
  itemKeywords,
  type Lexed,
  NumberLiteral,
  RightBrace,
  StringLiteral,
  UnterminatedString,
} from "../../../grammar/tokens.ts";
import { append, firstIndex } from "../../common/arrays.ts";
import {
  positionAt,
  requireSourceFile,
  type SourceFile,
  type Span,
  sourceFile,
  textOf,
} from "../../common/source-file.ts";
import { isCertain, withEdits } from "../../diagnostics/apply-fixes.ts";
import { shared } from "../../diagnostics/catalog/helps.ts";
import { misplacedInVariant } from "../../diagnostics/catalog/reuse.ts";
import * as syntax from "../../diagnostics/catalog/syntax.ts";
import {
  type Checked,
  type Diagnostic,
  diagnose,
  type Fix,
  hasErrors,
} from "../../diagnostics/diagnostic.ts";
import { renaming } from "../../diagnostics/field-words/name-fixes.ts";
import { inOrder } from "../../diagnostics/order.ts";
import { type AnyItem, buildItem, type ModelLine, type VariantHead } from "./build.ts";
import { documentation } from "./documentation.ts";
import { escapeProblems, numberProblem } from "./literals.ts";
import type { ImportItem, Item, ParamItem, Spec, TuneItem, VariantItem } from "./nodes.ts";
import { unopenedCloser } from "./other-notations.ts";
import { readSyntax, type Syntax, type SyntaxItem } from "./read-syntax.ts";
import { type DeclaredNames, describeToken, type FixOutcome, syntaxErrorDiagnostic } from "./syntax-error.ts";
import { withoutUnreadable } from "./unreadable.ts";

/**
 * Parses one `.din` file. The tree contains the items after a mistake; broken parts are described in
 * `nodes.ts`.
 */
export function parse(file: SourceFile): Checked<Spec> {
  requireSourceFile(file, "parse");
  return buildSpec(readSyntax(file));
}

/** The second half of `parse`. */
export function buildSpec({ file, lexed, items, strays }: Syntax): Checked<Spec> {
  const diagnostics = lexicalProblems(file, lexed);
  const lexicalPlaces = placesWithin(diagnostics.map(startOf));
  // One mistake is reported once: a parser error on a line that is already reported is a consequence.
  const reportedLines = new Set(diagnostics.map((diagnostic) => lineOf(diagnostic)));
  for (const stray of strays) {
    const line = stray.token.startLine ?? 0;
    if (!reportedLines.has(line))
      diagnostics.push(strayProblem(file, stray, firstTokenFrom(lexed.tokens, endOf(stray.token))));
    reportedLines.add(line);
  }

  const docs = documentation(file, lexed);
  const declared = declaredNames(lexed.tokens);
  const trials = { characters: TRIAL_CHARACTERS };
  const context = { file, allTokens: lexed.tokens, docBefore: docs.before, declared, trials };
  const parts: Parts = { items: [], imports: [], params: [], variants: [], tune: [], models: [] };
  const read = (syntaxItem: SyntaxItem): AnyItem | null => {
    const { item, structural, syntactic } = readItem(syntaxItem, context);
    const wrong = [...structural, ...syntactic].flatMap((each) => (hasErrors([each]) ? [startOf(each)] : []));
    append(wrong, lexicalPlaces(syntaxItem.tokens));
    append(diagnostics, structural);
    for (const problem of syntactic) {
      const line = lineOf(problem);
      if (!reportedLines.has(line)) diagnostics.push(problem);
      reportedLines.add(line);
    }
    return item === null
      ? null
      : withoutUnreadable(
          item,
          wrong.sort((a, b) => a - b),
        );
  };
  let isFirst = true;
  for (const syntaxItem of items) {
    const item = read(syntaxItem);
    if (item?.kind === "model" && !isFirst && item.name !== null)
      diagnostics.push(misplacedModel(item, parts.models[0]));
    const inner = syntaxItem.items.flatMap((each) => read(each) ?? []);
    if (item?.kind === "variant") parts.variants.push(variantOf(item, inner, diagnostics));
    else if (item !== null) put(item, parts);
    isFirst = false;
  }

  if (!hasErrors(diagnostics)) {
    for (const span of docs.dangling()) {
      const edits = [{ span: { ...span, end: span.start + "///".length }, text: "//" }];
      const fixes = [{ title: "make it an ordinary comment", edits }];
      diagnostics.push(diagnose(syntax.danglingDocumentation, {}, span, { fixes }));
    }
  }
  const { models, ...others } = parts;
  const [model] = models;
  const value = { file, name: model?.name ?? null, doc: model?.doc ?? "", ...others };
  return { value, diagnostics: inOrder(diagnostics) };
}

/** The parts of a file, each kind in the order of the text. */
interface Parts {
  readonly items: Item[];
  readonly imports: ImportItem[];
  readonly params: ParamItem[];
  readonly tune: TuneItem[];
  readonly variants: VariantItem[];
  readonly models: ModelLine[];
}

function put(item: Exclude<AnyItem, VariantHead>, parts: Parts): void {
  switch (item.kind) {
    case "model":
      parts.models.push(item);
      break;
    case "import":
      parts.imports.push(item);
      break;
    case "param":
      parts.params.push(item);
      break;
    case "tune":
      parts.tune.push(item);
      break;
    default:
      parts.items.push(item);
  }
}

function variantOf(head: VariantHead, inner: readonly AnyItem[], diagnostics: Diagnostic[]): VariantItem {
  const items: Item[] = [];
  const params: ParamItem[] = [];
  for (const item of inner) {
    if (item.kind === "param") params.push(item);
    else if (
      item.kind === "model" ||
      item.kind === "import" ||
      item.kind === "variant" ||
      item.kind === "tune"
    )
      diagnostics.push(diagnose(misplacedInVariant, { item: item.kind, variant: head.name.name }, item.span));
    else items.push(item);
  }
  return { ...head, items, params };
}

interface ReadItem {
  readonly item: AnyItem | null;
  /** The parser's messages, from top to bottom. */
  readonly syntactic: readonly Diagnostic[];
  /** Messages from before and after parsing, on other lines. */
  readonly structural: readonly Diagnostic[];
}

/** The file around an item. */
interface Surroundings {
  readonly file: SourceFile;
  readonly allTokens: readonly IToken[];
  readonly docBefore: (offset: number) => string;
  readonly declared: DeclaredNames;
  readonly trials: Trials;
}

/** The characters that trials of fixes may still read. */
interface Trials {
  characters: number;
}

/** Fixes of a long item with many mistakes are tried until so much is read; the others are guesses. */
const TRIAL_CHARACTERS = 100_000;

/** The names that the file declares. Reads them when the first mistake needs them. */
function declaredNames(tokens: readonly IToken[]): DeclaredNames {
  let features: Set<string> | undefined;
  let values: Set<string> | undefined;
  const read = () => {
    features = new Set();
    values = new Set();
    let isInFeatures = false;
    let isInWidths = false;
    for (const [i, { tokenType, image }] of tokens.entries()) {
      if (tokenType === FeaturesKeyword) isInFeatures = true;
      else if (tokenType === RightBrace) isInFeatures = false;
      const isBeforeColon = tokens[i + 1]?.tokenType === Colon;
      if (isInFeatures && isBeforeColon) features.add(image);
      if (/^(Vec|Seq|Classes)$/.test(tokens[i - 1]?.image ?? "")) isInWidths = image === "[";
      else if (image === "]") isInWidths = false;
      // A parameter has a colon after its name; `d` of `Vec[d]` is a number.
      if (isInWidths || isBeforeColon || /^(let|history)$/.test(tokens[i - 1]?.image ?? ""))
        values.add(image);
    }
  };
  const holds = (which: () => Set<string> | undefined) => (name: string) => {
    if (which() === undefined) read();
    return which()!.has(name);
  };
  return { isFeature: holds(() => features), isValue: holds(() => values) };
}

function readItem(syntaxItem: SyntaxItem, surroundings: Surroundings): ReadItem {
  const { file, allTokens, docBefore } = surroundings;
  const { tokens, unclosed, tooDeep, tree, errors, isNested } = syntaxItem;
  if (tooDeep !== null) {
    const problem = diagnose(syntax.nestedTooDeep, { limit: maxNesting }, spanOf(file, tooDeep));
    return { item: null, structural: [problem], syntactic: [] };
  }
  const following = firstTokenFrom(allTokens, endOf(tokens.at(-1)!));
  // A repeated brace is never closed.
  const isTwice = errors[0]?.found.image === "{";
  const structural = unclosed === null || isTwice ? [] : [unclosedProblem(file, unclosed, following)];
  if (isNested) structural.push(nestedHistory(spanOf(file, tokens[0]!)));
  const end = tokens.at(-1)!.startOffset;
  const syntactic = syntaxErrors(syntaxItem, following, surroundings);
  // The content of braces can be read only if their owner is clear.
  const brace = tokens.find(({ image }) => image === "{")?.startOffset ?? end;
  const isHeadless =
    syntactic.length > 0 && startOf(syntactic[0]!) <= brace && !isInBrackets(tokens, errors[0]!.found);
  if (isHeadless) syntactic.length = 1;
  if (tree === null || (isHeadless && tokens[0]!.image === "features"))
    return { item: null, structural, syntactic };
  const isSound = structural.length === 0 && syntactic.length === 0;
  const built = buildItem(file, tree, isSound, docBefore);
  const lines = new Set(syntactic.map(lineOf));
  append(
    structural,
    built.diagnostics.filter((each) => !lines.has(lineOf(each))),
  );
  return { item: built.item, structural, syntactic };
}

/** The parser's messages about an item, in the order of the text. */
function syntaxErrors(
  syntaxItem: SyntaxItem,
  following: IToken | null,
  { file, declared, trials }: Surroundings,
): Diagnostic[] {
  const { tokens, unclosed, errors } = syntaxItem;
  const end = tokens.at(-1)!.startOffset;
  const tries = (fix: Fix) => outcomeOf(fix, syntaxItem, { file, declared, trials });
  const diagnostics = inOrder(
    errors
      .filter(({ found }) => unclosed === null || found.image !== "" || found.startOffset < end)
      .map((error) => syntaxErrorDiagnostic(error, { file, tokens, following, declared, tries })),
  );
  const [first] = diagnostics;
  const closer = first === undefined ? null : closerOfInserted(first, tokens);
  return closer === null
    ? diagnostics
    : diagnostics.filter((each) => each === first || startOf(each) > closer.startOffset);
}

/** The ")" of the "(" that a diagnostic's fix adds: mistakes between the two follow from the missing one. */
function closerOfInserted({ fixes }: Diagnostic, tokens: readonly IToken[]): IToken | null {
  const place = fixes[0]?.edits.find(({ text }) => text === "(")?.span.start;
  if (place === undefined) return null;
  return unopenedCloser(
    tokens,
    tokens.findIndex(({ startOffset }) => startOffset >= place),
  );
}

/**
 * Reads the item again with the fix. It mends the mistake if fewer lines have a mistake then, or if another certain fix
 * mends what is left of its line.
 */
function outcomeOf(
  fix: Fix,
  { tokens, errors, unclosed }: SyntaxItem,
  { file, declared, trials }: Pick<Surroundings, "file" | "declared" | "trials">,
): FixOutcome {
  const [start, end] = [tokens[0]!.startOffset, endOf(tokens.at(-1)!)];
  trials.characters -= end - start;
  if (trials.characters < 0) return "unknown";
  const within = sourceFile(file.path, file.text.slice(start, end));
  const edits = fix.edits.map(({ span, text }) => ({
    span: { file: within, start: span.start - start, end: span.end - start },
    text,
  }));
  const edited = sourceFile(file.path, withEdits(within, edits));
  const read = readSyntax(edited);
  const around = { file: edited, declared, trials, allTokens: read.lexed.tokens, docBefore: () => "" };
  const left = [...read.items].flatMap((item) => [
    ...syntaxErrors(item, null, around),
    ...(item.unclosed === null ? [] : [unclosedProblem(edited, item.unclosed, null)]),
  ]);
  const before = new Set(errors.map(({ found }) => found.startLine)).size + (unclosed === null ? 0 : 1);
  const lines = new Set(left.map(lineOf));
  if (lines.size + read.strays.length < before) return "mends";
  const { line } = positionAt(edited, edits[0]!.span.start);
  const onLine = left.filter((each) => lineOf(each) === line);
  const areMended = onLine.length > 0 && onLine.every(({ fixes }) => fixes.some(isCertain));
  return areMended && lines.size + read.strays.length === before ? "mends" : "fails";
}

/** Tells whether more brackets are opened than closed before `found`; then reading continues after them. */
function isInBrackets(tokens: readonly IToken[], found: IToken): boolean {
  let depth = 0;
  for (const token of tokens) {
    if (token === found) break;
    if (token.image === "(" || token.image === "[") depth++;
    else if (token.image === ")" || token.image === "]") depth--;
  }
  return depth > 0;
}

function nestedHistory(span: Span): Diagnostic {
  return diagnose(syntax.nestedHistory, {}, span);
}

function unclosedProblem(file: SourceFile, unclosed: IToken, following: IToken | null): Diagnostic {
  return diagnose(syntax.unclosedBracket, { bracket: unclosed.image }, spanOf(file, unclosed), {
    label: `still open at ${describeToken(following)}`,
  });
}

function lexicalProblems(file: SourceFile, lexed: Lexed): Diagnostic[] {
  const problems: Diagnostic[] = [];
  for (const spans of byLine(file, lexed.strays)) problems.push(strayCharacters(spans));
  for (const token of lexed.tokens) {
    if (token.tokenType === NumberLiteral) {
      const problem = numberProblem(token.image, spanOf(file, token));
      if (problem !== null) problems.push(problem);
    } else if (token.tokenType === UnterminatedString) {
      problems.push(diagnose(syntax.unterminatedString, {}, spanOf(file, token)));
    } else if (token.tokenType === StringLiteral) {
      append(problems, escapeProblems(token.image, spanOf(file, token)));
    }
  }
  return problems;
}

function* byLine(file: SourceFile, strays: Lexed["strays"]): Generator<readonly Span[]> {
  let spans: Span[] = [];
  let lastLine = 0;
  for (const { offset, length } of strays) {
    const { line } = positionAt(file, offset);
    if (line !== lastLine && spans.length > 0) {
      yield spans;
      spans = [];
    }
    spans.push({ file, start: offset, end: offset + length });
    lastLine = line;
  }
  if (spans.length > 0) yield spans;
}

/** Replacements of characters that begin no token, if they are certain. */
const replacements = new Map<string, string>([
  ...[..."“”„«»＂‘’'"].map((sign): [string, string] => [sign, '"']),
  ...[..."−–—"].map((sign): [string, string] => [sign, "-"]),
  ...[...";；"].map((sign): [string, string] => [sign, ""]),
  ["×", "*"],
  ["÷", "/"],
  ["：", ":"],
  ["，", ","],
  ["#", "//"],
  ["|", "|>"],
]);

/**
 * The characters of one line that begin no token form one mistake, such as a quote at both ends of a string.
 */
function strayCharacters(spans: readonly Span[]): Diagnostic {
  const [first] = spans as readonly [Span];
  const text = first.file.text.slice(first.start, Math.min(first.end, first.start + 20));
  const edits = spans.map((span) => ({ span, text: replacementOf(span) }));
  const fixes: Fix[] = edits.every((edit) => edit.text !== null)
    ? [{ title: replacementTitle(text), edits: edits as Fix["edits"] }]
    : [];
  return diagnose(syntax.unexpectedCharacter, { text }, first, { fixes });
}

function replacementTitle(text: string): string {
  if (text === "#") return "begin the comment with `//`";
  return text === ";" ? "remove `;`" : "use ASCII characters";
}

/** Null if the intention is uncertain: several signs in a row may be an operator of another language. */
function replacementOf(span: Span): string | null {
  const text = replacements.get(textOf(span)) ?? null;
  // Removing a separator must not join its neighbours.
  return text === "" && /\w/.test(span.file.text.charAt(span.end)) ? " " : text;
}

function strayProblem(file: SourceFile, stray: Stray, following: IToken | null): Diagnostic {
  const span = spanOf(file, stray.token);
  if (stray.kind === "unmatched") {
    return diagnose(syntax.unmatchedBracket, { bracket: stray.token.image }, span);
  }
  const { suggestion, token } = stray;
  const fix = suggestion === null ? null : renaming(span, token.image, suggestion, itemKeywords.keys());
  // The head of an item is on one line.
  const isHead = following?.startLine === token.startLine;
  const details =
    suggestion === null || fix === null
      ? {}
      : {
          help: shared.didYouMean(suggestion),
          fixes: [isHead ? fix : { ...fix, isGuess: true as const }],
        };
  return diagnose(syntax.unknownItem, { found: describeToken(stray.token) }, span, details);
}

function misplacedModel(line: ModelLine, first: ModelLine | undefined): Diagnostic {
  const related =
    first === undefined
      ? []
      : [{ location: { kind: "text" as const, span: first.span }, label: "the model is named here" }];
  const parameters = { name: line.name?.name ?? "", isSecond: first !== undefined };
  return diagnose(syntax.misplacedModel, parameters, line.span, { related });
}

/** The first token that starts at `offset` or after it; null if the file ends before. */
function firstTokenFrom(tokens: readonly IToken[], offset: number): IToken | null {
  return tokens[firstIndex(tokens.length, (i) => tokens[i]!.startOffset >= offset)] ?? null;
}

function startOf({ location }: Diagnostic): number {
  return location.kind === "text" ? location.span.start : 0;
}

/** Returns the `places` inside an item, in the order of the text. */
function placesWithin(places: number[]): (tokens: readonly IToken[]) => number[] {
  places.sort((a, b) => a - b);
  return (tokens) => {
    const [start, end] = [tokens[0]!.startOffset, endOf(tokens.at(-1)!)];
    return places.slice(firstFrom(places, start), firstFrom(places, end + 1));
  };
}

/** The number of elements of `sorted` below `least`. */
function firstFrom(sorted: readonly number[], least: number): number {
  return firstIndex(sorted.length, (i) => sorted[i]! >= least);
}

function lineOf(diagnostic: Diagnostic): number {
  const { location } = diagnostic;
  return location.kind === "text" ? positionAt(location.span.file, location.span.start).line : 0;
}

function spanOf(file: SourceFile, token: IToken): Span {
  return { file, start: token.startOffset, end: endOf(token) };
}
