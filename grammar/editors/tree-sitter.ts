// Makes the tree-sitter grammar, by which Neovim, Helix, Emacs and Zed read a `.din` text, from the token
// table and from the rules of the parser. Its trees have the parser's nodes under the parser's names. Pure:
// tables in, `grammar.json` out, of which `tree-sitter generate` makes `parser.c`. `items.ts` turns words
// into keywords before the parser runs. Here the lexer does it, because it knows in each state which keywords
// may follow.

import type { ISerializedGast, TokenType } from "../chevrotain.mjs";
import { namePositions } from "../name-roles.ts";
import { DinParser } from "../parser.ts";
import * as t from "../tokens.ts";

/** A rule as `grammar.json` writes it. */
export type TreeSitterRule =
  | { readonly type: "BLANK" }
  | { readonly type: "STRING" | "PATTERN"; readonly value: string }
  | { readonly type: "SYMBOL"; readonly name: string }
  | { readonly type: "SEQ" | "CHOICE"; readonly members: readonly TreeSitterRule[] }
  | { readonly type: "REPEAT" | "REPEAT1" | "IMMEDIATE_TOKEN" | "TOKEN"; readonly content: TreeSitterRule }
  | { readonly type: "PREC" | "PREC_RIGHT"; readonly value: number; readonly content: TreeSitterRule }
  | { readonly type: "FIELD"; readonly name: string; readonly content: TreeSitterRule }
  | {
      readonly type: "ALIAS";
      readonly named: boolean;
      readonly value: string;
      readonly content: TreeSitterRule;
    };

export interface TreeSitterGrammar {
  readonly name: string;
  readonly word: string;
  readonly rules: Readonly<Record<string, TreeSitterRule>>;
  readonly extras: readonly TreeSitterRule[];
  readonly conflicts: readonly (readonly string[])[];
  readonly precedences: readonly [];
  readonly externals: readonly [];
  readonly inline: readonly string[];
  readonly supertypes: readonly [];
}

const blank: TreeSitterRule = { type: "BLANK" };
const symbol = (name: string): TreeSitterRule => ({ type: "SYMBOL", name });
const string = (value: string): TreeSitterRule => ({ type: "STRING", value });
const repeat = (content: TreeSitterRule): TreeSitterRule => ({ type: "REPEAT", content });

function sequence(...members: readonly TreeSitterRule[]): TreeSitterRule {
  return members.length === 1 ? members[0]! : { type: "SEQ", members };
}
function choice(...members: readonly TreeSitterRule[]): TreeSitterRule {
  return members.length === 1 ? members[0]! : { type: "CHOICE", members };
}
const optional = (rule: TreeSitterRule): TreeSitterRule => choice(rule, blank);

/** The name of a rule or token in the trees: `labelKind` is `label_kind`. */
export function treeSitterName(name: string): string {
  return name.replace(/[A-Z]/g, (letter, at) => `${at === 0 ? "" : "_"}${letter.toLowerCase()}`);
}

const identifier = treeSitterName(t.Identifier.name);

/** Tokens that have a rule, because their texts differ, in the order in which the lexer tries them. */
export const namedTokens = [t.DocComment, t.Comment, t.Identifier, t.NumberLiteral, t.StringLiteral];

/** `\s` of JavaScript, whatever a regular expression elsewhere takes it for. */
const whiteSpace = "\\t-\\r \\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000\\ufeff";

/** A pattern of the table without looking ahead, which tree-sitter can't do. */
function pattern(type: TokenType): TreeSitterRule {
  const source = (type.PATTERN as RegExp).source
    // The end of a number that is a mistake, such as `5.`: an error here.
    .replace(/\(\?:\\\.\(\?!.*\)\)\?$/, "")
    // The pattern means "not this sign, and then any of these". In the new one, the first of these is another
    // sign, or nothing follows.
    .replace(/\(\?!(\\?.)\)\[\^([^\]]*)\]\*$/, "([^$1$2][^$2]*)?")
    .replaceAll("(?:", "(");
  if (source.includes("(?")) throw new Error(`tree-sitter has no such pattern: ${source}`);
  return { type: "PATTERN", value: source };
}

