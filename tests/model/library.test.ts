// The standard library: the text the compiler carries is the text users read, and it is clean.

import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { check } from "../../compiler/check.ts";
import { renderPretty } from "../../compiler/diagnostics/render/pretty.ts";
import { languageFunctions } from "../../compiler/functions/registry.ts";
import { sourceFile } from "../../compiler/source/source-file.ts";
import { librarySources } from "../../compiler/std/library.generated.ts";

const folder = resolve(dirname(fileURLToPath(import.meta.url)), "../../compiler/std");

test("library.generated.ts is up to date: `node compiler/std/generate.mjs`", () => {
  const files = readdirSync(folder)
    .filter((name) => name.endsWith(".din"))
    .sort();
  const read = files.map((name) => ({ path: `std/${name}`, text: readFileSync(join(folder, name), "utf8") }));
  expect(librarySources).toEqual(read);
});

describe("each block checks clean when it is the user's own", () => {
  test.each(librarySources)("$path", ({ path, text }) => {
    const names = [...text.matchAll(/^block (\w+)/gm)].map((match) => match[1]!);
    const spec = `model library
features item { item_id : id  embed 4 }
history clicks(max: 5) { item_id <-> clicked_item_id }
label click : binary
${text}
net {
  predict click = concat(${names.map((name) => `dense(${use(name)}, 2)`).join(", ")}) |> dense(1) |> sigmoid
}`;
    expect(renderPretty(check(sourceFile(path, spec)).diagnostics)).toBe("");
  });
});

function use(block: string): string {
  if (block === "mlp") return "mlp(concat(item_id, sum(clicks)), [3, 2])";
  return block === "activation_score"
    ? "sum(activation_score(item_id, clicks))"
    : `${block}(item_id, clicks, [3])`;
}

test("every function of the language is documented", () => {
  for (const { name, doc } of languageFunctions.values()) expect(doc).toContain(`\`${name}(`);
});
