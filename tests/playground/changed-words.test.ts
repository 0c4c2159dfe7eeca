// The name of a try: its difference to the text before.

import { expect, test } from "vitest";
import { changedWords } from "../../playground/page/changed-words.ts";

const cases: readonly (readonly [before: string, after: string, words: string | null])[] = [
  ["a\n  epochs 3\nb", "a\n  epochs 12\nb", "epochs 3 → epochs 12"],
  [
    "let i = sum(clicks)",
    "let i = sum(unit(t, clicks) * clicks)",
    "sum(clicks) → sum(unit(t, clicks) * clicks)",
  ],
  ["price : number |> log1p", "price : number", "number |> log1p → nothing"],
  ["a\nb", "a\nnew\nb", "nothing → new"],
  ["a\nb\nc", "a\nx\ny\nc", "2 lines"],
  ["a", "a", null],
];

test.each(cases)("%j to %j", (before, after, words) => {
  expect(changedWords(before, after)).toBe(words);
});

test("a long change is cut", () => {
  expect(changedWords("a", "b".repeat(200))).toHaveLength("a → ".length + 50);
});
