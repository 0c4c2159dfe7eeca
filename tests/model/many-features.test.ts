// Many features in few lines: ranges and groups mean what they stand for, and a feature stays one through names, lists and
// functions, so that `weight` and `embed` read its tables.

import { describe, expect, test } from "vitest";
import { sourceFile } from "../../compiler/common/source-file.ts";
import { withEdits } from "../../compiler/diagnostics/apply-fixes.ts";
import { check } from "../../compiler/frontend/check/check.ts";
import { lower } from "../../compiler/frontend/check/lower.ts";
import type { Model } from "../../compiler/frontend/model/model.ts";
import { printGraph } from "../../compiler/middle/builder/print.ts";
import { ablation, partsOfModel, removalFix } from "../../compiler/tools/ablate/without.ts";
import { specText } from "../../compiler/tools/fmt/flatten.ts";
import { findings, graphText, modelOfFiles, variant } from "../reuse/support.ts";
import { denseOf, inner, networkOf, relu, type Vector } from "../support/network.ts";
import { codesOf, modelOf } from "./support.ts";

const ONE_BY_ONE = `features user profile {
  u : id  embed 3
  v : id  embed 3
}
features item numbers {
  n1 : number |> standardize
  n2 : number |> standardize
}
features item {
  c08 : id  embed 3
  c09 : id  embed 3
  c10 : id  embed 3
  d   : id
}`;
const IN_RANGES = `features user profile {
  u : id  embed 3
  v : id  embed 3
}
features item numbers { n1..n2 : number |> standardize }
features item {
  c08..c10 : id  embed 3
  d        : id
}`;

const specOf = (features: string, net: string, blocks = "") => `model test
${features}
label click : binary
${blocks}
net {
${net}
}`;

/** Without the places of names, which differ. */
const printed = (text: string) => {
  const { value, diagnostics } = check(sourceFile("test.din", text));
  expect(diagnostics.filter(({ severity }) => severity === "error")).toEqual([]);
  return printGraph(lower(value!));
};
const predict = (value: string) => `predict click = ${value} |> dense(1) |> sigmoid`;

describe("what stands for several features is the same as these, written one by one", () => {
  test.each([
    ["a range", "concat(u, c08..c10)", "concat(u, c08, c09, c10)"],
    ["a group", "concat(numbers, profile)", "concat(n1, n2, u, v)"],
    ["a scope", "concat(c08, user)", "concat(c08, u, v)"],
    [
      "a group in a list",
      "concat(fm([profile, c08..c10]), d |> weight)",
      "concat(fm([u, v, c08, c09, c10]), weight(d))",
    ],
    ["a list by a name", "fm(fields) + sum(c08 * c09 |> relu)", "fm([u, v, c08]) + sum(c08 * c09 |> relu)"],
    ["a group in a pipe", "c08 |> concat(profile)", "concat(c08, u, v)"],
    ["a list of lists", "flatten(join([u, v], c08..c09))", "concat(u, v, c08, c09)"],
    ["a range alone", "flatten(c09..c10)", "concat(c09, c10)"],
    ["a group along its list", "max(profile) + mean(profile)", "max([u, v]) + mean([u, v])"],
    ["functions of each", "sum(each(profile, exp))", "sum(exp([u, v]))"],
    ["functions of two", "sum(pairs(profile, max))", "sum(pairs([u, v], max))"],
  ])("%s", (_, short, long) => {
    const lets = short.includes("fields") ? "let fields = [profile, c08]\n" : "";
    const scalar = (value: string) => (value.includes("sum(") ? value.replace(/ \+ sum.*/, "") : value);
    expect(printed(specOf(IN_RANGES, `${lets}${predict(scalar(short))}`))).toBe(
      printed(specOf(ONE_BY_ONE, predict(scalar(long)))),
    );
  });

  test("declared by a range or one by one, in the order of the text", () => {
    const [short, long] = [IN_RANGES, ONE_BY_ONE].map((features) =>
      modelOf(specOf(features, predict("concat(user, c08..c10, numbers, weight(d))"))),
    );
    expect([...short!.features.keys()]).toEqual(["u", "v", "n1", "n2", "c08", "c09", "c10", "d"]);
    const told = (model: Model) => [...model.features.values()].map(({ span: _, ...feature }) => feature);
    expect(told(short!)).toEqual(told(long!));
  });

  test("a group has what all items of its name declare", () => {
    const more = `${IN_RANGES}\nfeatures context profile { w : id  embed 3 }`;
    const { groups } = modelOf(specOf(more, predict("concat(profile, numbers, c08..c10, weight(d))")));
    expect(groups.get("profile")?.features).toEqual(["u", "v", "w"]);
  });

  test("a name that a `let` or a parameter has is that, whatever a scope is called", () => {
    const text = specOf(IN_RANGES, `let user = concat(u, v)\n${predict("concat(user, c08)")}`);
    expect(printed(text)).toBe(
      printed(
        text.replaceAll("user ", "us ").replace("(user,", "(us,").replace("features us", "features user"),
      ),
    );
    const list = "each(1..2, user => dense(c08, user)) |> flatten";
    expect(codesOf(specOf(IN_RANGES, predict(list)))).not.toContain("DIN0272");
  });

  test("a range of two whole numbers is one of numbers", () => {
    const block =
      "block towers(x: Vec[d], from1: Int, to3: Int) -> Vec[1] { sum(each(from1..to3, i => dense(x, 1))) }";
    const text = specOf(IN_RANGES, "predict click = towers(concat(user, c08), 1, 3) |> sigmoid", block);
    const { parameters } = lower(check(sourceFile("test.din", text)).value!);
    expect([...parameters.keys()].filter((name) => name.endsWith("kernel"))).toHaveLength(3);
  });
});

