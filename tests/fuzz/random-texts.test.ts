// Random bytes, characters and tokens.

import fc from "fast-check";
import { expect, test } from "vitest";
import { anyCharacters, tokenSoup } from "../support/hostile-texts.ts";
import { runs, timeout } from "../support/how-often.ts";
import { survive } from "./survive.ts";

const options = (inSuite: number) => ({ numRuns: runs(inSuite) });

test("bytes, read as UTF-8", { timeout }, () => {
  const bytes = fc.uint8Array({ maxLength: 300 }).map((bytes) => new TextDecoder().decode(bytes));
  fc.assert(
    fc.property(bytes, (text) => void survive(text)),
    options(300),
  );
});

test("characters, with lone surrogates, NUL and byte order marks among scraps of a spec", { timeout }, () => {
  const odd = fc.constantFrom(
    ...["\ud800", "\udfff", "\0", "\ufeff", "\u202e", "\u2028", "\u0085", "\r", "\r\n", "\v", "\u{1F600}"],
    ...["\ufffd", "e\u0301", "\u200d", "\t", "\u00a0", "`", "${", "*/", "<!--"],
  );
  const scrap = fc.constantFrom(
    "model m\n",
    "features item { a : id embed 4 }",
    '"',
    "// ",
    "/// ",
    "net {",
    "let x = ",
  );
  const text = fc.array(fc.oneof(odd, scrap, anyCharacters), { maxLength: 30 });
  fc.assert(
    fc.property(text, (pieces) => void survive(pieces.join(""))),
    options(300),
  );
});

test("tokens in any order, with and without white space", { timeout }, () => {
  fc.assert(
    fc.property(
      tokenSoup,
      fc.constantFrom(" ", "", "\n"),
      (pieces, between) => void survive(pieces.join(between)),
    ),
    options(500),
  );
});

test("a byte order mark is skipped, and nothing else at the beginning", () => {
  const spec =
    "model m\nfeatures item { a : id  embed 4 }\nlabel p : binary\nnet { predict p = dense(a, 1) |> sigmoid }\n";
  expect(survive(`\ufeff${spec}`)).toBe(true);
  expect(survive(`\0${spec}`)).toBe(false);
});
