// Makes the queries by which editors colour, fold and indent the trees of tree-sitter, and find what a name
// means, from the token table, the roles of names and the parser's rules. Editors have different names for
// the same things, so each has its own files. Pure: tables in, text out.

import { namePositions, type RoleName } from "../name-roles.ts";
import * as t from "../tokens.ts";
import { bracketedRules, namedTokens, treeSitterName } from "./tree-sitter.ts";

/** Names of captures: what an editor's themes know. */
export interface CaptureNames {
  /** Null for what looks like text. */
  readonly roles: Readonly<Record<RoleName, string | null>>;
  readonly tokens: Readonly<Record<TokenKind, string>>;
}

/** Tokens with one look. */
export type TokenKind =
  | "keyword"
  | "string"
  | "number"
  | "operator"
  | "comment"
  | "documentation"
  | "bracket"
  | "separator";

export const neovimCaptures: CaptureNames = {
  roles: {
    model: "type",
    scope: "constant.builtin",
    kind: "type.builtin",
    type: "type.builtin",
    dimension: "type",
    function: "function",
    parameter: "variable.parameter",
    property: "property",
    constant: "constant",
    choice: "constant",
    plain: null,
  },
  tokens: {
    keyword: "keyword",
    string: "string",
    number: "number",
    operator: "operator",
    comment: "comment",
    documentation: "comment.documentation",
    bracket: "punctuation.bracket",
    separator: "punctuation.delimiter",
  },
};

/** Themes of Zed have the same names but these. */
export const zedCaptures: CaptureNames = {
  roles: {
    ...neovimCaptures.roles,
    kind: "type",
    type: "type",
    parameter: "variable.parameter",
    scope: "constant",
  },
  tokens: { ...neovimCaptures.tokens, documentation: "comment.doc" },
};

export const helixCaptures: CaptureNames = {
  roles: { ...neovimCaptures.roles, dimension: "type.parameter", property: "variable.other.member" },
  tokens: {
    ...neovimCaptures.tokens,
    number: "constant.numeric",
    documentation: "comment.line.documentation",
  },
};

export const emacsFaces: CaptureNames = {
  roles: {
    model: "type",
    scope: "constant",
    kind: "type",
    type: "type",
    dimension: "type",
    function: "function-name",
    parameter: "variable-name",
    property: "property-use",
    constant: "constant",
    choice: "constant",
    plain: null,
  },
  tokens: {
    keyword: "keyword",
    string: "string",
    number: "number",
    operator: "operator",
    comment: "comment",
    documentation: "doc",
    bracket: "bracket",
    separator: "delimiter",
  },
};

function kindOf({ type, category, semantic }: t.TokenDescription): TokenKind | null {
  if (type === t.DocComment) return "documentation";
  if (category === "bracket" || category === "separator") return category;
  return semantic === null || semantic === "variable" ? null : semantic;
}

/** The texts that a token may be, as queries write them. */
function textsOf({ type, word, label }: t.TokenDescription): readonly string[] {
  if (word !== undefined) return [word];
  if (type.PATTERN instanceof RegExp) return type.PATTERN.source.split("|");
  return [typeof type.PATTERN === "string" ? type.PATTERN : JSON.parse(label)];
}

/** A part of the colours: all that has one capture. */
export interface Highlight {
  readonly capture: string;
  readonly patterns: readonly string[];
}

/**
 * The depth in parentheses up to which widths in a type are coloured as such, because a query cannot say "at
 * any depth".
 */
const typeDepth = 3;

