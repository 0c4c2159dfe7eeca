// Hover at a position: the type of a name, its scope, its location, its cost and its purpose.

import { type Hover, MarkupKind } from "vscode-languageserver-types";
import { splitItems } from "../../../../grammar/items.ts";
import { endOf, keywordNamed, lex } from "../../../../grammar/tokens.ts";
import type { SourceFile, Span } from "../../../common/source-file.ts";
import { oneLine } from "../../../common/source-file.ts";
import { findEntry } from "../../../diagnostics/catalog/index.ts";
import { SCOPES } from "../../../frontend/syntax/build.ts";
import { printType } from "../../../frontend/values/types.ts";
import { learnedByCall, learnedNumbers, spanKey, valueAt, variantAt } from "../cursor/values.ts";
import { symbolHover, whenKnown } from "../hover/symbols.ts";
import { hoverText, learnedText } from "../hover/text.ts";
import { rangeOf } from "../ranges.ts";
import type { Snapshot } from "../snapshot.ts";

/** The longest text shown for an expression. */
const LONGEST = 60;

export function hover(snapshot: Snapshot, path: string, offset: number): Hover | null {
  const file = snapshot.file(path);
  if (file === null) return null;
  const found =
    nameHover(snapshot, path, offset) ??
    wordHover(snapshot, file, offset) ??
    expressionHover(snapshot, path, offset);
  if (found === null) return null;
  return { contents: { kind: MarkupKind.Markdown, value: found.text }, range: rangeOf(found.span) };
}

interface Found {
  readonly text: string;
  readonly span: Span;
}

function nameHover(snapshot: Snapshot, path: string, offset: number): Found | null {
  const mention = snapshot.mentionAt(path, offset);
  const text = mention === null ? null : symbolHover(snapshot, path, mention);
  return mention === null || text === null ? null : { text, span: mention.span };
}

/** Hover of keywords, scopes, and codes in `// dinc-ignore CODE: reason`. */
function wordHover(snapshot: Snapshot, file: SourceFile, offset: number): Found | null {
  const { tokens, comments } = lex(file.text);
  const comment = comments.find((each) => each.startOffset <= offset && offset <= endOf(each));
  if (comment !== undefined) return codeHover(file, comment.image, comment.startOffset, offset);
  splitItems(tokens);
  const index = tokens.findIndex((each) => each.startOffset <= offset && offset < endOf(each));
  const token = tokens[index];
  if (token === undefined) return null;
  const span = { file, start: token.startOffset, end: endOf(token) };
  const keyword = keywordNamed(token.image);
  if (keyword?.doc !== undefined && keyword.type === token.tokenType)
    return { text: hoverText(token.image, keyword.doc, snapshot.reference(keyword.section ?? "")), span };
  const isScope = tokens[index - 1]?.tokenType === keywordNamed("features")?.type;
  const scope = Object.entries(SCOPES).find(([name]) => isScope && name === token.image);
  return scope === undefined ? null : { text: hoverText(`features ${scope[0]}`, scope[1]), span };
}

function codeHover(file: SourceFile, comment: string, start: number, offset: number): Found | null {
  const [, before, code] = /^(\/\/[ \t]*dinc-ignore[ \t]+)([\w-]+)/.exec(comment) ?? [];
  if (before === undefined || code === undefined) return null;
  const from = start + before.length;
  const entry = offset < from || offset > from + code.length ? null : findEntry(code);
  if (entry === null) return null;
  const text = `**${entry.code}** ${entry.name} (${entry.severity})\n\n${entry.explanation}`;
  return { text, span: { file, start: from, end: from + code.length } };
}

/** Hover of operators, calls and lists: expressions without a name. */
function expressionHover(snapshot: Snapshot, path: string, offset: number): Found | null {
  const variant = variantAt(snapshot, path, offset);
  const found = valueAt(snapshot, path, variant, offset);
  if (found === null) return null;
  const { expression, value } = found;
  const { kind, span } = expression;
  const type = printType(value.type);
  if (kind === "number" || kind === "string" || kind === "error" || type === "?") return null;
  const text = oneLine(span);
  const shown = text.length <= LONGEST ? text : `${text.slice(0, LONGEST - 1)}…`;
  const learned = learnedNumbers(snapshot, path, variant);
  const numbers = learnedByCall(expression, learned) ?? learned.get(spanKey(span));
  const axis = value.type.kind === "tensor" ? (value.type.axis?.name ?? null) : null;
  return {
    text: hoverText(`${shown}: ${type}`, whenKnown([...value.sources], axis), learnedText(numbers)),
    span,
  };
}
