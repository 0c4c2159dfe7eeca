// The style, construct by construct: golden/NAME.input.din becomes golden/NAME.output.din. `npm run generate` writes the
// outputs, to be read before they are committed. The snippets of the reference are formatted too.

import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { sourceFile } from "../../compiler/common/source-file.ts";
import { format, formatStrictly } from "../../compiler/tools/fmt/format.ts";

const folder = join(import.meta.dirname, "golden");
const names = readdirSync(folder).flatMap((name) => /^(.*)\.input\.din$/.exec(name)?.[1] ?? []);

function formatted(text: string): string {
  return formatStrictly(sourceFile("test.din", text)).value;
}

describe("golden", () => {
  test.each(names)("%s", (name) => {
    const output = join(folder, `${name}.output.din`);
    const text = formatted(readFileSync(join(folder, `${name}.input.din`), "utf8"));
    if (process.env["UPDATE"] === "1") writeFileSync(output, text);
    expect(text).toBe(readFileSync(output, "utf8"));
  });
});

describe("the reference", () => {
  const reference = readFileSync(resolve(import.meta.dirname, "../../grammar/SPEC.md"), "utf8");
  const snippets = [...reference.matchAll(/^```din(?: fragment)?\n([\s\S]*?)^```$/gm)].map(
    (match) => match[1]!,
  );

  test.each(snippets)("snippet %# is formatted", (snippet) => {
    expect(formatted(snippet)).toBe(snippet);
  });
});

describe("texts without items", () => {
  test.each([
    ["", ""],
    [" \n\n ", ""],
    ["// only this", "// only this\n"],
    ["\uFEFFmodel m", "model m\n"],
  ])("%j becomes %j", (text, expected) => {
    expect(formatted(text)).toBe(expected);
  });
});

test("syntax errors are reported, and the rest is formatted", () => {
  const { value, diagnostics } = format(sourceFile("test.din", "label  a:binary\nnet { let  = 1 }\n"));
  expect(value).toBe("label a : binary\nnet { let  = 1 }\n");
  expect(diagnostics.map(({ severity }) => severity)).toEqual(["error"]);
});
