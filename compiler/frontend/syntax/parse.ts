// From a text to its abstract syntax tree and everything that is wrong with the text itself. Pure, linear in the
// length of the text, and never throws, whatever the text is.

import type { IToken } from "../../../grammar/chevrotain.mjs";
import { maxNesting, type Stray } from "../../../grammar/items.ts";
import {
  endOf,
  itemKeywords,
  type Lexed,
  NumberLiteral,
  StringLiteral,
  UnterminatedString,
} from "../../../grammar/tokens.ts";
import { append } from "../../common/arrays.ts";
import {
  positionAt,
  requireSourceFile,
  type SourceFile,
  type Span,
  textOf,
} from "../../common/source-file.ts";
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
import type { ImportItem, Item, ParamItem, Spec, VariantItem } from "./nodes.ts";
import { readSyntax, type Syntax, type SyntaxItem } from "./read-syntax.ts";
import { describeToken, syntaxErrorDiagnostic } from "./syntax-error.ts";
import { withoutUnreadable } from "./unreadable.ts";

/** Parses one `.din` file. Items after a mistake are in the tree; broken parts are as `nodes.ts` says. */
export function parse(file: SourceFile): Checked<Spec> {
  requireSourceFile(file, "parse");
  return buildSpec(readSyntax(file));
}

/** The second half of `parse`. */
export function buildSpec({ file, lexed, items, strays }: Syntax): Checked<Spec> {
  const diagnostics = lexicalProblems(file, lexed);
  const lexicalPlaces = placesWithin(diagnostics.map(startOf));
  // One mistake is reported once: what the parser says about a line that is already reported is a consequence.
  const reportedLines = new Set(diagnostics.map((diagnostic) => lineOf(diagnostic)));
  for (const stray of strays) {
    const line = stray.token.startLine ?? 0;
    if (!reportedLines.has(line)) diagnostics.push(strayProblem(file, stray));
    reportedLines.add(line);
  }

  const docs = documentation(file, lexed);
  const parts: Parts = { items: [], imports: [], params: [], variants: [], models: [] };
  const read = (syntaxItem: SyntaxItem): AnyItem | null => {
    const { item, structural, syntactic } = readItem(file, syntaxItem, lexed.tokens, docs.before);
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
      const help = "put it above what it documents, or begin a plain remark with `//`";
      const edits = [{ span: { ...span, end: span.start + "///".length }, text: "//" }];
      const fixes = [{ title: "make it a plain remark", edits }];
      diagnostics.push(diagnose(syntax.danglingDocumentation, {}, span, { help, fixes }));
    }
  }
  const { models, ...others } = parts;
  const [model] = models;
  const value = { file, name: model?.name ?? null, doc: model?.doc ?? "", ...others };
  return { value, diagnostics: inOrder(diagnostics) };
}

/** What a file consists of, each kind in the order of the text. */
interface Parts {
  readonly items: Item[];
  readonly imports: ImportItem[];
  readonly params: ParamItem[];
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
    default:
      parts.items.push(item);
  }
}

function variantOf(head: VariantHead, inner: readonly AnyItem[], diagnostics: Diagnostic[]): VariantItem {
  const items: Item[] = [];
  const params: ParamItem[] = [];
  for (const item of inner) {
    if (item.kind === "param") params.push(item);
    else if (item.kind === "model" || item.kind === "import" || item.kind === "variant")
      diagnostics.push(
        diagnose(misplacedInVariant, { item: item.kind, variant: head.name.name }, item.span, {
          help:
            item.kind === "import"
              ? "move it above the variant: what it imports is there for all of them"
              : "remove it: the variant has its name already",
        }),
      );
    else items.push(item);
  }
  return { ...head, items, params };
}

interface ReadItem {
  readonly item: AnyItem | null;
  /** What the parser said, from top to bottom. */
  readonly syntactic: readonly Diagnostic[];
  /** What was found before and after parsing, on other lines. */
  readonly structural: readonly Diagnostic[];
}

