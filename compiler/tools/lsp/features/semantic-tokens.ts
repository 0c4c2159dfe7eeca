// Semantic tokens: every token with its role in the grammar. A word is a keyword only where the grammar uses
// it as one. A name is coloured by its position, as in `grammar/name-roles.ts` and the TextMate grammar, and
// by its meaning only if the position does not determine it, so that colours stay when the server starts.
// Lists all visible tokens of any text, in order and without overlaps.

import type { SemanticTokens, SemanticTokensLegend } from "vscode-languageserver-types";
import type { IToken } from "../../../../grammar/chevrotain.mjs";
import { type CstElement, type CstNode, isNode } from "../../../../grammar/cst.ts";
import {
  type NamePosition,
  type NameRole,
  namePositions,
  nameRoles,
  type RoleName,
  type SemanticModifier,
} from "../../../../grammar/name-roles.ts";
import * as t from "../../../../grammar/tokens.ts";
import type { SourceFile } from "../../../common/source-file.ts";
import { readWholeSyntax, type SyntaxItem } from "../../../frontend/syntax/read-syntax.ts";
import { positionOf } from "../ranges.ts";
import { isLibrary, type Snapshot } from "../snapshot.ts";
import type { Mention, SpecSymbol, SpecSymbolKind } from "../symbols/symbol.ts";

/** A token with its type and modifiers for editors. */
export interface ShownToken {
  readonly offset: number;
  readonly length: number;
  readonly type: string;
  readonly modifiers: readonly SemanticModifier[];
}

/** The protocol's numbers of types and modifiers are indices into these lists. */
const types: readonly string[] = [
  ...new Set([
    ...t.tokens.flatMap(({ semantic }) => semantic ?? []),
    ...Object.values(nameRoles).map(({ semantic }) => semantic),
  ]),
];
const modifiers: readonly SemanticModifier[] = ["declaration", "defaultLibrary", "readonly", "documentation"];

export const semanticTokensLegend: SemanticTokensLegend = {
  tokenTypes: [...types],
  tokenModifiers: [...modifiers],
};

const described = new Map(t.tokens.map((row) => [row.type, row]));

/**
 * The tokens of a file in the order of the text. Without `mentions`, only the grammar determines their roles.
 */
export function shownTokens(file: SourceFile, mentions: readonly Mention[] = []): readonly ShownToken[] {
  const { lexed, items } = readWholeSyntax(file);
  const places = new Map<IToken, NamePosition>();
  const visit = (item: SyntaxItem): void => {
    if (item.tree !== null) placeNames(item.tree, false, places);
    item.items.forEach(visit);
  };
  items.forEach(visit);
  const symbols = new Map(mentions.map(({ span, symbol }) => [span.start, symbol]));
  return [...lexed.tokens, ...lexed.docs, ...lexed.comments]
    .flatMap((token) => shown(token, places.get(token), symbols.get(token.startOffset)) ?? [])
    .sort((a, b) => a.offset - b.offset);
}

function shown(
  token: IToken,
  placed: NamePosition | undefined,
  symbol: SpecSymbol | undefined,
): ShownToken | null {
  const row = described.get(token.tokenType);
  const place = { offset: token.startOffset, length: token.image.length };
  if (placed !== undefined) {
    const { role, declares } = placed;
    const { semantic, modifiers } = symbol === undefined ? nameRoles[role] : refined(role, symbol);
    return { ...place, type: semantic, modifiers: [...(declares ? DECLARATION : []), ...modifiers] };
  }
  // A parenthesis to which the item splitter gave a type of its own.
  if (row === undefined || row.semantic === null) return null;
  // A token meant as a keyword looks like one only if it is spelled so.
  if (row.word !== undefined && row.word !== token.image)
    return { ...place, type: nameRoles.plain.semantic, modifiers: [] };
  return {
    ...place,
    type: row.semantic,
    modifiers: token.tokenType === t.DocComment ? ["documentation"] : [],
  };
}

