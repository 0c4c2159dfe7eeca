// What a variant replaces, adds and leaves, and what is said about it.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { sourceFile } from "../../compiler/common/source-file.ts";
import { check } from "../../compiler/frontend/check/check.ts";
import { specText } from "../../compiler/tools/fmt/flatten.ts";
import { checkFiles, findings, graphText, modelOfFiles, params, variant } from "./support.ts";

const base = `/// The parent.
model base

param units = [8]

features user { user_id : id  embed 4 }
features item {
  /// What is shown.
  item_id : id  embed 4
  price   : number
}
features context { hour : int(0..23)  embed 2 }
history clicks(max: 10) { item_id <-> hist_item_id }
label click : binary

block score(query: Vec[d], key: Vec[d]) -> Vec[1] {
  dot(query, key)
}

net {
  let interest  = sum(score(item_id, clicks) * clicks)
  let all       = concat(user_id, item_id, price, hour, interest)
  predict click = all |> mlp(units) |> dense(1) |> sigmoid
}

train { batch 64  epochs 3 }
`;
const withVariants = (variants: string) => ({ "main.din": `${base}${variants}` });
const modelOf = (name: string, variants: string) => modelOfFiles(withVariants(variants), variant(name));
/** The graph of the parent with its text changed by hand. */
const changed = (from: string, to: string) => {
  expect(base).toContain(from);
  return graphText(checkFiles({ "main.din": base.replace(from, to) }).value!);
};

describe("the same name replaces, where it stands", () => {
  test.each([
    ["a let", "net { let interest = sum(clicks) }", "sum(score(item_id, clicks) * clicks)", "sum(clicks)"],
    [
      "a prediction",
      "net { predict click = all |> dense(7) |> mlp(units) |> dense(1) |> sigmoid }",
      "|> mlp(units)",
      "|> dense(7) |> mlp(units)",
    ],
    ["a param", "param units = [3, 2]", "[8]", "[3, 2]"],
    [
      "a block",
      "block score(query: Vec[d], key: Vec[d]) -> Vec[1] { total(query + key) }",
      "dot(query, key)",
      "total(query + key)",
    ],
    [
      "a feature",
      "features user { user_id : id  embed 9 }",
      "user_id : id  embed 4",
      "user_id : id  embed 9",
    ],
    ["a history", "history clicks(max: 3) { item_id <-> hist_item_id }", "max: 10", "max: 3"],
  ])("%s", (_, items, from, to) => {
    const variants = `variant other from base { ${items} }\n`;
    const said = findings(withVariants(variants), variant("other"));
    expect(said).toEqual([]);
    expect(graphText(modelOf("other", variants))).toBe(changed(from, to));
  });

  test("a feature in another scope moves there", () => {
    const model = modelOf(
      "other",
      "variant other from base { features user { hour : int(0..23)  embed 2 } }\n",
    );
    expect(model.features.get("hour")!.scope).toBe("user");
    expect([...model.features.keys()].sort()).toEqual(["hour", "item_id", "price", "user_id"]);
  });

  test("a setting; the others stay", () => {
    const model = modelOf("other", "variant other from base { train { epochs 1  seed 7 } }\n");
    expect(model.train).toMatchObject({ batch: 64, epochs: 1, seed: 7 });
  });

  test("an auxiliary loss, whose weight may be a param", () => {
    const text =
      `${base.replace("  predict click", "  loss near(weight: share) = log_loss(total(interest), 1)\n  predict click")}
variant other from base { net { loss near(weight: 2 * share) = log_loss(total(all), 1) } }
`.replace("param units", "param share = 0.25\nparam units");
    const files = { "main.din": text };
    expect(findings(files)).toEqual([]);
    expect(modelOfFiles(files).losses).toMatchObject([{ name: "near", weight: 0.25 }]);
    expect(modelOfFiles(files, variant("other")).losses).toMatchObject([{ name: "near", weight: 0.5 }]);
  });

  test("a label, with the kind that it has now", () => {
    expect(modelOf("other", "variant other from base { label click : binary }\n").labels.size).toBe(1);
  });
});

describe("what is new is added", () => {
  test("a `let` stands before what follows it and replaces something", () => {
    const items = "let half = 0.5 * interest  let all = concat(user_id, item_id, price, hour, half)";
    const variants = `variant other from base { net { ${items} } }\n`;
    expect(graphText(modelOf("other", variants))).toBe(
      changed("  let all       = concat(user_id, item_id, price, hour, interest)", `  ${items}`),
    );
  });

  test("features, blocks, labels and predictions", () => {
    const model = modelOf(
      "other",
      `variant other from base {
  param wide = 5
  features item { color : enum("red", "blue")  embed 2 }
  label buy : binary
  block tower(x: Vec[d]) -> Vec[wide] {
    dense(x, wide)
  }
  net { predict buy = concat(all, color) |> tower |> dense(1) |> sigmoid }
}
`,
    );
    expect([...model.labels.keys()]).toEqual(["click", "buy"]);
    expect(model.predictions.map(({ label }) => label)).toEqual(["click", "buy"]);
    expect(model.features.get("color")!.scope).toBe("item");
    expect(model.params.get("wide")).toBe(5);
  });
});

