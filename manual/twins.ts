// Finds steps that a page tells twice: in blocks of commands, settings and their output, and directly below in a
// block of Python, marked as `twin`, with its output. In plain Markdown, such as at GitHub, one follows the other.

import type { Token, Tokens } from "marked";

export interface Twins {
  readonly type: "twins";
  readonly raw: string;
  readonly commands: Token[];
  readonly python: Token[];
}

const COMMANDS: ReadonlySet<string> = new Set(["sh", "js", "yaml", "text"]);
const OUTPUT: ReadonlySet<string> = new Set(["text"]);

/** The tokens of a page, with each pair of twins as one token. */
export function withTwins(tokens: readonly Token[]): Token[] {
  const rest = tokens.filter(({ type }) => type !== "space");
  const found: Token[] = [];
  while (rest.length > 0) {
    const token = rest.shift()!;
    if (token.type !== "code" || token["lang"] !== "python twin") {
      found.push(token);
      continue;
    }
    const commands: Token[] = [];
    while (isBlock(found.at(-1), COMMANDS)) commands.unshift(found.pop()!);
    if (commands.length === 0) throw new Error(`a twin without commands directly before it: ${token.raw}`);
    const python = [token];
    while (isBlock(rest[0], OUTPUT)) python.push(rest.shift()!);
    found.push({ type: "twins", raw: "", commands, python } satisfies Twins);
  }
  return found;
}

export function isTwins(token: { readonly type: string }): token is Twins {
  return token.type === "twins";
}

export function languageOf(lang: string | undefined): string {
  return (lang ?? "").split(" ")[0]!;
}

function isBlock(token: Token | undefined, languages: ReadonlySet<string>): boolean {
  return token?.type === "code" && languages.has(languageOf((token as Tokens.Code).lang));
}
