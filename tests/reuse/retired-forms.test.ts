// A retired form means what its new form means, everywhere, with a warning and a certain fix. A name that the spec declares is
// never one. compiler/frontend/syntax/retired-forms.ts is the table.

import { describe, expect, test } from "vitest";
import { sourceFile } from "../../compiler/common/source-file.ts";
import { check } from "../../compiler/frontend/check/check.ts";
import { lower } from "../../compiler/frontend/check/lower.ts";
import { library } from "../../compiler/frontend/functions/library.ts";
import { languageFunctions } from "../../compiler/frontend/functions/registry.ts";
import { formsOf, retiredForms } from "../../compiler/frontend/syntax/retired-forms.ts";
import { graphHash } from "../../compiler/middle/builder/graph-hash.ts";
import { printGraph } from "../../compiler/middle/builder/print.ts";
import { trainingProgram } from "../../compiler/middle/programs/step.ts";
import { migrate } from "../../compiler/tools/fmt/migrate.ts";
import { checkFiles, type Files, findings, optionsFor, params, variant } from "./support.ts";

const declarations = `features user {
  user_id : id          embed 8
  hour    : int(0..23)  embed 2
}
features item { item_id : id  embed 8 }
history clicks(max: 5) { item_id <-> clicked }
label click : binary
block both(x: Vec[d]) { [dense(x, 8), x] }
`;

const model = (statements: string, more = "") => `model retired
${more}${declarations}
net {
  let parts = both(user_id)
${statements}
  predict click = concat(x, item_id, hour, mean(clicks)) |> dense(1) |> sigmoid
}
`;

/** Checks that both texts give one training step, and that migrating the first gives the second. */
function expectSame(old: string, modern: string): void {
  const [before, after] = [old, modern].map((text) => check(sourceFile("main.din", text)));
  expect(after!.diagnostics).toEqual([]);
  expect(new Set(before!.diagnostics.map(({ name, severity }) => `${severity} ${name}`))).toEqual(
    new Set(["warning retired-form"]),
  );
  const steps = [before!, after!].map(({ value }) => graphHash(trainingProgram(lower(value!), value!).step));
  expect(steps[0]).toBe(steps[1]);
  const { file, diagnostics } = migrate(sourceFile("main.din", old));
  expect(file.text).toBe(modern);
  expect(diagnostics).toEqual([]);
}

test("values of a search are replaced too, except the names of variants", () => {
  const text = (tuned: string) => `${model("  let x = activation(parts[1])", "param activation = relu\n")}
variant swish from retired { param activation = silu }
tune {
  activation: ${tuned}
  variant:    choice(swish, retired)
}
`;
  const old = text("choice(relu, swish, x => swish(x, 2), tanh)");
  expect(findings({ "main.din": old })).toEqual(["DIN0126 main.din:swish", "DIN0126 main.din:swish"]);
  expectSame(old, text("choice(relu, silu, x => silu(x, beta: 2), tanh)"));
});

test("a spec's own block is no retired form in its search", () => {
  const own = "block swish(x: Vec[d]) -> Vec[d] { 2 * x }\nparam activation = relu\n";
  const text = `${model("  let x = activation(swish(parts[1]))", own)}\ntune { activation: choice(relu, swish) }\n`;
  expect(findings({ "main.din": text })).toEqual([]);
});

describe("a retired form and its new form", () => {
  test.each([
    ["a call", "pick(parts, 1)", "parts[1]"],
    ["a call by names", "pick(n: 2, list: parts)", "parts[2]"],
    ["a pipe", "parts |> pick(1)", "parts[1]"],
    ["a pipe after an operator", "user_id + item_id |> pick(1)", "(user_id + item_id)[1]"],
    ["a pipe in a pipe", "user_id |> both |> pick(1) |> relu", "(user_id |> both)[1] |> relu"],
    ["calls in calls", "pick(pick([parts, parts], 1), 2)", "[parts, parts][1][2]"],
    [
      "a call in a function of `each`",
      "sum(each([parts, parts], p => pick(p, 2)))",
      "sum(each([parts, parts], p => p[2]))",
    ],
    ["a call with a range", "pick(parts, 1) |> mlp([4], swish)", "parts[1] |> mlp([4], silu)"],
    ["an activation", "mlp(item_id, [8], swish)", "mlp(item_id, [8], silu)"],
    ["a call with an option", "swish(item_id, beta: 1.5)", "silu(item_id, beta: 1.5)"],
    ["an option by place", "swish(item_id, 1.5)", "silu(item_id, beta: 1.5)"],
    ["a piped activation", "item_id |> swish", "item_id |> silu"],
    ["a piped activation with an option", "item_id |> swish(1.5)", "item_id |> silu(beta: 1.5)"],
    [
      "one for each value, in a layer",
      "dense(item_id, 4, relu, by: hour)",
      "dense(item_id, 4, relu, per: hour)",
    ],
    [
      "one for each value, in statistics",
      "item_id |> batch_norm(by: hour)",
      "item_id |> batch_norm(per: hour)",
    ],
    ["one for each value, in STAR", "star(item_id, 4, by: hour)", "star(item_id, 4, per: hour)"],
    ["a learned value", "parameter(8, by: hour, init: 1)", "parameter(8, per: hour, init: 1)"],
    [
      "a factor",
      "reverse_gradient(item_id, by: 2 * progress)",
      "reverse_gradient(item_id, factor: 2 * progress)",
    ],
    [
      "a function for a function",
      "fold([1, 2], parts, (p, n) => [pick(p, n), p[n]])[1]",
      "fold([1, 2], parts, (p, n) => [p[n], p[n]])[1]",
    ],
  ])("%s", (_, old, modern) => {
    const unused = /parts/.test(old) ? "" : "  let y = parts[1]\n";
    const text = (x: string) => model(`${unused}  let x = ${unused === "" ? x : `concat(y, ${x})`}`);
    expectSame(text(old), text(modern));
  });

  test("layers", () => {
    expectSame(
      model("  layer one = pick(1)\n  layer act = swish\n  let x = act(one(parts))"),
      model("  layer one = list => list[1]\n  layer act = silu\n  let x = act(one(parts))"),
    );
  });

  test("params, and their values from outside", () => {
    const text = (activation: string) =>
      model("  let x = mlp(parts[1], [4], activation)", `param activation = ${activation}\n`);
    expectSame(text("swish"), text("silu"));
    const given = check(sourceFile("main.din", text("relu")), { params: params("activation=swish") });
    expect(given.diagnostics).toEqual([]);
    expect(printGraph(lower(given.value!))).toBe(
      printGraph(lower(check(sourceFile("main.din", text("silu"))).value!)),
    );
  });

  test("comments and layout stay", () => {
    expectSame(
      model("  let x   = parts  // two\n    // the first\n    |> pick(1)\n    |> swish // smooth"),
      model("  let x   = parts[1] // two\n // the first\n    |> silu // smooth"),
    );
  });
});

