// A session's results are plain data, and its messages name options as Python does. The process itself is tested in python/tests.

import fc from "fast-check";
import { expect, test } from "vitest";
import { option, options, worded, wording } from "../../compiler/common/option-text.ts";
import { sourceFile } from "../../compiler/common/source-file.ts";
import { check } from "../../compiler/frontend/check/check.ts";
import { plain } from "../../runtime/session/plain.ts";
import { pythonWords } from "../../runtime/session/python-words.ts";

test("plain data stay as they are, and nothing else comes out", () => {
  fc.assert(
    fc.property(fc.jsonValue({ noUnicodeString: false }), (value) => {
      expect(JSON.stringify(plain(value))).toEqual(JSON.stringify(value));
    }),
  );
});

test("maps, arrays of numbers, dates and numbers that aren't finite have plain forms", () => {
  const value = {
    map: new Map<string, unknown>([["a", new Float32Array([0.5, 1])]]),
    set: new Set(["b"]),
    at: new Date(0),
    missing: Number.NaN,
    left: undefined,
    text: wording`leave out ${option("onBadRow", "skip")}`,
  };
  expect(plain(value)).toEqual({
    map: { a: [0.5, 1] },
    set: ["b"],
    at: "1970-01-01T00:00:00.000Z",
    missing: null,
    text: 'leave out `on_bad_row="skip"`',
  });
});

test("a diagnostic is the one of `--format json`", () => {
  const { diagnostics } = check(sourceFile("model.din", "model a\nlabel click : binari\n"));
  const found = plain(diagnostics);
  expect(found).toContainEqual(
    expect.objectContaining({
      code: "DIN0202",
      file: "model.din",
      range: expect.objectContaining({ start: expect.objectContaining({ line: 2, column: 15 }) }),
    }),
  );
});

test("options are written as arguments of Python", () => {
  expect(worded(options({ out: "run", resume: true }), pythonWords)).toBe('`out="run", resume=True`');
  expect(worded(option("evict.below"), pythonWords)).toBe("`evict_below`");
  expect(worded(option("from", "run"), pythonWords)).toBe('`from_="run"`');
  expect(worded(option("rows"), pythonWords)).toBe("`prepared`");
});