describe("names", () => {
  const chain = `/// Without attention.
variant pooled from base {
  net { let interest = sum(clicks) }
}
variant wide from pooled { param units = [16] }
`;

  test("the variant's name is the model's, and it knows its parent", () => {
    expect(modelOf("pooled", chain)).toMatchObject({
      name: "pooled",
      parent: "base",
      doc: "Without attention.",
    });
    expect(modelOf("wide", chain)).toMatchObject({
      name: "wide",
      parent: "pooled",
      doc: "Without attention.",
    });
    expect(modelOfFiles(withVariants(chain))).toMatchObject({
      name: "base",
      parent: null,
      doc: "The parent.",
    });
  });

  test("a variant of a variant has what both change", () => {
    const both = base.replace("sum(score(item_id, clicks) * clicks)", "sum(clicks)").replace("[8]", "[16]");
    const written = graphText(modelOfFiles({ "main.din": both.replace(/block score[\s\S]*?\n}\n/, "") }));
    expect(graphText(modelOf("wide", chain))).toBe(written);
  });

  test("values for params are laid over the variant's", () => {
    const model = modelOfFiles(withVariants(chain), { ...variant("wide"), params: params("units=[5]") });
    expect(model.params.get("units")).toEqual([5]);
  });

  test("one that is not there: the nearest is named", () => {
    const { value, diagnostics } = checkFiles(withVariants(chain), variant("poled"));
    expect(value).toBeNull();
    expect(diagnostics).toMatchObject([{ code: "DIN0417", help: "did you mean `pooled`?" }]);
    expect(checkFiles(withVariants(""), variant("x")).diagnostics).toMatchObject([
      { code: "DIN0417", help: "it has no variants" },
    ]);
  });

  test("of a variant or of the model cannot be taken twice", () => {
    const twice =
      "variant base from base { train { epochs 1 } }\nvariant a from base { train { epochs 1 } }\n";
    expect(findings(withVariants(`${twice}variant a from base { train { epochs 2 } }\n`))).toEqual([
      "DIN0201 main.din:base",
      "DIN0201 main.din:a",
    ]);
  });

  test("a cycle is told once, however many are made from it", () => {
    const cycle = ["a from b", "b from c", "c from a", "d from a"].map(
      (head) => `variant ${head} { train { epochs 1 } }\n`,
    );
    expect(findings(withVariants(cycle.join("")))).toEqual(["DIN0411 main.din:b"]);
  });
});

describe("what is said", () => {
  test("a mistake of the parent once, whatever is a variant of it", () => {
    const files = {
      "main.din": `${base.replace("price, hour", "prise, hour")}
variant a from base { train { epochs 1 } }
variant b from a { net { let interest = sum(clicks) } }
`,
    };
    expect(findings(files)).toEqual(["DIN0260 main.din:prise"]);
  });

  test("a mistake that only a variant makes names it", () => {
    const files = withVariants("variant a from base { features item { item_id : id } }\n");
    const { diagnostics } = checkFiles(files);
    expect(diagnostics.length).toBeGreaterThan(0);
    for (const { related } of diagnostics)
      expect(related.map(({ label }) => label)).toContain("in the variant `a`");
  });

  test("only the variant that is asked for is checked, and without it all are", () => {
    const files = withVariants(
      "variant a from base { net { let interest = nothing } }\nvariant b from base { train { epochs 1 } }\n",
    );
    expect(findings(files)).toEqual(["DIN0260 main.din:nothing"]);
    expect(findings(files, variant("b"))).toEqual([]);
    expect(findings(files, { variant: null })).toEqual([]);
    expect(findings(files, variant("a"))).toEqual(["DIN0260 main.din:nothing"]);
  });

  test("nothing about what the variant does not use any more", () => {
    expect(
      findings(
        withVariants("variant a from base { net { predict click = item_id |> dense(1) |> sigmoid } }\n"),
      ),
    ).toEqual([]);
  });

  test("blocks, params and imports that only a variant uses are used", () => {
    const files = {
      "main.din": `${base.replace("model base\n", 'model base\nimport "t.din"\nparam extra = 4\nblock own(x: Vec[d]) -> Vec[d] { 2 * x }\n')}
variant a from base { net { predict click = all |> own |> tower |> dense(extra) |> dense(1) |> sigmoid } }
`,
      "t.din": "block tower(x: Vec[d]) -> Vec[d] { 3 * x }\n",
    };
    expect(findings(files)).toEqual([]);
  });

  test.each([
    ["a let", "net { let intrest = sum(clicks) }", "DIN0412 main.din:intrest", "interest"],
    ["a param", "param unit = [4]", "DIN0412 main.din:unit", "units"],
    ["a block", "block scor(query: Vec[d]) -> Vec[d] { query }", "DIN0412 main.din:scor", "score"],
  ])("%s that overrides nothing, with what may be meant", (_, items, finding, meant) => {
    const files = withVariants(`variant a from base { ${items} }\n`);
    expect(findings(files)).toEqual([finding]);
    expect(checkFiles(files).diagnostics[0]!.help).toBe(`did you mean \`${meant}\`?`);
    expect(findings(files, variant("a"))).toEqual([finding]);
  });

  test("of a setting that there is not, what is always said", () => {
    expect(findings(withVariants("variant a from base { train { epoch 1 } }\n"))).toEqual([
      "DIN0244 main.din:epoch",
    ]);
  });

  test("what a variant declares twice", () => {
    const twice = "net { let interest = sum(clicks) } net { let interest = mean(clicks) }";
    expect(findings(withVariants(`variant a from base { ${twice} }\n`))).toContain("DIN0241 main.din:net");
  });

  test("reading goes on after a mistake in a variant", () => {
    const text =
      "variant a from base { net { let interest = = 1 } train { epoch 1 } }\nvariant b from base { train { batsch 1 } }\n";
    expect(findings(withVariants(text))).toEqual(["DIN0108 main.din:=", "DIN0244 main.din:batsch"]);
  });
});