describe("a list of names", () => {
  const IN_LISTS = `features user profile { u, v : id  embed 3 }
features item numbers { n1, n2 : number |> standardize }
features item {
  c10, c08..c09 : id  embed 3
  d             : id
}`;
  const all = predict("concat(user, c08, c09, c10, numbers, weight(d))");

  test("declares each, in the order of the text", () => {
    expect([...modelOf(specOf(IN_LISTS, all)).features.keys()]).toEqual([
      "u",
      "v",
      "n1",
      "n2",
      "c10",
      "c08",
      "c09",
      "d",
    ]);
    expect(printed(specOf(IN_LISTS, all)).split("\n").sort()).toEqual(
      printed(specOf(ONE_BY_ONE, all)).split("\n").sort(),
    );
  });

  test("declares a history's own fields, which may be computed from one another", () => {
    const spec = (fields: string) =>
      specOf(
        `${ONE_BY_ONE}\nhistory h(max: 5) { c08 <-> seen  ${fields} }`,
        predict("concat(user, c08..c10, numbers, weight(d), mean(h), last(h.b))"),
      );
    expect(printed(spec("a, b : number  r1..r2, s : number |> quantiles(4) from a embed 2"))).toBe(
      printed(
        spec(
          "a : number  b : number  r1 : number |> quantiles(4) from a embed 2  r2 : number |> quantiles(4) from a embed 2  s : number |> quantiles(4) from a embed 2",
        ),
      ),
    );
  });

  test.each([
    ["a name twice", "a, b, a : id  embed 3", ["DIN0201 main.din:a"]],
    ["an unknown kind, once", "a, b : idd", ["DIN0202 main.din:idd"]],
    ["names that nothing reads, each", "a, b : id  embed 3", ["DIN0227 main.din:a", "DIN0227 main.din:b"]],
    ["a range in it that counts backwards", "a, b3..b1 : id", ["DIN0461 main.din:b3..b1"]],
    ["a comma too many", "a, : id", ["DIN0108 main.din::"]],
  ])("%s", (_, declaration, expected) => {
    const text = specOf(`${IN_LISTS}\nfeatures item { ${declaration} }`, all);
    expect(findings({ "main.din": text })).toEqual(expected);
  });

  test("of a history, with the place of one name", () => {
    const of = (fields: string) =>
      findings({
        "main.din": specOf(
          `${ONE_BY_ONE}\nfeatures item { shop_id : id  embed 3 }\nhistory h(max: 5) { ${fields} }`,
          predict("concat(user, shop_id, c08..c10, numbers, weight(d), mean(h))"),
        ),
      });
    expect(of("a, hist_shop_id : id  embed 3")).toEqual(["DIN0394 main.din:hist_shop_id"]);
    expect(of("a, b, a : number")).toEqual(["DIN0217 main.din:a"]);
  });
});

