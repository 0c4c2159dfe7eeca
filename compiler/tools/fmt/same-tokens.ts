// Checks that formatting keeps all tokens and comments, in their order.

import type { IToken } from "../../../grammar/chevrotain.mjs";
import type { Syntax } from "../../frontend/syntax/read-syntax.ts";

/** A difference between a spec and its formatted text; null if there is none. */
export function tokenDifference(before: Syntax, after: Syntax): string | null {
  return (
    difference("tokens", tokensOf(before), tokensOf(after)) ??
    difference("comments", commentsOf(before), commentsOf(after)) ??
    difference("characters", charactersOf(before), charactersOf(after))
  );
}

function difference(what: string, before: readonly string[], after: readonly string[]): string | null {
  const at = before.findIndex((text, i) => text !== after[i]);
  if (at < 0 && before.length === after.length) return null;
  const i = at < 0 ? before.length : at;
  return `the ${what} differ: ${before[i] ?? "nothing"} has become ${after[i] ?? "nothing"}`;
}

/**
 * The tokens without those that may change: the spelling of a binding's arrow, and a comma that ends a list.
 */
function tokensOf({ lexed: { tokens } }: Syntax): string[] {
  const isLastComma = (token: IToken, i: number) =>
    token.image === "," && (tokens[i + 1]?.image === ")" || tokens[i + 1]?.image === "]");
  return tokens
    .filter((token, i) => !isLastComma(token, i))
    .map((token) => (token.image === "↔" ? "<->" : token.image));
}

function commentsOf({ lexed: { docs, comments } }: Syntax): string[] {
  return [...docs, ...comments]
    .sort((a, b) => a.startOffset - b.startOffset)
    .map((comment) => comment.image.trimEnd());
}

function charactersOf({ file: { text }, lexed: { strays } }: Syntax): string[] {
  return strays.map(({ offset, length }) => text.slice(offset, offset + length));
}
