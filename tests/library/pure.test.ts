// `dinc` as others call it: texts and plain values in, values and diagnostics out.

import { expect, test } from "vitest";
import {
  check,
  cost,
  draw,
  explain,
  format,
  lint,
  lower,
  printGraph,
  render,
  sourceFile,
  types,
} from "../../compiler/index.ts";

const MODEL = `model small
import "blocks.din"

param units = 4
param sizes = [8, 4]
param scale = 1.0
param act   = relu
param note  = "none"

features item { item_id : id  embed 8 }
label click : binary
net { predict click = item_id |> tower(units) |> mlp(sizes, act) |> dense(1) |> sigmoid }
train { epochs 2 }

variant wide from small { param units = 16 }
`;
const BLOCKS = "block tower(x: Vec[d], n: Int) -> Vec[n] { dense(x, n, relu) }\n";
const file = sourceFile("model.din", MODEL);
const resolve = (path: string) => (path === "blocks.din" ? BLOCKS : null);

function widthsOf(options: Parameters<typeof check>[1]): readonly number[] {
  const { value, diagnostics } = check(file, { resolve, ...options });
  expect(
    render(
      diagnostics.filter(({ severity }) => severity === "error"),
      "concise",
    ),
  ).toBe("");
  return cost(value!).parameters.flatMap(({ dims }) => (dims.length === 2 ? [dims[1]!] : []));
}

test("imports are texts, params are values, a variant is a name", () => {
  expect(widthsOf({})).toEqual([4, 8, 4, 1]);
  expect(widthsOf({ variant: "wide" })).toEqual([16, 8, 4, 1]);
  expect(widthsOf({ params: { units: 3, sizes: [5], scale: 0.5, act: "tanh", note: "some" } })).toEqual([
    3, 5, 1,
  ]);
});

test("wrong params and variants are diagnostics", () => {
  const codes = (options: Parameters<typeof check>[1]) =>
    check(file, { resolve, ...options }).diagnostics.map(({ name }) => name);
  expect(codes({ params: { unit: 3 } })).toContain("unknown-param");
  expect(codes({ params: { units: 0.5 } })).toContain("param-type");
  expect(codes({ variant: "wider" })).toContain("unknown-variant");
  expect(check(file).diagnostics.map(({ name }) => name)).toContain("import-missing");
});

test("views of a spec say what is wrong with it beside what they show", () => {
  const options = { resolve, variant: null };
  expect(draw(file, "svg", options)).toMatchObject({ value: expect.stringMatching(/^<svg /) });
  expect(draw(file, "mermaid", options)).toMatchObject({ value: expect.stringContaining("flowchart") });
  expect(JSON.parse(draw(file, "json", options).value!)).toMatchObject({ version: 1, model: "small" });
  const wrong = sourceFile("model.din", MODEL.replace("dense(1)", "dens(1)"));
  const drawn = draw(wrong, "svg", options);
  expect(drawn.value).toBeNull();
  expect(drawn.diagnostics.map(({ name }) => name)).toContain("unknown-function");
  const typed = types(wrong, options);
  expect(typed.value.map(({ name }) => name)).toContain("click");
  expect(typed.diagnostics).toEqual(drawn.diagnostics);
});

test("a Model has its network and what that costs", () => {
  const { value } = check(file, { resolve, variant: null });
  expect(printGraph(lower(value!))).toContain("item_id");
  const { size, after } = cost(value!, { candidates: 7 });
  expect(size).toEqual({ candidates: 7, history: 50 });
  expect(after.total).toBe(after.request + 7 * after.candidate);
});

test("advice comes beside what is wrong, and a text is formatted", () => {
  expect(lint(file, { resolve }).map(({ name }) => name)).toEqual(
    expect.arrayContaining(check(file, { resolve }).diagnostics.map(({ name }) => name)),
  );
  expect(format(sourceFile("a.din", "model   a")).value).toBe("model a\n");
});

test("codes, their names and other systems' words are explained", () => {
  const byCode = explain("DIN0204");
  expect(byCode).toMatchObject({ kind: "diagnostic", code: "DIN0204", severity: "error" });
  expect(byCode.kind === "diagnostic" && explain(byCode.name)).toEqual(byCode);
  expect(explain("mish")).toMatchObject({ kind: "word", text: expect.stringContaining("mish") });
  expect(explain("DIN0240x")).toMatchObject({ kind: "unknown" });
});

test("a version of dinc stands in SARIF where one is given", () => {
  const { diagnostics } = check(sourceFile("a.din", "model a"));
  const driver = (options: Parameters<typeof render>[2]) =>
    JSON.parse(render(diagnostics, "sarif", options)).runs[0].tool.driver;
  expect(driver({ version: "1.2.3" }).version).toBe("1.2.3");
  expect(driver({})).not.toHaveProperty("version");
});