describe("a run's spec says the variant without its parent", () => {
  const items = [
    "param units = [3, 2]",
    "net { let interest = mean(clicks)  let twice = 2 * interest  predict click = concat(all, twice) |> mlp(units) |> dense(1) |> sigmoid }",
    "features user { user_id : id  embed 9  age : number }\n  net { let all = concat(user_id, item_id, price, hour, interest, age) }",
    "features user { hour : int(0..23)  embed 3 }",
    "features item {\n    /// Replaced.\n    item_id : id(min_count: 3)  embed 4\n  }",
    "history clicks(max: 3) { item_id <-> other_column }",
    "block score(query: Vec[d], key: Vec[d]) -> Vec[1] {\n    // a remark\n    total(query * key) }",
    "train { epochs 9  metrics auc }",
  ];

  test("whatever it changes", () => {
    fc.assert(
      fc.property(fc.subarray(items, { minLength: 1 }), fc.boolean(), (chosen, overridden) => {
        const nets = chosen.filter((item) => /\bnet \{/.test(item));
        fc.pre(nets.length < 2);
        const variants = `variant a from base {\n  ${chosen.join("\n  ")}\n}\n`;
        const given = overridden ? { params: params("units=[6]") } : {};
        const model = checkFiles(withVariants(variants), { ...variant("a"), ...given }).value!;
        const kept = specText(model);
        const { value, diagnostics } = check(sourceFile("model.din", kept), { variant: null });
        expect(diagnostics.filter(({ severity }) => severity === "error")).toEqual([]);
        expect(kept).not.toMatch(/^(import|variant)\b/m);
        expect(graphText(value!)).toBe(graphText(model));
        const plain = ({ name, doc, train, params: values }: typeof model) => ({ name, doc, train, values });
        expect(plain(value!)).toEqual(plain(model));
        const features = (of: typeof model) =>
          [...of.features.values()].map(({ span: _, ...feature }) => feature);
        expect(new Set(features(value!).map((each) => JSON.stringify(each)))).toEqual(
          new Set(features(model).map((each) => JSON.stringify(each))),
        );
      }),
      { numRuns: 80 },
    );
  });

  test("as the author wrote it, in one style", () => {
    const model = modelOf(
      "wide",
      "variant wide from base {\n  param units = [16]\n  net { let interest = sum(clicks) }\n}\n",
    );
    expect(specText(model)).toMatchInlineSnapshot(`
      "/// The parent.
      model wide

      param units = [16]

      features user { user_id : id  embed 4 }

      features item {
        /// What is shown.
        item_id : id  embed 4
        price   : number
      }

      features context { hour : int(0..23)  embed 2 }

      history clicks(max: 10) { item_id <-> hist_item_id }

      label click : binary

      block score(query: Vec[d], key: Vec[d]) -> Vec[1] {
        dot(query, key)
      }

      net {
        let interest  = sum(clicks)
        let all       = concat(user_id, item_id, price, hour, interest)
        predict click = all |> mlp(units) |> dense(1) |> sigmoid
      }

      train { batch 64  epochs 3 }
      "
    `);
  });
});
