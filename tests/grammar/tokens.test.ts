// The token table, and the texts at its edges.

import { describe, expect, test } from "vitest";
import { splitItems } from "../../grammar/items.ts";
import { endOf, lex, tokens } from "../../grammar/tokens.ts";

function lexed(text: string): string[] {
  return lex(text).tokens.map((token) => `${token.tokenType.name} ${token.image}`);
}

describe("lexing", () => {
  test.each([
    ["0..23", ["NumberLiteral 0", "DotDot ..", "NumberLiteral 23"]],
    ["1e-3-2", ["NumberLiteral 1e-3", "Minus -", "NumberLiteral 2"]],
    ["2*d", ["NumberLiteral 2", "Times *", "Identifier d"]],
    ["a<->b", ["Identifier a", "BindingArrow <->", "Identifier b"]],
    ["a↔b", ["Identifier a", "BindingArrow ↔", "Identifier b"]],
    ["a->b", ["Identifier a", "ResultArrow ->", "Identifier b"]],
    ["a- >b", ["Identifier a", "Minus -", "Above >", "Identifier b"]],
    ["a<-b", ["Identifier a", "Below <", "Minus -", "Identifier b"]],
    ["a<=b>=c", ["Identifier a", "AtMost <=", "Identifier b", "AtLeast >=", "Identifier c"]],
    [
      "a==b!=c=d",
      [
        "Identifier a",
        "EqualTo ==",
        "Identifier b",
        "UnequalTo !=",
        "Identifier c",
        "Equals =",
        "Identifier d",
      ],
    ],
    ["x=>y", ["Identifier x", "LambdaArrow =>", "Identifier y"]],
    ["a.b", ["Identifier a", "Dot .", "Identifier b"]],
    ["features_x", ["Identifier features_x"]],
    ["a / b // c / d", ["Identifier a", "Divide /", "Identifier b"]],
    ['"// no comment" a', ['StringLiteral "// no comment"', "Identifier a"]],
    ['"a\\"b"c', ['StringLiteral "a\\"b"', "Identifier c"]],
    ['"open\nb', ['UnterminatedString "open', "Identifier b"]],
    ['"open\\\nb', ['UnterminatedString "open\\', "Identifier b"]],
    ["f(a)", ["Identifier f", "CallParenthesis (", "Identifier a", "RightParenthesis )"]],
    ["f (a)", ["Identifier f", "LeftParenthesis (", "Identifier a", "RightParenthesis )"]],
    ["f//\n(a)", ["Identifier f", "LeftParenthesis (", "Identifier a", "RightParenthesis )"]],
  ])("%j", (text, expected) => {
    expect(lexed(text)).toEqual(expected);
  });

  test("documentation is set aside, plain comments are gone", () => {
    const { tokens: found, docs } = lex("/// one\n//// two\n// three\n///four\na");
    expect(docs.map((doc) => doc.image)).toEqual(["/// one", "///four"]);
    expect(found).toHaveLength(1);
  });

  test("characters of no token are told with their places, and the rest is read", () => {
    const { tokens: found, strays } = lex("a §§ b\n;c");
    expect(strays).toEqual([
      { offset: 2, length: 2 },
      { offset: 7, length: 1 },
    ]);
    expect(found.map((token) => [token.image, token.startOffset, endOf(token)])).toEqual([
      ["a", 0, 1],
      ["b", 5, 6],
      ["c", 8, 9],
    ]);
  });
});

describe("the table", () => {
  test("names are unique, and everything but white space has a scope for editors", () => {
    const names = tokens.map((token) => token.type.name);
    expect(new Set(names).size).toBe(names.length);
    expect(tokens.filter((token) => token.scope === "").map((token) => token.type.name)).toEqual([
      "WhiteSpace",
    ]);
  });
});

describe("words become keywords by their place", () => {
  function keywords(text: string): string[] {
    const { items } = splitItems(lex(text).tokens);
    return items.flatMap((item) =>
      item.tokens.filter((token) => token.tokenType.name.endsWith("Keyword")).map((token) => token.image),
    );
  }

  test.each([
    ["label label : label", ["label"]],
    ["features user { label : id label2 : id }", ["features"]],
    ["features user { embed : id embed 4 }", ["features", "embed"]],
    [
      "features user { share : id a : id share share b : id embed embed c : id }",
      ["features", "share", "embed"],
    ],
    ["history history { model <-> embed }", ["history"]],
    ["net { let let = embed(let) predict net = train }", ["net", "let", "predict"]],
    ["net { let loss = loss(loss) loss loss = train loss l(a: 1) = loss }", ["net", "let", "loss", "loss"]],
    ["block f(loss: Vec[d]) { let x = loss loss }", ["block", "let"]],
    ["train { batch 2 label a }", ["train"]],
    ["train { loss loss }", ["train"]],
    ["model model label model : binary", ["model", "label"]],
    ["features user { a : id\nlabel b : binary", ["features", "label"]],
    ["block f(net, train: Vec[d]) { let x = label net }", ["block", "let"]],
  ])("%s", (text, expected) => {
    expect(keywords(text)).toEqual(expected);
  });
});
