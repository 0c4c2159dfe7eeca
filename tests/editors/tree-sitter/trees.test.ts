// Tree-sitter reads a text as the parser does: the same nodes at the same places where the parser finds no mistake, and an
// error where it finds one. Its queries show what semantic tokens show.

import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { sourceFile } from "../../../compiler/common/source-file.ts";
import { parse } from "../../../compiler/frontend/syntax/parse.ts";
import { readWholeSyntax, type SyntaxItem } from "../../../compiler/frontend/syntax/read-syntax.ts";
import { type ShownToken, shownTokens } from "../../../compiler/frontend/syntax/shown-tokens.ts";
import { type CstNode, isNode } from "../../../grammar/cst.ts";
import { namedTokens, treeSitterName } from "../../../grammar/editors/tree-sitter.ts";
import {
  type CaptureNames,
  neovimCaptures,
  zedCaptures,
} from "../../../grammar/editors/tree-sitter-queries.ts";
import { nameRoles, type RoleName } from "../../../grammar/name-roles.ts";
import { endOf, lex } from "../../../grammar/tokens.ts";
import { root } from "../../cli/spawn.ts";
import { namesLikeKeywords } from "../../support/names-like-keywords.ts";
import { specFiles } from "../../support/spec-files.ts";
import {
  grammarFolder,
  grammarText,
  parserOrigin,
  putGrammar,
  type TreeSitter,
  treeSitter,
} from "../../support/tree-sitter.ts";

let folder: string;
let run: TreeSitter;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "dinc-tree-sitter-"));
  run = await treeSitter(folder);
  writeGrammar();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Makes the parser anew, and writes it with `UPDATE=1`. */
function writeGrammar(): void {
  const made = join(folder, "made");
  mkdirSync(join(made, "src"), { recursive: true });
  writeFileSync(join(made, "grammar.json"), grammarText);
  run(["generate", "--no-bindings", "made/grammar.json"]);
  if (process.env["UPDATE"] === "1") {
    mkdirSync(join(grammarFolder, "src/tree_sitter"), { recursive: true });
    const parser = readFileSync(join(folder, "src/parser.c"), "utf8");
    writeFileSync(join(grammarFolder, "src/parser.c"), parserOrigin + parser);
    cpSync(join(folder, "src/tree_sitter/parser.h"), join(grammarFolder, "src/tree_sitter/parser.h"));
    writeFileSync(join(grammarFolder, "src/grammar.json"), grammarText);
  }
  cpSync(join(folder, "src"), join(folder, "fresh"), { recursive: true });
  putGrammar(folder);
}

test("the committed parser is what tree-sitter makes of the grammar (`npm run generate` writes it)", () => {
  const committed = readFileSync(join(grammarFolder, "src/parser.c"), "utf8");
  const fresh = readFileSync(join(folder, "fresh/parser.c"), "utf8");
  expect(committed.slice(committed.indexOf("\n") + 1) === fresh).toBe(true);
});

/** A named node with its place: `name start..end`. */
type Shown = string;

interface Tree {
  readonly nodes: readonly Shown[];
  readonly hasError: boolean;
}

/** Writes texts as files, and a list of them as `paths`. */
function putTexts(texts: readonly string[]): readonly string[] {
  const paths = texts.map((text, index) => {
    const path = join(folder, `${index}.din`);
    writeFileSync(path, text);
    return path;
  });
  writeFileSync(join(folder, "paths"), paths.join("\n"));
  return paths;
}

/** The offset in a text of a row and a column in bytes. */
function offsets(text: string): (row: string, column: string) => number {
  const bytes = Buffer.from(text);
  const starts = [0, ...[...bytes.entries()].filter(([, byte]) => byte === 10).map(([at]) => at + 1)];
  return (row, column) => bytes.subarray(0, starts[Number(row)]! + Number(column)).toString().length;
}

