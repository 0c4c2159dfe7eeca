// The grammar by example: how text becomes a tree. Trees are compared in a written form with all parentheses.

import { describe, expect, test } from "vitest";
import { sourceFile, textOf } from "../../compiler/common/source-file.ts";
import { renderConcise } from "../../compiler/diagnostics/render/concise.ts";
import {
  type Argument,
  type Expression,
  type FeaturesItem,
  type Item,
  type Local,
  namesOf,
} from "../../compiler/frontend/syntax/nodes.ts";
import { parse } from "../../compiler/frontend/syntax/parse.ts";

function parsed(text: string) {
  const { value, diagnostics } = parse(sourceFile("test.din", text));
  return { spec: value, said: renderConcise(diagnostics) };
}

function itemOf<K extends Item["kind"]>(text: string, kind: K): Extract<Item, { kind: K }> {
  const { spec, said } = parsed(text);
  expect(said).toBe("");
  return spec.items.find((item) => item.kind === kind) as Extract<Item, { kind: K }>;
}

function argumentsText(list: readonly Argument[]): string {
  return list
    .map(({ name, value }) => (name === null ? written(value) : `${name.name}: ${written(value)}`))
    .join(", ");
}

function written(e: Expression): string {
  switch (e.kind) {
    case "number":
      return `${e.value}`;
    case "string":
      return JSON.stringify(e.value);
    case "name":
      return e.name;
    case "field":
      return `${written(e.object)}.${e.field.name}`;
    case "index":
      return `${written(e.object)}[${written(e.index)}]`;
    case "call":
      return `${e.callee.name}(${argumentsText(e.arguments)})`;
    case "pipe":
      return `(${written(e.input)} |> ${e.callee.name}(${argumentsText(e.arguments)}))`;
    case "binary":
      return `(${written(e.left)} ${e.operator} ${written(e.right)})`;
    case "negate":
      return `(-${written(e.operand)})`;
    case "list":
      return `[${e.elements.map(written).join(", ")}]`;
    case "range":
      return `(${written(e.low)}..${written(e.high)})`;
    case "lambda":
      return `(${e.parameters.map((p) => p.name).join(", ")} => ${[...e.locals.map(local), written(e.body)].join(" ")})`;
    case "error":
      return "<error>";
  }
}

function local(each: Local): string {
  return `${each.kind} ${namesOf(each)
    .map(({ name }) => name)
    .join(", ")} = ${written(each.value)}`;
}

/** An expression as the value of a block. */
function tree(text: string): string {
  return written(itemOf(`block b() { ${text} }`, "block").value);
}

describe("expressions", () => {
  test.each([
    ["a + b * c", "(a + (b * c))"],
    ["a - b - c", "((a - b) - c)"],
    ["a / b * c - d", "(((a / b) * c) - d)"],
    ["a + b * c / d - e", "((a + ((b * c) / d)) - e)"],
    ["-a * b", "((-a) * b)"],
    ["a - -b", "(a - (-b))"],
    ["- - a", "(-(-a))"],
    ["-a.x.y", "(-a.x.y)"],
    ["(a + b) * c", "((a + b) * c)"],
    ["a + b |> f", "((a + b) |> f())"],
    ["a |> f(1) |> g", "((a |> f(1)) |> g())"],
    ["(a |> f) + b", "((a |> f()) + b)"],
    ["f(a)", "f(a)"],
    ["f()", "f()"],
    ["f(a, n: 2 * d + 1,)", "f(a, n: ((2 * d) + 1))"],
    ["f(x => x + 1)", "f((x => (x + 1)))"],
    ["fold(u, x, (h, n) => h |> dense(n) |> act)", "fold(u, x, (h, n => ((h |> dense(n)) |> act())))"],
    ["f(() => a)", "f(( => a))"],
    ["f(cell: (a) => b, c)", "f(cell: (a => b), c)"],
    ["f((a))", "f(a)"],
    ["f((a) + b)", "f((a + b))"],
    ["[1, [a], ]", "[1, [a]]"],
    ["[]", "[]"],
    ["0..23", "(0..23)"],
    ["1..n - 1 |> f", "((1..(n - 1)) |> f())"],
    ["f(a).g.h * b", "(f(a).g.h * b)"],
    ['f("a\\"b\\n\\u{1F600}\\\\")', 'f("a\\"b\\n😀\\\\")'],
  ])("%s", (text, expected) => {
    expect(tree(text)).toBe(expected);
  });

  test.each([
    ["10_000", 10000],
    ["1e-3", 0.001],
    ["1.5E2", 150],
    ["0.5", 0.5],
    ["9007199254740991", Number.MAX_SAFE_INTEGER],
  ])("the number %s", (text, value) => {
    expect(tree(text)).toBe(`${value}`);
  });

  test.each(["10_", "_10k_".slice(1, 4), "1__0", "0x1F", "1.5.2", "1e", "3d", "5.", ".5"])(
    "%s is no number",
    (text) => {
      expect(parsed(`block b() { ${text} }`).said).toMatch(/^test\.din:1:13: error DIN0104/);
    },
  );

  test("a parenthesis calls only when it follows the name without white space", () => {
    const block = itemOf("block b(c) {\n  let a = c\n  (a + c)\n}", "block");
    expect(block.body.map((statement) => written(statement.value))).toEqual(["c"]);
    expect(written(block.value)).toBe("(a + c)");
  });

  test("spans cover exactly what was written", () => {
    const block = itemOf("block b() { (a + f(b, c)) |> g(1) }", "block");
    expect(textOf(block.value.span)).toBe("a + f(b, c)) |> g(1)");
    const { value } = itemOf("block b() { x * f(b, [1, 2]).y }", "block");
    expect(textOf(value.span)).toBe("x * f(b, [1, 2]).y");
    expect(value.kind === "binary" && textOf(value.right.span)).toBe("f(b, [1, 2]).y");
  });
});

