// The committed TextMate grammars in the engine of VS Code.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { loadWASM, OnigScanner, OnigString } from "vscode-oniguruma";
import { type IGrammar, INITIAL, parseRawGrammar, Registry } from "vscode-textmate";
import { root } from "../cli/spawn.ts";

export const SPEC_GRAMMAR = "grammar/editors/vscode/syntaxes/din.tmLanguage.json";
export const NOTEBOOK_GRAMMAR = "grammar/editors/vscode/syntaxes/notebook.tmLanguage.json";

const wasm = readFileSync(join(root, "node_modules/vscode-oniguruma/release/onig.wasm"));
const onigLib = loadWASM(wasm).then(() => ({
  createOnigScanner: (patterns: string[]) => new OnigScanner(patterns),
  createOnigString: (text: string) => new OnigString(text),
}));

/**
 * Loads the grammar with the scope `name`. `texts` has the texts of further grammars by their scopes; `injected` lists scopes
 * that are injected into the grammar.
 */
export async function loadGrammar(
  name: string,
  texts: Readonly<Record<string, string>> = {},
  injected: string[] = [],
): Promise<IGrammar> {
  const all: Readonly<Record<string, string>> = {
    "source.din": readFileSync(join(root, SPEC_GRAMMAR), "utf8"),
    ...texts,
  };
  const registry = new Registry({
    onigLib,
    loadGrammar: async (scope) => parseRawGrammar(all[scope]!, `${scope}.json`),
    getInjections: (scope) => (scope === name ? injected : []),
  });
  return (await registry.loadGrammar(name))!;
}

/** The innermost scope at each offset of a text, without `.din`; "" where the grammar says nothing. */
export function scopesOf(grammar: IGrammar, text: string): string[] {
  const scopes: string[] = [];
  let stack = INITIAL;
  for (const line of text.split("\n")) {
    const result = grammar.tokenizeLine(line, stack);
    stack = result.ruleStack;
    for (const { startIndex, endIndex, scopes: found } of result.tokens) {
      const scope = found.at(-1)!.replace(/\.din$/, "");
      for (let i = startIndex; i < Math.min(endIndex, line.length); i++)
        scopes.push(scope === "source" ? "" : scope);
    }
    scopes.push("");
  }
  return scopes;
}
