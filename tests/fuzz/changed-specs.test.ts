// Every spec of the repository cut off anywhere, with a token left out, written twice, or exchanged for another.
// The suite takes some of the places, spread over all of them; `FUZZ=1000` takes every one.

import { describe, expect, test } from "vitest";
import { endOf, lex } from "../../grammar/tokens.ts";
import { seed, sweep, timeout, times } from "../support/how-often.ts";
import { specFiles } from "../support/spec-files.ts";
import { survive } from "./survive.ts";

const specs = specFiles("examples", "tests/good", "compiler/std", "tests/lint");
const broken = specFiles("tests/bad");
const PLACES = 6;

interface Piece {
  readonly before: string;
  readonly token: string;
  readonly after: string;
  readonly next: string;
}

/** Some of the places between a text's tokens, not the same ones for each. */
function piecesOf(text: string, salt: number): Piece[] {
  const { tokens } = lex(text);
  const step = Math.max(1, Math.floor(tokens.length / (PLACES * times())));
  const pieces: Piece[] = [];
  for (let i = (seed + salt) % step; i < tokens.length; i += step) {
    const token = tokens[i]!;
    pieces.push({
      before: text.slice(0, token.startOffset),
      token: token.image,
      after: text.slice(endOf(token)),
      next: tokens[(i * 7 + 3) % tokens.length]!.image,
    });
  }
  return pieces;
}

test.each(sweep(broken))("%s", (_, text) => {
  survive(text);
});

// Specs with mistakes are many, and some take as much work as is allowed.
describe.each(sweep(times() > 1 ? [...specs, ...broken] : specs))("%s", (path, text) => {
  const pieces = piecesOf(text, path.length);

  test("whole", () => {
    const isModel = survive(text);
    if (!path.startsWith("tests/bad/")) expect(isModel).toBe(!path.startsWith("compiler/std/"));
  });

  test("cut off before and within a token", { timeout }, () => {
    for (const { before, token } of pieces) {
      survive(before);
      survive(before + token.slice(0, -1));
    }
  });

  test("with a token left out, written twice, or exchanged", { timeout }, () => {
    for (const { before, token, after, next } of pieces) {
      survive(before + after);
      survive(`${before}${token} ${token}${after}`);
      survive(before + next + after);
    }
  });
});
