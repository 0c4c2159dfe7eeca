// What `dinc diff` shows of two specs: applied to the first it gives the second, and it shows little more than what changed.

import fc from "fast-check";
import { expect, test } from "vitest";
import { unifiedDiff } from "../../runtime/cli/line-diff.ts";

/** The text that `patch` would make of `a`. */
function patched(a: string, diff: string): string {
  const before = a.split("\n").slice(0, -1);
  const lines: string[] = [];
  let taken = 0;
  for (const line of diff.split("\n").slice(2, -1)) {
    const hunk = /^@@ -(\d+),(\d+) /.exec(line);
    if (hunk !== null) {
      const from = Number(hunk[1]) - (hunk[2] === "0" ? 0 : 1);
      lines.push(...before.slice(taken, from));
      taken = from;
    } else {
      if (line[0] !== "+") expect(before[taken++]).toBe(line.slice(1));
      if (line[0] !== "-") lines.push(line.slice(1));
    }
  }
  return [...lines, ...before.slice(taken), ""].join("\n");
}

const text = fc
  .array(fc.constantFrom("a", "b", "c", "let x = a", ""), { maxLength: 30 })
  .map((lines) => lines.map((line) => `${line}\n`).join(""));

test("applied to the first text it gives the second", () => {
  fc.assert(
    fc.property(text, text, (a, b) => {
      if (a === b) expect(unifiedDiff(["a", "b"], a, b)).toBe("");
      else expect(patched(a, unifiedDiff(["a", "b"], a, b))).toBe(b);
    }),
    { numRuns: 500 },
  );
});

test("it is what diff -u shows", () => {
  const a = Array.from({ length: 20 }, (_, i) => `${i}\n`).join("");
  expect(
    unifiedDiff(["a", "b"], a, a.replace("3\n", "three\n").replace("15\n", "15\nand a half\n")),
  ).toBe(`--- a
+++ b
@@ -1,7 +1,7 @@
 0
 1
 2
-3
+three
 4
 5
 6
@@ -14,6 +14,7 @@
 13
 14
 15
+and a half
 16
 17
 18
`);
});

test("a last line without a line break is another line", () => {
  expect(unifiedDiff(["a", "b"], "x\n", "x")).toContain("+x (no line break at the end)");
});

test("texts without a line in common, too long to be compared, are replaced", () => {
  const lines = (word: string) => Array.from({ length: 3000 }, (_, i) => `${word} ${i}\n`).join("");
  const diff = unifiedDiff(["a", "b"], `same\n${lines("one")}`, `same\n${lines("two")}`);
  expect(diff.split("\n").filter((line) => line.startsWith("-one"))).toHaveLength(3000);
  expect(patched(`same\n${lines("one")}`, diff)).toBe(`same\n${lines("two")}`);
});
