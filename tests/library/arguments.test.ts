// What the library says to who gives it something else than a text with its path.

import { describe, expect, test } from "vitest";
import { analyse, check, parse, sourceFile } from "../../compiler/index.ts";

const calls = { check, analyse, parse } as unknown as Readonly<Record<string, (file: unknown) => unknown>>;

describe.each(Object.keys(calls))("%s", (name) => {
  test.each([
    ["model.din", "a string"],
    [undefined, "undefined"],
    [null, "null"],
    [{ path: "model.din" }, "object"],
  ])("of %j", (given, got) => {
    expect(() => calls[name]!(given)).toThrow(
      new TypeError(`${name} takes a text with its path, not ${got}: ${name}(sourceFile("model.din", text))`),
    );
  });
});

test("sourceFile of a path alone", () => {
  expect(() => (sourceFile as (path: string) => unknown)("model.din")).toThrow(
    new TypeError("sourceFile takes a path and a text, which is undefined here"),
  );
});
