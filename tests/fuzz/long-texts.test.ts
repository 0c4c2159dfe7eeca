// No regular expression of the sources hangs on a long text. Each is tried on texts of 40,000 signs that make a pattern that
// backtracks go through them again and again: then a try takes seconds to years, where others take less than a millisecond.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createContext, Script } from "node:vm";
import { parseSync } from "rolldown/utils";
import { expect, test } from "vitest";
import { EXPECTATION } from "../../compiler/frontend/config/expect.ts";
import { root } from "../cli/spawn.ts";

const LENGTH = 40_000;
/** For all texts of a pattern; one alone that backtracks takes longer. */
const MILLISECONDS = 1_500;

/** Patterns that read only what is known to be short, or what dinc itself made. */
const ofShortTexts = new Map([
  [String.raw`\((.*)\)$`, "a type of Python that dinc writes"],
  [String.raw`^\s*(?:from|import) ([a-z_][a-z0-9_]*)`, "Python that dinc writes"],
  [String.raw`\b(?:from|import)\s*\(?\s*"(\.[^"]+)"`, "declarations that dinc builds"],
  [String.raw`\{[^}]*\}`, "Python of the repository"],
  [String.raw`"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'`, "Python of the repository"],
  [String.raw`"(?:[^"\\]|\\.)*"`, "a line of Python that dinc writes"],
  ['"(?:[^"\\\\]|\\\\.)*"|`(?:[^`\\\\]|\\\\.)*`', "TypeScript that dinc writes"],
  [String.raw`<!--[\s\S]*?-->`, "documents of the repository"],
  [String.raw`\d[\d_]*,$`, "20 signs before a number"],
  [String.raw`(?<=\d)(?=(?:\d{3})+$)`, "a count of rows"],
  [String.raw`\.(\s*| Try auto-detecting.*)$`, "a sentence of DuckDB"],
  [String.raw`.(\.[\w.]+)$`, "the name of a file"],
  [
    String.raw`^\s*[-+]?(?:\d+|\d{1,3}(?:\.\d{3})+)?(?:,\d*)?(?:[eE][-+]?\d+)?\s*$`,
    "a text without white space around it",
  ],
  [String.raw`"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?`, "JSON, whose strings end"],
  [String.raw`^([\d.]+) ?(\w+)$`, "a duration that another pattern took"],
]);

test("every pattern is quick, or its texts are short", () => {
  const found: string[] = [];
  let patterns = 0;
  for (const [pattern, { source, flags, at }] of literals()) {
    patterns++;
    if (ofShortTexts.has(source)) continue;
    const slow = slowText(source, flags);
    if (slow !== null) found.push(`${pattern} (${at}) hangs on ${slow}`);
  }
  expect(patterns).toBeGreaterThan(400);
  expect(found).toEqual([]);
}, 240_000);

test("a pattern that is made of others", () => {
  expect(slowText(EXPECTATION.source, EXPECTATION.flags)).toBeNull();
});

test("one that backtracks is found", () => {
  expect(slowText("^(a|b|ab)*c", "")).not.toBeNull();
  // How a query was told from other SQL: each comment may end at the end of any other.
  expect(slowText(String.raw`^(\s|--[^\n]*\n|\/\*.*?\*\/)*(select|with|values)\b`, "is")).not.toBeNull();
  expect(slowText(String.raw`\s+$`, "")).not.toBeNull();
  expect(slowText(String.raw`(?<!\s)\s+$`, "")).toBeNull();
});

interface Literal {
  readonly source: string;
  readonly flags: string;
  readonly at: string;
}

function literals(): Map<string, Literal> {
  const all = new Map<string, Literal>();
  for (const top of ["compiler", "runtime", "playground", "manual", "grammar"])
    for (const file of readdirSync(join(root, top), { recursive: true, encoding: "utf8" })) {
      if (!/\.(ts|mjs)$/.test(file) || file.includes("generated") || file.endsWith(".d.mts")) continue;
      const text = readFileSync(join(root, top, file), "utf8");
      const { program } = parseSync(file, text, { lang: file.endsWith(".ts") ? "ts" : "js" });
      visit(program, ({ pattern, flags }) => {
        // A lexer looks from where it is.
        const isSticky = file === "tokens.ts";
        all.set(`/${pattern}/${flags}`, {
          source: pattern,
          flags: isSticky ? `${flags}y` : flags,
          at: `${top}/${file}`,
        });
      });
    }
  return all;
}

function visit(
  node: unknown,
  meet: (regex: { readonly pattern: string; readonly flags: string }) => void,
): void {
  if (typeof node !== "object" || node === null) return;
  if ("regex" in node) meet(node.regex as { pattern: string; flags: string });
  for (const part of Object.values(node)) visit(part, meet);
}

/** A text on which the pattern hangs, described; null for none. */
function slowText(source: string, flags: string): string | null {
  const pieces = piecesOf(source);
  // V8 looks at the clock of a script while a pattern backtracks.
  const context = createContext({
    pattern: new RegExp(source, flags.replace("g", "")),
    texts: [] as string[],
  });
  const script = new Script("for (const text of texts) { at = text; pattern.test(text); }");
  const texts = pieces.flatMap((piece) =>
    ["\0", ...pieces.slice(0, 3)].flatMap((head) => [
      `${head}${piece.repeat(Math.ceil(LENGTH / piece.length))}\0`,
      `${piece.repeat(Math.ceil(LENGTH / piece.length))}${head}\0`,
    ]),
  );
  context["texts"] = texts;
  context["at"] = "";
  try {
    script.runInContext(context, { timeout: MILLISECONDS });
    return null;
  } catch (error) {
    if ((error as { readonly code?: unknown }).code !== "ERR_SCRIPT_EXECUTION_TIMEOUT") throw error;
    const text = String(context["at"]);
    return `${JSON.stringify(text.slice(0, 12))} … ${JSON.stringify(text.slice(-6))}`;
  }
}

/** What a text may be made of that the pattern goes through: its own words and signs, and samples of its classes. */
function piecesOf(source: string): string[] {
  const plain = source
    .replace(/\(\?(?:[:=!]|<[=!])/g, "(")
    .replace(/\[\^[^\]]*\]/g, "x")
    .replace(/\\[sS]/g, " ")
    .replace(/\\[wW]/g, "a")
    .replace(/\\d/g, "0")
    .replace(/\\(?:[nrt])/g, "\t")
    .replace(/\\([^a-zA-Z0-9])/g, "$1");
  const words = plain.split(/[()|[\]?*+^$]+/).filter((word) => word !== "" && word.length < 12);
  const signs = [...new Set(plain)].filter((sign) => !/[()|\]?*+^]/.test(sign)).slice(0, 12);
  // What a pattern repeats as a whole: a comment, a word in quotes.
  const repeated = [...plain.matchAll(/[^\s()|[\]]{2,12}/g)].map(([part]) =>
    part.replace(/[.x][*+]\??/g, ""),
  );
  return [
    ...new Set([
      " ",
      "a",
      "A",
      "0",
      "\t",
      "\n",
      '\\"',
      ...signs,
      ...words.slice(0, 8),
      ...repeated.slice(0, 8),
    ]),
  ].filter((piece) => piece !== "");
}
