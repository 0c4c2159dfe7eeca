// Texts that no author would write, for tests of robustness: words, signs and fragments of the language in
// any order, and any characters.

import fc from "fast-check";

const words =
  "model import param variant from features user history label block net train let predict embed".split(" ");
const signs = "{ } ( ) [ ] : , = => -> <-> |> .. . + - * /".split(" ");
const scraps = [
  "a",
  "item",
  "1",
  "2.5",
  '"s"',
  '"b.din"',
  '"',
  "\n",
  "\r",
  " ",
  "/// d\n",
  "// c\n",
  "é",
  "↔",
  "\\",
];

/** Up to 80 pieces, which may be joined with white space. */
export const tokenSoup = fc.array(fc.constantFrom(...words, ...signs, ...scraps), { maxLength: 80 });

export const anyCharacters = fc.string({ unit: "binary", maxLength: 200 });
