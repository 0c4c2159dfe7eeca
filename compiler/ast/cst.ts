// Reading chevrotain's concrete syntax tree, in which any child may be missing or invented by recovery.

import type { CstNode, IToken } from "../../grammar/chevrotain.mjs";

export function nodesOf(node: CstNode, rule: string): CstNode[] {
  return (node.children[rule] ?? []).filter((child): child is CstNode => "children" in child);
}

/** Children of several rules in the order of the text (the tree keeps it only within one rule). */
export function childrenOf(node: CstNode, rules: readonly string[]): CstNode[] {
  const nodes = rules.flatMap((rule) => nodesOf(node, rule));
  return nodes.sort((a, b) => (a.location?.startOffset ?? 0) - (b.location?.startOffset ?? 0));
}

/** Tokens that stand in the text, without those that recovery put in. */
export function tokensOf(node: CstNode, type: string): IToken[] {
  return (node.children[type] ?? []).filter(
    (child): child is IToken => "image" in child && child.isInsertedInRecovery !== true,
  );
}

export function tokenOf(node: CstNode, type: string, index = 0): IToken | null {
  return tokensOf(node, type)[index] ?? null;
}
