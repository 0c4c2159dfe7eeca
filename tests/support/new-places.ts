// Places of specs that are worth a try each. The models of the zoo have many lines in common, and what is
// broken on such a line is broken in all of them: of places with the same tokens around them, the first one
// is tried. What a model calls its own values, and how large a number is, makes no other place, unless `FUZZ`
// asks for more.

import type { IToken } from "../../grammar/chevrotain.mjs";
import { times } from "./how-often.ts";

/**
 * The numbers of tokens before and after a position that are compared; none after it if the text is cut off
 * there.
 */
interface Around {
  readonly before: number;
  readonly after: number;
}

/**
 * Returns the tokens of a spec whose surroundings did not occur in earlier specs; of more than `most`, some
 * that are spread over the spec, and with `FUZZ` all.
 */
export function newPlaces(
  { before, after }: Around,
  most = Number.POSITIVE_INFINITY,
): (tokens: readonly IToken[]) => readonly IToken[] {
  const known = new Set<string>();
  return (tokens) => {
    const words = tokens.map((token, i) => wordOf(token, tokens[i + 1]));
    const found = tokens.filter((_, i) => {
      const place = words.slice(Math.max(0, i - before), i + 1 + after).join(" ");
      const isNew = !known.has(place);
      known.add(place);
      return isNew;
    });
    const step = times() > 1 ? 1 : Math.max(1, found.length / most);
    return found.filter((_, i) => Math.floor(i / step) !== Math.floor((i - 1) / step));
  };
}

function wordOf({ image, tokenType }: IToken, next: IToken | undefined): string {
  const isCalled = next?.image === "(";
  const isOneOfMany = ["Identifier", "NumberLiteral", "StringLiteral", "DocComment", "Comment"].includes(
    tokenType.name,
  );
  return times() > 1 || isCalled || !isOneOfMany ? image : tokenType.name;
}

/** For texts that end at a token, and for texts with a mistake at it. */
export const upTo: Around = { before: 5, after: 0 };
export const around: Around = { before: 3, after: 3 };