function readItem(
  file: SourceFile,
  syntaxItem: SyntaxItem,
  allTokens: readonly IToken[],
  docBefore: (offset: number) => string,
): ReadItem {
  const { tokens, unclosed, tooDeep, tree, errors, isNested } = syntaxItem;
  if (tooDeep !== null) {
    const help = "name the parts with `let`, or make them blocks";
    const problem = diagnose(syntax.nestedTooDeep, { limit: maxNesting }, spanOf(file, tooDeep), { help });
    return { item: null, structural: [problem], syntactic: [] };
  }
  const following = firstTokenFrom(allTokens, endOf(tokens.at(-1)!));
  // A brace that is there twice is never closed.
  const isTwice = errors[0]?.found.image === "{";
  const structural = unclosed === null || isTwice ? [] : [unclosedProblem(file, unclosed, following)];
  if (isNested) structural.push(nestedHistory(spanOf(file, tokens[0]!)));
  const end = tokens.at(-1)!.startOffset;
  const syntactic = inOrder(
    errors
      .filter(({ found }) => unclosed === null || found.image !== "" || found.startOffset < end)
      .map((error) => syntaxErrorDiagnostic(error, { file, tokens, following })),
  );
  // What stands in braces can be read only when it is clear whose they are.
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

/** Whether more brackets are opened than closed before `found`: after them, reading goes on. */
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
  return diagnose(syntax.nestedHistory, {}, span, {
    help: "declare it beside the other; to keep sessions apart in one history, give its steps a field that says which, like `session : int(0..9)  embed 4`",
  });
}

