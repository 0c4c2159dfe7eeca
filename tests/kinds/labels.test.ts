// Kinds of labels: what a column may hold, and that the object is what the checker, editors and generated code go by.

import { describe, expect, test } from "vitest";
import { labelKindNamed, labelKinds } from "../../compiler/frontend/labels/registry.ts";
import { labelKindEntries } from "../../compiler/tools/lsp/language/words.ts";
import * as kernels from "../../runtime/serve/kernels.ts";

describe.each(Object.entries(labelKinds))("%s", (name, kind) => {
  test("is known by its name, and documented", () => {
    expect(kind.name).toBe(name);
    expect(labelKindNamed(name)).toBe(name);
    expect(kind.doc).toMatch(/\S\.$/);
    expect(labelKindEntries.find((entry) => entry.name === name)?.doc).toBe(kind.doc);
    expect(kernels).toHaveProperty(kind.kernel);
  });
});

test("a name of no kind, and of a property that every object has, is none", () => {
  for (const name of ["regression", "constructor", ""]) expect(labelKindNamed(name)).toBeNull();
});

test.each([
  [0, 0],
  [1, 1],
  [1n, 1],
  [true, 1],
  [false, 0],
  ["1", 1],
  [" 0.0 ", 0],
  ["TRUE", 1],
  ["false", 0],
  ["", null],
  [" ", null],
  ["yes", null],
  [0.5, null],
  [2, null],
  [-1, null],
  [Number.NaN, null],
] as const)("binary reads %s", (value, read) => {
  expect(labelKinds.binary.read(value)).toBe(read);
});
