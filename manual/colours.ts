// Colours code as HTML: `.din` with the TextMate grammar of the editors, other languages by their comments
// and strings.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { loadWASM, OnigScanner, OnigString } from "vscode-oniguruma";
import { type IGrammar, INITIAL, parseRawGrammar, Registry } from "vscode-textmate";
import { escaped } from "./page-links.ts";

export type Colours = (code: string, language: string) => string;

/** The class of a scope, by its first words. */
const classes: readonly (readonly [scope: RegExp, name: string])[] = [
  [/^comment/, "comment"],
  [/^string/, "text"],
  [/^constant\.numeric/, "number"],
  [/^keyword\.control/, "keyword"],
  [/^(?:support\.type|entity\.name\.type)/, "type"],
  [/^entity\.name\.function/, "function"],
  [/^variable\.(?:parameter|other\.property)/, "property"],
];

const comments: Readonly<Record<string, string>> = {
  sh: "#.*",
  yaml: "#.*",
  python: "#.*",
  sql: "--.*",
  lua: "--.*",
  ts: String.raw`\/\/.*|\/\*[\s\S]*?\*\/`,
  js: String.raw`\/\/.*|\/\*[\s\S]*?\*\/`,
};

export async function coloursOf(root: string): Promise<Colours> {
  await loadWASM(readFileSync(join(root, "node_modules/vscode-oniguruma/release/onig.wasm")));
  const path = "grammar/editors/vscode/syntaxes/din.tmLanguage.json";
  const registry = new Registry({
    onigLib: Promise.resolve({
      createOnigScanner: (patterns: string[]) => new OnigScanner(patterns),
      createOnigString: (text: string) => new OnigString(text),
    }),
    loadGrammar: async () => parseRawGrammar(readFileSync(join(root, path), "utf8"), path),
  });
  const grammar = (await registry.loadGrammar("source.din"))!;
  return (code, language) => {
    if (language === "din") return spec(code, grammar);
    if (language === "diff") return difference(code);
    return other(code, comments[language]);
  };
}

function spec(code: string, grammar: IGrammar): string {
  let stack = INITIAL;
  return code
    .split("\n")
    .map((line) => {
      const { tokens, ruleStack } = grammar.tokenizeLine(line, stack);
      stack = ruleStack;
      return tokens
        .map(({ startIndex, endIndex, scopes }) => {
          const text = line.slice(startIndex, endIndex);
          return marked(text, classes.find(([scope]) => scope.test(scopes.at(-1)!))?.[1]);
        })
        .join("");
    })
    .join("\n");
}

function difference(code: string): string {
  const names: Readonly<Record<string, string>> = { "+": "added", "-": "removed" };
  return code
    .split("\n")
    .map((line) => marked(line, names[line.slice(0, 1)]))
    .join("\n");
}

/** A comment depends on the language, while a quoted text looks alike in all languages. */
function other(code: string, comment: string | undefined): string {
  if (comment === undefined) return escaped(code);
  const pattern = new RegExp(
    `(?<comment>(?<![^\\s({\\[,;])(?:${comment}))|(?<text>"[^"\\n]*"|'[^'\\n]*')`,
    "g",
  );
  let html = "";
  let at = 0;
  for (const match of code.matchAll(pattern)) {
    html += escaped(code.slice(at, match.index));
    html += marked(match[0], match.groups!["comment"] === undefined ? "text" : "comment");
    at = match.index + match[0].length;
  }
  return html + escaped(code.slice(at));
}

function marked(text: string, name: string | undefined): string {
  return name === undefined || text === "" ? escaped(text) : `<span class="${name}">${escaped(text)}</span>`;
}
