// Signature help: the label with `«…»` around the parameter that is being written.

import { describe, expect, test } from "vitest";
import { languageFunctions } from "../../compiler/frontend/functions/registry.ts";
import { signatureHelp } from "../../compiler/tools/lsp/features/signature-help.ts";
import { functionEntry, partsOf } from "../../compiler/tools/lsp/language/entry.ts";
import { marked } from "./markers.ts";

function shown(text: string): string | null {
  const { snapshot, path, offset } = marked(text);
  const help = signatureHelp(snapshot, path, offset);
  if (help === null) return null;
  const { label, parameters = [] } = help.signatures[help.activeSignature ?? 0]!;
  const active = parameters[help.activeParameter ?? 0]?.label;
  if (!Array.isArray(active)) return label;
  return `${label.slice(0, active[0])}«${label.slice(...active)}»${label.slice(active[1])}`;
}

const dense = (x: string, width: string, activation: string) =>
  `dense(${x}, ${width}, ${activation}, per?: Feature) -> Vec[width]`;
const [X, WIDTH, ACTIVATION] = ["x: Vec[n]", "width: Int", "activation: Activation = none"] as const;

const cases: Readonly<Record<string, readonly [text: string, shown: string | null]>> = {
  "the first argument": ["net { let a = dense(┆", dense(`«${X}»`, WIDTH, ACTIVATION)],
  "an argument that is being written": [
    "net { let a = dense(taste + 3┆, 4) }",
    dense(`«${X}»`, WIDTH, ACTIVATION),
  ],
  "a later one": ["net { let a = dense(b, 4┆) }", dense(X, `«${WIDTH}»`, ACTIVATION)],
  "one by its name": ["net { let a = dense(b, activation: re┆) }", dense(X, WIDTH, `«${ACTIVATION}»`)],
  "a pipe's": ["net { let a = b |> dense(┆) }", dense(X, `«${WIDTH}»`, ACTIVATION)],
  "of the outer call, after an inner one": [
    "net { let a = dense(sum(b), ┆) }",
    dense(X, `«${WIDTH}»`, ACTIVATION),
  ],
  "of the inner call": [
    "net { let a = dense(sum(b┆), 4) }",
    "sum(«x: Seq[h, d]», where?: Seq[h, 1]) -> Vec[d]",
  ],
  "in a list": ["net { let a = concat([b, c┆]) }", "concat(«a: Vec[n]», b: Vec[m], …) -> Vec[n + m + …]"],
  "as many as one likes": [
    "net { let a = concat(b, c, d, e┆) }",
    "concat(a: Vec[n], b: Vec[m], «…») -> Vec[n + m + …]",
  ],
  "the second of what takes all by position": [
    "net { let a = parameter(4, ┆) }",
    "parameter(«sizes: Int», init?, per?: Feature) -> Vec[d]",
  ],
  "after those, by its name": [
    "net { let a = scan(cell, b, c, d, width: ┆) }",
    "scan(cell: Block, x: Seq[h, d], …, «width: Int», start = 0) -> Seq[h, width]",
  ],
  "too many": ["net { let a = sum(b, ┆) }", "sum(x: Seq[h, d], where?: Seq[h, 1]) -> Vec[d]"],
  "a block of the spec": [
    "block f(x: Vec[d], units: List[Int] = [4]) -> Vec[d] { x }\nnet { let a = f(b, ┆) }",
    "f(x: Vec[d], «units: List[Int] = [4]») -> Vec[d]",
  ],
  "a block of the standard library": [
    "net { let a = mlp(b, ┆) }",
    "mlp(x: Vec[d], «units: List[Int]», activation: Activation = relu)",
  ],
  "a block of another file": [
    '--- model.din\nimport "other.din"\nnet { let a = g(┆) }\n--- other.din\nblock g(x: Vec[d]) -> Vec[d] { x }\n',
    "g(«x: Vec[d]») -> Vec[d]",
  ],
  "a kind": ["features item { a : id(min_count: ┆) }", "id(«min_count: 2»)"],
  "a kind told by its option": ["features item { a : id(size: 5┆) }", "id(«size: 1000»)"],
  "a kind in a set": ["features item { a : set(id(hash: ┆), max: 4) }", "id(«hash: 100_000»)"],
  "a set": ["features item { a : set(id, max: ┆) }", "set(id, «max: 20»)"],
  "a transform": ["features item { a : number |> clip(0, ┆) }", "clip(0, «100»)"],
  "a table": ["features item { a : id embed(16, init: ┆) }", "embed(width, freeze, «init», from)"],
  "what a table begins as": ["features item { a : id embed(16, init: normal(┆)) }", "normal(«0.01»)"],
  "a history": ["history clicks(max: ┆) { }", "history name(«max»)"],
  "a loss": ["net { loss a(weight: ┆) = 1 }", "loss name(«weight»)"],
  "an optimizer": [
    "train { optimizer adam(1e-3, beta2: ┆) }",
    "adam(learning_rate = 0.001, beta1 = 0.9, «beta2 = 0.999», epsilon = 1e-8, epsilon_hat, rows = batch, for)",
  ],
  "a metric": ["train { metrics auc, gauc(┆) }", "gauc(«by», weight = impressions, per)"],
  "an early stop": [
    "train { stop early(patience: ┆) }",
    "early(metric, «patience = 1», label, min_delta = 0)",
  ],
  "a function that nobody knows": ["net { let a = unknown(┆) }", null],
  "outside of parentheses": ["net { let a = dense(b, 4) ┆ }", null],
  "in parentheses that call nothing": ["net { let a = (b + ┆) }", null],
  "a comment": ["net { let a = dense(b, // ┆\n 4) }", null],
};

describe("shows", () => {
  test.each(Object.entries(cases))("%s", (_, [text, expected]) => expect(shown(text)).toBe(expected));
});

describe("the documentation of a function begins with its signature", () => {
  test.each([...languageFunctions.values()].map((definition) => [definition.name, definition] as const))(
    "%s",
    (name, definition) => {
      const { label } = functionEntry(definition);
      expect(label.startsWith(definition.isValue === true ? `${name} ->` : `${name}(`)).toBe(true);
      const names = partsOf(label).map(({ text }) => /^\w*/.exec(text)![0]);
      for (const parameter of definition.parameters)
        if (!parameter.rest) expect(names).toContain(parameter.name);
    },
  );
});