/** Patterns of a name with a role, without the name of its capture, which takes the place of `@`. */
function rolePatterns(roles: CaptureNames["roles"]): readonly (readonly [RoleName, string])[] {
  const patterns: [RoleName, string][] = [];
  for (const [rule, names] of Object.entries(namePositions))
    for (const role of new Set(names.map((name) => name.role)))
      if (role !== "plain") patterns.push([role, `(${treeSitterName(rule)} ${role}: (identifier) @)`]);
  // The first of a history's own fields in a declaration.
  patterns.push(["property", '(binding name: (identifier) @ . [":" "," ".."])']);
  patterns.push(["function", "(operand name: (identifier) @ call: (call))"]);
  let operand = "(operand !call name: (identifier) @)";
  for (let depth = 0; depth < typeDepth; depth++) {
    const pattern = `(type (expression (sum ${operand})))`;
    if (roles.type === roles.dimension) patterns.push(["type", pattern]);
    else {
      patterns.push(["type", `(${pattern} (#match? @ "^[A-Z]"))`]);
      patterns.push(["dimension", `(${pattern} (#not-match? @ "^[A-Z]"))`]);
    }
    operand = `(operand (expression (sum ${operand})))`;
  }
  return patterns;
}

/** The colours, each with all that has it. */
export function highlights({ roles, tokens }: CaptureNames): readonly Highlight[] {
  const byCapture = new Map<string, string[]>();
  const add = (capture: string, pattern: string): void => {
    byCapture.set(capture, [...(byCapture.get(capture) ?? []), pattern.replaceAll("@", `@${capture}`)]);
  };
  const signs = new Map<TokenKind, string[]>();
  for (const row of t.tokens) {
    const kind = kindOf(row);
    if (kind === null || row.type === t.UnterminatedString) continue;
    if (namedTokens.includes(row.type)) add(tokens[kind], `(${treeSitterName(row.type.name)}) @`);
    else signs.set(kind, [...new Set([...(signs.get(kind) ?? []), ...textsOf(row)])]);
  }
  for (const [kind, texts] of signs)
    add(tokens[kind], `[${texts.map((text) => JSON.stringify(text)).join(" ")}] @`);
  for (const [role, pattern] of rolePatterns(roles)) {
    const capture = roles[role];
    if (capture !== null) add(capture, pattern);
  }
  return [...byCapture].map(([capture, patterns]) => ({ capture, patterns }));
}

const MADE =
  "; Made by grammar/editors/tree-sitter-queries.ts from the token table; a test holds it to that.\n";

function file(...parts: readonly string[]): string {
  return `${MADE}\n${parts.join("\n")}\n`;
}

export function highlightQuery(names: CaptureNames): string {
  return file(...highlights(names).flatMap(({ patterns }) => patterns));
}

const statements = ["let", "layer", "predict", "output", "loss"];

/** The tokens that close a bracket. */
export const closing = [t.RightParenthesis, t.RightBracket, t.RightBrace].map((type) =>
  JSON.stringify(type.PATTERN),
);

const nodes = (rules: readonly string[]): string => rules.map((rule) => `(${rule})`).join(" ");

/** Folds the same parts as the server: brackets, statements, and runs of imports and comments. */
export function foldQuery(): string {
  const rules = [...bracketedRules(), ...statements];
  return file(
    `[${nodes([...new Set(rules)])}] @fold`,
    ...["import", "comment", "doc_comment"].map((rule) => `(${rule})+ @fold`),
  );
}

/** `begin` and `end`: what captures an editor has for what indents, and for what ends that. */
export function indentQuery(begin: string, end: readonly string[]): string {
  return file(
    `[${nodes(bracketedRules())}] @${begin}`,
    `[${closing.join(" ")}] ${end.map((each) => `@${each}`).join(" ")}`,
  );
}

/** In Zed, one pattern has the beginning and the end. */
export function zedIndentQuery(): string {
  const pairs = ["()", "[]", "{}"].map(([open, close]) => `(_ "${open}" "${close}" @end) @indent`);
  return file(...pairs);
}

/** The nodes in which names are visible, declared and used. */
export function localsQuery(): string {
  const patterns = ["[(source_file) (block) (net) (lambda) (body)] @local.scope"];
  for (const [rule, names] of Object.entries(namePositions))
    for (const { role, declares } of names)
      if (declares) {
        const field = role === "plain" ? "name" : role;
        patterns.push(`(${treeSitterName(rule)} ${field}: (identifier) @local.definition)`);
      }
  patterns.push(
    "(operand name: (identifier) @local.reference)",
    "(stage function: (identifier) @local.reference)",
  );
  return file(...new Set(patterns));
}
