// Generated TypeScript is data and ordinary code: the back end writes few lines of code as strings. A list has those that are
// left, and may only become shorter.

import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { ts } from "ts-morph";
import { expect, test } from "vitest";

const folder = resolve(dirname(fileURLToPath(import.meta.url)), "../..", "compiler/backends/typescript");

/**
 * The planned program's calls and the names of its values are what a back end is there to write. Line breaks
 * look for brackets, and the library is no string of ours.
 */
const program = [
  "program.ts",
  "statements.ts",
  "appends.ts",
  "value-names.ts",
  "line-breaks.ts",
  "library.generated.ts",
];

/** Lines in a file's literals that end as statements or blocks do. */
function codeLines(path: string): string[] {
  const file = ts.createSourceFile(path, readFileSync(path, "utf8"), ts.ScriptTarget.Latest);
  const lines: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node))
      lines.push(...node.text.split("\n"));
    else if (ts.isTemplateExpression(node)) {
      const parts = [node.head.text, ...node.templateSpans.map(({ literal }) => literal.text)];
      lines.push(...parts.join("$").split("\n"));
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return lines.filter((line) => /[;{]$/.test(line.trimEnd()));
}

test("the TypeScript back end has few lines of code in strings", () => {
  const found = readdirSync(folder)
    .filter((name) => name.endsWith(".ts") && !program.includes(name))
    .map((name) => [name, codeLines(join(folder, name)).length] as const)
    .filter(([, lines]) => lines > 0);
  expect(Object.fromEntries(found)).toEqual({
    // The README's example.
    "package-files.ts": 10,
    "readers.ts": 1,
    "request-tables.ts": 3,
    "schema.ts": 2,
    "writer.ts": 9,
  });
});
