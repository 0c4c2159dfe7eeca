// The concrete syntax tree of an item: the parser's tokens and nodes, in the order of the text. Any child may
// be missing, or inserted by error recovery.

import { type IToken, type TokenType, tokenMatcher } from "./chevrotain.mjs";
import { endOf } from "./tokens.ts";

/** The node of a rule. */
export interface CstNode {
  /** The name of the rule. */
  readonly name: string;
  readonly children: readonly CstElement[];
  /** Offsets of its text; -1 if it has none. */
  readonly start: number;
  readonly end: number;
}

export type CstElement = CstNode | IToken;

export function isNode(child: CstElement): child is CstNode {
  return "children" in child;
}

export function nodeFrom(name: string, children: readonly CstElement[]): CstNode {
  let start = -1;
  let end = -1;
  for (const child of children) {
    if (isNode(child) ? child.start < 0 : child.isInsertedInRecovery === true) continue;
    if (start < 0) start = isNode(child) ? child.start : child.startOffset;
    end = isNode(child) ? child.end : endOf(child);
  }
  return { name, children, start, end };
}

/** The child nodes of a rule, in the order of the text. */
export function nodesOf(node: CstNode, rule: string): CstNode[] {
  const nodes: CstNode[] = [];
  for (const child of node.children) if (isNode(child) && child.name === rule) nodes.push(child);
  return nodes;
}

export function nodeOf(node: CstNode, rule: string): CstNode | undefined {
  for (const child of node.children) if (isNode(child) && child.name === rule) return child;
  return undefined;
}

/** Like `nodesOf`, for several rules. */
export function childrenOf(node: CstNode, rules: readonly string[]): CstNode[] {
  return node.children.filter((child): child is CstNode => isNode(child) && rules.includes(child.name));
}

/** Tokens in the text, without those that recovery inserted. */
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
