// Makes the syntax file of Vim and Neovim from the token table and the roles of names, like the TextMate
// grammar and with the same knowledge: an item by its first word, a statement by its head, a name by its
// position. Pure: tables in, text out.

import { nameRoles, type RoleName } from "../name-roles.ts";
import * as t from "../tokens.ts";
import { itemHeads } from "./textmate.ts";

type Token = (typeof t.tokenTypes)[number];

/** The highlight groups of colour schemes for each role; a plain name looks like text. */
const roleLinks: Readonly<Record<RoleName, string | null>> = {
  model: "Structure",
  scope: "Constant",
  kind: "Type",
  type: "Type",
  dimension: "Type",
  function: "Function",
  parameter: "Identifier",
  property: "Identifier",
  constant: "Constant",
  choice: "Constant",
  plain: null,
};

/** For tokens that are not names, by their semantic type. */
const tokenLinks = {
  keyword: "Keyword",
  string: "String",
  number: "Number",
  operator: "Operator",
  comment: "Comment",
} as const;

/** The highlight group of a semantic token; the group of plain names is our own. */
export function vimGroupOf(type: string, modifiers: readonly string[]): string {
  for (const [name, link] of Object.entries(tokenLinks)) if (name === type) return link;
  const isConstant = modifiers.includes("readonly");
  const found = Object.entries(nameRoles).find(
    ([, role]) =>
      role.semantic === type && (role.modifiers as readonly string[]).includes("readonly") === isConstant,
  );
  return roleLinks[(found?.[0] ?? "plain") as RoleName] ?? "dinPlain";
}

