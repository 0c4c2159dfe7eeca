// Every `tests/bad/*.din` is a mistake with the message it must give: `NAME.expected` is what `dinc check NAME.din`
// prints. `npm run generate -- tests/bad` rewrites them; read the difference before you commit it.

import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { specEntries } from "../../compiler/diagnostics/catalog/index.ts";
import { hasErrors } from "../../compiler/diagnostics/diagnostic.ts";
import { renderPretty } from "../../compiler/diagnostics/render/pretty.ts";
import { check } from "../../compiler/frontend/check/check.ts";
import { sourceFile } from "../../compiler/common/source-file.ts";
import { withImports } from "./imported-files.ts";

const folder = dirname(fileURLToPath(import.meta.url));
const names = readdirSync(folder)
  .filter((name) => name.endsWith(".din"))
  .map((name) => name.slice(0, -".din".length));

function textOf(name: string): string {
  return readFileSync(join(folder, name), "utf8");
}

function diagnosticsOf(name: string) {
  return check(sourceFile(`${name}.din`, textOf(`${name}.din`)), withImports).diagnostics;
}

describe("each mistake gets its message", () => {
  test.each(names)("%s", (name) => {
    const printed = renderPretty(diagnosticsOf(name));
    const expected = join(folder, `${name}.expected`);
    if (process.env["UPDATE"] === "1") writeFileSync(expected, printed);
    expect(printed).toBe(existsSync(expected) ? readFileSync(expected, "utf8") : "");
    expect(printed).not.toBe("");
  });

  test.each(names)("%s says in its first line what is wrong", (name) => {
    expect(textOf(`${name}.din`)).toMatch(/^\/\/ [A-Z].{10,}\.\n/);
  });
});

describe("each code of the catalogue is shown", () => {
  const shown = new Set(names.flatMap((name) => diagnosticsOf(name).map((diagnostic) => diagnostic.code)));
  test.each(specEntries)("$code $name", ({ code }) => {
    expect([...shown]).toContain(code);
  });
});

test("mistakes are errors; only what is called a warning leaves the spec usable", () => {
  const warnings = new Set(specEntries.filter((entry) => entry.severity !== "error").map((entry) => entry.code));
  for (const name of names) {
    const diagnostics = diagnosticsOf(name);
    const onlyWarnings = diagnostics.every((diagnostic) => warnings.has(diagnostic.code));
    expect([name, hasErrors(diagnostics)]).toEqual([name, !onlyWarnings]);
  }
});

test("no expectation is left over from a file that is gone", () => {
  const expectations = readdirSync(folder).filter((name) => name.endsWith(".expected"));
  expect(expectations.map((name) => name.slice(0, -".expected".length)).sort()).toEqual([...names].sort());
});
