// Makes the TextMate grammar from the token table and the roles of names. VS Code, GitHub and others colour a
// `.din` text by it before a language server runs. Pure: tables in, grammar out. The grammar is regular
// expressions and a stack of regions, so it knows an item by its first word and a statement by its head, as
// `items.ts` does. A name whose role depends on the rest of the file is coloured as a plain name.

import { nameRoles, type RoleName } from "../name-roles.ts";
import * as t from "../tokens.ts";

export interface Captures {
  readonly [group: string]: { readonly name: string };
}

export interface MatchRule {
  readonly match: string;
  readonly name?: string;
  readonly captures?: Captures;
}

export interface RegionRule {
  readonly begin: string;
  readonly end: string;
  /** The scope of everything between the two. */
  readonly contentName?: string;
  readonly beginCaptures?: Captures;
  readonly endCaptures?: Captures;
  readonly patterns: readonly TextMateRule[];
}

export type TextMateRule = { readonly include: string } | MatchRule | RegionRule;

export interface TextMateGrammar {
  readonly name: string;
  readonly scopeName: string;
  readonly fileTypes: readonly string[];
  readonly patterns: readonly TextMateRule[];
  readonly repository: Readonly<Record<string, { readonly patterns: readonly TextMateRule[] }>>;
}

/** A token's row of the table. */
function row(type: (typeof t.tokenTypes)[number]): t.TokenDescription {
  return t.tokens.find((each) => each.type === type)!;
}

/** The token as a regular expression. */
function source(type: (typeof t.tokenTypes)[number]): string {
  const { PATTERN } = type;
  if (PATTERN instanceof RegExp) return PATTERN.source;
  return String(PATTERN).replace(/[|()[\]{}.+*?^$\\]/g, "\\$&");
}

const scopeOf = (type: (typeof t.tokenTypes)[number]): string => `${row(type).scope}.din`;
const role = (name: RoleName): string => `${nameRoles[name].scope}.din`;
const keyword = scopeOf(t.LetKeyword);

const N = source(t.Identifier);
const arrow = source(t.BindingArrow);
/** `=`, but not the beginning of `=>`. */
const equals = "=(?!>)";

/** `(a, b)` after `let`. */
const severalNames = `\\s*\\(\\s*${N}(?:\\s*,\\s*${N})*\\s*\\)`;

const itemWords = [...t.itemKeywords.keys()].join("|");

/** The heads by which items are recognised anywhere: see `hasHead` in `items.ts`. A model has none. */
export const itemHeads: Readonly<Record<string, string>> = {
  import: 'import\\s*"',
  param: `param\\s+${N}\\s*${equals}`,
  features: `features\\s+${N}(?:\\s+${N})?\\s*\\{`,
  history: `history\\s+${N}(?:\\s*\\{|\\()`,
  label: `label\\s+${N}\\s*:`,
  block: `block\\s+${N}\\(`,
  net: "net\\s*\\{",
  train: "train\\s*\\{",
  tune: "tune\\s*\\{",
  variant: `variant\\s+${N}\\s+from\\b`,
};
const head = `\\b(?:${Object.values(itemHeads).join("|")})`;

/** Ends all open regions at a line with the head of an item, because a bracket before it is missing. */
const nextItem = `(?=^\\s*${head})`;
/** Likewise ends brackets, also before a statement. */
const nextStatement = `${nextItem}|(?=^\\s*(?:(?:let|layer|predict|output|loss)\\s+${N}|let${severalNames})\\s*${equals})`;
/** Ends an item without braces; a "}" is that of its variant. */
const nextPart = `(?=^\\s*(?:${itemWords})\\b)|(?=${head})|(?=\\})`;
/** Ends an item with braces after them. */
const behindBraces = `(?<=\\})|(?=^\\s*(?:${itemWords})\\b)|${nextItem}`;

const include = (name: string): TextMateRule => ({ include: `#${name}` });

function captures(...names: readonly string[]): Captures {
  return Object.fromEntries(names.map((name, index) => [String(index + 1), { name }]));
}

/** The name after `begin`, which may be on another line. */
function nameBehind(begin: string, beginScope: string, ...names: readonly TextMateRule[]): TextMateRule {
  return {
    begin: `(${begin})`,
    beginCaptures: captures(beginScope),
    end: `(?<=[A-Za-z0-9_])|(?=[^\\sA-Za-z_/])|${nextItem}`,
    patterns: [include("comments"), ...names],
  };
}

const named = (roleName: RoleName, ahead = ""): TextMateRule => ({
  match: `\\b${N}${ahead}`,
  name: role(roleName),
});

