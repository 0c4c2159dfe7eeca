// Finds the `///` comments before a token. They are not part of the grammar and may be anywhere; comments
// that document nothing can be listed at the end.

import type { IToken } from "../../../grammar/chevrotain.mjs";
import type { Lexed } from "../../../grammar/tokens.ts";
import { endOf } from "../../../grammar/tokens.ts";
import type { SourceFile, Span } from "../../common/source-file.ts";

export interface Documentation {
  /** Text of the comments between the token that starts at `offset` and the one before it; "" if there are none. */
  before(offset: number): string;
  /** Comments that nothing has read. */
  dangling(): Span[];
}

export function documentation(file: SourceFile, { tokens, docs }: Lexed): Documentation {
  const byOffset = new Map<number, IToken[]>();
  const used = new Set<IToken>();
  let next = 0;
  let previous: IToken | null = null;
  for (const token of docs.length > 0 ? tokens : []) {
    if (next === docs.length) break;
    if (docs[next]!.startOffset > token.startOffset) {
      previous = token;
      continue;
    }
    const comments: IToken[] = [];
    for (; next < docs.length && docs[next]!.startOffset < token.startOffset; next++) {
      // A comment after something on its line does not belong to what comes next.
      if (docs[next]!.startLine !== previous?.startLine) comments.push(docs[next]!);
    }
    if (comments.length > 0) byOffset.set(token.startOffset, comments);
    previous = token;
  }
  return {
    before(offset) {
      const comments = byOffset.get(offset) ?? [];
      for (const comment of comments) used.add(comment);
      return comments.map((comment) => comment.image.replace(/^\/\/\/ ?/, "").trimEnd()).join("\n");
    },
    dangling() {
      return docs
        .filter((comment) => !used.has(comment))
        .map((comment) => ({ file, start: comment.startOffset, end: endOf(comment) }));
    },
  };
}