/** The sign or word that a token always is. */
function textOf(type: TokenType): string {
  const { word, label } = t.tokens.find((row) => row.type === type)!;
  return word ?? (typeof type.PATTERN === "string" ? type.PATTERN : JSON.parse(label));
}

/** `text` without white space before it. */
function touching(text: string): TreeSitterRule {
  const content: TreeSitterRule = { type: "IMMEDIATE_TOKEN", content: string(text) };
  return { type: "ALIAS", named: false, value: text, content };
}

const byName = new Map(t.tokenTypes.map((type) => [type.name, type]));

function terminal(type: TokenType): TreeSitterRule {
  switch (type) {
    case t.DeclaredName:
      return symbol(identifier);
    // If both may follow, the lexer takes a parenthesis or bracket that touches the token before it for that
    // of a call or an index.
    case t.LambdaParenthesis:
      return terminal(t.OpenParenthesis);
    case t.CallParenthesis:
    case t.IndexBracket:
      return touching(type === t.CallParenthesis ? "(" : "[");
    case t.BindingArrow:
      return choice(...(type.PATTERN as RegExp).source.split("|").map(string));
  }
  if (namedTokens.includes(type)) return symbol(treeSitterName(type.name));
  const members = t.tokens.filter((row) => row.type.CATEGORIES?.includes(type)).map((row) => row.type);
  return members.length === 0 ? string(textOf(type)) : choice(...members.map(terminal));
}

/** Chevrotain's types have no more of a serialized rule than its kind. */
interface Production extends ISerializedGast {
  readonly name: string;
  readonly definition: Production[];
}

/** Words that are keywords at a position where a name is possible too; there, the word after them decides. */
const namesToo: Readonly<Record<string, readonly TokenType[]>> = {
  declaration: [t.EmbedKeyword, t.FromKeyword, t.ShareKeyword],
  binding: [t.EmbedKeyword, t.FromKeyword, t.ShareKeyword],
  operand: [t.LetKeyword, t.LayerKeyword],
  lambda: [t.LetKeyword, t.LayerKeyword],
  argument: [t.LetKeyword, t.LayerKeyword],
};

/** A name, or one of these words as a name. */
function nameOr(words: readonly TokenType[]): TreeSitterRule {
  return choice(
    symbol(identifier),
    ...words.map((word): TreeSitterRule => {
      return { type: "ALIAS", named: true, value: identifier, content: terminal(word) };
    }),
  );
}

/** The rule of the tree-sitter grammar for a rule of the parser. */
class Translation {
  readonly rule: string;
  names = 0;

  constructor(rule: string) {
    this.rule = rule;
  }

  all(productions: readonly Production[]): TreeSitterRule {
    return sequence(...productions.map((each) => this.one(each)));
  }

  one(production: Production): TreeSitterRule {
    const { type, name, definition } = production;
    switch (type) {
      case "Terminal": {
        const token = byName.get(name)!;
        const rule = terminal(token);
        return token === t.Identifier || token === t.DeclaredName ? this.name() : rule;
      }
      case "NonTerminal":
        return reference(name);
      case "Alternative":
        return this.all(definition);
      case "Option":
        return optional(this.all(definition));
      case "Repetition":
        return isBody(definition) ? body : repeat(this.all(definition));
      case "Alternation":
        return choice(...definition.map((each) => this.one(each)));
      default:
        throw new Error(`tree-sitter has no such production: ${type}`);
    }
  }

  /** A name has a field, by which queries find it. */
  name(): TreeSitterRule {
    const place = this.names++;
    const content = nameOr(namesToo[this.rule] ?? []);
    const taken = this.rule === "lambda" ? symbol(lambdaName) : content;
    const names = namePositions[this.rule] ?? [];
    const { role } = names[Math.min(place, names.length - 1)] ?? { role: "plain" };
    return { type: "FIELD", name: role === "plain" ? "name" : role, content: taken };
  }
}

/**
 * A name before "=>", which looks like an operand at first. It has a rule of its own, so that tree-sitter
 * continues with both readings.
 */
