// The one table of tokens. The lexer, the parser, messages and highlighting are made from it, so they agree
// about every word and sign.

import {
  type CustomPatternMatcherFunc,
  createToken,
  type IToken,
  Lexer,
  type TokenType,
} from "./chevrotain.mjs";

export type TokenCategory = "keyword" | "name" | "literal" | "operator" | "bracket" | "separator" | "trivia";

/**
 * The appearance in editors: TextMate scope (without `.din`) and the semantic token type of the language
 * server protocol.
 */
export interface TokenDescription {
  readonly type: TokenType;
  readonly category: TokenCategory;
  /** Only for keywords: the text that an identifier must have to become this keyword at its position. */
  readonly word?: string;
  /**
   * Only for keywords: a description of the item, statement or clause that it begins, and the section of
   * SPEC.md.
   */
  readonly doc?: string;
  readonly section?: string;
  readonly scope: string;
  readonly semantic: "keyword" | "variable" | "string" | "number" | "operator" | "comment" | null;
  /** Its name in messages. */
  readonly label: string;
}

const table: TokenDescription[] = [];

type Row = Omit<TokenDescription, "type" | "word" | "doc" | "section"> & {
  readonly pattern: RegExp | string | CustomPatternMatcherFunc;
  readonly categories?: TokenType[];
  readonly group?: string;
  readonly lineBreaks?: boolean;
  readonly startCharacters?: string[];
};

function token(name: string, row: Row): TokenType {
  const type = createToken({
    name,
    pattern: row.pattern,
    label: row.label,
    line_breaks: row.lineBreaks ?? false,
    ...(row.categories === undefined ? {} : { categories: row.categories }),
    ...(row.group === undefined ? {} : { group: row.group }),
    ...(row.startCharacters === undefined ? {} : { start_chars_hint: row.startCharacters }),
  });
  const { category, scope, semantic, label } = row;
  table.push({ type, category, scope, semantic, label });
  return type;
}

/** A word with a meaning only in its position; elsewhere it is a name like any other (`items.ts` decides). */
function keyword(word: string, section: string, doc: string): TokenType {
  const name = `${word.charAt(0).toUpperCase()}${word.slice(1)}Keyword`;
  const label = `"${word}"`;
  const type = createToken({ name, pattern: Lexer.NA, label });
  table.push({
    type,
    category: "keyword",
    word,
    doc,
    section,
    scope: "keyword.control",
    semantic: "keyword",
    label,
  });
  return type;
}

/** A class of tokens with one name in the grammar. */
function abstractToken(name: string, label: string): TokenType {
  return createToken({ name, pattern: Lexer.NA, label });
}

const operator = { category: "operator", scope: "keyword.operator", semantic: "operator" } as const;
const bracket = { category: "bracket", scope: "punctuation.section", semantic: null } as const;
const separator = { category: "separator", scope: "punctuation.separator", semantic: null } as const;
const comment = { category: "trivia", semantic: "comment" } as const;
const text = { category: "literal", scope: "string.quoted.double", semantic: "string" } as const;

/** An operator between two operands: `+ - * /`, and comparisons. */
export const InfixOperator = abstractToken("InfixOperator", "an operator");
/** Any "(", with or without white space before it. */
export const OpenParenthesis = abstractToken("OpenParenthesis", '"("');

/** Any "[", with or without white space before it. */
export const OpenBracket = abstractToken("OpenBracket", '"["');

/**
 * The name in a declaration. The following token shows if it is missing, so recovery may continue without it.
 */
export const DeclaredName = abstractToken("DeclaredName", "a name");

export const WhiteSpace = token("WhiteSpace", {
  pattern: /\s+/,
  category: "trivia",
  scope: "",
  semantic: null,
  group: Lexer.SKIPPED,
  lineBreaks: true,
  label: "white space",
});

/** `/// text`: kept out of the parser, attached by position to the declaration after it. */
export const DocComment = token("DocComment", {
  ...comment,
  pattern: /\/\/\/(?!\/)[^\n\r]*/,
  scope: "comment.line.documentation",
  group: "documentation",
  label: "a documentation comment",
});
export const Comment = token("Comment", {
  ...comment,
  pattern: /\/\/[^\n\r]*/,
  scope: "comment.line.double-slash",
  group: "comments",
  label: "a comment",
});

export const Identifier = token("Identifier", {
  pattern: /[A-Za-z_][A-Za-z0-9_]*/,
  categories: [DeclaredName],
  category: "name",
  scope: "variable.other",
  semantic: "variable",
  label: "a name",
});

/**
 * Also matches malformed numbers (`1__000`, `10k`, `0x1F`, `5.`), so that each is reported as one mistake.
 */
export const NumberLiteral = token("NumberLiteral", {
  pattern: /[0-9](?:[eE][+-][0-9]|[A-Za-z0-9_]|\.[0-9])*(?:\.(?![.A-Za-z_]))?/,
  category: "literal",
  scope: "constant.numeric",
  semantic: "number",
  label: "a number",
});