describe("weights of labels", () => {
  const text = (click: string, buy: string, train: string, more = "") => `model weighted
features item { item_id : id  embed 8 }
label click : binary
label buy   : binary

net {
  predict click${click} = dense(item_id, 1) |> sigmoid
  predict buy${buy} = dense(item_id, 1) |> sigmoid
}

train { ${train} }
${more}`;

  test("are at the predictions", () => {
    expectSame(
      text("", "", "loss binary_cross_entropy(smoothing: 0.1, click: 1, buy: 0.5)  batch 8"),
      text("", "(weight: 0.5)", "loss binary_cross_entropy(smoothing: 0.1)  batch 8"),
    );
    expectSame(
      text("(loss: (p, y) => (p - y) * (p - y))", "", "loss focal(click: 3, buy: 0)"),
      text("(loss: (p, y) => (p - y) * (p - y), weight: 3)", "(weight: 0)", "loss focal"),
    );
  });

  test("of a model whose variants have losses or predictions of their own are left to the author", () => {
    const old = text("", "", "loss focal(buy: 2)", "variant other from weighted { train { loss focal } }\n");
    const file = sourceFile("main.din", old);
    expect(check(file).diagnostics.map(({ name, fixes }) => [name, fixes.length])).toEqual([
      ["retired-form", 0],
    ]);
    expect(migrate(file).file.text).toBe(old);
    const weights = ["weighted", "other"].map((name) => {
      const { value } = check(file, name === "other" ? variant("other") : { variant: null });
      return value!.predictions.map(({ weight }) => weight);
    });
    expect(weights).toEqual([
      [1, 2],
      [1, 1],
    ]);
  });
});

describe("names that the spec declares are its own", () => {
  test("blocks, lets, layers, parameters and features", () => {
    const own = (text: string) => expect(findings({ "main.din": text })).toEqual([]);
    own(model("  let x = pick(parts, 1)", "block pick(list, n) { list[n] + 1 }\n"));
    own(model("  let swish = parts[1]\n  let x = swish"));
    own(model("  layer swish = dense(4)\n  let x = swish(parts[1])"));
    own(model("  let x = sum(each(parts, swish => swish * 2))"));
    own(model("  let x = parts[1]").replaceAll("hour", "swish"));
    own(model("  let x = star(parts[1], by: 2)", "block star(x, by: Int = 1) { by * x }\n"));
  });

  test("blocks of imported files; a file that doesn't import them still means dinc's", () => {
    const files = (main: string, lib: string): Files => ({
      "main.din": `model main\nimport "lib.din"\n${main}`,
      "lib.din": lib,
    });
    const net = (value: string) =>
      `features item { item_id : id  embed 4 }\nlabel click : binary\nnet { predict click = ${value} |> dense(1) |> sigmoid }\n`;
    expect(findings(files(net("pick(item_id)"), "block pick(x) { x + x }\n"))).toEqual([]);
    const lib = "block second(x) { pick([x, x + 1], 2) }\n";
    const mixed = files(`block pick(x) { x + x }\n${net("second(item_id) |> pick")}`, lib);
    expect(findings(mixed)).toEqual(["DIN0126 lib.din:pick"]);
    const modern = { ...mixed, "lib.din": "block second(x) { [x, x + 1][2] }\n" };
    const [before, after] = [mixed, modern].map((each) => printGraph(lower(checkFiles(each).value!)));
    expect(before).toBe(after);
    expect(migrate(sourceFile("lib.din", lib), optionsFor(mixed)).file.text).toBe(modern["lib.din"]);
  });
});

test("no retired form is taught, and each says since when and why", () => {
  for (const form of retiredForms) {
    const names = form.kind === "function" ? [form.name] : [];
    for (const name of names)
      expect([languageFunctions.has(name), [...library.keys()].includes(name)]).toEqual([false, false]);
    expect(form.since).toMatch(/^\d{4}-\d\d-\d\d$|^\d+\.\d+\.\d+$/);
    expect(form.reason).toMatch(/^[^A-Z].*[^.]$/);
    expect(formsOf(form).length).toBeGreaterThan(0);
    if (form.kind !== "argument") continue;
    for (const name of form.functions) {
      const parameters = languageFunctions.get(name)!.parameters.map((each) => each.name);
      expect(parameters).toContain(form.instead);
      expect(parameters).not.toContain(form.name);
    }
  }
});