const lambdaName = "_lambda_name";

/**
 * The content of a block and of a function in braces: the parser accepts any order, and the builder reports
 * mistakes in it.
 */
const body = sequence(repeat(choice(symbol("let"), symbol("layer"))), symbol("expression"));

function isBody([first]: readonly Production[]): boolean {
  return (
    first?.type === "Alternation" &&
    first.definition.some(({ definition }) => definition[0]?.name === "expression")
  );
}

/** Rules without a node of their own in the trees. */
const hidden: Readonly<Record<string, string>> = { item: "_item" };
/** Rules that may match nothing, for which tree-sitter has no node. */
const empty = new Set(["arguments"]);

function reference(name: string): TreeSitterRule {
  const rule = symbol(hidden[name] ?? treeSitterName(name));
  return empty.has(name) ? optional(rule) : name === "call" ? { type: "FIELD", name, content: rule } : rule;
}

/** Like the parser, it takes as much as possible: the following text belongs to the innermost of these. */
const greedy = new Set(["expression", "sum", "operand", "lambda", "stage"]);
/** `embed(8)` has options, not a width in parentheses. */
const preferred = new Set(["argument"]);

function ruleOf({ name, definition }: Production): TreeSitterRule {
  const content = translated(name, definition);
  if (greedy.has(name)) return { type: "PREC_RIGHT", value: 0, content };
  return preferred.has(name) ? { type: "PREC", value: 1, content } : content;
}

function translated(name: string, definition: readonly Production[]): TreeSitterRule {
  const translation = new Translation(name);
  if (name === "let") {
    // The parser accepts both, so that recovery can insert a name.
    const [word, names, single, ...rest] = definition as [
      Production,
      Production,
      Production,
      ...Production[],
    ];
    const either = choice(translation.all(names.definition), translation.one(single));
    return sequence(translation.one(word), either, translation.all(rest));
  }
  if (name === "variant") {
    // `items.ts` reads the items in its braces one by one.
    const end = translation.one(definition.at(-1)!);
    return sequence(translation.all(definition.slice(0, -1)), repeat(reference("item")), end);
  }
  if (empty.has(name)) {
    // All that an option may have.
    const [option] = definition as [Production];
    return translation.all(option.definition);
  }
  return translation.all(definition);
}

function parserRules(): Production[] {
  const parser = new DinParser({ recovers: false, validates: false });
  return parser.getSerializedGastProductions() as Production[];
}

/** The nodes that have brackets of their own. */
export function bracketedRules(): readonly string[] {
  const hasBracket = ({ name, definition = [] }: Production): boolean =>
    openBrackets.has(name) || definition.some(hasBracket);
  return parserRules()
    .filter((rule) => hasBracket(rule))
    .map(({ name }) => treeSitterName(name));
}

const openBrackets = new Set(
  [t.LeftBrace, t.LeftBracket, t.LeftParenthesis, t.OpenParenthesis, t.OpenBracket].map(({ name }) => name),
)
  .add(t.CallParenthesis.name)
  .add(t.IndexBracket.name)
  .add(t.LambdaParenthesis.name);

export function treeSitterGrammar(): TreeSitterGrammar {
  const rules = parserRules();
  return {
    name: "din",
    word: identifier,
    rules: {
      source_file: repeat(reference("item")),
      ...Object.fromEntries(
        rules.map((rule) => [hidden[rule.name] ?? treeSitterName(rule.name), ruleOf(rule)]),
      ),
      [lambdaName]: nameOr(namesToo["lambda"]!),
      ...Object.fromEntries(namedTokens.map((type) => [treeSitterName(type.name), pattern(type)])),
    },
    extras: [
      { type: "PATTERN", value: `[${whiteSpace}]+` },
      ...[t.DocComment, t.Comment].map((type) => symbol(treeSitterName(type.name))),
    ],
    conflicts: [["declaration"], ["binding"], ["operand", lambdaName]],
    precedences: [],
    externals: [],
    inline: [],
    supertypes: [],
  };
}
