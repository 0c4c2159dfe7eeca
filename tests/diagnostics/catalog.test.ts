// The catalogue is a promise: codes and names are unique, keep their form, and each can be explained.

import { describe, expect, test } from "vitest";
import { catalog, findEntry } from "../../compiler/diagnostics/catalog/index.ts";

describe.each(catalog)("$code $name", ({ code, name, explanation }) => {
  test("keeps the form of codes and names", () => {
    expect(code).toMatch(/^DIN\d{4}$/);
    expect(name).toMatch(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/);
  });

  test("is explained in whole sentences", () => {
    expect(explanation.length).toBeGreaterThan(25);
    expect(explanation).toMatch(/[.)`]$/);
  });
});

test.each(["code", "name"] as const)("no %s stands for two things", (key) => {
  const values = catalog.map((entry) => entry[key]);
  expect(values.filter((value, i) => values.indexOf(value) !== i)).toEqual([]);
});

test.each([["DIN0106"], ["din0106"], ["106"], ["0106"], ["unclosed-bracket"], ["Unclosed-Bracket"]])(
  "`dinc explain %s` finds its entry",
  (asked) => {
    expect(findEntry(asked)?.name).toBe("unclosed-bracket");
  },
);

test.each(["DIN9999", "", "DIN", "constructor"])("there is no entry %j", (asked) => {
  expect(findEntry(asked)).toBeNull();
});