describe("items", () => {
  test("the model's name and its documentation", () => {
    const { spec } = parsed("/// First.\n///   Indented.\n\n// a remark\nmodel din");
    expect([spec.name?.name, spec.doc]).toEqual(["din", "First.\n  Indented."]);
  });

  test("a feature with everything", () => {
    const [feature] = itemOf(
      'features item {\n  /// What it costs.\n  price : number(unit: "€", 1) |> log1p |> clip(0, 1) embed 2 * 4\n}',
      "features",
    ).features;
    expect(feature?.name.name).toBe("price");
    expect(feature?.doc).toBe("What it costs.");
    expect(feature?.type.name.name).toBe("number");
    expect(argumentsText(feature!.type.arguments)).toBe('unit: "€", 1');
    expect(feature?.transforms.map((t) => `${t.name.name}(${argumentsText(t.arguments)})`)).toEqual([
      "log1p()",
      "clip(0, 1)",
    ]);
    expect(written(feature!.embed!.width!)).toBe("(2 * 4)");
  });

  test("a history, bound by either arrow, with a field of its own, and what must not be repeated on the right is kept", () => {
    const history = itemOf(
      "/// Latest last.\nhistory clicks(max: 50) { item_id <-> hist_item_id  dwell : number |> log1p  cate_id ↔ c : id(size: 3) embed 3 }",
      "history",
    );
    expect(history.doc).toBe("Latest last.");
    expect(argumentsText(history.arguments)).toBe("max: 50");
    const [first, own, last] = history.fields;
    expect(first).toMatchObject({
      kind: "binding",
      target: { name: "item_id" },
      column: { name: "hist_item_id" },
    });
    expect(own).toMatchObject({
      kind: "own",
      name: { name: "dwell" },
      transforms: [{ name: { name: "log1p" } }],
    });
    expect(last).toMatchObject({ kind: "binding", column: { name: "c" }, type: { name: { name: "id" } } });
    expect(written(last!.embed!.width!)).toBe("3");
  });

  test("a block's signature", () => {
    const block = itemOf(
      "block f(q: Vec[2*d + 1], units: List[Int] = [80, 40], act) -> Seq[h, d] { q }",
      "block",
    );
    expect(
      block.parameters.map((p) => [p.name.name, p.type?.name.name, p.default && written(p.default)]),
    ).toEqual([
      ["q", "Vec", null],
      ["units", "List", "[80, 40]"],
      ["act", undefined, null],
    ]);
    expect(block.parameters[0]?.type?.arguments.map(written)).toEqual(["((2 * d) + 1)"]);
    expect(block.result?.name.name).toBe("Seq");
    expect(block.result?.arguments.map(written)).toEqual(["h", "d"]);
  });

  test("settings need no separators", () => {
    const { settings } = itemOf(
      "train { batch 256 epochs 2 metrics auc, gauc(by: user_id) loss bce }",
      "train",
    );
    expect(settings.map((s) => `${s.key.name} ${s.values.map(written).join(", ")}`)).toEqual([
      "batch 256",
      "epochs 2",
      "metrics auc, gauc(by: user_id)",
      "loss bce",
    ]);
  });

  test("net keeps its statements in order", () => {
    const { statements } = itemOf("net { let a = b predict c = a loss l = a let d = e }", "net");
    expect(statements.map((s) => s.kind)).toEqual(["let", "predict", "loss", "let"]);
  });

  test("a loss may have arguments", () => {
    const { statements } = itemOf("net { loss next(weight: 0.5) = mean(a) loss other = b }", "net");
    expect(
      statements.map((s) =>
        s.kind === "loss"
          ? [s.name.name, s.arguments.map((a) => `${a.name?.name}: ${written(a.value)}`), written(s.value)]
          : s.kind,
      ),
    ).toEqual([
      ["next", ["weight: 0.5"], "mean(a)"],
      ["other", [], "b"],
    ]);
  });

  test("names that a JavaScript object has by itself are names like any other", () => {
    const { features } = itemOf(
      "features user { constructor : id __proto__ : id toString : id }",
      "features",
    );
    expect(features.map((f) => f.name.name)).toEqual(["constructor", "__proto__", "toString"]);
  });

  test("Windows line ends and a byte order mark change nothing", () => {
    const unix = "/// Doc.\nmodel din\n\nlabel click : binary // remark\n";
    const { spec, said } = parsed(`\ufeff${unix.replaceAll("\n", "\r\n")}`);
    expect(said).toBe("");
    expect([spec.doc, spec.items.length]).toEqual(["Doc.", 1]);
  });
});

