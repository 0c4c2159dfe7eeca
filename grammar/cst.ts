// The concrete syntax tree of an item: the tokens that the parser took and the nodes that its rules made of them, in the
// order of the text. Any child may be missing, or invented by recovery.

import { type IToken, type TokenType, tokenMatcher } from "./chevrotain.mjs";
import { endOf } from "./tokens.ts";

/** What a rule took. */
export interface CstNode {
  /** Of the rule. */
  readonly name: string;
  readonly children: CstElement[];
  /** Offsets of what it took; -1 where that is nothing that stands in the text. */
  start: number;
  end: number;
}

export type CstElement = CstNode | IToken;

export function isNode(child: CstElement): child is CstNode {
  return "children" in child;
}

export function emptyNode(name: string): CstNode {
  return { name, children: [], start: -1, end: -1 };
}

export function addToken(node: CstNode, token: IToken): void {
  node.children.push(token);
  if (token.isInsertedInRecovery !== true) extend(node, token.startOffset, endOf(token));
}

/** Makes room in `node` for its child, once that is complete. */
export function extendTo(node: CstNode, child: CstNode): void {
  if (child.start >= 0) extend(node, child.start, child.end);
}

function extend(node: CstNode, start: number, end: number): void {
  if (node.start < 0) node.start = start;
  node.end = end;
}

/** The nodes that a rule made, in the order of the text. */
export function nodesOf(node: CstNode, rule: string): CstNode[] {
  const nodes: CstNode[] = [];
  for (const child of node.children) if (isNode(child) && child.name === rule) nodes.push(child);
  return nodes;
}

export function nodeOf(node: CstNode, rule: string): CstNode | undefined {
  for (const child of node.children) if (isNode(child) && child.name === rule) return child;
  return undefined;
}

/** As `nodesOf`, of several rules. */
export function childrenOf(node: CstNode, rules: readonly string[]): CstNode[] {
  return node.children.filter((child): child is CstNode => isNode(child) && rules.includes(child.name));
}

/** Tokens that stand in the text, without those that recovery put in. */
export function tokensOf(node: CstNode, type: TokenType): IToken[] {
  return node.children.filter((child): child is IToken => isToken(child, type));
}

export function tokenOf(node: CstNode, type: TokenType, index = 0): IToken | null {
  let left = index;
  for (const child of node.children) if (isToken(child, type) && left-- === 0) return child;
  return null;
}

function isToken(child: CstElement, type: TokenType): child is IToken {
  return !isNode(child) && tokenMatcher(child, type) && child.isInsertedInRecovery !== true;
}