describe("a feature stays one", () => {
  const wide = "weight(u) + weight(n1) + weight(d)";
  const FIRST = "block first(fields: List[Feature]) -> Vec[1] { sum(each(fields, weight)) }";
  const LINEAR = "block linear_part(f: Feature) -> Vec[1] { let g = f  weight(g) }";
  const ANY = "block any_part(f) { weight(f) }";
  test.each([
    ["through a let", "weight(a) + weight(n1) + weight(d)", "let a = u"],
    ["through a list and a function", "sum(each([u, n1, d], weight))", ""],
    ["through a lambda", "sum(each([u, n1, d], f => weight(f)))", ""],
    ["through fold", "fold([n1, d], weight(u), (sum, f) => sum + weight(f))", ""],
    ["through pick", "weight([d, u][2]) + weight(n1) + weight(numbers_and[2])", "let numbers_and = [n1, d]"],
    ["through a block of a list", "first([u, n1, d])", ""],
    ["through a block of a feature", "linear_part(u) + linear_part(n1) + linear_part(d)", ""],
    ["through a parameter without a type", "any_part(u) + any_part(n1) + any_part(d)", ""],
  ])("%s", (_, value, lets) => {
    const text = (value: string, before = "") =>
      specOf(IN_RANGES, `${before}\npredict click = ${value} |> sigmoid`, [FIRST, LINEAR, ANY].join("\n"));
    const network = networkOf(lower(check(sourceFile("test.din", text(value, lets))).value!));
    for (let example = 0; example < network.examples; example++) {
      const [, byU] = [0, network.vector(example, "u", "u.weight")[0]!];
      const byD = network.vector(example, "d", "d.weight")[0]!;
      const byN = network.vector(example, "n1")[0]! * network.weights("net.n1.weight")[0]!;
      expect(network.output("logit.click")[example]![0]).toBeCloseTo(byU + byD + byN, 10);
    }
    expect(wide).toContain("weight(d)");
  });

  test("until something is computed from it, or a Vec is asked for", () => {
    const [error] = ["weight(1 * u)", "g(u)"].map((value) =>
      codesOf(specOf(IN_RANGES, predict(value), "block g(x: Vec[d]) -> Vec[1] { weight(x) }")),
    );
    expect(error).toContain("DIN0360");
    expect(
      codesOf(specOf(IN_RANGES, predict("g(u)"), "block g(x: Vec[d]) -> Vec[1] { weight(x) }")),
    ).toContain("DIN0360");
    // Looked up in tables of the network alone, it is a feature and no vector.
    expect(codesOf(specOf(IN_RANGES, `let e = d\n${predict("concat(e, u)")}`))).toContain("DIN0266");
  });

  test("so only the tables that are read are there", () => {
    const { tables } = modelOf(
      specOf(IN_RANGES, "predict click = sum(each([user, numbers, c08..c10, d], weight)) |> sigmoid"),
    );
    expect([...tables.keys()].every((name) => name.endsWith(".weight"))).toBe(true);
  });

  test("layers of a function of features are made once for all", () => {
    const text = specOf(
      IN_RANGES,
      "predict click = sum(each(c08..c10, f => weight(f) + (f |> dense(2, relu) |> dense(1)))) |> sigmoid",
    );
    const network = networkOf(lower(check(sourceFile("test.din", text)).value!));
    for (let example = 0; example < network.examples; example++) {
      let sum = 0;
      for (const name of ["c08", "c09", "c10"]) {
        const hidden = denseOf(network, "net.click.dense_1", network.vector(example, name)).map(
          (x) => relu([x])[0]!,
        );
        sum +=
          denseOf(network, "net.click.dense_2", hidden)[0]! +
          network.vector(example, name, `${name}.weight`)[0]!;
      }
      expect(network.output("logit.click")[example]![0]).toBeCloseTo(sum, 10);
    }
  });

  test("pairs of features have a table for each other one: FFM", () => {
    const block =
      "block ffm(fields: List[Feature], w: Int) -> Vec[1] { sum(pairs(fields, (a, b) => dot(embed(a, w, name: b), embed(b, w, name: a)))) }";
    const text = specOf(IN_RANGES, "predict click = ffm([c08..c10, d, u], 2) |> sigmoid", block);
    const network = networkOf(lower(check(sourceFile("test.din", text)).value!));
    const fields = ["c08", "c09", "c10", "d", "u"];
    for (let example = 0; example < network.examples; example++) {
      let sum = 0;
      for (const [i, a] of fields.entries())
        for (const b of fields.slice(i + 1)) {
          const rows = [
            [a, b],
            [b, a],
          ].map(([of, by]) => network.vector(example, of!, `${of}.embed_2.${by}`));
          sum += inner(rows[0] as Vector, rows[1] as Vector);
        }
      expect(network.output("logit.click")[example]![0]).toBeCloseTo(sum, 10);
    }
  });

  test("of a history's field too, and a table is named after one, or after a number", () => {
    const history = "history clicks(max: 5) { c08 <-> seen }";
    const net =
      "predict click = sum(embed(clicks.c08, 2, name: u)) |> concat(embed(c08, 2, name: 3), embed(d, 2, name: clicks.c08)) |> dense(1) |> sigmoid";
    const { tables } = check(sourceFile("test.din", specOf(`${IN_RANGES}\n${history}`, net))).value!;
    expect([...tables.keys()]).toEqual(["c08.embed_2.u", "c08.embed_2.3", "d.embed_2.clicks_of_c08"]);
  });
});