export const StringLiteral = token("StringLiteral", {
  ...text,
  pattern: /"(?:[^"\\\n\r]|\\[^\n\r])*"/,
  label: "a string",
});
/** A string without its closing quote ends at the end of the line. */
export const UnterminatedString = token("UnterminatedString", {
  ...text,
  pattern: /"(?:[^"\\\n\r]|\\[^\n\r])*\\?/,
  categories: [StringLiteral],
  label: "a string",
});

export const BindingArrow = token("BindingArrow", { ...operator, pattern: /<->|↔/, label: '"<->"' });
export const Pipe = token("Pipe", { ...operator, pattern: "|>", label: '"|>"' });
export const ResultArrow = token("ResultArrow", { ...operator, pattern: "->", label: '"->"' });
export const LambdaArrow = token("LambdaArrow", { ...operator, pattern: "=>", label: '"=>"' });
const infix = { ...operator, categories: [InfixOperator] };
// Before "=", which two of them contain.
export const AtMost = token("AtMost", { ...infix, pattern: "<=", label: '"<="' });
export const AtLeast = token("AtLeast", { ...infix, pattern: ">=", label: '">="' });
export const EqualTo = token("EqualTo", { ...infix, pattern: "==", label: '"=="' });
export const UnequalTo = token("UnequalTo", { ...infix, pattern: "!=", label: '"!="' });
export const Below = token("Below", { ...infix, pattern: "<", label: '"<"' });
export const Above = token("Above", { ...infix, pattern: ">", label: '">"' });
export const DotDot = token("DotDot", { ...operator, pattern: "..", label: '".."' });
export const Dot = token("Dot", { ...separator, pattern: ".", label: '"."' });
export const Comma = token("Comma", { ...separator, pattern: ",", label: '","' });
export const Colon = token("Colon", { ...separator, pattern: ":", label: '":"' });
export const Equals = token("Equals", { ...operator, pattern: "=", label: '"="' });

export const Plus = token("Plus", { ...infix, pattern: "+", label: '"+"' });
export const Minus = token("Minus", { ...infix, pattern: "-", label: '"-"' });
export const Times = token("Times", { ...infix, pattern: "*", label: '"*"' });
export const Divide = token("Divide", { ...infix, pattern: "/", label: '"/"' });

/** The token directly before `offset`, without white space between. */
function touching(offset: number, tokens: IToken[]): TokenType | null {
  const previous = tokens[tokens.length - 1];
  return previous !== undefined && endOf(previous) === offset ? previous.tokenType : null;
}

/** Matches "(" directly after a name: a call. `let a = b` and, on the next line, `(c + d)` stay separate. */
const afterName: CustomPatternMatcherFunc = (source, offset, tokens: IToken[]) => {
  if (source.charCodeAt(offset) !== 40) return null;
  return touching(offset, tokens) === Identifier ? ["("] : null;
};
/**
 * Matches "[" directly after a value: an index. The checker says which values have elements. On a line of its own it
 * begins a list.
 */
const afterValue: CustomPatternMatcherFunc = (source, offset, tokens: IToken[]) => {
  if (source.charCodeAt(offset) !== 91) return null;
  const previous = touching(offset, tokens);
  const isValue =
    previous === Identifier ||
    previous === RightParenthesis ||
    previous === RightBracket ||
    previous === NumberLiteral ||
    previous === StringLiteral;
  return isValue ? ["["] : null;
};
export const CallParenthesis = token("CallParenthesis", {
  ...bracket,
  pattern: afterName,
  categories: [OpenParenthesis],
  startCharacters: ["("],
  label: '"("',
});
export const LeftParenthesis = token("LeftParenthesis", {
  ...bracket,
  pattern: "(",
  categories: [OpenParenthesis],
  label: '"("',
});
/** Never lexed: a "(" whose ")" is followed by "=>" (`items.ts` finds them). */
export const LambdaParenthesis = createToken({ name: "LambdaParenthesis", pattern: Lexer.NA, label: '"("' });
/** Never lexed: a "(" that looks like a call but is not one, because white space or a ")" precedes it. */
export const StrayParenthesis = createToken({ name: "StrayParenthesis", pattern: Lexer.NA, label: '"("' });
export const RightParenthesis = token("RightParenthesis", { ...bracket, pattern: ")", label: '")"' });
export const IndexBracket = token("IndexBracket", {
  ...bracket,
  pattern: afterValue,
  categories: [OpenBracket],
  startCharacters: ["["],
  label: '"["',
});
export const LeftBracket = token("LeftBracket", {
  ...bracket,
  pattern: "[",
  categories: [OpenBracket],
  label: '"["',
});
export const RightBracket = token("RightBracket", { ...bracket, pattern: "]", label: '"]"' });
export const LeftBrace = token("LeftBrace", { ...bracket, pattern: "{", label: '"{"' });
export const RightBrace = token("RightBrace", { ...bracket, pattern: "}", label: '"}"' });

