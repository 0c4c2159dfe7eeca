// What formatting promises, on every spec there is with random white space and comments put in, on broken specs, on
// random programs and on hostile texts: the same tokens and comments, the same tree, and twice is once.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { sourceFile } from "../../compiler/common/source-file.ts";
import { parse } from "../../compiler/frontend/syntax/parse.ts";
import { format, formatStrictly } from "../../compiler/tools/fmt/format.ts";
import { endOf, lex } from "../../grammar/tokens.ts";
import { anyCharacters, tokenSoup } from "../support/hostile-texts.ts";
import { runs, sweep, sweepRuns, timeout } from "../support/how-often.ts";
import { leastRatio } from "../support/measured.ts";
import { specFiles } from "../support/spec-files.ts";
import { programs } from "./programs.ts";

const sound = specFiles("examples", "compiler/std", "tests/good", "tests/reuse");
const broken = specFiles("tests/bad");

/** Many more runs with `FUZZ=20 npx vitest run tests/fmt`, others with `FUZZ_SEED=1`. */
const options = (inSuite: number) => ({ numRuns: runs(inSuite) });

/** Formats; throws where the result has not the same tokens and comments or is not formatted itself. */
function formatted(text: string): string {
  return formatStrictly(sourceFile("test.din", text)).value;
}

/** The tree without places. */
function tree(text: string): string {
  const { value } = parse(sourceFile("test.din", text));
  return JSON.stringify(value, (key, part) => (key === "span" || key === "file" ? undefined : part));
}

