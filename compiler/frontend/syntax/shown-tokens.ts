// The tokens of a text as readers see them: each with its role in the grammar, for colours. A word is a keyword
// only where the grammar uses it as one. A name has the role of its position, as in `grammar/name-roles.ts` and
// the TextMate grammar. Lists all visible tokens of any text, in order and without overlaps.

import type { IToken } from "../../../grammar/chevrotain.mjs";
import { type CstElement, type CstNode, isNode } from "../../../grammar/cst.ts";
import {
  type NamePosition,
  type NameRole,
  namePositions,
  nameRoles,
  type RoleName,
  type SemanticModifier,
} from "../../../grammar/name-roles.ts";
import * as t from "../../../grammar/tokens.ts";
import type { SourceFile } from "../../common/source-file.ts";
import { readWholeSyntax, type SyntaxItem } from "./read-syntax.ts";

/** A token with the type and modifiers that editors colour. */
export interface ShownToken {
  readonly offset: number;
  readonly length: number;
  readonly type: string;
  readonly modifiers: readonly SemanticModifier[];
}

const described = new Map(t.tokens.map((row) => [row.type, row]));

/** Refines the role that a name has by its position; `offset` is the name's place in the text. */
type RefineRole = (role: RoleName, offset: number) => NameRole;

const byPosition: RefineRole = (role) => nameRoles[role];

/** The tokens of a file in the order of the text. */
export function shownTokens(file: SourceFile, refine: RefineRole = byPosition): readonly ShownToken[] {
  const { lexed, items } = readWholeSyntax(file);
  const places = new Map<IToken, NamePosition>();
  const visit = (item: SyntaxItem): void => {
    if (item.tree !== null) placeNames(item.tree, false, places);
    item.items.forEach(visit);
  };
  items.forEach(visit);
  return [...lexed.tokens, ...lexed.docs, ...lexed.comments]
    .flatMap((token) => shown(token, places.get(token), refine) ?? [])
    .sort((a, b) => a.offset - b.offset);
}

function shown(token: IToken, placed: NamePosition | undefined, refine: RefineRole): ShownToken | null {
  const row = described.get(token.tokenType);
  const place = { offset: token.startOffset, length: token.image.length };
  if (placed !== undefined) {
    const { role, declares } = placed;
    const { semantic, modifiers } = refine(role, token.startOffset);
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
  const previous = node.children[at - 1];
  const next = node.children[at + 1];
  if (previous !== undefined && !isNode(previous) && previous.tokenType === t.Dot) return "property";
  if (next !== undefined && isNode(next) && next.name === "call") return "function";
  if (inType) return /^[A-Z]/.test(token.image) ? "type" : "dimension";
  return "plain";
}

function has(node: CstNode, type: IToken["tokenType"]): boolean {
  return node.children.some((child) => !isNode(child) && child.tokenType === type);
}