function brackets(
  open: typeof t.LeftBrace,
  close: typeof t.RightBrace,
  ends: string,
  patterns: readonly TextMateRule[],
  ahead = "",
): TextMateRule {
  return {
    begin: `(${source(open)})${ahead}`,
    beginCaptures: captures(scopeOf(open)),
    end: `(${source(close)})|${ends}`,
    endCaptures: captures(scopeOf(close)),
    patterns,
  };
}

const braces = (...patterns: readonly TextMateRule[]): TextMateRule =>
  brackets(t.LeftBrace, t.RightBrace, nextItem, patterns);

function parentheses(patterns: readonly TextMateRule[], ahead = ""): TextMateRule {
  return brackets(t.LeftParenthesis, t.RightParenthesis, nextStatement, patterns, ahead);
}

/** An item with braces: `word`, the part before them, and their content. */
function item(word: string, before: readonly TextMateRule[], inside: readonly TextMateRule[]): TextMateRule {
  return {
    begin: `\\b(${word})\\b`,
    beginCaptures: captures(keyword),
    end: behindBraces,
    patterns: [include("comments"), ...before, braces(...inside)],
  };
}

/** An item without braces: `word`, an optional name, and the rest. */
function line(word: string, nameRole: RoleName, patterns: readonly TextMateRule[]): TextMateRule {
  return {
    begin: `\\b(${word})\\b(?:\\s+(${N}))?`,
    beginCaptures: captures(keyword, role(nameRole)),
    end: nextPart,
    patterns,
  };
}

/** The declarations of features and of a history's fields; `declared` is the role of the name before ":". */
function declarations(declared: RoleName): readonly TextMateRule[] {
  return [
    include("comments"),
    { match: `\\b(embed)\\b(?!\\s*(?:[:,]|${arrow}))`, name: keyword },
    { match: `\\b(from|share)\\s+(${N})`, captures: captures(keyword, role("plain")) },
    named("plain", `(?=\\s*(?:${arrow}))`),
    named(declared, `(?=\\s*(?:[:,]|${source(t.DotDot)}))`),
    nameBehind(source(t.Colon), scopeOf(t.Colon), named("kind")),
    nameBehind(arrow, scopeOf(t.BindingArrow), named("property")),
    include("expression"),
  ];
}

/** Tokens with a fixed text, in the order in which the lexer tries them. */
function signs(): readonly TextMateRule[] {
  return t.tokens
    .filter(({ category }) => category === "operator" || category === "separator" || category === "bracket")
    .filter(({ type }) => type.PATTERN instanceof RegExp || typeof type.PATTERN === "string")
    .map(({ type }) => ({ match: source(type), name: scopeOf(type) }));
}

function literal(type: typeof t.NumberLiteral): TextMateRule {
  return { match: source(type), name: scopeOf(type) };
}

const parameters = parentheses([
  include("comments"),
  {
    begin: `(${source(t.Colon)})`,
    beginCaptures: captures(scopeOf(t.Colon)),
    end: `(?=[,)=])|${nextStatement}`,
    patterns: [include("type")],
  },
  {
    begin: `(${equals})`,
    beginCaptures: captures(scopeOf(t.Equals)),
    end: `(?=[,)])|${nextStatement}`,
    patterns: [include("expression")],
  },
  named("parameter"),
  include("expression"),
]);

const result: TextMateRule = {
  begin: `(${source(t.ResultArrow)})`,
  beginCaptures: captures(scopeOf(t.ResultArrow)),
  end: `(?=\\{)|${nextItem}`,
  patterns: [include("type")],
};

const code: readonly TextMateRule[] = [
  include("comments"),
  {
    match: `(?:^\\s*)?\\b(let|output)\\s+(${N})(?=\\s*${equals})`,
    captures: captures(keyword, role("plain")),
  },
  {
    match: `(?:^\\s*)?\\b(predict|loss)\\s+(${N})(?=\\s*${equals}|\\()`,
    captures: captures(keyword, role("plain")),
  },
  { match: `(?:^\\s*)?\\b(layer)\\s+(${N})(?=\\s*${equals})`, captures: captures(keyword, role("function")) },
  { match: `(?:^\\s*)?\\b(let)(?=${severalNames}\\s*${equals})`, captures: captures(keyword) },
  // Unfinished statements. `loss` alone may be a block's value.
  { match: `^\\s*(let|layer|predict)\\b(?=\\s*$)`, captures: captures(keyword) },
  { match: `^\\s*(let|layer|predict|output|loss)\\b(?=\\s+${N}|\\s*${equals})`, captures: captures(keyword) },
  include("expression"),
];

const value: readonly TextMateRule[] = [named("function", "(?=\\()"), named("plain")];

