// Words of the field that dinc has not: what is recommended instead is dinc, and no word is taken for another one.

import { describe, expect, test } from "vitest";
import { sourceFile, textOf } from "../../compiler/common/source-file.ts";
import { fixAll } from "../../compiler/diagnostics/apply-fixes.ts";
import { hasErrors } from "../../compiler/diagnostics/diagnostic.ts";
import { activations } from "../../compiler/diagnostics/field-words/activations.ts";
import type { FieldWord, WordContext } from "../../compiler/diagnostics/field-words/define-words.ts";
import { fieldWords, instead, meaningsOf } from "../../compiler/diagnostics/field-words/field-words.ts";
import { renderConcise } from "../../compiler/diagnostics/render/concise.ts";
import { check } from "../../compiler/frontend/check/check.ts";
import { graphOf } from "../model/support.ts";
import { denseOf, networkOf } from "../support/network.ts";

interface Parts {
  readonly kind?: string;
  readonly label?: string;
  readonly block?: string;
  readonly value?: string;
  readonly train?: string;
  readonly output?: string;
}

/** A spec with a piece of it exchanged. */
function spec({
  kind = "id  embed 8",
  label = "binary",
  block = "",
  value = "x",
  train = "batch 64",
  output = "dense(1) |> sigmoid",
}: Parts) {
  return `model tried

features user {
  user_id : id  embed 8
  city    : id  embed 8
  tried   : ${kind}
  amounts : vector(8)
  ages    : vector(8)
}
features item { item_id : id  embed 8 }
features context { now : time }
history clicks(max: 10) {
  item_id <-> hist_item_id
  at      : time
}
label click : ${label}
${block}
net {
  let x      = dense(concat(amounts, tried), 8)
  let y      = ages
  let fields = [user_id, city, y]
  let used   = ${value}
  predict click = concat(item_id, sum(clicks), x, y, sum(fields)) |> ${output}
}
train { ${train} }
`;
}

/** What a word stands for, where a piece of it may be written. */
const usedIn: Readonly<Record<WordContext, (text: string) => Parts>> = {
  function: (value) => ({ value }),
  kind: (kind) => ({ kind }),
  transform: (transform) => ({
    kind: `number |> ${transform}${/quantiles|buckets/.test(transform) ? "  embed 4" : ""}`,
  }),
  "label kind": (label) => ({ label, output: outputOf(label) }),
  type: (type) => ({ block: `block typed(t: ${type}, s: ${type}) { concat() }` }),
  loss: (loss) => ({ train: `loss ${loss}` }),
  optimizer: (optimizer) => ({ train: `optimizer ${optimizer}` }),
  schedule: (schedule) => ({ train: `schedule ${schedule}` }),
  metric: (metric) => ({ train: `metrics ${metric}` }),
  regularizer: (regularizer) => ({ train: `regularize ${regularizer}` }),
  setting: (setting) => ({ train: setting }),
  option: () => ({}),
};