describe("what changes one feature of several", () => {
  const base = `${specOf(IN_RANGES, `let fields = c08..c10\n${predict("concat(fields, profile, weight(d), numbers)")}`)}\n`;

  test("a variant replaces one of a range, and the text that a run keeps says so", () => {
    const variants = `variant wider from test { features item { c09 : id  embed 5 } }\n`;
    const model = modelOfFiles({ "main.din": base + variants }, variant("wider"));
    const text = specText(model);
    expect(text).toMatch(/c08\s+: id {2}embed 3\n\s+c09\s+: id {2}embed 5\n\s+c10\s+: id {2}embed 3/);
    expect(graphText(modelOfFiles({ "main.din": text }))).toBe(graphText(model));
  });

  test("one at an end of a range leaves a range, in its group", () => {
    const variants = `variant other from test { features item { n2 : number  c08 : id  embed 4 } }\n`;
    const text = specText(modelOfFiles({ "main.din": base + variants }, variant("other")));
    expect(text).toMatch(/features item numbers \{\n\s+n1\s+: number \|> standardize\n\s+n2\s+: number\n\}/);
    expect(text).toMatch(/c09\.\.c10 : id {2}embed 3/);
  });

  test("what is left of a list remains one", () => {
    const lists = base.replace("d   : id", "d, e, f : id").replace("d        : id", "d, e, f : id");
    const read = lists.replace("weight(d)", "weight(d), weight(e), weight(f)");
    const variants = "variant other from test { features item { e : id(hash: 9) } }\n";
    const text = specText(modelOfFiles({ "main.din": read + variants }, variant("other")));
    expect(text).toMatch(/d +: id\n +e +: id\(hash: 9\)\n +f +: id\n/);
    const first = variants.replace("e : id", "d : id");
    expect(specText(modelOfFiles({ "main.din": read + first }, variant("other")))).toMatch(/e, f +: id\n/);
  });

  test("params are put into what a range declares", () => {
    const text = base
      .replace("model test", "model test\nparam width = 3")
      .replaceAll("embed 3", "embed width");
    const model = modelOfFiles({ "main.din": text });
    expect([...model.features.values()].map(({ embed }) => embed)).toEqual([3, 3, null, null, 3, 3, 3, null]);
    expect(specText(model)).toContain("c08..c10 : id  embed width");
  });

  const ablated = (name: string, net: string) => {
    const model = modelOf(specOf(IN_RANGES, net));
    const part = partsOfModel(model).find((each) => each.name === name)!;
    const found = ablation(model, part);
    if ("reason" in found) throw new Error(found.reason);
    const { text } = found.model.file;
    const fix = removalFix(model, part);
    return { text, model: found.model, fixed: withEdits(model.file, fix!.edits) };
  };
  test.each([
    [
      "c09",
      "concat(c08..c10, user, numbers, weight(d))",
      "concat(c08..c08, c10..c10, user, numbers, weight(d))",
    ],
    [
      "c10",
      "concat(fm(c08..c10), user, numbers, weight(d))",
      "concat(fm([c08..c09]), user, numbers, weight(d))",
    ],
    ["u", "concat(user, c08..c10, numbers, weight(d))", "concat(v, c08..c10, numbers, weight(d))"],
    ["n1", "concat(numbers, user, c08..c10, weight(d))", "concat(numbers, user, c08..c10, weight(d))"],
  ])("without %s: %s", (name, net, left) => {
    const { text, model, fixed } = ablated(name, predict(net));
    expect(text).toContain(left);
    expect(partsOfModel(model).map((part) => part.name)).not.toContain(name);
    // The fix takes the declaration out too, and what is left has no mistake.
    const { value, diagnostics } = check(sourceFile("test.din", fixed));
    expect(diagnostics).toEqual([]);
    expect([...value!.features.keys()]).not.toContain(name);
  });

  test("one feature leaves a group by its declaration, so that its name goes on", () => {
    const { text } = ablated("n1", predict("concat(numbers, user, c08..c10, weight(d))"));
    expect(text).toContain("features item numbers { n2 : number |> standardize }");
    expect(text).toContain("features item {\nn1 : number |> standardize\n}");
  });
});