describe("recovery", () => {
  function features(text: string): string[] {
    const items = parsed(text).spec.items.filter((item): item is FeaturesItem => item.kind === "features");
    return items.flatMap((item) => item.features.map((feature) => feature.name.name));
  }

  test("three separate mistakes are exactly three diagnostics, and all the rest is in the tree", () => {
    const text = `model din
features user {
  user_id : id(min_count 2)
  age     : int(0..9)
}
features item { item_id id }
history clicks { item_id <-> h }
label click
net { predict click = a }
train { batch 4 }`;
    const { spec, said } = parsed(text);
    expect(
      said
        .trim()
        .split("\n")
        .map((line) => line.split(":")[1]),
    ).toEqual(["3", "6", "8"]);
    expect(spec.items.map((item) => item.kind)).toEqual([
      "features",
      "features",
      "history",
      "label",
      "net",
      "train",
    ]);
    expect(features(text)).toEqual(["user_id", "age", "item_id"]);
  });

  test.each([
    ["a kind is missing", "features user { a :\n b : id }", ["a"]],
    ["a transform is missing", "features user { a : number |>\n b : id }", ["a"]],
    ["a feature is not closed", "features user { a : id(\n b : id\n}\nfeatures item { c : id }", ["a", "c"]],
    ["an item is not closed", "features user { a : id\nfeatures item { b : id }", ["a", "b"]],
    ["a brace is too many", "features user { a : id } }\nfeatures item { b : id }", ["a", "b"]],
    [
      "something stands between items",
      "features user { a : id }\nhello\nfeatures item { b : id }",
      ["a", "b"],
    ],
    ["an item is no item", "thing x { a : id }\nfeatures item { b : id }", ["b"]],
    ["a keyword is misspelt", "feature user { a : id }\nfeatures item { b : id }", ["a", "b"]],
    ["a label is unfinished", "label click :\nfeatures item { b : id }", ["b"]],
    ["a model has no name", "model\nfeatures item { b : id }", ["b"]],
    ["a string is not closed", 'features user { a : enum("x)\n b : id }', ["a", "b"]],
  ])("%s: one diagnostic, and what can be read is read", (_, text, names) => {
    const { said } = parsed(text);
    expect(said.trim().split("\n")).toHaveLength(1);
    expect(features(text)).toEqual(expect.arrayContaining(names));
  });

  test("each broken statement of a net is reported, once", () => {
    const { said } = parsed(
      "net {\n let a = f(b\n let c = * 2\n let d e\n let g = h(,)\n loss (weight: 1) = i\n loss l(weight: 1 = j\n predict p =\n loss m(weight: 2) = q\n}",
    );
    expect(
      said
        .trim()
        .split("\n")
        .map((line) => line.split(":")[1]),
    ).toEqual(["2", "3", "4", "5", "6", "7", "8"]);
  });

  test("a broken kind leaves the feature known, its kind without a name", () => {
    const item = parsed("features user { a : 5 }").spec.items[0] as FeaturesItem;
    expect([item.features[0]?.name.name, item.features[0]?.type.name.name]).toEqual(["a", ""]);
  });

  test("fixes leave a text without that mistake", () => {
    const text = "net { let a = dense (b)\n predict c = f(.5) }\nlable c : binary";
    const { diagnostics } = parse(sourceFile("test.din", text));
    const edits = diagnostics.flatMap((d) => d.fixes.flatMap((fix) => fix.edits));
    const fixed = edits
      .sort((a, b) => b.span.start - a.span.start)
      .reduce(
        (t, { span, text: replacement }) => t.slice(0, span.start) + replacement + t.slice(span.end),
        text,
      );
    expect(fixed).toBe("net { let a = dense(b)\n predict c = f(0.5) }\nlabel c : binary");
    expect(parsed(fixed).said).toBe("");
  });
});

