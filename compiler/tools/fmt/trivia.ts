// Reads the text between tokens: comments, each attached to one token before anything is parsed, and the
// author's empty lines.

import type { IToken } from "../../../grammar/chevrotain.mjs";
import { endOf, type Lexed } from "../../../grammar/tokens.ts";
import type { SourceFile } from "../../common/source-file.ts";

/** A comment on lines of its own. */
export interface OwnComment {
  readonly text: string;
  /** Whether an empty line precedes it. */
  readonly blankBefore: boolean;
}

/** A token, or characters that begin none, with the text around it. */
export interface Element {
  /** Null for characters that begin no token. */
  readonly token: IToken | null;
  readonly start: number;
  readonly end: number;
  /** Comments between the previous element and this one. */
  readonly leading: readonly OwnComment[];
  /** A comment after the element on the same line. */
  trailing: string | null;
  trailingEnd: number;
  /** Whether the element begins a line, and whether an empty line precedes it or the last of its comments. */
  readonly beginsLine: boolean;
  readonly blankBefore: boolean;
}

export interface Trivia {
  readonly elements: readonly Element[];
  readonly byToken: ReadonlyMap<IToken, Element>;
  /** Comments after the last element. */
  readonly end: readonly OwnComment[];
}

interface Piece {
  readonly kind: "token" | "characters" | "comment";
  readonly token: IToken | null;
  readonly start: number;
  readonly end: number;
}

const NONE: readonly OwnComment[] = [];

const known = new WeakMap<Lexed, Trivia>();

export function triviaOf(file: SourceFile, lexed: Lexed): Trivia {
  let trivia = known.get(lexed);
  if (trivia === undefined) {
    trivia = readTrivia(file, lexed);
    known.set(lexed, trivia);
  }
  return trivia;
}

function readTrivia(file: SourceFile, lexed: Lexed): Trivia {
  const elements: Element[] = [];
  const byToken = new Map<IToken, Element>();
  let comments: OwnComment[] = [];
  let previous: Element | null = null;
  let previousLine = -1;
  const lineAt = lineCounter(file);
  for (const piece of piecesOf(lexed)) {
    const line = lineAt(piece.start);
    const blankBefore = previousLine >= 0 && line - previousLine > 1;
    if (piece.kind !== "comment") {
      const element: Element = {
        token: piece.token,
        start: piece.start,
        end: piece.end,
        leading: comments.length === 0 ? NONE : comments,
        trailing: null,
        trailingEnd: piece.end,
        beginsLine: line !== previousLine,
        blankBefore,
      };
      elements.push(element);
      if (piece.token !== null) byToken.set(piece.token, element);
      previous = element;
      if (comments.length > 0) comments = [];
    } else {
      const text = file.text.slice(piece.start, piece.end).trimEnd();
      if (previous !== null && line === previousLine) {
        previous.trailing = text;
        previous.trailingEnd = piece.end;
      } else {
        comments.push({ text, blankBefore });
      }
    }
    previousLine = lineAt(piece.end);
  }
  return { elements, byToken, end: comments };
}

/** Everything but white space, in order. */
function piecesOf({ tokens, docs, comments, strays }: Lexed): Piece[] {
  const pieces: Piece[] = [];
  const add = (kind: Piece["kind"], list: readonly IToken[]) => {
    for (const token of list) pieces.push({ kind, token, start: token.startOffset, end: endOf(token) });
  };
  add("token", tokens);
  add("comment", docs);
  add("comment", comments);
  for (const { offset, length } of strays)
    pieces.push({ kind: "characters", token: null, start: offset, end: offset + length });
  return pieces.sort((a, b) => a.start - b.start);
}

/** Returns a function from offsets to line numbers. Offsets must not decrease. */
function lineCounter({ lineStarts }: SourceFile): (offset: number) => number {
  let line = 0;
  return (offset) => {
    while (line + 1 < lineStarts.length && lineStarts[line + 1]! <= offset) line++;
    return line;
  };
}
