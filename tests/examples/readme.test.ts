// What the README and the tour show is what dinc does: its spec is sound, its picture is drawn from it, its
// message is printed.

import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { check, draw, format, render, sourceFile } from "../../compiler/index.ts";
import { root } from "../cli/spawn.ts";

const readme = readFileSync(join(root, "README.md"), "utf8");
const tour = readFileSync(join(root, "docs/tour.md"), "utf8");

function block(page: string, language: string): string {
  const found = new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, "ms").exec(page)?.[1];
  expect(found).toBeDefined();
  return found!;
}

test("the first spec is sound and formatted, and docs/din.svg is its picture", () => {
  const file = sourceFile("README.md", block(readme, "din"));
  const { diagnostics } = check(file);
  expect(diagnostics).toEqual([]);
  expect(format(file).value).toBe(file.text);
  const svg = draw(file, "svg").value!;
  const path = join(root, "docs/din.svg");
  if (process.env["UPDATE"] !== undefined) writeFileSync(path, svg);
  expect(existsSync(path) ? readFileSync(path, "utf8") : "").toBe(svg);
  expect(readme).toContain("docs/din.svg");
});

test("the message is what dinc says of tests/bad/binding-width-conflict.din", () => {
  const path = "tests/bad/binding-width-conflict.din";
  const { diagnostics } = check(sourceFile(path, readFileSync(join(root, path), "utf8")));
  expect(render(diagnostics, "pretty").replaceAll("tests/bad/", "")).toContain(block(tour, "text").trim());
});