/** What predicts a label of a kind. */
function outputOf(label: string): string {
  const last = /^int\(1\.\.(\d+)\)$/.exec(label)?.[1];
  const classes = last === undefined ? (label.match(/"[^"]*"/g)?.length ?? 0) : Number(last);
  if (classes > 0) return `dense(${classes}) |> softmax`;
  return label === "number" ? "dense(1)" : "dense(1) |> sigmoid";
}

function errorsOf(parts: Parts): string {
  const file = sourceFile("tried.din", spec(parts));
  const { diagnostics } = check(file);
  return hasErrors(diagnostics)
    ? renderConcise(diagnostics.filter(({ severity }) => severity === "error"))
    : "";
}

const all = Object.entries(fieldWords).flatMap(([place, words]) =>
  words.map((word) => [word.names[0]!, place as WordContext, word] as const),
);

test("the specs that words are tried in are sound, and a word that does not exist is a mistake in them", () => {
  expect(errorsOf({})).toBe("");
  expect(errorsOf({ value: "nonsense(x)" })).toContain("nonsense");
});

describe.each(all.filter(([, , { write, block }]) => (write ?? block) !== undefined))(
  "%s, as %s",
  (_, place, word) => {
    test("what is recommended checks", () => {
      const trials = trialsOf(word, place);
      expect(trials.map(errorsOf)).toEqual(trials.map(() => ""));
    });
  },
);

/** Every text that is recommended, where it would stand. */
function trialsOf({ names: [name], block, write }: FieldWord, place: WordContext): Parts[] {
  const declared = block === undefined ? [] : [{ block, value: `mlp(x, [8], ${name})` }];
  return write === undefined ? declared : [...declared, usedIn[place](write)];
}

const spellings = all.flatMap(([, place, word]) =>
  place === "option" ? [] : word.names.map((name) => [name, place, word] as const),
);

describe("a word of the field in the place of dinc's own", () => {
  test.each(spellings)("%s, as %s", (name, place, word) => {
    const written = place === "function" ? `${name}(x)` : place === "setting" ? `${name} 1` : name;
    const file = sourceFile("tried.din", spec(usedIn[place](written)));
    const about = check(file).diagnostics.filter(
      ({ location: at, severity }) => severity === "error" && at.kind === "text" && textOf(at.span) === name,
    );
    expect(about.map(({ help }) => help)).toContain(instead(word, name));
    expect(fixAll(file, (each) => check(each).diagnostics).file.text).toBe(file.text);
  });
});

/** What a number becomes, written down apart. */
const formulas: Readonly<Record<string, (x: number) => number>> = {
  gelu: (x) => 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3))),
  quick_gelu: (x) => x / (1 + Math.exp(-1.702 * x)),
  swish: (x) => x / (1 + Math.exp(-x)),
  silu: (x) => x / (1 + Math.exp(-x)),
  elu: (x) => (x > 0 ? x : Math.expm1(x)),
  celu: (x) => (x > 0 ? x : Math.expm1(x)),
  selu: (x) => 1.0507 * (x > 0 ? x : 1.67326 * Math.expm1(x)),
  mish: (x) => x * Math.tanh(Math.log1p(Math.exp(x))),
  softplus: (x) => Math.log1p(Math.exp(x)),
  log_sigmoid: (x) => -Math.log1p(Math.exp(-x)),
  relu6: (x) => Math.min(Math.max(x, 0), 6),
  squared_relu: (x) => Math.max(x, 0) ** 2,
  hard_sigmoid: (x) => Math.min(Math.max(x + 3, 0), 6) / 6,
  hard_swish: (x) => (x * Math.min(Math.max(x + 3, 0), 6)) / 6,
  hard_tanh: (x) => Math.min(Math.max(x, -1), 1),
  softsign: (x) => x / (1 + Math.abs(x)),
  tanhshrink: (x) => x - Math.tanh(x),
};

const declared = activations.filter(
  ({ names: [name], block }) => block !== undefined && !/^(sw|ge)?i?glu$/.test(name!),
);

test.each(declared.map(({ names: [name], block }) => [name!, block!] as const))(
  "the block `%s` computes the activation",
  (name, block) => {
    const formula = formulas[name]!;
    const network = networkOf(
      graphOf(`model tried
features item { item_id : id  embed 4 }
label click : binary
${block}
net { predict click = ${name}(6 * item_id) |> dense(1) |> sigmoid }
`),
    );
    for (let example = 0; example < network.examples; example++) {
      const plain = network.vector(example, "item_id").map((x) => formula(6 * x));
      const logit = denseOf(network, "net.click.dense_1", plain)[0]!;
      // Constants are written with eight digits in a block.
      expect(Math.abs(network.output("logit.click")[example]![0]! - logit)).toBeLessThan(1e-3);
    }
  },
);

test("a word that is spelt in several ways is told once", () => {
  for (const word of Object.values(fieldWords).flat())
    for (const name of word.names) {
      const found = meaningsOf(name.replaceAll("_", "").toUpperCase());
      expect(found).toHaveLength(new Set(found).size);
    }
});
