// What formatting must not change: tokens and comments, in their order.

import type { IToken } from "chevrotain";
import { type Lexed, lex } from "../../grammar/tokens.ts";
import type { SourceFile } from "../source/source-file.ts";

/** What is different between a spec and its formatted text; null if that is as it should be. */
export function brokenPromise(before: SourceFile, after: SourceFile): string | null {
  const [old, now] = [lex(before.text), lex(after.text)];
  return (
    difference("tokens", tokensOf(old), tokensOf(now)) ??
    difference("comments", commentsOf(old), commentsOf(now)) ??
    difference("characters", charactersOf(before, old), charactersOf(after, now))
  );
}

function difference(what: string, before: readonly string[], after: readonly string[]): string | null {
  const at = before.findIndex((text, i) => text !== after[i]);
  if (at < 0 && before.length === after.length) return null;
  const i = at < 0 ? before.length : at;
  return `the ${what} differ: ${before[i] ?? "nothing"} has become ${after[i] ?? "nothing"}`;
}

/** Without what may change: how a binding's arrow is written, and a comma that ends a list. */
function tokensOf({ tokens }: Lexed): string[] {
  const isLastComma = (token: IToken, i: number) =>
    token.image === "," && /^[)\]]$/.test(tokens[i + 1]?.image ?? "");
  return tokens
    .filter((token, i) => !isLastComma(token, i))
    .map((token) => (token.image === "↔" ? "<->" : token.image));
}

function commentsOf({ docs, comments }: Lexed): string[] {
  return [...docs, ...comments]
    .sort((a, b) => a.startOffset - b.startOffset)
    .map((comment) => comment.image.trimEnd());
}

function charactersOf({ text }: SourceFile, { strays }: Lexed): string[] {
  return strays.map(({ offset, length }) => text.slice(offset, offset + length));
}
