// The catalogue is a promise: codes and names are unique, keep their form, and each can be explained.

import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { catalog, findEntry } from "../../compiler/diagnostics/catalog/index.ts";
import { unknownChoice, unknownSetting } from "../../compiler/diagnostics/catalog/model.ts";
import { SETTINGS } from "../../compiler/frontend/check/train.ts";
import { choicesOf } from "../../compiler/tools/lsp/language/words.ts";

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

test.each([
  ["Losses", "loss"],
  ["Optimizers", "optimizer"],
  ["Schedules", "schedule"],
  ["Clips", "clip"],
  ["Regularisers", "regularize"],
  ["Stops", "stop"],
  ["Metrics", "metrics"],
])("DIN0245 lists the %s that there are", (title, setting) => {
  const listed = new RegExp(`${title}: ([^.]*)\\.`).exec(unknownChoice.explanation)?.[1];
  expect(listed?.split(", ")).toEqual(choicesOf(setting).map(({ name }) => name));
});

test("DIN0244 lists the settings of `train`", () => {
  const listed = /^The settings are (.*)\.$/.exec(unknownSetting.explanation)?.[1];
  expect(listed?.split(/, | and /)).toEqual(Object.keys(SETTINGS));
});

test.each(["DIN9999", "", "DIN", "constructor"])("there is no entry %j", (asked) => {
  expect(findEntry(asked)).toBeNull();
});

test("no help stands outside the catalogue, nor is one made there", () => {
  const sources = ["compiler", "runtime"].flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: "utf8" })
      .map((name) => `${folder}/${name}`)
      .filter((path) => path.endsWith(".ts") && !/diagnostics\/catalog\/|\.generated\./.test(path)),
  );
  const found = sources.flatMap((path) => {
    // A comment may speak of help.
    const text = readFileSync(path, "utf8").replaceAll(/^\s*(?:\/\/|\/?\*).*$/gm, "");
    // Only diagnostic.ts takes what an entry says for a help.
    const casts = path.endsWith("/diagnostics/diagnostic.ts") ? [] : (text.match(/\bas Help\b/g) ?? []);
    return [...(text.match(/\bhelp(?::|\s*=)\s*(?:\w+\s*\?\s*)?["'`]/g) ?? []), ...casts].map(
      (match) => `${path}: ${match}`,
    );
  });
  expect(sources.length).toBeGreaterThan(500);
  expect(found).toEqual([]);
});