describe("signs of other notations", () => {
  test.each([
    ["history h(max = 5) { a <-> b }", "history h(max : 5) { a <-> b }"],
    ["features user { a = id }", "features user { a : id }"],
    ["history h { a -> b }", "history h { a <-> b }"],
    ["history h { a = b }", "history h { a <-> b }"],
    ["history h { a <-> b,\n c <-> d }", "history h { a <-> b\n c <-> d }"],
    ["features user { a : id,\n b : id }", "features user { a : id\n b : id }"],
    ["label a = binary", "label a : binary"],
    ["block f(x): Vec[1] { x }", "block f(x)-> Vec[1] { x }"],
    ["net { predict a: b }", "net { predict a= b }"],
    ["net { loss a(weight = 2) = b }", "net { loss a(weight : 2) = b }"],
    ["net { loss a: b }", "net { loss a= b }"],
    ["train { batch = 2 }", "train { batch  2 }"],
    ["train { batch: 2 }", "train { batch 2 }"],
  ])("%j is mended to %j", (wrong, right) => {
    const { diagnostics } = parse(sourceFile("test.din", wrong));
    expect(diagnostics.map((diagnostic) => diagnostic.fixes.length)).toEqual([1]);
    const [edit] = diagnostics[0]!.fixes[0]!.edits;
    const fixed = wrong.slice(0, edit!.span.start) + edit!.text + wrong.slice(edit!.span.end);
    expect(fixed).toBe(right);
    expect(parsed(fixed).said).toBe("");
  });

  test.each([
    ["features user, item { a : id }", "a comma between scopes"],
    ["net { let a: Vec[1] = b }", "a type"],
    ["net { let a = b [0] }", "an index"],
    ["net { a = b }", "a statement without its word"],
    ["block f(x) => { x }", "an arrow"],
  ])("%j has no fix that would not mend it (%s)", (wrong) => {
    const { diagnostics } = parse(sourceFile("test.din", wrong));
    expect(diagnostics.map((diagnostic) => [diagnostic.code, diagnostic.fixes])).toEqual([["DIN0108", []]]);
  });
});

describe("a history in the braces of another", () => {
  const said = (text: string) =>
    parse(sourceFile("test.din", text)).diagnostics.map(({ code, location }) => [
      code,
      location.kind === "text" ? text.slice(location.span.start, location.span.end) : "",
    ]);

  test("is told once, and all that stands around it is read", () => {
    const text =
      "history a(max: 1) { x <-> y  history b(max: 2) { v <-> w }  history c(max: 3) { s : id }  z : id }\nlabel p : binary";
    expect(said(text)).toEqual([
      ["DIN0390", "history"],
      ["DIN0390", "history"],
    ]);
    const { items } = parse(sourceFile("test.din", text)).value;
    expect(
      items.map((item) => (item.kind === "history" ? [item.name.name, item.fields.length] : item.kind)),
    ).toEqual([["a", 2], ["b", 1], ["c", 1], "label"]);
  });

  test.each([
    ["history a(max: 1) { x <-> y\nhistory b(max: 2) { v <-> w }\nlabel p : binary"],
    ["history a(max: 1) { x <-> y\nhistory b(max: 2) { v <-> w }"],
    ["history a(max: 1) { x <-> y\nhistory b(max: 2) { v <-> w }\nnet { predict p = x }"],
  ])("is none where only a brace is missing: %j", (text) => {
    expect(said(text)).toEqual([["DIN0106", "{"]]);
  });
});

describe("documentation comments", () => {
  test("belong to what comes next; four slashes are a plain comment", () => {
    const { features } = itemOf(
      "features user {\n /// One.\n /// Two.\n a : id\n //// no\n b : id\n}",
      "features",
    );
    expect(features.map((f) => f.doc)).toEqual(["One.\nTwo.", ""]);
  });

  test.each([
    ["after a declaration", "features user {\n a : id /// late\n}"],
    ["at the end of the file", "label c : binary\n/// late"],
    ["before something that has none", "/// late\ntrain { batch 2 }"],
    ["inside an expression", "net {\n predict c =\n /// late\n a\n}"],
  ])("%s they are warned about", (_, text) => {
    expect(parsed(text).said).toMatch(/^test\.din:\d+:\d+: warning DIN0119: [^\n]*\n$/);
  });
});
