// No feature of dinc.yaml throws, points outside of the text or takes long, whatever the text looks like that is half
// written or a sign short.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { sourceFile } from "../../../compiler/common/source-file.ts";
import { configCompletion } from "../../../compiler/tools/lsp/config/completion.ts";
import { configFixes } from "../../../compiler/tools/lsp/config/fixes.ts";
import { configHover } from "../../../compiler/tools/lsp/config/hover.ts";
import {
  configDefinition,
  configLinks,
  configSymbols,
} from "../../../compiler/tools/lsp/config/navigation.ts";
import { viewOf } from "../../../compiler/tools/lsp/config/view.ts";
import { positionOf } from "../../../compiler/tools/lsp/ranges.ts";
import { root } from "../../cli/spawn.ts";
import { timed } from "../../support/measured.ts";

const nowhere = {
  environment: () => undefined,
  problemOf: () => null,
  file: () => null,
  uriOf: (path: string) => `file:///${path}`,
  entries: () => [{ name: "model.din", isFolder: false }],
};

/** Every feature at one place; gives the ranges of all answers. */
function ask(text: string, offset: number): void {
  timed(JSON.stringify(text), () => askAll(text, offset));
}

function askAll(text: string, offset: number): void {
  const file = sourceFile("dinc.yaml", text);
  const view = viewOf(file, nowhere);
  const here = positionOf(file, offset);
  const answers = [
    configCompletion(view, offset, true),
    configHover(view, offset),
    configDefinition(view, offset),
    configLinks(view),
    configSymbols(view),
    configFixes(view, { start: here, end: here }),
    view.diagnostics.map(({ location }) =>
      location.kind === "text" ? [location.span.start, location.span.end] : [],
    ),
  ];
  for (const [, line] of JSON.stringify(answers).matchAll(/"line":(\d+)/g))
    if (Number(line) >= file.lineStarts.length) throw new Error(`line ${line} of ${JSON.stringify(text)}`);
  for (const { location } of view.diagnostics)
    if (location.kind === "text" && location.span.end > text.length + 1)
      throw new Error(JSON.stringify(text));
}

const examples = ["amazon-beauty", "din-simulated", "seed-demo", "zoo"].map((name) => [
  name,
  readFileSync(join(root, "examples", name, "dinc.yaml"), "utf8"),
]);

test.each(examples)("every prefix of %s, and every sign left out", (_, text) => {
  for (let i = 0; i <= text!.length; i++) {
    ask(text!.slice(0, i), i);
    ask(text!.slice(0, i) + text!.slice(i + 1), i);
  }
});

test.each([
  ["braces", "{a: ".repeat(500)],
  ["brackets", "data: ".concat("[".repeat(500))],
  ["levels", Array.from({ length: 300 }, (_, i) => `${" ".repeat(i)}a:`).join("\n")],
  ["an endless alias", "data: &x\n  train: *x\n"],
  [
    "aliases of aliases",
    `a0: &a0 { x: 1 }\n${Array.from({ length: 30 }, (_, i) => `a${i + 1}: &a${i + 1} { x: *a${i}, y: *a${i} }`).join("\n")}`,
  ],
  ["keys of objects", "? { a: 1 }\n: 2\n? [1]\n: 3\n__proto__: 1\nconstructor: 2\n"],
  ["tags and anchors", "spec: !!binary aGk=\ndata: !unknown { train: &a x, test: *b }\n"],
  ["lines of all systems", "spec: a\r\ndata:\r  train: b\u2028\n"],
  ["documents", "spec: a\n---\nspec: b\n...\n"],
])("hostile: %s", (_, text) => {
  for (const offset of [0, text.length >> 1, text.length]) ask(text, offset);
  expect(() => viewOf(sourceFile("dinc.yaml", text), nowhere)).not.toThrow();
});