/** The trees of texts, in their order, without comments. */
function treesOf(texts: readonly string[]): readonly Tree[] {
  putTexts(texts);
  const output = run(["parse", "--paths", "paths"]);
  const trees = output.split(/^(?=\(source_file|\(ERROR \[0, 0\])/m).filter((part) => part.startsWith("("));
  expect(trees).toHaveLength(texts.length);
  return trees.map((tree, index) => treeFrom(tree, texts[index]!));
}

function treeFrom(output: string, text: string): Tree {
  const offset = offsets(text);
  const nodes: Shown[] = [];
  for (const [, name, ...at] of output.matchAll(/\((\w+) \[(\d+), (\d+)\] - \[(\d+), (\d+)\]/g)) {
    const [row, column, endRow, endColumn] = at as [string, string, string, string];
    if (name !== "source_file" && !/comment$/.test(name!))
      nodes.push(`${name} ${offset(row, column)}..${offset(endRow, endColumn)}`);
  }
  return { nodes, hasError: /\((?:ERROR|MISSING|UNEXPECTED) /.test(output) };
}

/** The same of our parser's trees. */
function nodesOf(text: string): readonly Shown[] {
  const nodes: Shown[] = [];
  const visit = (node: CstNode): void => {
    if (node.start < 0) return;
    if (node.name !== "item") nodes.push(`${treeSitterName(node.name)} ${node.start}..${node.end}`);
    for (const child of node.children)
      if (isNode(child)) visit(child);
      else if (namedTokens.includes(child.tokenType))
        nodes.push(`${treeSitterName(child.tokenType.name)} ${child.startOffset}..${endOf(child)}`);
  };
  const visitItem = ({ tree, items }: SyntaxItem): void => {
    visit(tree!);
    items.forEach(visitItem);
  };
  readWholeSyntax(sourceFile("text.din", text)).items.forEach(visitItem);
  return nodes;
}

function itemsIn(items: readonly SyntaxItem[]): readonly SyntaxItem[] {
  return items.flatMap((item) => [item, ...itemsIn(item.items)]);
}

/** What the parser says of a text: nothing, that its grammar is broken, or only that it means nothing. */
function verdictOf(text: string): "sound" | "broken" | "neither" {
  const file = sourceFile("text.din", text);
  const { lexed, items, strays } = readWholeSyntax(file);
  const isBroken =
    strays.length > 0 ||
    lexed.strays.length > 0 ||
    itemsIn(items).some((item) => item.errors.length > 0 || item.unclosed !== null);
  if (isBroken) return "broken";
  return parse(file).diagnostics.some(({ severity }) => severity === "error") ? "neither" : "sound";
}

const specs = specFiles("tests/good", "examples", "compiler/std", "tests");
const sound = specs.filter(([, text]) => verdictOf(text) === "sound");
const broken = specs.filter(([, text]) => verdictOf(text) === "broken");

test("there are specs of both kinds", () => {
  expect(sound.length).toBeGreaterThan(500);
  expect(broken.length).toBeGreaterThan(20);
});

function disagreements(texts: readonly (readonly [string, string])[]): readonly string[] {
  const trees = treesOf(texts.map(([, text]) => text));
  return texts.flatMap(([name, text], index) => {
    const { nodes, hasError } = trees[index]!;
    const verdict = verdictOf(text);
    if (verdict === "neither") return [];
    if (verdict === "broken") return hasError ? [] : [`${name}: no error`];
    if (hasError) return [`${name}: an error`];
    const expected = nodesOf(text);
    const at = expected.findIndex((node, i) => node !== nodes[i]);
    return at < 0 && nodes.length === expected.length ? [] : [`${name}: ${nodes[at]}, not ${expected[at]}`];
  });
}

test("the trees of all specs without a mistake are the parser's", () => {
  expect(disagreements(sound)).toEqual([]);
});

test("what the parser calls a mistake is an error", () => {
  expect(disagreements(broken)).toEqual([]);
});

test("words that are names where keywords stand are read as the parser reads them", () => {
  expect(disagreements([...namesLikeKeywords, ...more].map((text) => [text, text]))).toEqual([]);
});

/** Parentheses of calls, functions and widths, and what ends them. */
const more = [
  "net { predict p = (a) + f((b), (c) => (c)) |> g((x, y) => x) - (h)[0].d }",
  "net { let (a, b) = c let let = (d) }",
  "block f(a: Vec[(n)]) { let layer = layer layer => layer |> f(layer, layer: 2, (layer) => layer) }",
  "block f(a: Vec[d]) { let b = a\n (b) => b }",
  "features item { a : id embed(b, init: c) d : id embed (e) f..g : id embed 2 * h }",
  "//// no documentation\n///\n/// documentation\nmodel m //",
  "features item { a : x(1_000, 1e-3, 1.5..2, -4.) }",
  "features item { a : x(1_000, 1e-3, 1.5..2, -4) }",
  'param a = "\\"b\\\\"\u2003param\u00a0c\ufeff=\u000b1\r\nparam é = 2',
  "history a { b <-> c d \u2194 e }",
];

/**
 * What tree-sitter may take and the parser doesn't: a "(" of a call or of options that doesn't touch what is before it, and
 * a feature called `embed` as the first of a range.
 */
const readsMore = /[\w)\]]\s+\(|\bembed\s*\.\./;

describe("whatever is changed in a text", () => {
  test("both find a mistake, or the same tree", () => {
    const items = [...sound.map(([, text]) => text), ...namesLikeKeywords, ...more].flatMap((text) =>
      readWholeSyntax(sourceFile("text.din", text)).items.map((item) =>
        text.slice(item.tokens[0]!.startOffset, endOf(item.tokens.at(-1)!)),
      ),
    );
    const words = [...new Set(items.flatMap((text) => lex(text).tokens.map((token) => token.image)))];
    const put = fc.oneof(fc.constantFrom(...words), fc.constantFrom(...words), fc.constant(""));
    const change = fc.record({ at: fc.nat(), put, space: fc.constantFrom("", " ", "\n") });
    const changed = fc
      .tuple(fc.constantFrom(...items), fc.array(change, { minLength: 1, maxLength: 2 }))
      .map(([text, changes]) =>
        changes.reduce((now, { at, put, space }) => {
          const { tokens } = lex(now);
          const token = tokens[at % tokens.length];
          if (token === undefined) return now;
          return now.slice(0, token.startOffset) + put + space + now.slice(endOf(token));
        }, text),
      );
    const texts = fc
      .sample(changed, 1500)
      .filter((text) => !readsMore.test(text))
      .map((text) => [text, text] as const);
    expect(disagreements(texts)).toEqual([]);
  });
});

/** The captures of a query, by what they cover: `start..end`. */
function capturesOf(
  query: string,
  texts: readonly string[],
): readonly ReadonlyMap<string, readonly string[]>[] {
  const paths = putTexts(texts);
  const output = run(["query", "--captures", query, "--paths", "paths"]);
  const parts = output.split("\n").reduce<string[][]>((all, line) => {
    if (paths.includes(line)) all.push([]);
    else all.at(-1)?.push(line);
    return all;
  }, []);
  expect(parts).toHaveLength(texts.length);
  return parts.map((lines, index) => {
    const offset = offsets(texts[index]!);
    const captures = new Map<string, string[]>();
    for (const line of lines) {
      const found = /capture: \d+ - ([\w.]+), start: \((\d+), (\d+)\), end: \((\d+), (\d+)\)/.exec(line);
      if (found === null) continue;
      const [, name, ...at] = found as unknown as [string, string, string, string, string, string];
      const place = `${offset(at[0], at[1])}..${offset(at[2], at[3])}`;
      captures.set(place, [...(captures.get(place) ?? []), name]);
    }
    return captures;
  });
}

/** What a semantic token is captured as. */
function captureFor({ type, modifiers }: ShownToken, { roles, tokens }: CaptureNames): string | null {
  if (type === "comment") return modifiers.includes("documentation") ? tokens.documentation : tokens.comment;
  if (type in tokens) return tokens[type as keyof typeof tokens];
  const isConstant = modifiers.includes("readonly");
  const [role] = Object.entries(nameRoles).find(
    ([, each]) =>
      each.semantic === type && (each.modifiers as readonly string[]).includes("readonly") === isConstant,
  )!;
  return roles[role as RoleName];
}

const neovimQueries = join(root, "grammar/editors/neovim/queries/din");
const helixQueries = join(root, "grammar/editors/helix/queries/din");
const zedQueries = join(root, "grammar/editors/zed/languages/din");

test.each([
  ["Neovim", neovimQueries, neovimCaptures],
  ["Zed", zedQueries, zedCaptures],
] as const)("highlights of %s are semantic tokens", (_editor, queries, names) => {
  const texts = [...sound.map(([, text]) => text), ...namesLikeKeywords, ...more].filter(
    (text) => verdictOf(text) === "sound",
  );
  const captured = capturesOf(join(queries, "highlights.scm"), texts);
  const differences = texts.flatMap((text, index) =>
    shownTokens(sourceFile("text.din", text)).flatMap((token) => {
      const expected = captureFor(token, names);
      const found = captured[index]!.get(`${token.offset}..${token.offset + token.length}`) ?? [];
      const word = text.slice(token.offset, token.offset + token.length);
      return found.join() === (expected ?? "") ? [] : [`${word}: ${found}, not ${expected} in ${text}`];
    }),
  );
  expect(differences).toEqual([]);
});

describe("every query fits the grammar, and finds something", () => {
  test.each(
    [neovimQueries, helixQueries, zedQueries].flatMap((queries) =>
      readdirSync(queries)
        .filter((name) => name.endsWith(".scm"))
        .map((name) => [join(queries, name)]),
    ),
  )("%s", (path) => {
    const [, text] = sound.find(([name]) => name === "examples/amazon-beauty/din.din")!;
    const [captures] = capturesOf(path!, [text]);
    expect(captures!.size).toBeGreaterThan(10);
  });
});