function unclosedProblem(file: SourceFile, unclosed: IToken, following: IToken | null): Diagnostic {
  return diagnose(syntax.unclosedBracket, { bracket: unclosed.image }, spanOf(file, unclosed), {
    label: `still open at ${describeToken(following)}`,
    help: `close it with \`${closerOf(unclosed.image)}\``,
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
      const help = 'end the string with " on the same line';
      problems.push(diagnose(syntax.unterminatedString, {}, spanOf(file, token), { help }));
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

interface Meant {
  readonly help: string;
  /** What it is replaced by, where there is no doubt. */
  readonly text?: string;
}

/** What is meant by `a > b`. */
const NO_COMPARISONS =
  "the network has no comparisons: `b + relu(a - b)` is the larger of two, and `sigmoid(10 * (a - b))` a soft step where a passes b";

/** What a character that begins no token was meant to be. */
const meant = new Map<string, Meant>([
  ...[..."“”„«»＂"].map((sign) => [sign, { help: 'use straight quotes (")', text: '"' }] as const),
  ...[..."‘’'"].map((sign) => [sign, { help: 'use double quotes (")', text: '"' }] as const),
  ...[..."−–—"].map((sign) => [sign, { help: "use a hyphen (-)", text: "-" }] as const),
  ...[...";；"].map(
    (sign) => [sign, { help: "remove it: nothing separates one line from the next", text: "" }] as const,
  ),
  ["×", { help: "use `*`", text: "*" }],
  ["÷", { help: "use `/`", text: "/" }],
  ["：", { help: "use `:`", text: ":" }],
  ["，", { help: "use `,`", text: "," }],
  ["#", { help: "begin comments with `//`", text: "//" }],
  ["|", { help: "use `|>` for a pipe", text: "|>" }],
  ["<", { help: `\`<->\` binds a column to a feature; ${NO_COMPARISONS}` }],
  ...[...">!"].map((sign) => [sign, { help: NO_COMPARISONS }] as const),
  ...["||", "&", "&&"].map(
    (sign) =>
      [sign, { help: "there are no conditions; factors between 0 and 1 are multiplied: `a * b`" }] as const,
  ),
  ["?", { help: "there are no conditions; a gate `g` between 0 and 1 chooses: `g * a + (1 - g) * b`" }],
  ["^", { help: "write a power as a product: `x * x`" }],
  ["%", { help: "there is no remainder; write such a number into the data" }],
  ["@", { help: "a product with weights is `linear(x, 8)`, one of two vectors `dot(a, b)`" }],
  ["\0", { help: "the file seems to be UTF-16; save it as UTF-8" }],
]);

/** The characters of one line that begin no token; they are one mistake, such as a quote at both ends of a string. */
function strayCharacters(spans: readonly Span[]): Diagnostic {
  const [first] = spans as readonly [Span];
  const text = first.file.text.slice(first.start, Math.min(first.end, first.start + 20));
  const others =
    "names are made of a to z, digits and underscores; other characters stand in strings and comments only";
  const edits = spans.map((span) => ({ span, text: replacementOf(span) }));
  const fixes: Fix[] = edits.every((edit) => edit.text !== null)
    ? [{ title: "write plain characters", edits: edits as Fix["edits"] }]
    : [];
  const help = (meant.get(text) ?? meant.get(text.charAt(0)))?.help ?? others;
  return diagnose(syntax.unexpectedCharacter, { text }, first, { help, fixes });
}

/** Null where it is not certain what was meant; signs side by side may be a sign that another language has. */
function replacementOf(span: Span): string | null {
  const text = meant.get(textOf(span))?.text ?? null;
  // A separator that is removed must not join what it separated.
  return text === "" && /\w/.test(span.file.text.charAt(span.end)) ? " " : text;
}

function strayProblem(file: SourceFile, stray: Stray): Diagnostic {
  const span = spanOf(file, stray.token);
  if (stray.kind === "unmatched") {
    const help = "remove it, or look for an item that was closed too early";
    return diagnose(syntax.unmatchedBracket, { bracket: stray.token.image }, span, { help });
  }
  const { suggestion } = stray;
  const details =
    suggestion === null
      ? { help: "each item begins with its keyword" }
      : {
          help: `did you mean \`${suggestion}\`?`,
          fixes: [renaming(span, stray.token.image, suggestion, itemKeywords.keys())],
        };
  return diagnose(syntax.unknownItem, { found: describeToken(stray.token) }, span, details);
}

function misplacedModel(line: ModelLine, first: ModelLine | undefined): Diagnostic {
  const related =
    first === undefined
      ? []
      : [{ place: { kind: "text" as const, span: first.span }, label: "the model is named here" }];
  const help = first === undefined ? "move it to the top of the file" : "remove one of the two";
  return diagnose(syntax.misplacedModel, { name: line.name?.name ?? "" }, line.span, { related, help });
}

/** The first token that starts at `offset` or after it; null if the file ends before. */
function firstTokenFrom(tokens: readonly IToken[], offset: number): IToken | null {
  let low = 0;
  let high = tokens.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (tokens[middle]!.startOffset < offset) low = middle + 1;
    else high = middle;
  }
  return tokens[low] ?? null;
}

function closerOf(opener: string): string {
  return opener === "{" ? "}" : opener === "[" ? "]" : ")";
}

function startOf({ place }: Diagnostic): number {
  return place.kind === "text" ? place.span.start : 0;
}

/** Gives those of `places` that lie in an item, in the order of the text. */
function placesWithin(places: number[]): (tokens: readonly IToken[]) => number[] {
  places.sort((a, b) => a - b);
  return (tokens) => {
    const [start, end] = [tokens[0]!.startOffset, endOf(tokens.at(-1)!)];
    return places.slice(firstFrom(places, start), firstFrom(places, end + 1));
  };
}

/** How many of `sorted` are below `least`. */
function firstFrom(sorted: readonly number[], least: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! < least) low = middle + 1;
    else high = middle;
  }
  return low;
}

function lineOf(diagnostic: Diagnostic): number {
  const { place } = diagnostic;
  return place.kind === "text" ? positionAt(place.span.file, place.span.start).line : 0;
}

function spanOf(file: SourceFile, token: IToken): Span {
  return { file, start: token.startOffset, end: endOf(token) };
}