describe("all pairs of features", () => {
  test.each([
    ["a function", "dot"],
    ["a function written in place", "(a, b) => dense(a * b, 1)"],
  ])("of 300 columns, by %s, read each once", (_, f) => {
    const columns = "features item { c1..c300 : id(size: 9)  embed 4 }";
    const { value, diagnostics } = check(
      sourceFile("test.din", specOf(columns, predict(`sum(pairs(item, ${f}))`))),
    );
    expect(diagnostics).toEqual([]);
    const { nodes } = lower(value!);
    expect(nodes.filter(({ op }) => op === "lookup")).toHaveLength(300);
    expect(nodes.length).toBeLessThan(1500);
  });

  test("features are gathered as often as vectors in a list are", () => {
    const gathersOf = (list: string) => {
      const text = printed(specOf(ONE_BY_ONE, predict(`sum(pairs(${list}, (a, b) => a * b))`)));
      return text.split("gather_list").length - 1;
    };
    expect(gathersOf("[u, v, c08]")).toBeGreaterThan(0);
    expect(gathersOf("[u, v, c08]")).toBe(gathersOf("[u + 0, v + 0, c08 + 0]"));
  });
});

describe("names", () => {
  test.each([
    ["a group and a feature of one name", "features item u { k : id  embed 3 }", "DIN0201 main.din:u"],
    ["a feature twice, in a range", "features item { c09..c12 : id  embed 3 }", "DIN0201 main.din:c09..c12"],
  ])("%s", (_, more, finding) => {
    const text = specOf(`${IN_RANGES}\n${more}`, predict("concat(user, c08..c10)"));
    expect(findings({ "main.din": text })).toContain(finding);
  });

  test("a mistake in what a range declares is told once", () => {
    const text = specOf(
      IN_RANGES.replace("number |> standardize }", "number |> standardise }"),
      predict("concat(user, numbers)"),
    );
    expect(findings({ "main.din": text }).filter((each) => each.startsWith("DIN02"))).toHaveLength(1);
  });
});