/** A regular expression in Vim's "very magic" notation, as far as the token table and `itemHeads` need it. */
export function vimPattern(source: string): string {
  let pattern = "";
  /** The end of each open group. */
  const ends: string[] = [];
  for (let i = 0; i < source.length; i++) {
    const sign = source[i]!;
    const ahead = /^\(\?([:=!])/.exec(source.slice(i));
    if (sign === "[") {
      const end = source.indexOf("]", i);
      pattern += source.slice(i, end + 1);
      i = end;
    } else if (ahead !== null) {
      pattern += "%(";
      ends.push({ ":": ")", "=": ")@=", "!": ")@!" }[ahead[1] as ":" | "=" | "!"]);
      i += 2;
    } else if (sign === ")") pattern += ends.pop() ?? ")";
    else if (sign === "\\" && source[i + 1] === "b") {
      // The beginning or the end of a word.
      pattern += /[A-Za-z(]/.test(source[i + 2] ?? "") ? "<" : ">";
      i++;
    } else if (sign === "\\") pattern += `\\${source[++i]}`;
    else if (/[<>={}&~%@]/.test(sign)) pattern += `\\${sign}`;
    else pattern += sign;
  }
  return pattern;
}

function source(type: Token): string {
  const { PATTERN } = type;
  if (PATTERN instanceof RegExp) return vimPattern(PATTERN.source);
  return String(PATTERN).replace(/[^A-Za-z0-9]/g, "\\$&");
}

const N = source(t.Identifier);
const equals = "\\=\\>@!";
const arrow = `%(${source(t.BindingArrow)})`;
const heads = Object.values(itemHeads).map(vimPattern).join("|");

/** No pattern contains a single quote. */
const quoted = (pattern: string): string => `'\\v${pattern}'`;

interface Options {
  readonly contained?: true;
  /** Clusters or groups. */
  readonly contains?: readonly string[];
  /** Groups that may follow it, also on another line. */
  readonly next?: readonly string[];
}

function tail({ contained, contains, next }: Options): string {
  return [
    contained === true ? " contained" : "",
    contains === undefined ? "" : ` contains=${contains.join(",")}`,
    next === undefined || next.length === 0 ? "" : ` nextgroup=${next.join(",")} skipwhite skipempty`,
  ].join("");
}

function match(group: string, pattern: string, options: Options = {}): string {
  return `syntax match ${group} ${quoted(pattern)}${tail(options)}`;
}

/**
 * Brackets with their content. They also end before a line with the head of an item, because one is missing
 * then.
 */
function region(group: string, [open, close]: readonly [string, string], options: Options): string {
  const ends = `end=${quoted(close)} end=${quoted(`^%(\\s*%(${heads}))@=`)}`;
  return `syntax region ${group} matchgroup=dinBracket start=${quoted(open)} matchgroup=dinBracket ${ends}${tail(options)}`;
}

const name = `<${N}>`;
const parentheses = ["\\(", "\\)"] as const;
const brackets = ["\\[", "\\]"] as const;
const braces = ["\\{", "\\}"] as const;
const contained = { contained: true } as const;

/** A keyword that begins an item, and the groups that may follow it. */
function item(word: string, ...next: readonly string[]): string {
  return match("dinItem", `<${word}>`, { next });
}

const tokens = ["dinComment", "dinDocumentation", "dinString", "dinNumber", "dinOperator"];

// Vim tries later definitions first.
const lines: readonly string[] = [
  `syntax cluster dinTokens contains=${tokens.join(",")}`,
  "syntax cluster dinExpression contains=@dinTokens,dinPlain,dinCall,dinPipe,dinDot,dinLambda,dinParentheses,dinList,dinFunction",
  "syntax cluster dinDeclarations contains=@dinExpression,dinEmbed,dinShare,dinColon,dinBinding",
  "syntax cluster dinStatements contains=@dinExpression,dinStatement",
  "",
  '" expressions',
  match("dinPlain", name),
  match(
    "dinOperator",
    t.tokens
      .filter(({ category }) => category === "operator")
      .map(({ type }) => source(type))
      .join("|"),
  ),
  match("dinNumber", source(t.NumberLiteral)),
  match("dinString", source(t.UnterminatedString)),
  match("dinString", source(t.StringLiteral)),
  match("dinCall", `<${N}\\(@=`),
  match("dinLambda", `${name}%(\\s*\\=\\>)@=`),
  match("dinPipe", source(t.Pipe), { next: ["dinStage"] }),
  match("dinStage", name, contained),
  match("dinDot", "\\.@<!\\.\\.@!", { next: ["dinField"] }),
  match("dinField", name, contained),
  match("dinArgument", `${name}%(\\s*:)@=`, contained),
  region("dinParentheses", parentheses, { contains: ["@dinExpression", "dinArgument"] }),
  region("dinParentheses", ["\\(%([^()]*\\)\\s*\\=\\>)@=", "\\)"], {
    contains: ["@dinTokens", "dinLambda", "dinLambdaName"],
  }),
  match("dinLambdaName", name, contained),
  region("dinList", brackets, { contains: ["@dinExpression"] }),
  "",
  '" declarations',
  match("dinColon", ":", { ...contained, next: ["dinKind"] }),
  match("dinKind", name, contained),
  match("dinBinding", arrow, { ...contained, next: ["dinColumn"] }),
  match("dinColumn", name, contained),
  match("dinEmbed", `<embed>%(\\s*%([:,]|${arrow}))@!`, contained),
  match("dinShare", `<%(from|share)>%(\\s+${N})@=`, { ...contained, next: ["dinPlain"] }),
  match("dinOwnField", `${name}%(\\s*%([:,]|${source(t.DotDot)}))@=`, contained),
  region("dinFeatures", braces, { ...contained, contains: ["@dinDeclarations"] }),
  region("dinFields", braces, { ...contained, contains: ["@dinDeclarations", "dinOwnField"] }),
  "",
  '" statements',
  match("dinStatement", "%(^\\s*)@<=<%(let|layer|predict)>\\s*$", contained),
  match("dinStatement", `%(^\\s*)@<=<%(let|layer|predict|output|loss)>%(\\s+${N}|\\s*${equals})@=`, {
    ...contained,
    next: ["dinPlain"],
  }),
  match("dinStatement", `<%(predict|loss)>%(\\s+${N}%(\\s*${equals}|\\())@=`, {
    ...contained,
    next: ["dinDeclared"],
  }),
  match("dinStatement", `<%(let|output)>%(\\s+${N}\\s*${equals})@=`, {
    ...contained,
    next: ["dinDeclared"],
  }),
  match("dinStatement", `<let>%(\\s*\\(\\s*${N}%(\\s*,\\s*${N})*\\s*\\)\\s*${equals})@=`, contained),
  match("dinStatement", `<layer>%(\\s+${N}\\s*${equals})@=`, { ...contained, next: ["dinLayer"] }),
  match("dinLayer", name, contained),
  match("dinDeclared", name, contained),
  region("dinCode", braces, { ...contained, contains: ["@dinStatements"] }),
  region("dinFunction", ["%(\\=\\>\\s*)@<=\\{", "\\}"], { contains: ["@dinStatements"] }),
  "",
  '" the head of a block',
  match("dinParameter", name, contained),
  match("dinTypeColon", ":", { ...contained, next: ["dinType"] }),
  match("dinType", name, { ...contained, next: ["dinDimensions"] }),
  region("dinDimensions", brackets, {
    ...contained,
    contains: ["@dinTokens", "dinDimension", "dinTypeName", "dinWidths"],
  }),
  region("dinWidths", parentheses, {
    ...contained,
    contains: ["@dinTokens", "dinDimension", "dinTypeName", "dinWidths"],
  }),
  match("dinDimension", name, contained),
  match("dinTypeName", `<[A-Z][A-Za-z0-9_]*>`, contained),
  `syntax region dinDefault matchgroup=dinOperator start=${quoted(equals)} matchgroup=NONE end=/[,)]/me=s-1${tail({ ...contained, contains: ["@dinExpression"] })}`,
  region("dinParameters", parentheses, {
    ...contained,
    contains: ["@dinTokens", "dinParameter", "dinTypeColon", "dinDefault"],
    next: ["dinResult", "dinCode"],
  }),
  match("dinResult", source(t.ResultArrow), { ...contained, next: ["dinResultType"] }),
  match("dinResultType", name, { ...contained, next: ["dinResultDimensions", "dinCode"] }),
  region("dinResultDimensions", brackets, {
    ...contained,
    contains: ["@dinTokens", "dinDimension", "dinTypeName", "dinWidths"],
    next: ["dinCode"],
  }),
  "",
  '" settings: keys and values take turns',
  match("dinSetting", name, { ...contained, next: ["dinValue", "dinValueCall"] }),
  match("dinValue", name, contained),
  match("dinValueCall", `<${N}\\(@=`, contained),
  match("dinAnother", "[-,+*]|/[/]@!", { ...contained, next: ["dinValue", "dinValueCall"] }),
  region("dinSettings", braces, {
    ...contained,
    contains: [...tokens, "dinSetting", "dinAnother", "dinParentheses", "dinList"],
  }),
  match("dinRange", `${name}%(\\s*[:.])@=`, contained),
  region("dinRanges", braces, { ...contained, contains: ["@dinExpression", "dinRange"] }),
  "",
  '" items',
  item("model", "dinModel"),
  match("dinModel", name, contained),
  item("import"),
  item("param", "dinConstant"),
  match("dinConstant", name, contained),
  item("features", "dinScope"),
  match("dinScope", name, { ...contained, next: ["dinGroup", "dinFeatures"] }),
  match("dinGroup", name, { ...contained, next: ["dinFeatures"] }),
  item("history", "dinHistory"),
  match("dinHistory", name, { ...contained, next: ["dinHistoryOptions", "dinFields"] }),
  region("dinHistoryOptions", parentheses, {
    ...contained,
    contains: ["@dinExpression", "dinArgument"],
    next: ["dinFields"],
  }),
  item("label", "dinLabel"),
  match("dinLabel", name, { ...contained, next: ["dinColon"] }),
  item("block", "dinBlock"),
  match("dinBlock", name, { ...contained, next: ["dinParameters"] }),
  item("net", "dinCode"),
  item("train", "dinSettings"),
  item("tune", "dinRanges"),
  item("variant", "dinVariant"),
  match("dinVariant", name, { ...contained, next: ["dinFrom"] }),
  match("dinFrom", "<from>", { ...contained, next: ["dinParent"] }),
  match("dinParent", name, { ...contained, next: ["dinVariantItems"] }),
  `syntax region dinVariantItems matchgroup=dinBracket start=/{/ end=/}/ contained contains=@dinExpression,dinItem`,
  "",
  '" comments',
  match("dinComment", source(t.Comment)),
  match("dinDocumentation", source(t.DocComment)),
];

/** For each of our groups, the colour scheme's group, or that of plain names. */
export const vimLinks: Readonly<Record<string, string>> = {
  ...linksTo(tokenLinks.keyword, "dinItem", "dinStatement", "dinFrom", "dinEmbed", "dinShare"),
  ...linksTo(tokenLinks.operator, "dinOperator", "dinPipe", "dinBinding", "dinResult", "dinAnother"),
  ...linksTo(tokenLinks.string, "dinString"),
  ...linksTo(tokenLinks.number, "dinNumber"),
  ...linksTo(tokenLinks.comment, "dinComment"),
  dinDocumentation: tokenLinks.comment,
  ...linksTo("Delimiter", "dinBracket", "dinColon", "dinTypeColon", "dinDot"),
  ...linksTo(roleLinks.function!, "dinCall", "dinStage", "dinBlock", "dinLayer", "dinValueCall"),
  ...linksTo(roleLinks.property!, "dinField", "dinColumn", "dinOwnField", "dinRange", "dinSetting"),
  ...linksTo(roleLinks.parameter!, "dinLambda", "dinLambdaName", "dinArgument", "dinParameter"),
  ...linksTo(roleLinks.kind!, "dinKind", "dinType", "dinTypeName", "dinResultType", "dinDimension"),
  ...linksTo(roleLinks.model!, "dinModel", "dinVariant", "dinParent"),
  ...linksTo(roleLinks.scope!, "dinScope", "dinConstant"),
  ...linksTo("dinPlain", "dinDeclared", "dinValue", "dinHistory", "dinLabel", "dinGroup"),
};

function linksTo(link: string, ...groups: readonly string[]): Record<string, string> {
  return Object.fromEntries(groups.map((group) => [group, link]));
}

/** The text of `syntax/din.vim`. */
export function vimSyntax(): string {
  return [
    '" Made by grammar/editors/vim-syntax.ts from the token table; a test holds it to that.',
    "if exists('b:current_syntax')",
    "  finish",
    "endif",
    "syntax case match",
    "syntax sync fromstart",
    "syntax iskeyword @,48-57,_",
    "",
    ...lines,
    "",
    ...Object.entries(vimLinks).map(([group, link]) => `highlight default link ${group} ${link}`),
    "",
    "let b:current_syntax = 'din'",
    "",
  ].join("\n");
}