export const ModelKeyword = keyword("model", "1.1", "Names the spec; its first item.");
export const ImportKeyword = keyword("import", "4.2", "Makes the blocks and params of another file known.");
export const ParamKeyword = keyword(
  "param",
  "4.1",
  "A named constant, typed by its default. `dinc train --param name=value` gives it another value.",
);
export const FeaturesKeyword = keyword(
  "features",
  "1.2",
  "Features of one scope, which says when their values are known: `user` and `context` once per request, `item` for each candidate, `training` in the rows of training only.",
);
export const HistoryKeyword = keyword(
  "history",
  "1.3",
  "What the user did, latest last: an axis of which the latest `max` steps count. Its fields are bound to item features, or its own.",
);
export const LabelKeyword = keyword("label", "1.4", "What is predicted: a column of the data.");
export const BlockKeyword = keyword(
  "block",
  "1.5",
  "A function of vectors: `let`s and one value at the end. Widths in its signature are variables.",
);
export const NetKeyword = keyword(
  "net",
  "1.6",
  "The network: `let`s, a `predict` for each label, further outputs and losses.",
);
export const TrainKeyword = keyword("train", "3.3", "Settings of the training, in any order.");
export const TuneKeyword = keyword(
  "tune",
  "4.4",
  "Ranges that `dinc tune` searches: by name what a param, `train.batch`, `train.epochs`, `train.learning_rate` or `variant` may be.",
);
export const VariantKeyword = keyword(
  "variant",
  "4.3",
  "A model stated by what is different from another one of the file.",
);
export const FromKeyword = keyword(
  "from",
  "1.2",
  "The model that a variant begins with; the feature whose values another feature is computed from.",
);
export const LetKeyword = keyword("let", "1.6", "Names a value.");
export const LayerKeyword = keyword(
  "layer",
  "2.7",
  "A function with weights of its own, which all its calls share: `layer score = dense(1)`.",
);
export const PredictKeyword = keyword(
  "predict",
  "1.4",
  "The probability of a label, from what `sigmoid` gives.",
);
export const OutputKeyword = keyword(
  "output",
  "1.6",
  "Names a value that is served, exported and predicted, without a label, a loss or a metric.",
);
export const LossKeyword = keyword(
  "loss",
  "3.1",
  "A further loss, for training only: one number for each example.",
);
export const EmbedKeyword = keyword(
  "embed",
  "1.2",
  "Gives a feature with ids a table of vectors of this width; its name in `net` is its vector.",
);
export const ShareKeyword = keyword(
  "share",
  "1.2",
  "Vocabulary, width and table are those of another feature.",
);

/** Words that begin an item. */
export const itemKeywords: ReadonlyMap<string, TokenType> = new Map([
  ["model", ModelKeyword],
  ["import", ImportKeyword],
  ["param", ParamKeyword],
  ["features", FeaturesKeyword],
  ["history", HistoryKeyword],
  ["label", LabelKeyword],
  ["block", BlockKeyword],
  ["net", NetKeyword],
  ["train", TrainKeyword],
  ["tune", TuneKeyword],
  ["variant", VariantKeyword],
]);

/** Words that begin a statement. */
export const statementKeywords: ReadonlyMap<string, TokenType> = new Map([
  ["let", LetKeyword],
  ["layer", LayerKeyword],
  ["predict", PredictKeyword],
  ["output", OutputKeyword],
  ["loss", LossKeyword],
]);

export const comparisons: readonly TokenType[] = [Below, AtMost, Above, AtLeast, EqualTo, UnequalTo];

export const tokens: readonly TokenDescription[] = table;

/** The description of a keyword; undefined for other words. */
export function keywordNamed(word: string): TokenDescription | undefined {
  return table.find((row) => row.word === word);
}

/** Every token that the parser may read. */
export const tokenTypes: TokenType[] = [
  ...table.map((row) => row.type),
  LambdaParenthesis,
  StrayParenthesis,
  InfixOperator,
  OpenParenthesis,
  OpenBracket,
  DeclaredName,
];

/** `validates`: whether to validate the token table, which takes longer than reading most specs. */
export function makeLexer({ validates }: { readonly validates: boolean }): Lexer {
  return new Lexer(tokenTypes, {
    ensureOptimizations: true,
    // No token spans several lines.
    positionTracking: "onlyStart",
    skipValidations: !validates,
  });
}

const lexer = makeLexer({ validates: false });

export interface Lexed {
  readonly tokens: IToken[];
  /** Documentation comments in the order of the text. */
  readonly docs: readonly IToken[];
  /** Other comments, in the order of the text. */
  readonly comments: readonly IToken[];
  /** Runs of characters that begin no token. */
  readonly strays: readonly { readonly offset: number; readonly length: number }[];
}

/** Splits a text into tokens; linear, and never throws. */
export function lex(text: string): Lexed {
  const result = lexer.tokenize(text);
  return {
    tokens: result.tokens,
    docs: result.groups["documentation"] ?? [],
    comments: result.groups["comments"] ?? [],
    strays: result.errors.map(({ offset, length }) => ({ offset, length })),
  };
}

export function endOf(token: IToken): number {
  return token.startOffset + token.image.length;
}