/** Keys and values alternate. */
const settings: readonly TextMateRule[] = [
  include("comments"),
  ...[t.Comma, t.Plus, t.Minus, t.Times, t.Divide, ...t.comparisons].map((type) =>
    nameBehind(source(type), scopeOf(type), ...value),
  ),
  { match: `\\b(${N})\\s+(${N})(?=\\()`, captures: captures(role("property"), role("function")) },
  { match: `\\b(${N})\\s+(${N})`, captures: captures(role("property"), role("plain")) },
  named("property", '(?=\\s+[-0-9"(\\[])'),
  named("property", "(?=\\s*$)"),
  include("expression"),
];

/** `train.batch: choice(128, 256)` */
const ranges: readonly TextMateRule[] = [
  include("comments"),
  named("property", `(?=\\s*(?::|\\.))`),
  include("expression"),
];

/** A grammar that is added to another one, wherever the scopes of a position fit its selector. */
export interface InjectedGrammar extends Pick<TextMateGrammar, "name" | "scopeName" | "patterns"> {
  readonly injectionSelector: string;
}

/** Cells of a notebook that begin with `%%din`: to an editor they are Python. Nothing but the end of the cell ends one. */
export function notebookGrammar(): InjectedGrammar {
  return {
    name: "din in a notebook",
    scopeName: "notebook.din",
    injectionSelector: "L:source.python - comment - string",
    patterns: [
      {
        begin: `^\\s*(%%din)(?!\\S)(?:\\s+(${N}))?.*$`,
        beginCaptures: captures("keyword.control.magic.din", role("plain")),
        end: "(?!)",
        contentName: "meta.embedded.block.din",
        patterns: [{ include: "source.din" }],
      },
    ],
  };
}

/** The grammar in the form that editors load. */
export function textMateGrammar(): TextMateGrammar {
  const items: readonly TextMateRule[] = [
    line("model", "model", [include("comments"), include("expression")]),
    line("import", "plain", [include("comments"), include("expression")]),
    line("param", "constant", [include("expression")]),
    line("label", "plain", [
      include("comments"),
      nameBehind(source(t.Colon), scopeOf(t.Colon), named("kind")),
      include("expression"),
    ]),
    item(
      "features",
      [{ match: `\\b(${N})(?:\\s+(${N}))?`, captures: captures(role("scope"), role("plain")) }],
      declarations("plain"),
    ),
    item(
      "history",
      [parentheses([include("argument"), include("expression")]), named("plain")],
      declarations("property"),
    ),
    item("block", [parameters, result, named("function")], [include("code")]),
    item("net", [], [include("code")]),
    item("train", [], settings),
    item("tune", [], ranges),
    {
      begin: `\\b(variant)\\b(?:\\s+(${N})(?:\\s+(from)\\b(?:\\s+(${N}))?)?)?`,
      beginCaptures: captures(keyword, role("model"), keyword, role("model")),
      end: behindBraces,
      patterns: [
        include("comments"),
        named("model"),
        brackets(t.LeftBrace, t.RightBrace, "(?=^\\s*variant\\b)", [include("items")]),
      ],
    },
  ];
  return {
    name: "din",
    scopeName: "source.din",
    fileTypes: ["din"],
    patterns: [include("items")],
    repository: {
      items: { patterns: [include("comments"), ...items, include("expression")] },
      comments: {
        patterns: [t.DocComment, t.Comment].map(literal),
      },
      argument: { patterns: [named("parameter", "(?=\\s*:)")] },
      type: {
        patterns: [
          include("comments"),
          brackets(t.LeftBracket, t.RightBracket, nextStatement, [include("dimensions")]),
          named("type"),
          include("expression"),
        ],
      },
      dimensions: {
        patterns: [
          include("comments"),
          parentheses([include("dimensions")]),
          { match: `\\b(?=[A-Z])${N}`, name: role("type") },
          named("dimension"),
          include("expression"),
        ],
      },
      expression: {
        patterns: [
          include("comments"),
          ...[t.StringLiteral, t.UnterminatedString, t.NumberLiteral].map(literal),
          nameBehind(source(t.Pipe), scopeOf(t.Pipe), named("function")),
          { match: source(t.DotDot), name: scopeOf(t.DotDot) },
          nameBehind(source(t.Dot), scopeOf(t.Dot), named("property")),
          named("parameter", `(?=\\s*${source(t.LambdaArrow)})`),
          parentheses([include("comments"), named("parameter"), include("signs")], lambdaAhead),
          named("function", "(?=\\()"),
          named("plain"),
          parentheses([include("argument"), include("expression")]),
          brackets(t.LeftBracket, t.RightBracket, nextStatement, [include("expression")]),
          braces(include("code")),
          include("signs"),
        ],
      },
      code: { patterns: code },
      signs: { patterns: signs() },
    },
  };
}

const lambdaAhead = `(?=[^()]*\\)\\s*${source(t.LambdaArrow)})`;
