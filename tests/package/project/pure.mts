// What a project in TypeScript does with `dinc`: every function, with the types that they give. `told` is what came of it.

import * as dinc from "dinc";
import {
  analyse,
  type Checked,
  type CheckOptions,
  check,
  cost,
  type Diagnostic,
  DiagnosticError,
  draw,
  type Explanation,
  explain,
  format,
  type Graph,
  hasErrors,
  InternalError,
  lint,
  lower,
  type Model,
  parse,
  positionAt,
  printGraph,
  render,
  type SourceFile,
  sourceFile,
  type TypedBinding,
  types,
} from "dinc";

const text = `model small
import "blocks.din"
param units = 4
features item { item_id : id  embed 8 }
label click : binary
net { predict click = item_id |> tower(units) |> dense(1) |> sigmoid }
`;
const blocks = "block tower(x: Vec[d], n: Int) -> Vec[n] { dense(x, n, relu) }\n";

const file: SourceFile = sourceFile("model.din", text);
const options: CheckOptions = {
  resolve: (path) => (path === "blocks.din" ? blocks : null),
  params: { units: 3 },
  variant: null,
};
const checked: Checked<Model | null> = check(file, options);
const diagnostics: readonly Diagnostic[] = [...checked.diagnostics, ...lint(file, options)];
const model = checked.value;
if (model === null || hasErrors(diagnostics)) throw new DiagnosticError(diagnostics);
const graph: Graph = lower(model);
const bindings: readonly TypedBinding[] = types(file, options).value;
const explanation: Explanation = explain("DIN0204");
const drawn: readonly (string | null)[] = (["svg", "mermaid", "json"] as const).map(
  (form) => draw(file, form, options).value,
);
const said: readonly string[] = (["pretty", "concise", "json", "sarif", "github"] as const).map((form) =>
  render(check(sourceFile("a.din", "model a")).diagnostics, form),
);

// @ts-expect-error: a text is no file
export const wrong = () => check("model small");

export const told = JSON.stringify({
  names: Object.keys(dinc).sort(),
  model: model.name,
  width: cost(model, { candidates: 10 }).parameters[0]?.dims,
  candidates: cost(model, { candidates: 10 }).size.candidates,
  graph: printGraph(graph).length > 0,
  bindings: bindings.map(({ name }) => name),
  explanation: explanation.kind,
  drawn: drawn.every((each) => each !== null && each.length > 0),
  said: said.every((each) => each.length > 0),
  formatted: format(file).value === text,
  parsed: parse(file).value.name?.name,
  analysed: analyse(file, options).files.length,
  line: positionAt(file, text.indexOf("label")).line,
  internal: new InternalError("none").name,
});
