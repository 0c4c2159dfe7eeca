// Places of specs that are worth a try each. The models of the zoo have many lines in common, and what is broken on such a line
// is broken in all of them: of places with the same tokens around them, the first one is tried.

import type { IToken } from "../../grammar/chevrotain.mjs";

/** How many tokens before and after a place are compared; none after it where the text is cut off there. */
interface Around {
  readonly before: number;
  readonly after: number;
}

/** Gives those of a spec's tokens whose surroundings no spec had that was asked about before. */
export function newPlaces({ before, after }: Around): (tokens: readonly IToken[]) => readonly IToken[] {
  const known = new Set<string>();
  return (tokens) =>
    tokens.filter((_, i) => {
      const around = tokens.slice(Math.max(0, i - before), i + 1 + after);
      const place = around.map(({ image }) => image).join(" ");
      const isNew = !known.has(place);
      known.add(place);
      return isNew;
    });
}

/** For texts that end at a token, and for texts in which something is wrong with it. */
export const upTo: Around = { before: 7, after: 0 };
export const around: Around = { before: 4, after: 4 };
