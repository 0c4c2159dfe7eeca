// `--fix` reaches a fixed point: what it changes gets better, what it leaves stays as it was.

import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type SourceFile, sourceFile } from "../../compiler/common/source-file.ts";
import { applyFixes, fixAll } from "../../compiler/diagnostics/apply-fixes.ts";
import { defineError } from "../../compiler/diagnostics/catalog/define.ts";
import { type Diagnostic, diagnose } from "../../compiler/diagnostics/diagnostic.ts";
import { check } from "../../compiler/frontend/check/check.ts";
import { withImports } from "../bad/imported-files.ts";
import { errorsLeft } from "../support/certain-fixes.ts";
import { runs, sweep } from "../support/how-often.ts";

const bad = resolve(import.meta.dirname, "../bad");
const names = readdirSync(bad).filter((name) => name.endsWith(".din"));
const diagnosticsOf = (file: SourceFile) => check(file).diagnostics;

describe.each(sweep(names, 6))("tests/bad/%s", (name) => {
  const file = sourceFile(name, readFileSync(join(bad, name), "utf8"));
  const before = diagnosticsOf(file);
  const fixed = fixAll(file, diagnosticsOf);

  test("has fewer findings afterwards, or is as it was", () => {
    if (fixed.count === 0) expect(fixed.file.text).toBe(file.text);
    else expect(fixed.diagnostics.length).toBeLessThan(before.length);
  });

  test("has no finding of a kind that it had not before", () => {
    const codes = new Set(before.map(({ code }) => code));
    // A line that could not be read is not checked further before it can be.
    const unread = before.some(({ code, severity }) => code.startsWith("DIN01") && severity === "error");
    const isNew = ({ code }: Diagnostic) => !codes.has(code) && (!unread || code.startsWith("DIN01"));
    expect(fixed.diagnostics.filter(isNew)).toEqual([]);
  });

  test("has no error that a certain fix leaves", () => {
    expect(errorsLeft(file, check(file, withImports).diagnostics, withImports)).toEqual([]);
  });

  test("is not changed by a second time", () => {
    expect(fixAll(fixed.file, diagnosticsOf)).toMatchObject({ count: 0, file: { text: fixed.file.text } });
  });
});

const kind = defineError<Record<never, never>>({
  code: "DIN0999",
  name: "test-mistake",
  message: () => "wrong",
  explanation: "Only for tests.",
});

/** A diagnostic whose fix replaces each of the ranges by the text. */
function fixing(file: SourceFile, ...edits: readonly (readonly [number, number, string])[]): Diagnostic {
  const fix = { title: "", edits: edits.map(([start, end, text]) => ({ span: { file, start, end }, text })) };
  return diagnose(kind, {}, { file, start: 0, end: 0 }, { fixes: [fix] });
}

describe("one round", () => {
  const file = sourceFile("a.din", "one two three");

  test("applies fixes wherever they stand in the text", () => {
    expect(applyFixes(file, [fixing(file, [8, 13, "3"]), fixing(file, [0, 3, "1"])])).toEqual({
      text: "1 two 3",
      count: 2,
    });
  });

  test.each([
    ["overlap", [fixing(file, [0, 7, "A"]), fixing(file, [4, 13, "B"])], "A three"],
    ["insert at one place", [fixing(file, [3, 3, "A"]), fixing(file, [3, 3, "B"])], "oneA two three"],
    [
      "overlap in one of several edits",
      [fixing(file, [0, 3, "A"]), fixing(file, [8, 13, "B"], [1, 2, "B"])],
      "A two three",
    ],
  ])("takes the first of two that %s", (_what, diagnostics, text) => {
    expect(applyFixes(file, diagnostics)).toEqual({ text, count: 1 });
  });

  test("leaves guesses, and fixes of other files", () => {
    const other = sourceFile("b.din", "one two three");
    const { fixes } = fixing(file, [0, 3, "A"]);
    const guess = { ...fixing(file), fixes: fixes.map((fix) => ({ ...fix, isGuess: true as const })) };
    expect(applyFixes(file, [guess, fixing(other, [0, 3, "A"])])).toEqual({ text: file.text, count: 0 });
  });
});

describe("all rounds", () => {
  test("the next round takes what overlapped", () => {
    const counted = fixAll(sourceFile("a.din", "xx"), (file) =>
      [...file.text].flatMap((sign, i) => (sign === "x" ? [fixing(file, [i, i + 1, "o"])] : [])),
    );
    expect(counted).toMatchObject({ count: 2, file: { text: "oo" } });
  });

  test.each([
    ["undo each other", (text: string) => (text === "a" ? "b" : "a")],
    ["never end", (text: string) => `${text}a`],
  ])("fixes that %s leave the text as it is", (_what, next) => {
    const fixed = fixAll(sourceFile("a.din", "a"), (file) => [
      fixing(file, [0, file.text.length, next(file.text)]),
    ]);
    expect(fixed).toMatchObject({ count: 0, file: { text: "a" }, diagnostics: [{ code: "DIN0999" }] });
  });

  test("whatever the text is, a second time changes nothing", () => {
    const good = readFileSync(resolve(bad, "../good/din.din"), "utf8");
    fc.assert(
      fc.property(
        fc.nat(good.length),
        fc.nat(8),
        fc.constantFrom("", "x", ";", ")", "|>", "“", "id"),
        (at, n, put) => {
          const { file } = fixAll(
            sourceFile("a.din", good.slice(0, at) + put + good.slice(at + n)),
            diagnosticsOf,
          );
          expect(fixAll(file, diagnosticsOf).file.text).toBe(file.text);
        },
      ),
      { numRuns: runs(50) },
    );
  });
});
