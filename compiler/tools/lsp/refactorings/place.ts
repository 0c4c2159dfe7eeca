// The position of an expression in the net or in a block: its statement, and the expressions around it.

import type { SourceFile, Span } from "../../../common/source-file.ts";
import type { Edit } from "../../../diagnostics/apply-fixes.ts";
import { isDistribution, isInitial } from "../../../frontend/functions/initial.ts";
import { languageFunctions } from "../../../frontend/functions/registry.ts";
import type { BlockItem, Expression, NetItem, Statement } from "../../../frontend/syntax/nodes.ts";
import type { WholeSyntax } from "../../../frontend/syntax/read-syntax.ts";
import { itemsOf, partsOf } from "../../../frontend/syntax/walk.ts";
import { touches } from "../ranges.ts";
import type { Snapshot } from "../snapshot.ts";
import { bracketPairs, syntaxOf, withBrackets } from "../syntax.ts";

/** A change that an author may choose. None changes what a model computes. */
export interface Refactoring {
  readonly title: string;
  readonly kind: "extract" | "inline" | "rewrite";
  readonly edits: readonly Edit[];
}

/** A text with its trees, for refactorings. */
export interface ParsedCode {
  readonly snapshot: Snapshot;
  readonly path: string;
  readonly file: SourceFile;
  readonly syntax: WholeSyntax;
  /** The span with the parentheses that belong to it. */
  readonly whole: (span: Span) => Span;
}

/** Null if there is no such file. */
export function codeOf(snapshot: Snapshot, path: string): ParsedCode | null {
  const syntax = syntaxOf(snapshot, path);
  if (syntax === null) return null;
  const pairs = bracketPairs(syntax.lexed.tokens);
  return {
    snapshot,
    path,
    file: syntax.file,
    syntax,
    whole: (span) => withBrackets(pairs, span),
  };
}

export interface Home {
  readonly item: BlockItem | NetItem;
  /** Null for the value of a block. */
  readonly statement: Statement | null;
  readonly value: Expression;
  /** The whole statement. */
  readonly span: Span;
}

/** The statement at an offset. */
export function homeAt({ snapshot, path, whole }: ParsedCode, offset: number): Home | null {
  const spec = snapshot.parsed(path)?.value;
  if (spec === undefined) return null;
  for (const item of itemsOf(spec)) {
    if ((item.kind !== "net" && item.kind !== "block") || !touches(item.span, offset)) continue;
    const statements: readonly Statement[] = item.kind === "net" ? item.statements : item.body;
    for (const statement of statements) {
      const span = whole(statement.span);
      if (touches(span, offset)) return { item, statement, value: statement.value, span };
    }
    if (item.kind === "net") continue;
    const span = whole(item.value.span);
    if (touches(span, offset)) return { item, statement: null, value: item.value, span };
  }
  return null;
}

/**
 * The last, and so the innermost, expression of `root` that `isWanted`, preceded by its ancestors, the
 * outermost first; empty if there is none.
 */
export function pathTo(
  root: Expression,
  isWanted: (expression: Expression) => boolean,
): readonly Expression[] {
  let found: readonly Expression[] = [];
  const waiting: (readonly Expression[])[] = [[root]];
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    const last = path.at(-1)!;
    if (isWanted(last) && path.length > found.length) found = path;
    for (const part of partsOf(last)) waiting.push([...path, part]);
  }
  return found;
}

/** Tells whether the last of `path` is an initializer, `init: normal(0.01)`, or a distribution, which have no value. */
export function isInit(path: readonly Expression[]): boolean {
  const [parent, value] = path.slice(-2);
  if (parent?.kind !== "call" && parent?.kind !== "pipe") return false;
  const definition = languageFunctions.get(parent.callee.name);
  const place = parent.arguments.findIndex((each) => each.value === value);
  const argument = parent.arguments[place];
  if (definition === undefined || argument === undefined) return false;
  const before = parent.kind === "pipe" ? 1 : 0;
  return isInitial(definition, argument) || isDistribution(definition, argument, before + place);
}

/** Tells whether a pipe or a sum needs parentheses inside `parent`. */
export function bindsIn(parent: Expression | undefined): boolean {
  switch (parent?.kind) {
    case "binary":
    case "negate":
    case "field":
    case "index":
    case "range":
      return true;
    default:
      return false;
  }
}

export function textWith({ whole, file }: ParsedCode, { span }: Expression): string {
  const { start, end } = whole(span);
  return file.text.slice(start, end);
}