const DECLARATION: readonly SemanticModifier[] = ["declaration"];
const LIBRARY: readonly SemanticModifier[] = ["defaultLibrary"];

/** Roles by meaning, for names whose position does not determine one. */
const roleBySymbol: Readonly<Record<SpecSymbolKind, RoleName>> = {
  model: "model",
  variant: "model",
  param: "constant",
  feature: "plain",
  group: "plain",
  history: "plain",
  field: "property",
  column: "property",
  label: "plain",
  block: "function",
  parameter: "parameter",
  let: "plain",
  layer: "function",
  output: "plain",
  loss: "plain",
  width: "dimension",
  function: "function",
  option: "parameter",
  kind: "kind",
  transform: "function",
  type: "type",
  setting: "property",
  choice: "choice",
};

function refined(role: RoleName, symbol: SpecSymbol): NameRole {
  const { kind, declaration } = symbol;
  const known: NameRole = nameRoles[role === "plain" ? roleBySymbol[kind] : role];
  const isGiven = declaration === null || isLibrary(declaration.file.path);
  if (known.semantic !== "function" || !isGiven) return known;
  return { ...known, modifiers: LIBRARY };
}

/** `inType`: within the brackets of a type, where names are dimensions. */
function placeNames(node: CstNode, inType: boolean, places: Map<IToken, NamePosition>): void {
  const names = node.children.filter(isName);
  for (const [index, token] of names.entries()) places.set(token, roleOf(node, index, token, inType));
  for (const child of node.children)
    if (isNode(child)) placeNames(child, node.name === "type" || (inType && isPlain(child)), places);
}

/** The nodes allowed in a type's brackets. Names in calls and lambdas are not part of the type. */
function isPlain(node: CstNode): boolean {
  return node.name === "expression" || node.name === "sum" || node.name === "operand";
}

function isName(child: CstElement): child is IToken {
  return !isNode(child) && child.tokenType === t.Identifier && child.isInsertedInRecovery !== true;
}

/** The role of the name at `index` among those of `node` itself, and whether it is declared there. */
function roleOf(node: CstNode, index: number, token: IToken, inType: boolean): NamePosition {
  if (node.name === "operand") return { role: operandRole(node, token, inType), declares: false };
  if (node.name === "binding" && !has(node, t.BindingArrow)) return ownField;
  const names = namePositions[node.name] ?? [];
  return names[Math.min(index, names.length - 1)] ?? plainName;
}

const ownField: NamePosition = { role: "property", declares: true };
const plainName: NamePosition = { role: "plain", declares: false };

function operandRole(node: CstNode, token: IToken, inType: boolean): RoleName {
  const at = node.children.indexOf(token);
  const before = node.children[at - 1];
  const behind = node.children[at + 1];
  if (before !== undefined && !isNode(before) && before.tokenType === t.Dot) return "property";
  if (behind !== undefined && isNode(behind) && behind.name === "call") return "function";
  if (inType) return /^[A-Z]/.test(token.image) ? "type" : "dimension";
  return "plain";
}

function has(node: CstNode, type: IToken["tokenType"]): boolean {
  return node.children.some((child) => !isNode(child) && child.tokenType === type);
}

/**
 * The protocol's form: each token's position relative to the previous one, and its type and modifiers as
 * numbers.
 */
export function semanticTokens(snapshot: Snapshot, path: string): SemanticTokens {
  const file = snapshot.file(path);
  const data: number[] = [];
  if (file === null) return { data };
  let before = { line: 0, character: 0 };
  for (const token of shownTokens(file, snapshot.mentions(path))) {
    const { line, character } = positionOf(file, token.offset);
    data.push(
      line - before.line,
      line === before.line ? character - before.character : character,
      token.length,
      types.indexOf(token.type),
      token.modifiers.reduce((bits, name) => bits | (1 << modifiers.indexOf(name)), 0),
    );
    before = { line, character };
  }
  return { data };
}
