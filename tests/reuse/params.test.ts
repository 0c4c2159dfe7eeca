// What params may be, where they may stand, and how other values reach them.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { sourceFile } from "../../compiler/common/source-file.ts";
import { check } from "../../compiler/frontend/check/check.ts";
import { specText } from "../../compiler/tools/fmt/flatten.ts";
import { typesOf } from "../../compiler/tools/views/types.ts";
import { analyseFiles, checkFiles, findings, graphText, modelOfFiles, params } from "./support.ts";

const spec = (params: string, net = "mlp([units], relu)", extra = "") => ({
  "main.din": `model main
${params}
features user { user_id : id  embed 8 }
features item { item_id : id  embed 8 }
label click : binary
${extra}
net { predict click = concat(user_id, item_id) |> ${net} |> dense(1) |> sigmoid }
`,
});

/** `name: type = value` of each param, as `dinc check --types` shows them. */
function typed(text: string): string[] {
  const analysis = analyseFiles({ "main.din": text });
  return typesOf(analysis).flatMap(({ kind, name, type }) => (kind === "param" ? [`${name}: ${type}`] : []));
}

describe("a param has the type of its default", () => {
  test.each([
    ["80", "Int = 80"],
    ["-1", "Int = -1"],
    ["10_000", "Int = 10000"],
    ["4 * 16", "Int = 64"],
    ["8 / 2", "Int = 4"],
    ["7 / 2", "Float = 3.5"],
    ["0.5", "Float = 0.5"],
    ["1.0", "Float = 1.0"],
    ["1e-3", "Float = 0.001"],
    ["1e3", "Float = 1000.0"],
    ["[80, 40]", "List[Int] = [80, 40]"],
    ["[]", "List[Int] = []"],
    ["[80, 0.5]", "List[Float] = [80.0, 0.5]"],
    ['"m"', 'String = "m"'],
    ["relu", "Name = relu"],
  ])("%s: %s", (text, type) => {
    expect(typed(`param x = ${text}\n`)).toEqual([`x: ${type}`]);
  });

  test("defaults may be computed from params above them", () => {
    expect(
      typed("param a = 8\nparam b = 2 * a + 1\nparam c = [a, b]\nparam d = 0.5\nparam e = 2 * d\n"),
    ).toEqual(["a: Int = 8", "b: Int = 17", "c: List[Int] = [8, 17]", "d: Float = 0.5", "e: Float = 1.0"]);
  });

  test.each(["relu + 1", "mlp(3)", "1 / 0", '["a"]', "1..3", "[[1]]", "x.y"])("%s is no constant", (text) => {
    expect(findings(spec(`param units = ${text}`))).toContain(`DIN0407 main.din:${text}`);
  });

  test("what depends on a param that is wrong is not wrong itself", () => {
    expect(findings(spec("param a = relu(3)\nparam units = 2 * a"))).toEqual(["DIN0407 main.din:relu(3)"]);
  });
});

describe("a param means its value", () => {
  test.each([
    ["a width", "param units = 12", "dense(units)", "dense(12)"],
    ["a list", "param units = [12, 5]", "mlp(units)", "mlp([12, 5])"],
    ["an element", "param units = 12", "mlp([units, 2 * units])", "mlp([12, 24])"],
    ["an activation", "param act = tanh", "mlp([4], act)", "mlp([4], tanh)"],
    ["a function in a pipe", "param act = tanh", "dense(4) |> act", "dense(4) |> tanh"],
  ])("%s", (_, declared, net, written) => {
    expect(graphText(modelOfFiles(spec(declared, net)))).toBe(graphText(modelOfFiles(spec("", written))));
  });

  test("also in blocks, their defaults and their types", () => {
    const block = (n: string) =>
      `block tower(x: Vec[d], depth: Int = ${n}) -> Vec[2 * ${n}] { fold(1..depth, dense(x, 2 * ${n}), (h, _) => dense(h, 2 * ${n})) }`;
    const written = modelOfFiles(spec("", "tower", block("3")));
    expect(graphText(modelOfFiles(spec("param n = 3", "tower", block("n"))))).toBe(graphText(written));
  });

  test("also in a history: its length, its fields' kinds, transforms and widths", () => {
    const history = (n: string) =>
      `history clicks(max: ${n}) {\n  item_id <-> seen\n  at : int(0..${n})  embed ${n}\n  dwell : number(missing: ${n}) |> clip(0, ${n})\n}`;
    const net = "concat(sum(clicks)) |> dense(2)";
    const written = modelOfFiles(spec("", net, history("7")));
    const said = modelOfFiles(spec("param n = 7", net, history("n")));
    expect(said.histories.get("clicks")!.max).toBe(7);
    const kinds = (model: typeof said) =>
      model.histories.get("clicks")!.fields.map(({ feature }) => feature.kind);
    expect(kinds(said)).toEqual(kinds(written));
    expect(graphText(said)).toBe(graphText(written));
  });

  test("what is nearer than a param hides it", () => {
    const block = "block tower(x: Vec[d], n: Int) -> Vec[n] { fold([1], dense(x, n), (h, _) => h) }";
    const near = spec("param n = 3", "tower(5) |> dense(n)", block);
    expect(graphText(modelOfFiles(near))).toContain("[16, 5]");
    const lambda = spec(
      "param n = 3",
      "tower |> dense(n)",
      "block tower(x: Vec[d]) { fold([7], x, (h, n) => dense(h, n)) }",
    );
    expect(graphText(modelOfFiles(lambda))).toContain("[16, 7]");
  });

  test("one name space: a param clashes with a feature of its name, but may have a function's name", () => {
    expect(findings(spec("param item_id = 3\nparam units = 4"))).toContain("DIN0201 main.din:item_id");
    expect(findings(spec("param dense = 3\nparam units = 4", "mlp([units, dense]) |> dense(2)"))).toEqual([]);
  });

  test("a value that is wrong in several places is told once", () => {
    const text = spec("param units = 0", "dense(units) |> dense(units) |> dense(units)");
    const { diagnostics } = checkFiles(text);
    expect(diagnostics.map(({ code }) => code)).toHaveLength(1);
    expect(diagnostics[0]!.related.map(({ label }) => label)).toContain("`units` is 0");
  });
});