/** Puts between tokens what may stand there; the bracket of a call or an index stays attached. */
function withNoise(text: string, noise: readonly string[]): string {
  const { tokens, docs, comments } = lex(text);
  const pieces = [...tokens, ...docs, ...comments].sort((a, b) => a.startOffset - b.startOffset);
  let out = "";
  let i = 0;
  pieces.forEach((piece, at) => {
    const before = pieces[at - 1];
    const between = text.slice(before === undefined ? 0 : endOf(before), piece.startOffset);
    const extra = noise[i++ % noise.length]!;
    const isComment = before?.image.startsWith("//") ?? false;
    // A documentation comment must not move to the end of a line, nor text into a comment.
    const keepsLine = isComment || piece.image.startsWith("///");
    const isBracket = /^[([]$/.test(piece.image);
    // On the line of what stands before it, it would be a call's.
    const beginsLine = isBracket && /\n/.test(between);
    if (between === "" && isBracket) out += piece.image;
    else if (beginsLine) out += `${between}${piece.image}`;
    else if (keepsLine) out += `${between}${extra.startsWith(" ") ? "" : extra}${between}${piece.image}`;
    else out += `${extra === "" ? between : extra}${piece.image}`;
  });
  return `${out}\n`;
}

const gap = fc.oneof(
  { weight: 6, arbitrary: fc.constant("") },
  { weight: 3, arbitrary: fc.constantFrom(" ", "   ", " \t ") },
  { weight: 2, arbitrary: fc.constantFrom("\n", "\n\n", "\r\n", "\n \n\n", "\n        ") },
  {
    weight: 1,
    arbitrary: fc.constantFrom(" // c\n", "\n// own\n", "\n\n// a\n// b\n\n", " // t \n\n  //o\n", " //\n"),
  },
);

describe.each(sweep(sound))("%s", (_, text) => {
  test("is formatted", () => {
    expect(formatted(text)).toBe(text);
  });

  test("keeps its tokens, comments and tree with random white space and comments", { timeout }, () => {
    fc.assert(
      fc.property(fc.array(gap, { minLength: 7, maxLength: 150 }), (noise) => {
        const noisy = withNoise(text, noise);
        expect(parse(sourceFile("test.din", noisy)).diagnostics).toEqual([]);
        expect(tree(formatted(noisy))).toBe(tree(noisy));
      }),
      options(10),
    );
  });

  test("is found again from random white space without line breaks", { timeout }, () => {
    const blank = fc.constantFrom(" ", "  ", "\t", "");
    fc.assert(
      fc.property(fc.array(blank, { minLength: 5, maxLength: 50 }), (noise) => {
        const { tokens, docs, comments } = lex(text);
        const pieces = [...tokens, ...docs, ...comments].sort((a, b) => a.startOffset - b.startOffset);
        const noisy = pieces.map((piece, i) => {
          const before = pieces[i - 1];
          const between = text.slice(before === undefined ? 0 : endOf(before), piece.startOffset);
          return between.replace(/^ +| +$/g, (blanks) => blanks + noise[i % noise.length]!) + piece.image;
        });
        expect(formatted(noisy.join(""))).toBe(text);
      }),
      options(5),
    );
  });
});

describe.each(sweep(broken))("%s", (_, text) => {
  test("keeps its tokens, comments, findings and broken items", { timeout }, () => {
    const after = formatted(text);
    const codes = (of: string) => parse(sourceFile("test.din", of)).diagnostics.map(({ code }) => code);
    expect(codes(after).sort()).toEqual(codes(text).sort());
    const noise = fc.array(fc.constantFrom("", "", " ", "\n", " // c\n", "\n\n// d\n"), {
      minLength: 5,
      maxLength: 40,
    });
    fc.assert(
      fc.property(noise, (gaps) => void formatted(withNoise(text, gaps))),
      options(10),
    );
  });
});

describe("broken on purpose", () => {
  const few = sound.filter(([path]) => /mlp|attend|seed-demo|keywords/.test(path));
  test.each(few)("every token of %s left out or written twice", (_, text) => {
    for (const token of sweep(lex(text).tokens)) {
      const [before, after] = [text.slice(0, token.startOffset), text.slice(endOf(token))];
      formatted(`${before}${after}`);
      formatted(`${before}${token.image} ${token.image}${after}`);
      formatted(before);
    }
  });
});

describe("random programs", () => {
  test("parse, and keep their tree", { timeout }, () => {
    fc.assert(
      fc.property(programs, fc.array(gap, { minLength: 3, maxLength: 60 }), (program, noise) => {
        const text = withNoise(program, noise);
        const { diagnostics } = parse(sourceFile("test.din", program));
        expect(diagnostics.map(({ code, message }) => `${code} ${message}`)).toEqual([]);
        expect(tree(formatted(program))).toBe(tree(program));
        expect(tree(formatted(text))).toBe(tree(text));
      }),
      { numRuns: sweepRuns(400) },
    );
  });
});

describe("hostile texts", () => {
  test("of tokens", { timeout }, () => {
    fc.assert(
      fc.property(
        tokenSoup,
        fc.constantFrom("", " "),
        (parts, between) => void formatted(parts.join(between)),
      ),
      { numRuns: sweepRuns(1500) },
    );
  });

  test("of any characters", { timeout }, () => {
    fc.assert(
      fc.property(anyCharacters, (text) => void formatted(text)),
      { numRuns: sweepRuns(1000) },
    );
  });

  const n = 20_000;
  const inNet = (value: string) => `net { let a = ${value} predict p = a }\nlabel p : binary`;
  test.each([
    ["parentheses", inNet(`${"(".repeat(n)}a${")".repeat(n)}`)],
    ["calls", inNet(`${"f(".repeat(n)}a${")".repeat(n)}`)],
    ["open brackets", inNet("[".repeat(n))],
    ["functions in one another", inNet(`f(${"x => ".repeat(n)}a)`)],
    ["minus signs", inNet(`${"- ".repeat(n)}a`)],
    ["a long sum", inNet(`a${" + a".repeat(n)}`)],
    ["a long pipe", inNet(`a${" |> f".repeat(n)}`)],
    ["a long list", inNet(`[${"1, ".repeat(n)}]`)],
    [
      "lists as deep as allowed, each long",
      inNet(`${"[1, 2, 3, 4, ".repeat(60)}${"1, ".repeat(n)}${"]".repeat(60)}`),
    ],
    ["braces", "{".repeat(n)],
    ["closing braces", "}\n".repeat(n)],
    ["items without end", "features user { ".repeat(n / 50)],
    ["comments", "// c\n".repeat(n)],
    ["comments inside", `features user { ${"// c\n".repeat(n)} a : id }`],
    ["empty lines", `label a : id${"\n".repeat(n)}label b : id`],
    ["lines of no language", "§\n".repeat(n / 10)],
    ["labels", "label a : binary\n".repeat(n / 20)],
    ["one long name", `model ${"a".repeat(n)}`],
  ])("%s", (_, text) => {
    formatted(text);
  });

  test("time grows with the length", () => {
    const item =
      "features user {\n  /// Documented.\n  a : id(min_count: 2) embed 16 // c\n  b : number |> log1p\n}\n";
    const text = (lines: number) => {
      const file = sourceFile("long.din", item.repeat(lines / 5));
      return () => expect(format(file).diagnostics).toEqual([]);
    };
    // Eight times the text: linear is 8, quadratic would be 64.
    expect(leastRatio(text(1000), text(8000), 30)).toBeLessThan(30);
  });
});
