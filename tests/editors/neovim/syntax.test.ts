// The syntax file is what the tables give, and Neovim shows with it what semantic tokens are: the same as in VS Code.

import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type SourceFile, sourceFile } from "../../../compiler/common/source-file.ts";
import { type ShownToken, shownTokens } from "../../../compiler/frontend/syntax/shown-tokens.ts";
import { positionOf } from "../../../compiler/tools/lsp/ranges.ts";
import { vimGroupOf, vimLinks, vimPattern, vimSyntax } from "../../../grammar/editors/vim-syntax.ts";
import { root } from "../../cli/spawn.ts";
import { type Neovim, neovim } from "../../support/neovim.ts";
import { specFiles } from "../../support/spec-files.ts";

const path = join(root, "grammar/editors/neovim/syntax/din.vim");
if (process.env["UPDATE"] === "1") writeFileSync(path, vimSyntax());

test("the committed syntax file is what the tables give (`npm run generate` writes it)", () => {
  expect(readFileSync(path, "utf8")).toBe(vimSyntax());
});

test("regular expressions as Vim writes them", () => {
  expect(vimPattern(String.raw`\ba\s+(?:b|c)*(?=d=)(?!>)[^<>]\{\b`)).toBe(
    String.raw`<a\s+%(b|c)*%(d\=)@=%(\>)@![^<>]\{>`,
  );
});

/** Texts in which words are names where keywords stand, beside the specs. */
const texts: readonly (readonly [string, string])[] = [
  ...specFiles("examples", "tests/good", "compiler/std"),
  [
    "names",
    "features user { embed : id embed 4\n share : id a : id share share }\nhistory history { model <-> embed share : number }",
  ],
  [
    "code",
    "net { let let = embed(let) predict net = train\n loss l(a: 1) = loss }\nblock f(loss: Vec[d]) { let x = loss loss }",
  ],
  [
    "settings",
    "train {\n  metrics\n    auc,\n    gauc(by: user_id),\n    log_loss\n  batch n * 2 epochs 3\n}",
  ],
  ["open", "features user { a : id(b,\nlabel b : binary\nnet { let a = f(b\nblock g(x: Vec[1]) { x }"],
];

let folder: string;
let editor: Neovim;
/** The groups at the first and the last character of each token, by text. */
let groups: readonly (readonly (readonly string[])[])[];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "dinc-vim-"));
  editor = await neovim();
  const asked = texts.map(([name, text]) => {
    const file = sourceFile(name, text);
    return { lines: text.split(/\r?\n/), places: shownTokens(file).map((token) => placesOf(file, token)) };
  });
  writeFileSync(join(folder, "asked.json"), JSON.stringify(asked));
  execFileSync(
    editor.program,
    [
      "--clean",
      "--headless",
      "-n",
      "-c",
      `luafile ${join(import.meta.dirname, "groups.lua")}`,
      "-c",
      "cquit",
    ],
    {
      env: { ...process.env, ...editor.env, FOLDER: folder, PLUGIN: join(root, "grammar/editors/neovim") },
      stdio: ["ignore", "ignore", "inherit"],
      timeout: 60_000,
    },
  );
  groups = JSON.parse(readFileSync(join(folder, "groups.json"), "utf8"));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Line and column of both ends, from 1 and in bytes, as Vim counts. */
function placesOf(file: SourceFile, { offset, length }: ShownToken): readonly (readonly [number, number])[] {
  return [offset, offset + length - 1].map((at) => {
    const { line, character } = positionOf(file, at);
    return [line + 1, Buffer.byteLength(file.text.slice(at - character, at)) + 1] as const;
  });
}

describe("shows what semantic tokens show", () => {
  test.each(texts.map(([name], index) => [name, index] as const))("%s", (name, index) => {
    const [, text] = texts[index]!;
    const differences = shownTokens(sourceFile(name, text)).flatMap(
      ({ offset, length, type, modifiers }, i) => {
        const expected = vimGroupOf(type, modifiers);
        const [first, last] = groups[index]![i]!.map((group) => vimLinks[group] ?? group);
        const word = text.slice(offset, offset + length);
        const line = text.slice(0, offset).split("\n").length;
        return first === expected && last === expected
          ? []
          : [`${line} ${word}: ${first}…${last}, not ${expected}`];
      },
    );
    expect(differences).toEqual([]);
  });
});