describe("values from outside", () => {
  test.each([
    ["units = 80", "units=40", 40],
    ["units = 80", "units= 1_000 ", 1000],
    ["units = 80", "units=-3", -3],
    ["units = 0.5", "units=2", 2],
    ["units = 0.5", "units=-1.5e-7", -1.5e-7],
    ["units = [80]", "units=[1,2, 3]", [1, 2, 3]],
    ["units = [80]", "units=[]", []],
    ["units = [0.5]", "units=[1, 0.25]", [1, 0.25]],
    ["units = relu", "units=dice", "dice"],
    ['units = "a"', "units=b c", "b c"],
    ['units = "a"', "units=", ""],
  ])("param %s takes %s", (declared, flag, value) => {
    const files = spec(`param ${declared}`, "dense(4)");
    const { diagnostics } = checkFiles(files, { params: params(flag) });
    expect(diagnostics.map(({ code }) => code)).toEqual(["DIN0408"]);
    expect(check(sourceFile("main.din", files["main.din"]), { params: params(flag) }).value?.params).toEqual(
      new Map([["units", value]]),
    );
  });

  test.each([
    ["units = 80", "units=1.5"],
    ["units = 80", "units=4.0"],
    ["units = 80", "units=many"],
    ["units = 80", "units="],
    ["units = 80", "units=[8]"],
    ["units = 80", "units=9007199254740993"],
    ["units = 80", "units=0x10"],
    ["units = 0.5", "units=half"],
    ["units = 0.5", "units=1e999"],
    ["units = [80]", "units=8"],
    ["units = [80]", "units=[8,]"],
    ["units = [80]", "units=[0.5]"],
    ["units = relu", "units=re lu"],
    ["units = relu", "units=relu)"],
    ["units = relu", "units=3"],
  ])("param %s does not take %s", (declared, flag) => {
    const { value, diagnostics } = checkFiles(spec(`param ${declared}`, "dense(4)"), {
      params: params(flag),
    });
    const [error] = diagnostics.filter(({ severity }) => severity === "error");
    expect(error).toMatchObject({
      code: "DIN0416",
      related: [{ location: { span: { file: { path: "main.din" } } } }],
    });
    expect(value).toBeNull();
  });

  test("for what is no param: the nearest is shown", () => {
    const found = checkFiles(spec("param units = 80"), { params: params("unit=40") }).diagnostics;
    expect(found).toMatchObject([
      { code: "DIN0415", help: "did you mean `units`?", related: [{ label: "declared here" }] },
    ]);
    const none = checkFiles(spec("", "dense(4)"), { params: params("unit=40") }).diagnostics;
    expect(none).toMatchObject([{ code: "DIN0415", related: [] }]);
  });

  test("the last of a name counts", () => {
    const model = modelOfFiles(spec("param units = 80"), { params: params("units=4", "units=5") });
    expect(model.params.get("units")).toBe(5);
  });

  test("reach what is computed from the param", () => {
    const files = spec("param units = 80\nparam wide = 2 * units", "mlp([wide, units])");
    expect(modelOfFiles(files, { params: params("units=3") }).params.get("wide")).toBe(6);
  });

  test("what does not fit where it is used says who gave it", () => {
    const found = checkFiles(spec("param units = 80"), { params: params("units=0") }).diagnostics;
    expect(found).toHaveLength(1);
    expect(found[0]!.related.map(({ label }) => label)).toContain("`units` is 0, given by `--param units=0`");
  });
});

describe("a run's spec says the values without the flags", () => {
  const declared =
    'param units = 80\nparam rate = 0.5\nparam list = [1]\nparam act = relu\n/// A text.\nparam text = "a"';
  const net = "dense(units) |> act |> mlp(list)";
  const extra =
    'features context { how : enum("web", text)  embed 2 }\ntrain { optimizer adam(learning_rate: rate) }';
  const files = spec(declared, net, extra);
  const using = { "main.din": files["main.din"].replace("concat(user_id,", "concat(how, user_id,") };

  test("as it was where nothing was given", () => {
    expect(specText(modelOfFiles(using))).toBe(using["main.din"]);
  });

  test("whatever was given", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 30 }),
        fc.constantFrom(0.5, 1, 2, 0.25),
        fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 3 }),
        fc.constantFrom("relu", "tanh", "dice"),
        fc.string({ unit: "binary", maxLength: 12 }).filter((text) => text !== "web"),
        (units, rate, list, act, text) => {
          const given = params(`units=${units}`, `rate=${rate}`, `list=[${list}]`, `act=${act}`).concat({
            ...params("text=")[0]!,
            text,
          });
          const model = modelOfFiles(using, { params: given });
          const kept = specText(model);
          const { value, diagnostics } = check(sourceFile("model.din", kept));
          expect(diagnostics).toEqual([]);
          expect(value!.params).toEqual(model.params);
          expect(value!.train).toEqual(model.train);
          expect(graphText(value!)).toBe(graphText(model));
          expect(value!.features.get("how")!.kind).toEqual(model.features.get("how")!.kind);
        },
      ),
      { numRuns: 60 },
    );
  });
});
