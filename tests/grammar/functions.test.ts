// The tables of functions in section 5 of the reference: SPEC.md says which functions a table has and in what order, and this test
// writes their signatures and meanings from the registry and the library. `npm run generate` updates them.

import { readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { library } from "../../compiler/frontend/functions/library.ts";
import { languageFunctions } from "../../compiler/frontend/functions/registry.ts";
import { blockEntry, functionEntry, type LanguageEntry } from "../../compiler/tools/lsp/language/entry.ts";

const path = resolve(import.meta.dirname, "../../grammar/SPEC.md");
/** A list of names, then the table of these functions. */
const table = /<!-- functions: ([^>]*?) -->\n(?:\|.*\n)*/g;

const entries = new Map<string, LanguageEntry>();
for (const definition of languageFunctions.values()) entries.set(definition.name, functionEntry(definition));
for (const name of library.keys()) entries.set(name, blockEntry(library.get(name)!));

/** The first sentence of the documentation, without the name of the function. */
function meaning({ name, doc }: LanguageEntry): string {
  const text = doc.replaceAll("\n", " ");
  const [sentence = text] = /^.*?[.…](?=\s+[`A-Z0-9Σσ−]|$)/s.exec(text) ?? [];
  return sentence
    .replace(`\`${name}\` `, "")
    .replace(/^(?:is|are) /, "")
    .replace(/\.$/, "");
}

function row(name: string): string {
  const entry = entries.get(name);
  if (entry === undefined) throw new Error(`there is no function \`${name}\``);
  const [signature, text] = [`\`${entry.label}\``, meaning(entry)].map((cell) => cell.replaceAll("|", "\\|"));
  return `| ${signature} | ${text} |\n`;
}

function written(names: string): string {
  const rows = names.split(/[\s,]+/).map(row);
  return `<!-- functions: ${names} -->\n| function | |\n| --- | --- |\n${rows.join("")}`;
}

test("the tables of the reference have the signatures of the functions, with types and defaults", () => {
  const reference = readFileSync(path, "utf8");
  const expected = reference.replace(table, (_, names: string) => written(names));
  if (process.env["UPDATE"] === "1") writeFileSync(path, expected);
  expect(readFileSync(path, "utf8")).toBe(expected);
});

test("each function and block is in one table", () => {
  const listed = [...readFileSync(path, "utf8").matchAll(table)].flatMap(([, names]) =>
    names!.split(/[\s,]+/),
  );
  expect(listed.toSorted()).toEqual([...entries.keys()].toSorted());
});

describe("a signature marks each argument that may be left out", () => {
  const definitions = [...languageFunctions.values()].map(
    (each) => [each.name, functionEntry(each)] as const,
  );
  test.each(definitions)("%s", (_, { parameters }) => {
    for (const { text, isOptional, isRest } of parameters)
      if (!isRest) expect(`${text}: ${/\?|=/.test(text)}`).toBe(`${text}: ${isOptional}`);
  });
});
