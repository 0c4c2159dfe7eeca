// Semantic tokens say what the grammar takes each word as, in the protocol's numbers, whatever the text is.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { sourceFile } from "../../compiler/common/source-file.ts";
import { shownTokens } from "../../compiler/frontend/syntax/shown-tokens.ts";
import {
  meantTokens,
  semanticTokens,
  semanticTokensLegend,
} from "../../compiler/tools/lsp/features/semantic-tokens.ts";
import { marked } from "../lsp/markers.ts";
import { specFiles } from "../support/spec-files.ts";

/** `word type.modifier` for each token of a text. */
function shown(text: string): string[] {
  return shownTokens(sourceFile("text.din", text)).map(({ offset, length, type, modifiers }) =>
    [text.slice(offset, offset + length), [type, ...modifiers].join(".")].join(" "),
  );
}

describe("each word by its place", () => {
  test.each([
    ["model model", ["model keyword", "model class.declaration"]],
    [
      "features user { share : id |> log1p share label }",
      [
        "features keyword",
        "user enumMember.defaultLibrary",
        "share variable.declaration",
        "id type.defaultLibrary",
        "|> operator",
        "log1p function",
        "share keyword",
        "label variable",
      ],
    ],
    [
      "history h(max: 2) { a <-> b c : number }",
      [
        "history keyword",
        "h variable.declaration",
        "max parameter",
        "2 number",
        "a variable",
        "<-> operator",
        "b property",
        "c property.declaration",
        "number type.defaultLibrary",
      ],
    ],
    [
      "block f(x: Seq[h, 2*d], of: List[Int]) -> Vec[d] { /// x\nx.y |> g(n => n, k: 1) }",
      [
        "block keyword",
        "f function.declaration",
        "x parameter.declaration",
        "Seq type.defaultLibrary",
        "h typeParameter",
        "2 number",
        "* operator",
        "d typeParameter",
        "of parameter.declaration",
        "List type.defaultLibrary",
        "Int type.defaultLibrary",
        "-> operator",
        "Vec type.defaultLibrary",
        "d typeParameter",
        "/// x comment.documentation",
        "x variable",
        "y property",
        "|> operator",
        "g function",
        "n parameter.declaration",
        "=> operator",
        "n variable",
        "k parameter",
        "1 number",
      ],
    ],
    [
      'param p = "a"\nvariant v from w { train { batch p } } // end',
      [
        "param keyword",
        "p variable.declaration.readonly",
        "= operator",
        '"a" string',
        "variant keyword",
        "v class.declaration",
        "from keyword",
        "w class",
        "train keyword",
        "batch property",
        "p variable",
        "// end comment",
      ],
    ],
    // What is only meant as a keyword is none; what could not be read is what its words are.
    [
      "featrues user { a : }",
      ["featrues variable", "user enumMember.defaultLibrary", "a variable.declaration"],
    ],
    [
      "net { let a = ((b }",
      ["net keyword", "let keyword", "a variable.declaration", "= operator", "b variable"],
    ],
  ])("%j", (text, expected) => {
    expect(shown(text)).toEqual(expected);
  });
});

/** What names mean tells where their place does not: `word type.modifier` for tokens that are shown otherwise. */
function refined(text: string): string[] {
  const { snapshot, path, file } = marked(text);
  const plain = shownTokens(file);
  return meantTokens(file, snapshot.mentions(path)).flatMap(({ offset, length, type, modifiers }, i) => {
    const now = [type, ...modifiers].join(".");
    const before = [plain[i]!.type, ...plain[i]!.modifiers].join(".");
    return now === before ? [] : [`${text.slice(offset, offset + length)} ${now}`];
  });
}

describe("what a name means, where its place does not tell", () => {
  test.each([
    [
      "block f(x: Vec[d], activation: Activation = relu) -> Vec[d] { let y = x y |> activation |> f |> mlp([2]) }",
      ["relu function.defaultLibrary", "x parameter", "mlp function.defaultLibrary"],
    ],
    [
      "param n = 2\nfeatures item { a : set(id, max: n, pool: mean) embed n }",
      [
        "id type.defaultLibrary",
        "n variable.readonly",
        "mean enumMember.defaultLibrary",
        "n variable.readonly",
      ],
    ],
    [
      "features item { by : set(id, max: 5, weighted(by: by)) weighted : set(id, weighted) }",
      [
        ...["id type.defaultLibrary", "weighted function.defaultLibrary", "by property"],
        ...["id type.defaultLibrary", "weighted enumMember.defaultLibrary"],
      ],
    ],
    [
      "train { loss binary_cross_entropy metrics auc }",
      ["binary_cross_entropy enumMember.defaultLibrary", "auc enumMember.defaultLibrary"],
    ],
    ["net { let a = each([1], i => i + a) }", ["each function.defaultLibrary", "i parameter"]],
  ])("%s", (text, expected) => {
    expect(refined(text)).toEqual(expected);
  });

  test("of every spec, only names that the grammar shows as variables are shown otherwise, and what is built in is told", () => {
    let count = 0;
    for (const [path, text] of specFiles("examples", "tests/good")) {
      const { snapshot } = marked("");
      const file = sourceFile(path, text);
      const plain = shownTokens(file);
      const mentions = snapshot.with(new Map([[path, file]])).mentions(path);
      for (const [i, token] of meantTokens(file, mentions).entries()) {
        const before = plain[i]!;
        if (before.type !== token.type) {
          expect(before).toMatchObject({ type: "variable", offset: token.offset });
          count++;
        } else if (token.type !== "variable")
          expect(token.modifiers.filter((name) => name !== "defaultLibrary")).toEqual(
            before.modifiers.filter((name) => name !== "defaultLibrary"),
          );
      }
    }
    expect(count).toBeGreaterThan(100);
  });
});

test("in the protocol, each token stands where the one before it says", () => {
  const text = 'model m\r\n\r\nlabel "😀" é : x // y\n';
  const { snapshot, path } = marked(text);
  const { data } = semanticTokens(snapshot, path);
  const { tokenTypes, tokenModifiers } = semanticTokensLegend;
  const lines = text.split(/\r?\n/);
  const words: string[] = [];
  let line = 0;
  let column = 0;
  for (let i = 0; i < data.length; i += 5) {
    const [lineStep, step, length, type, bits] = data.slice(i, i + 5) as [
      number,
      number,
      number,
      number,
      number,
    ];
    column = lineStep === 0 ? column + step : step;
    line += lineStep;
    const modifiers = tokenModifiers.filter((_, bit) => (bits & (1 << bit)) !== 0);
    words.push(
      `${lines[line]!.slice(column, column + length)} ${[tokenTypes[type], ...modifiers].join(".")}`,
    );
  }
  expect(words).toEqual(shown(text));
  expect(words).toContain("// y comment");
});

describe("whatever the text", () => {
  const specs = specFiles("examples", "tests/good", "tests/bad");

  test("tokens are in order, within the text, and none overlaps", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...specs),
        fc.nat(),
        fc.nat({ max: 40 }),
        fc.string({ maxLength: 10 }),
        ([, text], at, cut, put) => {
          const place = at % (text.length + 1);
          const broken = text.slice(0, place) + put + text.slice(place + cut);
          let end = 0;
          for (const { offset, length } of shownTokens(sourceFile("text.din", broken))) {
            expect(offset).toBeGreaterThanOrEqual(end);
            expect(length).toBeGreaterThan(0);
            end = offset + length;
          }
          expect(end).toBeLessThanOrEqual(broken.length);
        },
      ),
      { numRuns: 300 },
    );
  });
});
